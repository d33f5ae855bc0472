"""The contract of evaluators."""

from __future__ import annotations

import asyncio
import contextlib
from functools import partial
from typing import Any, ClassVar

import attrs

from .._plugins.abilities import find_ability
from .._plugins.kinds import EVALUATOR, Kind
from .._set_module import set_module
from ..sdk import (
    Asks,
    Conversation,
    Evaluator,
    Judge,
    Message,
    Question,
    RunContext,
    Score,
    ToolCall,
)
from .asking import AskingTests
from .evaluator_answers import AnswerTests
from .fakes import Says, ScriptedJudge, context, fitting_answer
from .nouns import conversation, persona
from .oddities import odd_conversations
from .plugins import copied, outcome, unchanged
from .standard import basic, optional, skip
from .swapped import swap_letters

__all__ = ["EvaluatorTests"]

_MARK = "This one is the other conversation."


@set_module("multivon_eval.testing")
class EvaluatorTests(AnswerTests, AskingTests):
    """Subclass it, give ``make``, and the protocol ``Evaluator`` is checked.

    An evaluator that asks questions of its own, not yes/no questions, overrides ``answer`` too.
    """

    kind: ClassVar[Kind] = EVALUATOR
    at_once: ClassVar[int] = 3

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

    def worse_conversation(self) -> Conversation | None:
        """Give a conversation that scores lower than ``conversation`` whatever a judge says; None for none."""
        return None

    def answer(self, question: Question[Any], says: Says) -> str:
        """Answer what the evaluator asks: as hoped of a good conversation, against it, or unknown."""
        return fitting_answer(question, says)

    def score(self, about: Conversation, around: RunContext, evaluator: Evaluator | None = None) -> Score:
        """Let the evaluator score a conversation."""

        async def job(made: Evaluator) -> Score:
            return await made.evaluate(about, around)

        return self.run(job, evaluator)

    async def use(self, made: Any, judge: Judge | None = None) -> None:
        """Score a conversation."""
        await made.evaluate(self.conversation(), context(judge or self.judge("hoped")))

    def list_promised(self, made: Any, about: Conversation) -> list[Question[Any]] | None:
        """List what it says that it will ask."""
        asks = find_ability(made, Asks)
        return None if asks is None else list(asks.questions(about) or ())

    @basic
    def test_a_number_from_0_to_1_or_a_reason(self) -> None:
        """It gives a number from 0 to 1, or the reason why there is none."""
        for says in ("hoped", "against", "unknown"):
            score = self.score(self.conversation(), context(self.judge(says)))
            assert isinstance(score, Score), f"gave {type(score).__name__}, not a Score"
            assert score.value is not None or score.reason.strip(), "no number and no reason"
            assert all(isinstance(one, str) for one in score.findings), "a finding is no string"

    @basic
    def test_a_good_conversation_has_a_score(self) -> None:
        """It scores a finished conversation: what it skips or fails on alone measures nothing."""
        score = self.score(self.conversation(), context(self.judge("hoped")))
        assert score.status == "scored", f"{score.status}: {score.reason}; give a conversation it can score"

    @basic
    def test_its_defaults_work(self) -> None:
        """What is built with nothing but defaults can score, and a threshold stands between 0 and 1 as scores do."""
        made = self.make()
        cls: Any = type(made)
        if self.score(self.conversation(), context(self.judge("hoped")), made).status != "scored":
            return  # another test says so
        others = [self.make()]
        with contextlib.suppress(Exception):  # it takes no defaults for all of its options
            others.append(cls())
        for other in others:
            threshold = getattr(other, "threshold", None)
            is_share = not isinstance(threshold, int | float) or 0 <= threshold <= 1
            assert is_share, f"threshold is {threshold}; make it a number from 0 to 1, or name it by its unit"
            came = outcome(partial(self.score, self.conversation(), context(self.judge("hoped")), other))
            assert isinstance(came, Score) and came.status == "scored", f"with its defaults it fails: {came}"

    @basic
    def test_an_empty_conversation_is_skipped(self) -> None:
        """An empty conversation is skipped, never 1.0."""
        for whose in (persona(), None):
            empty = Conversation(persona=whose, stop_reason="driver_error")
            score = self.score(empty, context(self.judge("hoped")))
            assert (score.status, score.value) == ("skipped", None), f"{score.status} with {score.value}"

    @basic
    def test_no_reply_is_no_good_score(self) -> None:
        """Where the assistant never replied, nothing of it was measured: there is no score, or 0."""
        for said in (("Hello.",), ("Hello.", "Is anybody there?")):
            messages = tuple(Message("user", text) for text in said)
            mute = attrs.evolve(self.conversation(), messages=messages, stop_reason="driver_error")
            score = self.score(mute, context(self.judge("hoped")))
            assert not score.value, f"a conversation without replies scores {score.value}; skip it"

    @basic
    def test_a_conversation_without_persona_is_scored(self) -> None:
        """A fixed case of an ``EvalSuite`` has no persona: it is scored or gives a reason, and does not raise."""
        said = self.conversation().messages
        score = self.score(Conversation(said), context(self.judge("hoped")))
        assert isinstance(score, Score), f"gave {type(score).__name__}, not a Score"

    @basic
    def test_bears_any_transcript(self) -> None:
        """Imported transcripts take any form: it scores them or says why not, and does not raise."""
        for what, odd in odd_conversations(self.conversation()).items():
            came = outcome(lambda odd=odd: self.score(odd, context(self.judge("hoped"))))  # type: ignore[misc]
            assert isinstance(came, Score), f"where {what}: {came!r}"

    @basic
    def test_the_conversation_is_not_changed(self) -> None:
        """Nothing a method is given may be changed."""
        about = self.conversation()
        before = copied(about)
        self.score(about, context(self.judge("against")))
        assert unchanged(before, about), "the conversation was changed"

    @basic
    def test_each_conversation_is_scored_by_itself(self) -> None:
        """What it said of one conversation it does not say of another as long, of the same persona and case."""
        about = self.conversation()
        for what, other in swap_letters(about).items():
            made = self.make()

            async def one_by_one(made: Evaluator, other: Conversation = other) -> Score:
                await made.evaluate(about, context(self.judge("hoped")))
                return await made.evaluate(other, context(self.judge("against")))

            after, alone = self.run(one_by_one, made), self.score(other, context(self.judge("against")))
            assert after == alone, f"where {what} differs it gives {after}, and by itself {alone}"

    @basic
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

    @optional("`worse_conversation`")
    def test_a_worse_conversation_scores_lower(self) -> None:
        """The higher the score the better the conversation."""
        worse = self.worse_conversation()
        if worse is None:
            skip("no conversation is known to be worse; override 'worse_conversation'")
        good, bad = (self.score(one, context(self.judge("hoped"))).value for one in (self.conversation(), worse))
        told = f"'conversation' scores {good}, 'worse_conversation' {bad}"
        assert good is not None and (bad is None or bad < good), f"{told}; correct the score, or override them"


def _text(question: Question[Any]) -> str:
    return "\n".join(message.text for message in question.prompt.messages)
