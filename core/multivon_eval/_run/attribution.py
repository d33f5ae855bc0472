"""Whose fault it was, where a conversation did not go well."""

from __future__ import annotations

from .._types.conversation import Conversation
from .._types.result import Attribution
from .._types.verdict import Verdict
from .policy import is_spoiled


def attribute(conversation: Conversation, verdict: Verdict) -> Attribution | None:
    """Put a conversation down to somebody.

    Args:
        conversation: A finished one.
        verdict: The judge's word on it.

    Returns:
        ``infrastructure`` for network, budget and timeouts, ``system`` for the system under test,
        ``simulation`` for driver and persona, ``judge`` where the judge failed; None where it went well, or
        the judge could not tell.
    """
    error = conversation.error
    if error is not None:
        if error.infrastructure:
            return "infrastructure"
        return "system" if error.source == "model_fn" else "simulation"
    if verdict.achieved:
        return None
    if conversation.stop_reason == "budget_exceeded" or verdict.cut:
        return "infrastructure"
    if verdict.failed:
        return "judge"
    if is_spoiled(conversation):
        return "simulation"
    if verdict.achieved is False or conversation.stop_reason == "assistant_refused":
        return "system"
    return None
