"""The contract of drivers."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from .._plugins.kinds import DRIVER, Kind
from .._set_module import set_module
from ..sdk import BudgetExceeded, Conversation, Driver, Message, Persona, Question, RunContext, UserTurn
from .fakes import ScriptedJudge, context, fitting_answer
from .nouns import conversation, persona
from .plugins import PluginTests, copied, unchanged

__all__ = ["DriverTests"]


@set_module("multivon_eval.testing")
class DriverTests(PluginTests):
    """Subclass it, give ``make``, and the protocol ``Driver`` is checked."""

    kind: ClassVar[Kind] = DRIVER

    def make(self) -> Driver:
        """Make an instance."""
        driver: Driver = super().make()
        return driver

    def persona(self) -> Persona:
        """Give a persona that the driver can play."""
        return persona(metadata={"segment": ["late"]})

    def answer(self, question: Question[Any]) -> str:
        """Answer what the driver asks; a user message by default."""
        return fitting_answer(question)

    def judge(self) -> ScriptedJudge:
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

    def test_a_conversation_begins_with_a_message(self) -> None:
        """The conversation is empty at the beginning, and the driver opens it with a message."""
        turn = self.turn(Conversation(persona=self.persona()), context(self.judge()))
        assert isinstance(turn, UserTurn), f"gave {type(turn).__name__}, not a UserTurn"
        assert turn.message.strip(), "the first message is empty"

    @pytest.mark.parametrize("turns", [1, 2, 12])
    def test_a_message_or_the_goal_is_reached(self, turns: int) -> None:
        """An empty message that ends nothing is an error."""

        async def job(made: Driver) -> Conversation:
            so_far, around = Conversation(persona=self.persona()), context(self.judge())
            for number in range(turns):
                turn = await made.next_message(so_far, around)
                assert isinstance(turn, UserTurn), f"gave {type(turn).__name__}, not a UserTurn"
                assert turn.is_last or turn.message.strip(), f"turn {number + 1} is empty"
                if turn.is_last:
                    break
                so_far = so_far.grown(Message("user", turn.message)).grown(Message("assistant", f"Reply {number}."))
            return so_far

        self.run(job)

    def test_goes_on_after_a_history(self) -> None:
        """The conversation is the persona's history at the beginning, and the driver speaks after it."""
        past = (Message("user", "Hello."), Message("assistant", "Hello, how can I help?"))
        played = persona(history=past)
        turn = self.turn(Conversation(past, played), context(self.judge()))
        assert turn.is_last or turn.message.strip(), "the turn is empty"

    def test_the_conversation_is_not_changed(self) -> None:
        """Nothing a method is given may be changed."""
        so_far = self.conversation()
        before = copied(so_far)
        self.turn(so_far, context(self.judge()))
        assert unchanged(before, so_far), "the conversation was changed"

    def test_budget_exceeded_passes(self) -> None:
        """The metered judge raises ``BudgetExceeded`` where a call does not fit. Let that pass."""
        judge = self.judge()
        self.turn(self.conversation(), context(judge))
        if judge.calls:
            with pytest.raises(BudgetExceeded):
                self.turn(self.conversation(), context(self.judge(), budget_usd=Decimal(0)))

    def test_two_conversations_at_once(self) -> None:
        """Its methods are called from several tasks at once: two conversations are not mixed up."""
        one = self.conversation()
        other = one.grown(Message("user", "And order 4712?")).grown(Message("assistant", "It arrives on 4 May."))

        async def together(made: Driver) -> list[UserTurn]:
            jobs = (made.next_message(so_far, context(self.judge())) for so_far in (one, other, one, other))
            return await asyncio.gather(*jobs)

        alone = [self.turn(so_far, context(self.judge())) for so_far in (one, other)]
        assert self.run(together) == alone * 2, "side by side they speak differently than one by one"
