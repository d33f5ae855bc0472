"""The contract of drivers."""

from __future__ import annotations

import asyncio
from typing import Any, ClassVar

import attrs

from .._plugins.abilities import find_ability
from .._plugins.isolation import format_error
from .._plugins.kinds import DRIVER, Kind
from .._set_module import set_module
from ..sdk import (
    Asks,
    Conversation,
    Driver,
    Judge,
    Message,
    Observation,
    Persona,
    Question,
    RejectedTurn,
    RunContext,
    ToolCall,
    UserTurn,
)
from .asking import compare_questions, has_seen
from .driver_answers import DriverAnswerTests
from .fakes import ScriptedJudge, context, fitting_answer
from .nouns import conversation, persona
from .oddities import FOR_THE_JUDGE_ALONE, odd_conversations, odd_personas
from .plugins import copied, unchanged
from .standard import basic

__all__ = ["DriverTests"]

_SECRET = "parcel-in-depot-93"


@set_module("multivon_eval.testing")
class DriverTests(DriverAnswerTests):
    """Subclass it, give ``make``, and the protocol ``Driver`` is checked.

    Make an instance that says two messages at least. One that asks questions of its own, not for a user turn, overrides
    ``answer`` too.
    """

    kind: ClassVar[Kind] = DRIVER
    at_once: ClassVar[int] = 3

    def make(self) -> Driver:
        """Make an instance."""
        driver: Driver = super().make()
        return driver

    def persona(self) -> Persona:
        """Give a persona that the driver can play."""
        return persona(metadata={"segment": ["late"]})

    def answer(self, question: Question[Any]) -> str:  # type: ignore[override]
        """Answer what the driver asks; a user message by default."""
        return fitting_answer(question)

    def judge(self) -> ScriptedJudge:  # type: ignore[override]
        """Give the judge that the driver asks."""
        return ScriptedJudge(self.answer)

    def conversation(self) -> Conversation:
        """Give a conversation that is under way."""
        return conversation("Where is my order 4711?", "It arrives on 3 May.", of=self.persona())

    def turn(self, so_far: Conversation, around: RunContext) -> UserTurn:
        """Let a new instance give the next user turn."""

        async def job(made: Driver) -> UserTurn:
            return await made.next_message(so_far, around)

        return self.run(job)

    async def use(self, made: Any, judge: Judge | None = None) -> None:
        """Give the first messages of a conversation."""
        around, so_far = context(judge or self.judge()), Conversation(persona=self.persona())
        for number in range(3):
            turn = await made.next_message(so_far, around)
            if turn.is_last:
                break
            so_far = so_far.grown(Message("user", turn.message)).grown(Message("assistant", f"Reply {number}."))

    @basic
    def test_a_conversation_begins_with_a_message(self) -> None:
        """The conversation is empty at the beginning: the driver opens it, and nothing is reached before a reply."""
        turn = self.turn(Conversation(persona=self.persona()), context(self.judge()))
        assert isinstance(turn, UserTurn), f"gave {type(turn).__name__}, not a UserTurn"
        assert turn.message.strip(), "the first message is empty"

    @basic
    def test_nothing_is_reached_before_a_reply(self) -> None:
        """The assistant has said nothing yet: no goal can be reached, and nobody gives up."""
        turn = self.turn(Conversation(persona=self.persona()), context(self.judge()))
        assert not turn.is_last, f"the first turn is the last: {turn}"

    @basic
    def test_goes_on_until_something_is_reached(self) -> None:
        """After a reply that answers nothing it goes on, unless it said with ``questions`` that it ends there."""
        so_far = conversation("Where is my order 4711?", "Hm, could you say that again?", of=self.persona())
        made = self.make()
        asks = find_ability(made, Asks)
        if asks is not None and asks.questions(so_far) is None:
            return

        async def job(made: Driver) -> UserTurn:
            return await made.next_message(so_far, context(self.judge()))

        turn = self.run(job, made)
        assert not turn.goal_reached, "after the first reply, which says nothing, it says that the goal is reached"

    @basic
    def test_a_message_or_the_goal_is_reached(self) -> None:
        """An empty message that ends nothing is an error."""

        async def job(made: Driver) -> None:
            so_far, around = self.conversation(), context(self.judge())
            for number in range(12):
                turn = await made.next_message(so_far, around)
                assert isinstance(turn, UserTurn), f"gave {type(turn).__name__}, not a UserTurn"
                assert turn.is_last or turn.message.strip(), f"turn {number + 1} is empty"
                if turn.is_last:
                    break
                so_far = so_far.grown(Message("user", turn.message)).grown(Message("assistant", f"Reply {number}."))

        self.run(job)

    @basic
    def test_goes_on_after_a_history(self) -> None:
        """The conversation is the persona's history at the beginning, and the driver speaks after it."""
        hello, help_ = Message("user", "Hello."), Message("assistant", "Hello, how can I help?")
        for past in ((hello, help_), (help_,), (hello,)):
            turn = self.turn(Conversation(past, persona(history=past)), context(self.judge()))
            assert turn.is_last or turn.message.strip(), "the turn is empty"

    @basic
    def test_plays_any_persona(self) -> None:
        """A persona has profile, goal and criteria; everything else may be empty, and words in any script."""
        for what, one in odd_personas().items():
            for so_far in (Conversation(persona=one), attrs.evolve(self.conversation(), persona=one)):
                try:
                    turn = self.turn(so_far, context(self.judge()))
                except Exception as error:
                    raise AssertionError(f"a persona with {what}: {format_error(error)}") from error
                assert turn.is_last or turn.message.strip(), f"a persona with {what}: the turn is empty"

    @basic
    def test_bears_any_transcript(self) -> None:
        """What was said takes any form: two replies in a row, tools, words in any script."""
        for what, odd in odd_conversations(self.conversation()).items():
            try:
                self.turn(attrs.evolve(odd, stop_reason=None), context(self.judge()))
            except Exception as error:
                raise AssertionError(f"where {what}: {format_error(error)}") from error

    @basic
    def test_criteria_are_not_recited(self) -> None:
        """What the judge grades by stays with the judge: the driver never says the success criteria."""
        one = attrs.evolve(self.persona(), success_criteria=FOR_THE_JUDGE_ALONE)
        for so_far in (Conversation(persona=one), attrs.evolve(self.conversation(), persona=one)):
            turn = self.turn(so_far, context(self.judge()))
            assert FOR_THE_JUDGE_ALONE not in turn.message, f"it says a success criterion: {turn.message!r}"

    @basic
    def test_tools_are_not_seen(self) -> None:
        """A user does not see the assistant's tools: their arguments and results stay out of what is asked and said."""
        called = ToolCall("track", {"order": "4711"}, {"state": _SECRET})
        said = (Message("user", "Where is my order?"), Message("assistant", "On its way.", (called,)))
        judge = self.judge()
        turn = self.turn(attrs.evolve(self.conversation(), messages=said), context(judge))
        is_seen = has_seen(self.conversation(), _SECRET, judge.asked) or _SECRET in turn.message
        assert not is_seen, "the result of a tool call is shown to the simulated user; write message.content alone"

    @basic
    def test_bears_being_asked_once_more(self) -> None:
        """A driver whose message is at fault is asked again, with it and its faults in ``context.rejected``."""
        fault = Observation("repeats_itself", 2, "the message was said before", "fault")
        rejected = RejectedTurn("Where is my order 4711?", (fault,))
        turn = self.turn(self.conversation(), attrs.evolve(context(self.judge()), rejected=rejected))
        assert turn.is_last or turn.message.strip(), "the turn is empty"

    @basic
    def test_the_conversation_is_not_changed(self) -> None:
        """Nothing a method is given may be changed."""
        so_far = self.conversation()
        before = copied(so_far)
        self.turn(so_far, context(self.judge()))
        assert unchanged(before, so_far), "the conversation was changed"

    @basic
    def test_asks_what_it_says(self) -> None:
        """With ``questions`` it says what it will ask, or with None that it ends the conversation without asking."""
        for so_far in self._list_growing():
            made, judge = self.make(), self.judge()
            asks = find_ability(made, Asks)
            if asks is None:
                return
            promised = asks.questions(so_far)

            async def job(made: Driver, so_far: Conversation = so_far, judge: Judge = judge) -> UserTurn:
                return await made.next_message(so_far, context(judge))

            turn = self.run(job, made)
            assert promised is not None or turn.is_last, "'questions' says None, and it goes on"
            wrong = compare_questions(list(promised or ()), judge.asked)
            assert not wrong, wrong

    def _list_growing(self) -> list[Conversation]:
        """List a conversation as it stands before each turn, from the first to one that most drivers do not get to."""
        stages, so_far = [Conversation(persona=self.persona()), self.conversation()], self.conversation()
        for number in range(8):
            so_far = so_far.grown(Message("user", f"And order {number}?")).grown(
                Message("assistant", f"It is {number}.")
            )
            stages.append(so_far)
        return stages

    @basic
    def test_two_conversations_at_once(self) -> None:
        """Its methods are called from several tasks at once: two conversations are not mixed up."""
        one = self.conversation()
        other = one.grown(Message("user", "And order 4712?")).grown(Message("assistant", "It arrives on 4 May."))

        async def together(made: Driver) -> list[UserTurn]:
            jobs = (made.next_message(so_far, context(self.judge())) for so_far in (one, other, one, other))
            return await asyncio.gather(*jobs)

        alone = [self.turn(so_far, context(self.judge())) for so_far in (one, other)]
        assert self.run(together) == alone * 2, "side by side they speak differently than one by one"
