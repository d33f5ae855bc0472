"""What follows from an observation. No other module decides that."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from .._types.conversation import Conversation
from .._types.observation import Observation


def is_sent_back(seen: Sequence[Observation]) -> bool:
    """Whether a user message is asked for once more instead of being sent: if anything about it is a fault."""
    return any(one.effect == "fault" for one in seen)


def apply_to_message(conversation: Conversation, seen: Sequence[Observation]) -> Conversation:
    """Record what was seen in the last user message; a ``stop`` ends the conversation before the system sees it."""
    return _stop(conversation.observed(*seen), seen)


def apply_to_reply(conversation: Conversation, seen: Sequence[Observation]) -> Conversation:
    """Record what was seen in the last reply.

    A ``stop`` ends the conversation. A ``refusal`` gives the user one more turn, to ask in another way; the second in
    a row ends it, unless the persona exists to probe past that.
    """
    turn = conversation.numbered()[-1][0] if seen else 0
    was_refused = any(one.effect == "refusal" and one.turn == turn - 1 for one in conversation.observations)
    conversation = _stop(conversation.observed(*seen), seen)
    is_refused = any(one.effect == "refusal" for one in seen)
    is_probing = conversation.persona is not None and conversation.persona.adversarial
    if conversation.stop_reason is None and is_refused and was_refused and not is_probing:
        return attrs.evolve(conversation, stop_reason="assistant_refused")
    return conversation


def apply_at_end(conversation: Conversation, seen: Sequence[Observation]) -> Conversation:
    """Record what was seen in the conversation as a whole, when it is over; nothing follows."""
    return conversation.observed(*(attrs.evolve(one, at_end=True) for one in seen))


def is_spoiled(conversation: Conversation) -> bool:
    """Whether a fault of the simulated user made the end: what the system said then was said to no user.

    One in the last user message did, and one of the conversation as a whole that says so. Another, such as a trait that
    does not show, makes a weaker user, not another end.
    """
    last = len(conversation.said_by("user"))
    faults = (one for one in conversation.observations if one.effect == "fault")
    return any(one.decides_end or (one.turn == last and not one.at_end) for one in faults)


def _stop(conversation: Conversation, seen: Sequence[Observation]) -> Conversation:
    reason = next((one.stop_reason for one in seen if one.stop_reason is not None), None)
    if reason is None or conversation.stop_reason is not None:
        return conversation
    return attrs.evolve(conversation, stop_reason=reason)
