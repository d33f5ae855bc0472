"""Whether the work at hand is a question to a judge."""

from __future__ import annotations

from contextvars import ContextVar

ASKING: ContextVar[bool] = ContextVar("multivon_eval_asking_a_judge", default=False)
"""Set by the meter around each request."""


def asking_a_judge() -> bool:
    """Tell whether this code runs because a judge is being asked.

    For plug-ins that watch calls to models: what a judge asks its provider, for a driver, a verdict or an
    evaluator, is not the system under test. True in the task of the call, in the tasks it starts and in threads
    it starts with a copied context.
    """
    return ASKING.get()
