"""What holds for those who ask a judge: evaluators, drivers, observers and persona sources."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from decimal import Decimal
from typing import Any

from .._plugins.isolation import format_error
from .._set_module import set_module
from ..errors import JudgeError
from ..sdk import BudgetExceeded, Conversation, Judge, Question
from .fakes import Says, ScriptedJudge, fitting_answer
from .lifecycle import WorkingTests

PRICE = Decimal("0.001")
"""What an answer of the stand-in costs, in USD; it reserves twice as much."""


@set_module("multivon_eval.testing")
class AskingTests(WorkingTests):
    """The part of the contracts on questions to the judge."""

    def answer(self, question: Question[Any], says: Says) -> str:
        """Answer what the plug-in asks."""
        return fitting_answer(question, says)

    def judge(self, says: Says) -> ScriptedJudge:
        """Give a judge that always answers to one effect."""
        return ScriptedJudge(self.answering(says))

    def judge_of_a_run(self) -> Judge:
        """Give the judge of a whole run: it answers what the plug-in asks, and what the run asks."""
        return ScriptedJudge(self.answering("hoped"))

    def answering(self, says: Says) -> Callable[[Question[Any]], str]:
        """Give the function of a question that answers all of them to one effect."""
        # A driver or a source is told nothing of hopes: their ``answer`` takes the question alone.
        takes_hope = len(inspect.signature(self.answer).parameters) > 1
        answer: Any = self.answer
        return (lambda question: answer(question, says)) if takes_hope else answer

    def failing_at(self, place: int, says: Says = "hoped") -> ScriptedJudge:
        """Give a judge that answers, and fails at one of its calls, counted from 0, and at all after it."""
        answers = self.answering(says)

        def answer(question: Question[Any]) -> str:
            if judge.calls > place:
                raise JudgeError("the judge is out of order")
            return answers(question)

        judge = ScriptedJudge(answer)
        return judge

    def unreadable_from(self, place: int) -> ScriptedJudge:
        """Give a judge whose answers cannot be read from one of its calls on, counted from 0."""
        answers = self.answering("hoped")

        def answer(question: Question[Any]) -> str:
            return "<no answer to any question>" if judge.calls > place else answers(question)

        judge = ScriptedJudge(answer)
        return judge


def budget_for(calls: int) -> Decimal:
    """The ceiling, in USD, under which so many calls of a stand-in fit one after another and no more."""
    return PRICE * (calls - 1) + 2 * PRICE if calls else Decimal(0)


def raises_budget(job: Callable[[], object]) -> str:
    """Say what came instead of ``BudgetExceeded``; empty if that was raised."""
    try:
        came = job()
    except BudgetExceeded:
        return ""
    except Exception as error:
        return f"raised {format_error(error)}"
    return f"gave {came!r}"


def compare_questions(promised: list[Question[Any]], asked: list[Question[Any]]) -> str:
    """Say how what was asked is more than what was promised; empty if it is not."""
    if len(asked) > len(promised):
        return f"it asks {len(asked)} questions, and 'questions' says {len(promised)}"
    told, sent = (sum(map(_measure, questions)) for questions in (promised, asked))
    if sent > 2 * told + 500:
        return f"it asks with {sent} characters, and 'questions' says {told}"
    return ""


def _measure(question: Question[Any]) -> int:
    return len(question.prompt.system) + sum(len(message.text) for message in question.prompt.messages)


def has_seen(conversation: Conversation, mark: str, questions: list[Question[Any]]) -> bool:
    """Whether something stands in what was asked."""
    return any(
        mark in text for one in questions for text in (one.prompt.system, *(m.text for m in one.prompt.messages))
    )
