"""Watching a conversation that was held elsewhere, message by message, as if it were held now."""

from __future__ import annotations

import attrs

from .._types.conversation import Conversation
from ..protocols import RunContext
from .observing import Observers


async def watch_again(conversation: Conversation, observers: Observers, context: RunContext) -> Conversation:
    """Ask the observers about each message of a finished conversation.

    Args:
        conversation: One that was held elsewhere. Nothing ends it any more, whatever is seen.
        observers: Who watches.
        context: The metered judge.

    Returns:
        The conversation with what they saw.
    """
    seen = attrs.evolve(conversation, messages=(), observations=())
    for message in conversation.messages:
        seen = seen.grown(message)
        seen = seen.observed(*await observers.observe(seen, context))
    return seen
