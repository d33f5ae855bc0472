"""What the evaluators share: a handful of questions in one call, the score the share answered as hoped."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

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

Answers = tuple[YesNoAnswer, ...]


def is_share(_: object, attribute: Any, value: float) -> None:
    """Validate a field that stands between 0 and 1."""
    if not 0.0 <= value <= 1.0:
        raise ValueError(f"{attribute.name} is {value}; give a number from 0 to 1")


def asked(conversation: Conversation, questions: Sequence[YesNo], least_replies: int = 1) -> list[Question[Answers]]:
    """The one call that an evaluator makes; none where the conversation has too few replies to score."""
    replies = len(conversation.said_by("assistant"))
    return [yes_no_question(conversation, questions)] if replies >= least_replies else []


async def score_by_questions(
    conversation: Conversation, context: RunContext, questions: Sequence[Question[Answers]], threshold: float
) -> Score:
    """Ask the judge and count.

    Args:
        conversation: What is scored.
        context: Whom to ask.
        questions: What to ask; the answer ``unknown`` counts as not hoped for.
        threshold: From which value on the score is good.

    Returns:
        The share answered as hoped; none where there is nothing to ask about, or every answer is ``unknown``, for
        then nothing was measured.
    """
    if not questions:
        replies = len(conversation.said_by("assistant"))
        return Score.skipped(f"{replies} reply to score; it takes more" if replies else "no reply to score")
    answers = [answer for question in questions for answer in await ask(context.judge, question)]
    if all(answer.answer == "unknown" for answer in answers):
        return Score.skipped(f"the judge answered unknown to all {len(answers)} questions")
    hits = sum(answer.as_hoped for answer in answers)
    return Score(hits / len(answers), _reason(answers, hits), threshold=threshold)


def _reason(answers: Sequence[YesNoAnswer], hits: int) -> str:
    others = [answer for answer in answers if not answer.as_hoped]
    told = [_told(answer) for answer in others if answer.answer != "unknown"]
    unknown = [answer.question.key for answer in others if answer.answer == "unknown"]
    if unknown:
        told.append(f"unknown: {', '.join(unknown)}")
    return "; ".join([f"{hits} of {len(answers)} as hoped", *told])


def _told(answer: YesNoAnswer) -> str:
    quotes = "; ".join(f"turn {quote.turn}: {quote.quote!r}" for quote in answer.evidence if quote.found)
    return f"{answer.question.key}: {answer.answer}, {answer.reason}" + (f" ({quotes})" if quotes else "")
