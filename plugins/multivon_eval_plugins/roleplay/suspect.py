"""A user message under suspicion, and what it is held against."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property

import attrs

from multivon_eval.sdk import Conversation, Persona

from .likeness import Words, flatten, list_words


@attrs.frozen
class SuspectMessage:
    """A user message under suspicion.

    Attributes:
        conversation: Ends with it.
        persona: Who is played.
        text: What was said.
        earlier: What the user said before, the history included.
        own: What the driver said before: neither history nor script.
        words: Those of what was said.
    """

    conversation: Conversation
    persona: Persona
    text: str
    earlier: tuple[str, ...]
    own: tuple[str, ...]

    @cached_property
    def words(self) -> Words:
        """The words of the message."""
        return list_words(self.text)

    @cached_property
    def plain(self) -> str:
        """The message as phrases are searched in it."""
        return flatten(self.text)

    @cached_property
    def known(self) -> tuple[str, ...]:
        """All that this user may know: what stands in the persona, and what was said before."""
        persona = self.persona
        return (
            *(persona.name, persona.profile, persona.goal, *persona.criteria, *persona.traits),
            *(*persona.facts, *persona.script),
            *(message.content for message in self.conversation.messages[:-1]),
        )

    @property
    def reply(self) -> str:
        """What the assistant said last."""
        replies = self.conversation.said_by("assistant")
        return replies[-1].content if replies else ""

    @property
    def replies(self) -> str:
        """What the assistant said last, and before that."""
        return "\n".join(message.content for message in self.conversation.said_by("assistant")[-2:])

    @property
    def heard(self) -> Iterator[str]:
        """What may be said again although it stands in the criteria: the goal, and what the assistant said."""
        yield from (self.persona.goal, self.persona.profile, *self.persona.facts, *self.persona.script)
        yield from (message.content for message in self.conversation.said_by("assistant"))
