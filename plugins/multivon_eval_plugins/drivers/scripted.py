"""The driver that needs no model."""

from __future__ import annotations

import attrs

from multivon_eval.sdk import Conversation, RunContext, UserTurn


@attrs.frozen
class Scripted:
    """Says the persona's ``script`` and then these messages, word for word, and is done.

    A persona without a script opens with its goal. Whether the goal was achieved is the judge's to say.

    Attributes:
        messages: What is said after the persona's own script.
    """

    messages: tuple[str, ...] = ()

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        """Give the next message; after the last one, that the goal is reached."""
        assert conversation.persona is not None, "a driver plays a persona"
        persona = conversation.persona
        lines = (*persona.script, *self.messages) or (persona.goal,)
        said = len(conversation.said_by("user")) - sum(item.role == "user" for item in persona.history)
        return UserTurn(lines[said]) if said < len(lines) else UserTurn("", goal_reached=True)
