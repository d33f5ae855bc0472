"""Fixed cases: the same contract with ``model_fn`` as a simulation, without a persona."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from .._money.meter import Account
from .._plugins.registry import Registry
from .._run.defaults import EVALUATORS
from .._run.lifecycle import ready
from .._run.planning import make_plan
from .._run.scoring import score
from .._run.settings import Settings
from .._run.system import SystemUnderTest
from .._types.conversation import Conversation
from .._types.message import Message, messages_of
from .._types.rendering import render
from .._types.score import Score
from ..errors import ModelFnError, UsageError
from .sync import run_sync


def _said(value: str | Iterable[Message | Mapping[str, Any]]) -> tuple[Message, ...]:
    if isinstance(value, str):
        return (Message("user", value),)
    return messages_of(value)


@attrs.frozen
class EvalCase:
    """A fixed case: a conversation up to the user message that is to be answered.

    Attributes:
        messages: What was said so far; a string stands for one user message.
        name: For people.
        metadata: Anything else, JSON values.
    """

    messages: tuple[Message, ...] = attrs.field(converter=_said)
    name: str = ""
    metadata: Mapping[str, Any] = attrs.field(factory=dict)

    @messages.validator
    def _ends_with_the_user(self, _: object, value: tuple[Message, ...]) -> None:
        if not value or value[-1].role != "user":
            raise UsageError(f"case {self.name!r} does not end with a user message; add the one to be answered")

    def conversation_str(self) -> str:
        """Render the conversation as ``USER: ...`` and ``ASSISTANT: ...`` lines, as ``model_fn`` gets it."""
        return render(self.messages)


@attrs.frozen
class CaseResult:
    """What came of a case.

    Attributes:
        case: The case.
        conversation: Its messages and the reply; without the reply where there was none.
        scores: One score for each evaluator, by name.
        error: Why there was no reply; empty where there was one.
        cost_usd: What its judge calls cost, in USD.
    """

    case: EvalCase
    conversation: Conversation
    scores: Mapping[str, Score]
    error: str = ""
    cost_usd: Decimal = Decimal(0)


def _cases(value: Iterable[EvalCase]) -> tuple[EvalCase, ...]:
    return tuple(value)


def _asked(value: Iterable[object]) -> tuple[object, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


@attrs.frozen
class EvalSuite:
    """Fixed cases and who scores them.

    Attributes:
        cases: The cases.
        evaluators: SPEC strings or instances; the default three if not given.
    """

    cases: tuple[EvalCase, ...] = attrs.field(converter=_cases)
    evaluators: tuple[object, ...] = attrs.field(default=EVALUATORS, converter=_asked)

    def run(
        self,
        model_fn: Callable[..., Any],
        *,
        judge: object = None,
        budget_usd: float | Decimal | str | None = 1.00,
        concurrency: int = 16,
        timeout: float = 60.0,
    ) -> list[CaseResult]:
        """Let the system answer each case once and score the conversations.

        Args:
            model_fn: The system under test, as ``simulate`` takes it.
            judge: Whom the evaluators ask; chosen by the keys in the environment if None.
            budget_usd: The ceiling for all judge calls in USD; None for no ceiling.
            concurrency: Cases side by side.
            timeout: Seconds for one call of ``model_fn`` or of the judge.

        Returns:
            One result for each case, in their order, whatever failed.

        Raises:
            UsageError: Something was asked wrongly; nothing was spent.
        """
        settings = Settings.of(
            {
                "evaluators": self.evaluators,
                "judge": judge,
                "budget_usd": budget_usd,
                "concurrency": concurrency,
                "timeout": timeout,
                "hooks": (),
            }
        )
        return run_sync(lambda: _Runner(SystemUnderTest.of(model_fn), settings).all(self.cases))


class _Runner:
    def __init__(self, system: SystemUnderTest, settings: Settings) -> None:
        self._system = system
        self._settings = settings
        self._places = asyncio.Semaphore(settings.concurrency)
        self._plan = make_plan(system, None, settings, Registry())

    async def all(self, cases: Sequence[EvalCase]) -> list[CaseResult]:
        async with ready(self._plan.asked, seconds=self._settings.timeout):
            return list(await asyncio.gather(*(self._one(index, case) for index, case in enumerate(cases))))

    async def _one(self, index: int, case: EvalCase) -> CaseResult:
        async with self._places:
            conversation, error = Conversation(case.messages, case_uid=f"case-{index}"), ""
            try:
                said = await self._system.reply(conversation, f"case-{index}", self._settings.timeout)
                reply = Message("assistant", said.text, said.tool_calls, metadata=said.metadata)
                conversation = conversation.grown(reply)
            except ModelFnError as failure:
                error = str(failure)
            plan = self._plan
            with plan.purse() as purse:
                account = Account(purse, plan.journal)
                if error:
                    nothing = Score.skipped(f"no reply to score: {error}")
                    scores = dict.fromkeys(plan.evaluators, nothing)
                else:
                    context = plan.context("judge", account)
                    scores = await score(conversation, plan.evaluators, context, plan.journal)
            return CaseResult(case, conversation, scores, error, account.cost_usd)
