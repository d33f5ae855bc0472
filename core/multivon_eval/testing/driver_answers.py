"""What a driver makes of a judge's answers, and of those that never came."""

from __future__ import annotations

import json
from typing import Any

from .._set_module import set_module
from ..sdk import Conversation, Message, Question, RunContext, UserTurn, UserTurnAsked
from .asking import AskingTests, budget_for, raises_budget
from .fakes import ScriptedJudge, context
from .plugins import outcome
from .standard import basic, optional, skip


@set_module("multivon_eval.testing")
class DriverAnswerTests(AskingTests):
    """The part of the contract of drivers on answers."""

    def turn(self, so_far: Conversation, around: RunContext) -> UserTurn:
        """Let a new instance give the next user turn."""
        raise NotImplementedError

    def conversation(self) -> Conversation:
        """Give a conversation that is under way."""
        raise NotImplementedError

    def _list_stages(self) -> list[Conversation]:
        about = self.conversation()
        later = about.grown(Message("user", "And order 4712?")).grown(Message("assistant", "It arrives on 4 May."))
        return [Conversation(persona=about.persona), about, later]

    def _count_calls(self, so_far: Conversation) -> int:
        judge = ScriptedJudge(self.answering("hoped"))
        self.turn(so_far, context(judge))
        return judge.calls

    @basic
    def test_budget_exceeded_passes(self) -> None:
        """``BudgetExceeded``, raised where a call does not fit, passes: at the first call and at a later one."""
        for so_far in self._list_stages():
            for calls in range(self._count_calls(so_far)):
                around = context(ScriptedJudge(self.answering("hoped")), budget_usd=budget_for(calls))
                came = raises_budget(lambda so_far=so_far, around=around: self.turn(so_far, around))  # type: ignore[misc]
                assert not came, f"call {calls + 1} of a turn does not fit and it {came}"

    @basic
    def test_a_judge_that_fails_ends_nothing(self) -> None:
        """Where asking fails, at the first question of a turn or a later one, nobody reaches a goal or gives up."""
        for so_far in self._list_stages():
            for place in range(self._count_calls(so_far)):
                judge = self.failing_at(place)
                came = outcome(lambda so_far=so_far, judge=judge: self.turn(so_far, context(judge)))  # type: ignore[misc]
                is_fine = isinstance(came, BaseException) or not came.is_last
                assert is_fine, f"call {place + 1} of a turn fails, and it gives {came}"

    @basic
    def test_an_unreadable_answer_ends_nothing(self) -> None:
        """Where the answer that is asked for a turn cannot be read, nobody reaches a goal or gives up."""
        for so_far in self._list_stages():
            for place in range(self._count_calls(so_far)):
                judge = self.unreadable_from(place)
                came = outcome(lambda so_far=so_far, judge=judge: self.turn(so_far, context(judge)))  # type: ignore[misc]
                is_fine = isinstance(came, BaseException) or not came.is_last
                assert is_fine, f"answer {place + 1} of a turn cannot be read, and it gives {came}"

    def _play(self, ends: str, turns: int = 12) -> list[tuple[UserTurn, bool]]:
        """Play a conversation with a judge that always ends it in one way.

        Returns:
            The turns, each with whether the judge was asked for it.
        """
        asked: list[Question[Any]] = []

        def answer(question: Question[Any]) -> str:
            asked.append(question)
            if isinstance(question.about, UserTurnAsked):
                said = len(question.about.conversation.said_by("user"))
                return json.dumps({"message": f"This is message {said + 1}.", "ends": ends})
            return self.answering("hoped")(question)

        async def job(made: Any) -> list[tuple[UserTurn, bool]]:
            so_far, given = self.conversation(), list[tuple[UserTurn, bool]]()
            for number in range(turns):
                asked.clear()
                turn = await made.next_message(so_far, context(ScriptedJudge(answer)))
                given.append((turn, any(isinstance(question.about, UserTurnAsked) for question in asked)))
                if turn.is_last:
                    break
                so_far = so_far.grown(Message("user", turn.message)).grown(Message("assistant", f"Reply {number}."))
            return given

        given = self.run(job)
        if not any(is_asked for _, is_asked in given):
            skip("it asks nobody for a user turn")
        return given

    @optional("a driver that asks for a user turn")
    def test_the_goal_ends_the_conversation(self) -> None:
        """A judge that plays the persona and says that the goal is reached is heard, within twelve turns."""
        assert self._play("goal_reached")[-1][0].is_last, "the judge says that the goal is reached, and it never ends"

    @optional("a driver that asks for a user turn")
    def test_giving_up_is_no_success(self) -> None:
        """A user who leaves without what it came for gave up: the goal is not reached."""
        wrong = [turn for turn, is_asked in self._play("gave_up") if is_asked and turn.goal_reached]
        assert not wrong, "the judge says that the user gave up, and the driver that the goal is reached"

    @optional("a driver that asks for a user turn")
    def test_going_on_is_no_success(self) -> None:
        """Where the judge that is asked for a turn says that the user goes on, the goal is not reached by it."""
        wrong = [turn for turn, is_asked in self._play("no", 2) if is_asked and turn.goal_reached]
        assert not wrong, "the judge says that the user goes on, and the driver that the goal is reached"
