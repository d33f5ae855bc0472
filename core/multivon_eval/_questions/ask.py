"""Ask a judge and read the answer, once more where it cannot be read."""

from __future__ import annotations

from typing import Protocol, TypeVar

from .._types.answer import Answer
from ..errors import JudgeError, UnreadableAnswer
from .prompt import Question

T = TypeVar("T")


class _Completes(Protocol):
    """What can be asked: a judge, without what it says of its cost."""

    async def complete(self, question: Question[T]) -> Answer:
        """Answer one question with one request."""
        ...


async def ask(judge: _Completes, question: Question[T]) -> T:
    """Ask a judge and read its answer.

    An answer that cannot be read is asked for once more, with the reason; both calls are paid for.

    Args:
        judge: The judge, ``context.judge`` in a plug-in.
        question: What to ask.

    Returns:
        What the question reads from the answer.

    Raises:
        UnreadableAnswer: If the second answer cannot be read either.
        JudgeError: If a call fails, or both answers are empty.
        BudgetExceeded: If a call did not fit under the ceiling.
    """
    found, _ = await answered(judge, question)
    return found


async def answered(judge: _Completes, question: Question[T]) -> tuple[T, Answer]:
    """Do what :func:`ask` does, and give the answer too.

    Returns:
        What the question reads, and the answer it was read from, with its model and its notes.
    """
    answer = await judge.complete(question)
    try:
        return question.read(answer.text), answer
    except UnreadableAnswer as error:
        second = await judge.complete(question.again(answer.text, str(error)))
    try:
        return question.read(second.text), second
    except UnreadableAnswer:
        if second.text.strip():
            raise
        # Nothing at all is no wrong answer: nobody can be blamed for what it says.
        raise JudgeError(
            "the answer was empty twice; ask another model, or give it more with ',max_tokens=N'", True
        ) from None
