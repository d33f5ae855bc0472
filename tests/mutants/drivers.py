"""Drivers that are wrong on purpose, and some that are right in an unusual way."""

from __future__ import annotations

import json
from typing import Any

import attrs

from multivon_eval.sdk import (
    BudgetExceeded,
    Conversation,
    JudgeError,
    Question,
    RunContext,
    UnreadableAnswer,
    UserTurn,
    YesNo,
    YesNoAsked,
    ask,
    text_question,
    user_turn_question,
    yes_no_question,
)
from multivon_eval.testing import DriverTests, fitting_answer

from .planted import make_planting, make_right

planted = make_planting(DriverTests, lambda self, cls: cls())
right = make_right(DriverTests, lambda self, cls: cls())
HAS_ALL = (YesNo("served", "Has this user got what it came for?"),)


@right()
@attrs.define(slots=False)
class Driver:
    """Two questions in each turn: in which mood the user is, and what it says."""

    def questions(self, conversation: Conversation) -> list[Question[Any]] | None:
        """The mood and the turn."""
        return [self.write_mood(conversation), self.write(conversation)]

    def write_mood(self, conversation: Conversation) -> Question[Any]:
        return yes_no_question(attrs.evolve(conversation, messages=self.see(conversation)), HAS_ALL)

    def see(self, conversation: Conversation) -> Any:
        return tuple(attrs.evolve(message, tool_calls=()) for message in conversation.messages)

    def write(self, conversation: Conversation) -> Question[UserTurn]:
        persona = conversation.persona
        assert persona is not None
        return user_turn_question(conversation, f"You are {persona.profile} You want: {persona.goal}")

    async def ask_turn(self, conversation: Conversation, context: RunContext) -> UserTurn:
        return await ask(context.judge, self.write(conversation))

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        """Give the next user turn."""
        await ask(context.judge, self.write_mood(conversation))
        return await self.ask_turn(conversation, context)


@planted("test_plays_any_persona")
class NeedsFacts(Driver):
    """Needs facts."""

    def write(self, conversation: Conversation) -> Question[UserTurn]:
        assert conversation.persona is not None and conversation.persona.facts[0]
        return super().write(conversation)


@planted("test_budget_exceeded_passes")
class SwallowsBudget(Driver):
    """Says something where its second question does not fit the budget."""

    async def ask_turn(self, conversation: Conversation, context: RunContext) -> UserTurn:
        try:
            return await super().ask_turn(conversation, context)
        except BudgetExceeded:
            return UserTurn("Go on, please.")


@planted("test_nothing_is_reached_before_a_reply")
class ReachesAtOnce(Driver):
    """Reaches the goal with its first message."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        turn = await super().next_message(conversation, context)
        return turn if conversation.messages else attrs.evolve(turn, goal_reached=True)


@planted("test_goes_on_until_something_is_reached")
@attrs.define(slots=False)
class ReachesAfterOne:
    """Reaches the goal after the first reply, whatever it says."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        """Give the next user turn."""
        assert conversation.persona is not None
        is_served = bool(conversation.said_by("assistant"))
        return UserTurn("Thanks." if is_served else conversation.persona.goal, goal_reached=is_served)


@planted("test_a_judge_that_fails_ends_nothing")
class FailureIsSuccess(Driver):
    """Takes a failure of the judge for a reached goal."""

    async def ask_turn(self, conversation: Conversation, context: RunContext) -> UserTurn:
        try:
            return await super().ask_turn(conversation, context)
        except UnreadableAnswer:
            raise
        except JudgeError:
            return UserTurn("", goal_reached=True)


@planted("test_an_unreadable_answer_ends_nothing")
class UnreadableIsLeaving(Driver):
    """Takes an answer that cannot be read for a user who leaves."""

    async def ask_turn(self, conversation: Conversation, context: RunContext) -> UserTurn:
        try:
            return await super().ask_turn(conversation, context)
        except UnreadableAnswer:
            return UserTurn("", gave_up=True)


@planted("test_a_conversation_begins_with_a_message")
class BeginsWithNothing(Driver):
    """Waits for the assistant to begin."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        turn = await super().next_message(conversation, context)
        is_first = not conversation.messages and conversation.persona and conversation.persona.name == "Ann"
        is_first = is_first and "segment" in (conversation.persona.metadata if conversation.persona else {})
        return UserTurn("  " if is_first and context.seed else turn.message, turn.goal_reached, turn.gave_up)


@planted("test_a_message_or_the_goal_is_reached")
class FallsSilent(Driver):
    """Says nothing from the eighth turn on."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        turn = await super().next_message(conversation, context)
        return UserTurn("") if 7 < len(conversation.said_by("user")) < 12 else turn


@planted("test_goes_on_after_a_history")
class NothingAfterHello(Driver):
    """Says nothing after a history that ends with the assistant's greeting."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        turn = await super().next_message(conversation, context)
        has_past = conversation.persona is not None and conversation.persona.history
        return UserTurn("") if has_past else turn


@planted("test_bears_any_transcript")
class CountsPairs(Driver):
    """Takes it that messages come in pairs."""

    def write(self, conversation: Conversation) -> Question[UserTurn]:
        roles = [message.role for message in conversation.messages]
        assert len(roles) < 2 or ("assistant" in roles[:2] and roles[0] == "user")
        return super().write(conversation)


@planted("test_criteria_are_not_recited")
class Recites(Driver):
    """Asks for the success criteria in so many words."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        turn = await super().next_message(conversation, context)
        assert conversation.persona is not None
        return UserTurn(f"{turn.message} {conversation.persona.criteria[0]}", turn.goal_reached, turn.gave_up)


@planted("test_tools_are_not_seen")
class ShowsTools(Driver):
    """Shows the simulated user what the tools gave."""

    def see(self, conversation: Conversation) -> Any:
        return conversation.messages


@planted("test_bears_being_asked_once_more")
class IsNeverWrong(Driver):
    """Says nothing more where its message is rejected."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        turn = await super().next_message(conversation, context)
        return turn if context.rejected is None else UserTurn("")


@planted("test_the_conversation_is_not_changed")
class NotesMood(Driver):
    """Notes the mood in the persona's metadata."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        persona = conversation.persona
        object.__setattr__(persona, "metadata", {**(persona.metadata if persona else {}), "mood": "calm"})
        return await super().next_message(conversation, context)


@planted("test_asks_what_it_says")
class PromisesLess(Driver):
    """Says that it asks one question and asks two."""

    def questions(self, conversation: Conversation) -> list[Question[Any]] | None:
        return [self.write(conversation)]


@planted("test_asks_what_it_says")
class AsksForLastWord(Driver):
    """Says of its fifth turn that it ends there without asking, and asks for a last word."""

    def questions(self, conversation: Conversation) -> list[Question[Any]] | None:
        return super().questions(conversation) if conversation.turns < 5 else None

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        turn = await super().next_message(conversation, context)
        return turn if conversation.turns < 5 else attrs.evolve(turn, gave_up=True)


@planted("test_two_conversations_at_once")
@attrs.define(slots=False)
class KeepsConversation(Driver):
    """Keeps the conversation that it is in on itself."""

    now: Any = attrs.field(default=None, init=False, eq=False)

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        self.now = conversation
        await ask(context.judge, self.write_mood(conversation))
        return await self.ask_turn(self.now, context)


@planted("test_the_goal_ends_the_conversation")
class NeverEnds(Driver):
    """Does not hear that the goal is reached."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        turn = await super().next_message(conversation, context)
        return UserTurn(turn.message or "And?", gave_up=turn.gave_up)


@planted("test_giving_up_is_no_success")
class GivingUpIsSuccess(Driver):
    """Says that the goal is reached where the user gave up."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        turn = await super().next_message(conversation, context)
        return UserTurn(turn.message, goal_reached=turn.is_last)


@planted("test_going_on_is_no_success")
class EndsAfterTwo(Driver):
    """Reaches the goal after a reply that names a date, although the judge says that the user goes on."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        turn = await super().next_message(conversation, context)
        is_told = any("3 May" in message.content for message in conversation.said_by("assistant"))
        return attrs.evolve(turn, goal_reached=turn.goal_reached or (is_told and not turn.gave_up))


@right()
@attrs.define(slots=False)
class Insists:
    """Asks nobody and says its goal three times."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        """Give the next user turn."""
        assert conversation.persona is not None
        said = len(conversation.said_by("user"))
        return UserTurn("Never mind.", gave_up=True) if said > 3 else UserTurn(f"{conversation.persona.goal} ({said})")


@right()
@attrs.define(slots=False)
class Patient(Driver):
    """Does not end before its fifth message, and says something by rules where the judge fails."""

    async def ask_turn(self, conversation: Conversation, context: RunContext) -> UserTurn:
        try:
            turn = await super().ask_turn(conversation, context)
        except JudgeError:
            return UserTurn("Could you say that again?")
        is_early = len(conversation.said_by("user")) < 5
        return UserTurn(turn.message or "And then?") if turn.goal_reached and is_early else turn


def _answer_in_words(self: Any, question: Question[Any]) -> str:
    if isinstance(question.about, YesNoAsked):
        return fitting_answer(question)
    return "And when does it arrive? " + json.dumps(question.prompt.messages[-1].text[-20:])


@right(answer=_answer_in_words)
@attrs.define(slots=False)
class InWords:
    """Takes free text as its message, and DONE as the end."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        """Give the next user turn."""
        assert conversation.persona is not None
        said = "\n".join(f"{message.role}: {message.content}" for message in conversation.messages)
        text = await ask(context.judge, text_question(f"{conversation.persona.goal}\n\n{said}"))
        return UserTurn("", goal_reached=True) if text == "DONE" else UserTurn(text)
