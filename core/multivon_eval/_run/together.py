"""Verdict and scores of one conversation from one request, where that is asked for."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from .._plugins.isolation import FAULTS, raise_if_fatal
from .._questions import Question, join_questions
from .._types.answer import Answer
from ..protocols import Judge, RunContext

SEPARATE, TOGETHER = "separate", "together"
WAYS = (SEPARATE, TOGETHER)
"""How verdict and scores are asked for."""


@attrs.frozen
class AnsweredBefore:
    """A judge that has some answers already, and asks another for the rest.

    Attributes:
        judge: The metered judge.
        answers: By the prompt of the question.
    """

    judge: Judge
    answers: Mapping[object, Answer]

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """The most that one request for this question can cost, in USD."""
        return self.judge.worst_cost(question)

    async def complete(self, question: Question[Any]) -> Answer:
        """Give the answer that is there, or ask for it."""
        return self.answers.get(_name(question)) or await self.judge.complete(question)


async def ask_together(questions: Sequence[Question[Any]], context: RunContext) -> RunContext:
    """Ask for all that can be asked in one request.

    Args:
        questions: What will be asked about one conversation.
        context: The metered judge.

    Returns:
        A context whose judge has those answers. What cannot be joined or read, or does not fit, is asked by itself.
    """
    joined, _ = join_questions(questions)
    if joined is None:
        return context
    try:
        answer = await context.judge.complete(joined)
        texts = joined.read(answer.text)
    except FAULTS as error:
        raise_if_fatal(error)
        return context
    parts: Mapping[str, Question[Any]] = joined.about.parts  # type: ignore[attr-defined]
    # Booked once, by the call that brought them.
    had = {_name(parts[part]): Answer(text, model=answer.model) for part, text in texts.items()}
    return attrs.evolve(context, judge=AnsweredBefore(context.judge, had))


def _name(question: Question[Any]) -> object:
    return question.prompt.schema_name, question.prompt.messages
