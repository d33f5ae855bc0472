"""What the evaluators share: a handful of questions in one call, the score the share answered as hoped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

import attrs

from multivon_eval.sdk import (
    Conversation,
    Question,
    RunContext,
    Score,
    YesNo,
    YesNoAnswer,
    ask,
    yes_no_question,
)


def is_share(_: object, attribute: Any, value: float) -> None:
    """Validate a field that stands between 0 and 1."""
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{attribute.name} is {value}; give a number from 0 to 1")


@attrs.frozen
class ScoredByQuestions:
    """Asks the judge a handful of questions in one call; the score is the share answered as hoped.

    Attributes:
        threshold: From which value on the score is good.
    """

    QUESTIONS: ClassVar[tuple[YesNo, ...]] = ()
    LEAST_REPLIES: ClassVar[int] = 1
    threshold: float = attrs.field(default=0.5, validator=is_share)

    def questions(self, conversation: Conversation) -> list[Question[tuple[YesNoAnswer, ...]]]:
        """Give the one call that ``evaluate`` makes; none where there are too few replies to score."""
        replies = len(conversation.said_by("assistant"))
        return [yes_no_question(conversation, self.QUESTIONS)] if replies >= self.LEAST_REPLIES else []

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        """Score a conversation.

        Returns:
            The share answered as hoped, ``unknown`` counting as not; none where there is nothing to ask about,
            or every answer is ``unknown``, for then nothing was measured.
        """
        questions = self.questions(conversation)
        if not questions:
            replies = len(conversation.said_by("assistant"))
            return Score.skipped(f"{replies} reply to score; it takes more" if replies else "no reply to score")
        answers = [answer for question in questions for answer in await ask(context.judge, question)]
        if all(answer.answer == "unknown" for answer in answers):
            return Score.skipped(f"the judge answered unknown to all {len(answers)} questions")
        hits = sum(answer.as_hoped for answer in answers)
        return Score(hits / len(answers), _write_reason(answers, hits), threshold=self.threshold)


def _write_reason(answers: Sequence[YesNoAnswer], hits: int) -> str:
    others = [answer for answer in answers if not answer.as_hoped]
    told = [_format_answer(answer) for answer in others if answer.answer != "unknown"]
    unknown = [answer.question.key for answer in others if answer.answer == "unknown"]
    if unknown:
        told.append(f"unknown: {', '.join(unknown)}")
    return "; ".join([f"{hits} of {len(answers)} as hoped", *told])


def _format_answer(answer: YesNoAnswer) -> str:
    quotes = "; ".join(f"turn {quote.turn}: {quote.quote!r}" for quote in answer.evidence if quote.found)
    return f"{answer.question.key}: {answer.answer}, {answer.reason}" + (f" ({quotes})" if quotes else "")
