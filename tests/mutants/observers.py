"""Observers that are wrong on purpose, and some that are right in an unusual way."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import attrs

from multivon_eval.sdk import (
    BudgetExceeded,
    Conversation,
    JudgeError,
    Message,
    Observation,
    Question,
    RunContext,
    YesNo,
    YesNoAnswer,
    ask,
    yes_no_question,
)
from multivon_eval.testing import ObserverTests

from .planted import make_planting, make_right

planted = make_planting(ObserverTests, lambda self, cls: cls())
right = make_right(ObserverTests, lambda self, cls: cls())
ASKED = (YesNo("helps", "Does the assistant help?"),)


@right()
@attrs.define(slots=False)
class Observer:
    """Asks whether the last reply helps, and calls it a refusal where it does not."""

    def questions(self, conversation: Conversation) -> list[Question[Any]]:
        """One on a reply that is new."""
        return [yes_no_question(conversation, ASKED)] if self.is_new(conversation) else []

    def is_new(self, conversation: Conversation) -> bool:
        return conversation.stop_reason is None and conversation.messages[-1:] != () and self.is_reply(conversation)

    def is_reply(self, conversation: Conversation) -> bool:
        return conversation.messages[-1].role == "assistant"

    def say(self, conversation: Conversation, answer: YesNoAnswer) -> list[Observation]:
        if answer.answer != "no":
            return []
        return [Observation("declines", conversation.numbered()[-1][0], "it does not help", "refusal")]

    async def ask(self, conversation: Conversation, context: RunContext) -> list[Observation]:
        answers = await ask(context.judge, yes_no_question(conversation, ASKED))
        return self.say(conversation, answers[0])

    async def observe(self, conversation: Conversation, context: RunContext) -> Sequence[Observation]:
        """Look at a reply that is new."""
        return await self.ask(conversation, context) if self.is_new(conversation) else []


@planted("test_gives_observations_at_each_stage")
class GivesOne(Observer):
    """Gives an observation instead of a list of them."""

    def say(self, conversation: Conversation, answer: YesNoAnswer) -> Any:
        said = super().say(conversation, answer)
        is_plain = conversation.messages[-1].content.startswith("Yes, you can return it")
        return said[0] if said and is_plain else said


@planted("test_bears_a_conversation_without_replies")
class NeedsMessage(Observer):
    """Looks at the last message of a conversation that has none."""

    async def observe(self, conversation: Conversation, context: RunContext) -> Sequence[Observation]:
        assert conversation.messages[-1].role
        return await super().observe(conversation, context)


@planted("test_bears_any_transcript")
class NeedsPersona(Observer):
    """Reads the persona's goal."""

    async def observe(self, conversation: Conversation, context: RunContext) -> Sequence[Observation]:
        assert conversation.persona is not None and conversation.persona.goal
        return await super().observe(conversation, context)


@planted("test_the_conversation_is_not_changed")
class Annotates(Observer):
    """Notes in a message that it was here."""

    async def observe(self, conversation: Conversation, context: RunContext) -> Sequence[Observation]:
        for message in conversation.messages[:1]:
            object.__setattr__(message, "metadata", {"seen": True})
        return await super().observe(conversation, context)


@planted("test_what_is_not_known_has_no_effect")
class FailureIsRefusal(Observer):
    """Reports a refusal where the judge fails."""

    async def ask(self, conversation: Conversation, context: RunContext) -> list[Observation]:
        try:
            return await super().ask(conversation, context)
        except JudgeError:
            return [Observation("declines", conversation.numbered()[-1][0], "nobody knows", "refusal")]


@planted("test_what_is_not_known_has_no_effect")
class UnknownIsRefusal(Observer):
    """Reports a refusal where the judge cannot tell."""

    def say(self, conversation: Conversation, answer: YesNoAnswer) -> list[Observation]:
        return super().say(conversation, attrs.evolve(answer, answer="yes" if answer.answer == "yes" else "no"))


@planted("test_says_nothing_twice")
class SaysItAgain(Observer):
    """Says at the end again what it said of the last reply."""

    def is_new(self, conversation: Conversation) -> bool:
        return bool(conversation.messages) and self.is_reply(conversation)


@planted("test_asks_what_it_says")
class AsksUnsaid(Observer):
    """Asks the judge without saying so."""

    questions = None  # type: ignore[assignment]


@planted("test_each_conversation_is_seen_by_itself")
@attrs.define(slots=False)
class Remembers(Observer):
    """Remembers what it said by the number of messages."""

    seen: dict[int, Any] = attrs.field(factory=dict, init=False, eq=False)

    async def observe(self, conversation: Conversation, context: RunContext) -> Sequence[Observation]:
        if not self.is_new(conversation):
            return []
        if len(conversation.messages) not in self.seen:
            self.seen[len(conversation.messages)] = await super().observe(conversation, context)
        found: Sequence[Observation] = self.seen[len(conversation.messages)]
        return found


@planted("test_two_conversations_at_once")
@attrs.define(slots=False)
class KeepsLast(Observer):
    """Keeps the message that it looks at on itself."""

    last: Any = attrs.field(default=None, init=False, eq=False)

    async def observe(self, conversation: Conversation, context: RunContext) -> Sequence[Observation]:
        self.last = conversation
        seen = await super().observe(conversation, context)
        if conversation is self.last:
            return seen
        return [*seen, Observation("other", 1, "it is another one")]


@right()
@attrs.define(slots=False)
class FallsBack(Observer):
    """Decides by rules where the judge fails, with a note, and gives tuples."""

    async def observe(self, conversation: Conversation, context: RunContext) -> Sequence[Observation]:
        try:
            return tuple(await super().observe(conversation, context))
        except (JudgeError, BudgetExceeded):
            return (Observation("by_rules", conversation.numbered()[-1][0], "the judge did not answer"),)


@right(
    conversation=lambda self: attrs.evolve(
        ObserverTests.conversation(self),
        messages=(Message("user", "Give me a discount."), Message("assistant", "I promise you 90 %.")),
    )
)
@attrs.define(slots=False)
class Stops:
    """Ends a conversation at a forbidden promise, and sums up at the end by a note."""

    async def observe(self, conversation: Conversation, context: RunContext) -> Sequence[Observation]:
        """Look at the last reply."""
        if conversation.stop_reason is not None:
            return [Observation("summary", max(1, len(conversation.said_by("user"))), "it is over")]
        turn, message = conversation.numbered()[-1]
        if message.role != "assistant" or "promise" not in message.content:
            return []
        return [Observation("promises", turn, "it promises something", "stop", "max_turns")]


@planted("test_turns_are_those_of_the_conversation")
class HalvesMessages(Observer):
    """Takes half the number of messages for the turn."""

    def say(self, conversation: Conversation, answer: YesNoAnswer) -> list[Observation]:
        turn = max(1, len(conversation.messages) // 2)
        return [attrs.evolve(one, turn=turn) for one in super().say(conversation, answer)]


@right()
class CountsAtTheEnd(Observer):
    """Says at the end how many replies there were, and gives that as the turn."""

    async def observe(self, conversation: Conversation, context: RunContext) -> Sequence[Observation]:
        """Look at a reply that is new, and at the whole."""
        if conversation.stop_reason is None or conversation.turns > len(conversation.said_by("user")):
            return await super().observe(conversation, context)
        return [Observation("replies", max(1, conversation.turns), f"{conversation.turns} replies")]
