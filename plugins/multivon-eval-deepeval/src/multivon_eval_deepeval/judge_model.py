"""The run's judge, in the form in which DeepEval asks a model."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from contextvars import ContextVar
from typing import Any

import attrs
from deepeval.models import DeepEvalBaseLLM
from pydantic import BaseModel

from multivon_eval.sdk import Asked, Judge, Prompt, PromptMessage, Question, ask, text_question

from .schema import ModelAsked, NotStrictError, make_schema

MAX_TOKENS = 2048
"""The most tokens of an answer; metrics ask for lists of verdicts with a reason each."""


class JudgeModel(DeepEvalBaseLLM):  # type: ignore[no-untyped-call]
    """The place of the run's judge in a metric: ``DeepEvalMetric(ConversationalGEval(..., model=JudgeModel()))``.

    What a metric asks goes to the judge of the run: metered, within its budget, repeated and counted like every other
    call.
    """

    def __init__(self) -> None:
        super().__init__("multivon-eval")

    def load_model(self, *args: Any, **kwargs: Any) -> Any:
        """Nothing is loaded: the judge is there when a metric is used."""
        return None

    def get_model_name(self, *args: Any, **kwargs: Any) -> str:
        """The model as metrics show it."""
        return "the judge of multivon-eval"

    def generate(self, *args: Any, **kwargs: Any) -> Any:
        """Never: a judge is asked asynchronously, and waiting for it here would hold up all conversations."""
        error = NotImplementedError("the judge of multivon-eval is asked with a_generate; use the metric's a_measure")
        if (asking := _asking.get()) is not None:
            asking.errors.append(error)
        raise error

    async def a_generate(self, prompt: str, schema: type[BaseModel] | None = None, **kwargs: Any) -> Any:
        """Ask the judge.

        Args:
            prompt: The prompt as the metric renders it.
            schema: What the answer is to be; None for text.
            **kwargs: What DeepEval gives other models; nothing of it concerns a text.

        Returns:
            An instance of the schema, or the text.

        Raises:
            BudgetExceeded: If the call does not fit under the ceiling.
            JudgeError: If it failed.
        """
        asking = _asking.get()
        if asking is None:
            raise RuntimeError("JudgeModel has no judge outside of a run; hand its metric to DeepEvalMetric")
        return await asking.ask(_make_question(str(prompt), schema))


@attrs.define
class Asking:
    """What one metric asks about one conversation.

    Attributes:
        judge: Whom it asks.
        errors: What went wrong, first to last. A metric may go on without an answer; a score may not.
    """

    judge: Judge
    errors: list[BaseException] = attrs.field(factory=list, init=False)
    _tasks: set[asyncio.Task[Any]] = attrs.field(factory=set, init=False)

    async def ask(self, question: Question[Any]) -> Any:
        """Ask the judge, and remember what went wrong."""
        task = asyncio.current_task()
        assert task is not None, "a coroutine runs in a task"
        self._tasks.add(task)
        try:
            return await ask(self.judge, question)
        except BaseException as error:
            self.errors.append(error)
            raise
        finally:
            self._tasks.discard(task)

    async def stop(self) -> None:
        """End the calls that are under way: where one fails, a metric that gathers several leaves the others alone."""
        left = {task for task in self._tasks if task is not asyncio.current_task()}
        for task in left:
            task.cancel()
        if left:
            await asyncio.wait(left)


_asking: ContextVar[Asking | None] = ContextVar("multivon_eval_deepeval_asking", default=None)


@asynccontextmanager
async def asking_judge(judge: Judge) -> AsyncIterator[Asking]:
    """Let every :class:`JudgeModel` in this task ask a judge, however deep in a metric it stands."""
    asking = Asking(judge)
    token = _asking.set(asking)
    try:
        yield asking
    finally:
        _asking.reset(token)
        await asking.stop()


def _make_question(prompt: str, schema: type[BaseModel] | None) -> Question[Any]:
    if schema is None:
        return text_question(prompt, max_tokens=MAX_TOKENS)
    try:
        described, name = make_schema(schema), schema.__name__
    except NotStrictError:
        # The prompt says how the answer is to look; that it does is checked all the same.
        described, name = None, "answer"
    asked: Asked[Any] = ModelAsked(schema)
    messages = (PromptMessage("user", (prompt,)),)
    return Question(Prompt("", messages, described, name, max_tokens=MAX_TOKENS), asked)
