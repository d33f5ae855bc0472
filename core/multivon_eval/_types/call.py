"""One call of a plug-in or of the system under test, as hooks are told of it."""

from __future__ import annotations

from typing import Literal

import attrs

from .._set_module import set_module

CallKind = Literal["driver", "system", "observer", "evaluator", "judge"]
"""Whom a call asks."""


@set_module("multivon_eval.sdk")
@attrs.frozen
class Call:
    """One call that a run makes: hooks are told when it begins and when it ends.

    A judge is called for somebody: its call stands inside that of the driver, observer or evaluator that asks, and
    ``parent_id`` names that one. Each repetition of a judge's call that failed is a call of its own.

    Attributes:
        kind: Whom it asks: ``driver``, ``system``, ``observer``, ``evaluator`` or ``judge``.
        name: The plug-in's name in the run; of a judge the model that is asked for, of the system ``model_fn``.
        run_id: The run that makes it.
        case_uid: The conversation that it is made for; empty where personas are proposed.
        call_id: Its number, from 1, which no other call in this process has.
        parent_id: The number of the call inside which it is made; 0 if there is none.
        purpose: What a judge is asked for: ``driver``, ``verdict``, ``scores``, ``observers`` or ``personas``; empty
            for the other kinds.
    """

    kind: CallKind
    name: str
    run_id: str
    case_uid: str
    call_id: int
    parent_id: int = 0
    purpose: str = ""
