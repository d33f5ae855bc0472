"""To which case a call belongs, and which calls belong to none."""

from __future__ import annotations

from contextvars import ContextVar

from multivon_eval.sdk import asking_a_judge

NOT_THE_SYSTEM = ""
"""In a conversation of a simulation, outside of ``model_fn``: driver, verdict, evaluators, sinks."""

CASE: ContextVar[str | None] = ContextVar("multivon_eval_recorder_case", default=None)
"""The ``case_uid`` whose ``model_fn`` runs; :data:`NOT_THE_SYSTEM`; None where no conversation is driven."""


def is_the_systems() -> bool:
    """Whether a call made here may come from the system under test."""
    # A model_fn may ask a judge of ours itself, with an evaluator say: that is no call of the system either.
    return CASE.get() != NOT_THE_SYSTEM and not asking_a_judge()
