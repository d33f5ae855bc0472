"""The driver that needs no model."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from multivon_eval.sdk import Conversation, Question, RunContext, UserTurn


@attrs.frozen
class Scripted:
    """Says the persona's ``script`` and then these messages, word for word, and is done.

    A persona without a script opens with its goal. Whether the goal was achieved is the judge's to say.

    Attributes:
        messages: What is said after the persona's own script.
    """

    messages: tuple[str, ...] = ()

    def questions(self, conversation: Conversation) -> Sequence[Question[Any]] | None:
        """Return no question; None after the last message, where it ends the conversation."""
        return None if self._find_line(conversation) is None else ()

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        """Give the next message; after the last one, say that the goal is reached."""
        line = self._find_line(conversation)
        return UserTurn("", goal_reached=True) if line is None else UserTurn(line)

    def _find_line(self, conversation: Conversation) -> str | None:
        persona = conversation.persona
        assert persona is not None, "a driver plays a persona"
        lines = (*persona.script, *self.messages) or (persona.goal,)
        said = len(conversation.said_by("user")) - sum(item.role == "user" for item in persona.history)
        return lines[said] if said < len(lines) else None
