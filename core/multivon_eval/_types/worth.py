"""A conversation worth reading."""

from __future__ import annotations

import attrs

from .._set_module import set_module


@set_module("multivon_eval")
@attrs.frozen
class WorthReading:
    """A conversation that a person should read, and why.

    Attributes:
        persona: Its persona's name.
        trial: Which conversation of it, from 1.
        case_uid: The identity of both.
        reason: What is to be seen in it.
        turn: Where, from 1; None where it is about the whole.
    """

    persona: str
    trial: int
    case_uid: str
    reason: str
    turn: int | None = None
