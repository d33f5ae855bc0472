"""The judge that plug-ins get: every call is reserved, bounded in time, repeated where that helps, settled."""

from __future__ import annotations

import asyncio
import logging
from decimal import Decimal
from typing import Any

import attrs
import stamina

from ..assessment import Answer, Usage
from ..errors import JudgeError, JudgeUnavailable
from ..protocols import Judge
from ..questions import Question
from .ledger import Ledger

_LOG = logging.getLogger("multivon_eval.judge")

MAX_WAIT = 60.0
"""The longest that a provider's Retry-After is waited for, in seconds."""


@attrs.define(eq=False)
class Account:
    """What the judge calls of one conversation took together."""

    cost_usd: Decimal = Decimal(0)
    usage: Usage = attrs.field(factory=Usage)
    calls: int = 0
    retries: int = 0
    models: dict[str, str] = attrs.field(factory=dict)
    temperatures: dict[str, float | None] = attrs.field(factory=dict)
    notes: list[str] = attrs.field(factory=list)

    def book(self, role: str, answer: Answer) -> None:
        """Add what one answer says of itself."""
        self.usage += answer.usage
        self.models[role] = answer.model
        self.temperatures[role] = answer.temperature
        self.notes += [note for note in answer.notes if note not in self.notes]


@attrs.frozen(eq=False)
class MeteredJudge:
    """A judge behind the ledger.

    Attributes:
        judge: The judge that is asked.
        ledger: The run's account.
        account: The conversation's account.
        role: What it is asked as, ``judge`` or ``driver``.
        timeout: Seconds for one request.
        retries: How often a call is repeated that failed in a way that often passes.
    """

    judge: Judge
    ledger: Ledger
    account: Account
    role: str = "judge"
    timeout: float = 60.0
    retries: int = 4

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """The most one request for this question can cost, in USD."""
        return self.judge.worst_cost(question)

    async def complete(self, question: Question[Any]) -> Answer:
        """Ask the judge; see :class:`~multivon_eval.protocols.Judge`.

        Raises:
            BudgetExceeded: The call, or a repetition, does not fit under the ceiling.
        """
        attempts = stamina.retry_context(
            on=self._pause,
            attempts=self.retries + 1,
            timeout=None,
            wait_initial=0.5,
            wait_max=20.0,
        )
        async for attempt in attempts:
            with attempt:
                self.account.retries += attempt.num > 1
                return await self._once(question)
        raise AssertionError("stamina gives back the last error")

    def _pause(self, error: Exception) -> bool | float:
        if not isinstance(error, JudgeUnavailable):
            return False
        _LOG.info("%s call failed: %s", self.role, error)
        return True if error.retry_after is None else min(max(error.retry_after, 0.0), MAX_WAIT)

    async def _once(self, question: Question[Any]) -> Answer:
        worst = self.judge.worst_cost(question) or Decimal(0)
        reservation = self.ledger.reserve(worst)
        # Until the answer is there nobody knows what the provider charged: a call that is cancelled, or fails
        # in a way that says nothing of it, counts as its worst case.
        cost = worst
        self.account.calls += 1
        try:
            async with asyncio.timeout(self.timeout):
                answer = await self.judge.complete(question)
            cost = answer.cost_usd
            self.account.book(self.role, answer)
            return answer
        except TimeoutError:
            raise JudgeUnavailable(
                f"the {self.role} did not answer within {self.timeout:g} seconds; raise --timeout", True
            ) from None
        except JudgeError as error:
            cost = worst if error.charged else Decimal(0)
            raise
        except Exception as error:
            raise JudgeError(f"the {self.role} raised {type(error).__name__}: {error}", True) from error
        finally:
            self.account.cost_usd += cost
            self.ledger.settle(reservation, cost, f"a {self.role} call")
