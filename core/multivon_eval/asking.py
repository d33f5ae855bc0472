"""Whether the work at hand is a question to a judge."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

_ASKING: ContextVar[bool] = ContextVar("multivon_eval_asking_a_judge", default=False)


def asking_a_judge() -> bool:
    """Tell whether this code runs because a judge is being asked.

    For plug-ins that watch calls to models: what a judge asks its provider, for a driver, a verdict or an
    evaluator, is not the system under test. True in the task of the call, in the tasks it starts and in threads
    it starts with a copied context.
    """
    return _ASKING.get()


@contextmanager
def a_judge_is_asked() -> Iterator[None]:
    """Mark what happens inside as a question to a judge."""
    token = _ASKING.set(True)
    try:
        yield
    finally:
        _ASKING.reset(token)
