"""The contract of evaluators."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from .._plugins.kinds import EVALUATOR, Kind
from .._set_module import set_module
from ..sdk import BudgetExceeded, Conversation, Evaluator, JudgeError, Message, Question, RunContext, Score, ToolCall
from .fakes import Says, ScriptedJudge, context, fitting_answer
from .nouns import conversation, persona
from .plugins import PluginTests, copied, outcome, unchanged

__all__ = ["EvaluatorTests"]

_MARK = "This one is the other conversation."


@set_module("multivon_eval.testing")
class EvaluatorTests(PluginTests):
    """Subclass it, give ``make``, and the protocol ``Evaluator`` is checked.

    An evaluator that asks questions of its own, not yes/no questions, overrides :meth:`answer` too.
    """

    kind: ClassVar[Kind] = EVALUATOR

    def make(self) -> Evaluator:
        """Make an instance."""
        evaluator: Evaluator = super().make()
        return evaluator

    def conversation(self) -> Conversation:
        """Give a conversation that the evaluator can score."""
        called = ToolCall("track", {"order": "4711"}, {"arrives": "3 May"})
        return conversation(
            messages=(
                Message("user", "Where is my order 4711?"),
                Message("assistant", "Order 4711 arrives on 3 May.", (called,), metadata={"source": ["tracking"]}),
                Message("user", "Can I send it back if it does not fit?"),
                Message("assistant", "Yes, you can return it within 30 days."),
            ),
            of=persona(metadata={"segment": ["late"]}),
            stop_reason="goal_reached",
        )

    def answer(self, question: Question[Any], says: Says) -> str:
        """Answer what the evaluator asks: as hoped of a good conversation, against it, or unknown."""
        return fitting_answer(question, says)

    def score(self, about: Conversation, around: RunContext, evaluator: Evaluator | None = None) -> Score:
        """Let the evaluator score a conversation."""

        async def job(made: Evaluator) -> Score:
            return await made.evaluate(about, around)

        return self.run(job, evaluator)

    def judge(self, says: Says) -> ScriptedJudge:
        """Give a judge that always answers to one effect."""
        return ScriptedJudge(lambda question: self.answer(question, says))

    @pytest.mark.parametrize("says", ["hoped", "against", "unknown"])
    def test_a_number_from_0_to_1_or_a_reason(self, says: Says) -> None:
        """It gives a number from 0 to 1, or the reason why there is none."""
        score = self.score(self.conversation(), context(self.judge(says)))
        assert isinstance(score, Score), f"gave {type(score).__name__}, not a Score"
        assert score.value is None or 0.0 <= score.value <= 1.0
        assert score.value is not None or score.reason.strip(), "no number and no reason"

    def test_a_good_conversation_has_a_score(self) -> None:
        """It scores a finished conversation: what it skips or fails on alone measures nothing."""
        score = self.score(self.conversation(), context(self.judge("hoped")))
        assert score.status == "scored", f"{score.status}: {score.reason}; give a conversation it can score"

    @pytest.mark.parametrize("whose", ["of a persona", "of a fixed case"])
    def test_an_empty_conversation_is_skipped(self, whose: str) -> None:
        """An empty conversation is skipped, never 1.0."""
        empty = Conversation(persona=persona() if whose == "of a persona" else None, stop_reason="driver_error")
        score = self.score(empty, context(self.judge("hoped")))
        assert (score.status, score.value) == ("skipped", None), f"{score.status} with {score.value}"

    def test_a_conversation_without_persona_is_scored(self) -> None:
        """A fixed case of an ``EvalSuite`` has no persona: it is scored or gives a reason, and does not raise."""
        said = self.conversation().messages
        score = self.score(Conversation(said), context(self.judge("hoped")))
        assert isinstance(score, Score)

    def test_the_conversation_is_not_changed(self) -> None:
        """Nothing a method is given may be changed."""
        about = self.conversation()
        before = copied(about)
        self.score(about, context(self.judge("against")))
        assert unchanged(before, about), "the conversation was changed"

    def test_a_judge_that_fails_gives_no_number(self) -> None:
        """Where asking fails there is no score: it raises, or gives a reason, and never 0.0."""
        judge = ScriptedJudge(JudgeError("the judge is out of order"))
        came = outcome(lambda: self.score(self.conversation(), context(judge)))
        if judge.calls:
            assert isinstance(came, BaseException) or came.value is None, f"gave {came}"

    def test_an_unreadable_answer_gives_no_number(self) -> None:
        """Where the answer cannot be read there is no score either."""
        judge = ScriptedJudge("<no answer to any question>")
        came = outcome(lambda: self.score(self.conversation(), context(judge)))
        if judge.calls:
            assert isinstance(came, BaseException) or came.value is None, f"gave {came}"

    def test_budget_exceeded_passes(self) -> None:
        """The metered judge raises ``BudgetExceeded`` where a call does not fit. Let that pass."""
        judge = self.judge("hoped")
        self.score(self.conversation(), context(judge))
        if judge.calls:
            with pytest.raises(BudgetExceeded):
                self.score(self.conversation(), context(self.judge("hoped"), budget_usd=Decimal(0)))

    def test_unknown_is_not_as_hoped(self) -> None:
        """What the judge does not know does not count as hoped for."""
        judge = self.judge("unknown")
        score = self.score(self.conversation(), context(judge))
        if judge.calls and score.value is not None:
            against = self.score(self.conversation(), context(self.judge("against")))
            assert score.value <= (against.value or 0.0), f"unknown to everything gives {score.value}"

    def test_two_conversations_at_once(self) -> None:
        """Its methods are called from several tasks at once: two conversations are not mixed up."""
        one = self.conversation()
        other = one.grown(Message("user", _MARK)).grown(Message("assistant", "I see."))

        def judge() -> ScriptedJudge:
            return ScriptedJudge(lambda asked: self.answer(asked, "against" if _MARK in _text(asked) else "hoped"))

        async def together(made: Evaluator) -> list[Score]:
            jobs = (made.evaluate(about, context(judge())) for about in (one, other, one, other))
            return await asyncio.gather(*jobs)

        alone = [self.score(about, context(judge())) for about in (one, other)]
        assert self.run(together) == alone * 2, "side by side they score differently than one by one"


def _text(question: Question[Any]) -> str:
    return "\n".join(message.text for message in question.prompt.messages)
