"""Telling hooks of each call of a run."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from .._questions import Question
from .._types.call import Call, CallKind
from .hooks import Hooks

_NUMBERS = itertools.count(1)
_CURRENT: ContextVar[int] = ContextVar("multivon_eval_call", default=0)
"""The call inside which this code runs; tasks and threads that it starts inherit it."""


class Calls:
    """The calls of one run.

    Args:
        hooks: Who is told; None for nobody.
        run_id: The run.
    """

    def __init__(self, hooks: Hooks | None = None, run_id: str = "") -> None:
        self._hooks = hooks
        self._run_id = run_id

    @contextmanager
    def tell(
        self, kind: CallKind, name: str, case_uid: str, purpose: str = "", question: Question[object] | None = None
    ) -> Iterator[Callable[[object], None]]:
        """Tell the hooks when a call begins, and when it ends.

        Args:
            kind: Whom it asks.
            name: The plug-in's name, or the model.
            case_uid: The conversation that it is made for.
            purpose: What a judge is asked for.
            question: What a judge is asked.

        Yields:
            A function that takes what the call gave.
        """
        hooks = self._hooks
        if hooks is None or not (hooks.is_heard("call_started") or hooks.is_heard("call_finished")):
            yield _ignore
            return
        call = Call(kind, name, self._run_id, case_uid, next(_NUMBERS), _CURRENT.get(), purpose)
        outcomes: list[object] = []
        failure: BaseException | None = None
        inside = _CURRENT.set(call.call_id)
        hooks.emit("call_started", call=call, question=question)
        try:
            yield outcomes.append
        except BaseException as error:
            failure = error
            raise
        finally:
            _CURRENT.reset(inside)
            hooks.emit("call_finished", call=call, outcome=outcomes[-1] if outcomes else None, error=failure)


def _ignore(outcome: object) -> None:
    """Nobody listens."""
