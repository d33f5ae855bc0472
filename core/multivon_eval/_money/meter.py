"""The judge that plug-ins get: every call is reserved, bounded in time, repeated where that helps, settled."""

from __future__ import annotations

import asyncio
import itertools
import time
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import attrs

from .._plugins.calls import Calls
from .._plugins.isolation import FAULTS, format_error, raise_if_fatal
from .._plugins.stint import count_call
from .._questions import Question
from .._types.answer import Answer
from .._types.log import get_logger
from .._types.provenance import JudgeRetry
from ..errors import BudgetExceeded, JudgeError, JudgeUnavailable, JudgeUnusable, RunStopped
from ..protocols import Judge
from .account import OBSERVER, PURPOSES, Account
from .amount import round_up
from .answer_check import check_answer
from .asking import ASKING
from .bounds import Bounds, find_charge
from .funds import ZERO
from .limit import Limit
from .pacing import MOST_REFUSALS, PATIENCE, find_pause
from .price import find_worst_cost

_LOG = get_logger("judge")

_LONG_PAUSE = 5.0
"""Seconds from which on a person who looks on is told of a pause."""


SYSTEM = "system"
"""The role of a model that is asked as the system under test: its calls are none of a judge's."""


class _OutgrownError(Exception):
    """While a call waited for money or a place the judge has learned that such calls may cost more."""


@attrs.frozen(eq=False)
class MeteredJudge:
    """A judge behind the ledger.

    Attributes:
        judge: The judge that is asked.
        account: The conversation's account.
        limit: How many calls to this judge are made at once, and when none is.
        role: What it is asked as, ``judge``, ``driver`` or ``system``; a judge's calls draw on what is held for
            them.
        timeout: Seconds for one request.
        retries: How often a call is repeated that failed in a way that often passes.
        patience: For how long a call is repeated in all, its pauses included, in seconds.
        task: What its calls are booked under, the role if not given.
        is_strict: Whether a judge that cannot be used ends the run, and not this call alone.
        bounds: What is known of how well the judge keeps to what it says that a call can cost.
        learn: Called with each call that was answered: the judge, the question, the answer, and the most in USD that it
            could cost.
        shorten: Gives a question with less room for its answer, for a call that does not fit; None where there is none.
        calls: Tells hooks of each request.
        model: The judge's name for them.
    """

    judge: Judge
    account: Account
    limit: Limit
    role: str = "judge"
    timeout: float = 60.0
    retries: int = 4
    patience: float = PATIENCE
    task: str = ""
    is_strict: bool = False
    bounds: Bounds = attrs.field(factory=Bounds)
    learn: Callable[[Judge, Question[Any], Answer, Decimal], None] = attrs.field(default=lambda *_: None)
    shorten: Callable[[Question[Any]], Question[Any] | None] = attrs.field(default=lambda question: None)
    calls: Calls = attrs.field(factory=Calls)
    model: str = ""

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """The most one request for this question can cost, in USD."""
        return self.bounds.raise_to(find_worst_cost(self.judge, question))

    async def complete(self, question: Question[Any]) -> Answer:
        """Ask the judge; see :class:`~multivon_eval.protocols.Judge`.

        Raises:
            BudgetExceeded: If the call, or a repetition, does not fit under the ceiling.
            JournalError: If the call cannot be recorded; then it is not made.
            RunStopped: If no call can succeed, and the run is strict.
            StintError: If a plug-in asks in a loop.
        """
        with count_call():
            # A judge that needs no network would never let anybody else go on.
            await asyncio.sleep(0)
            try:
                return await self._call_until_answered(question)
            except JudgeUnusable as error:
                if not self.is_strict:
                    raise
                raise RunStopped(
                    f"the {self.role} cannot be used: {error}; correct it, and go on with --resume"
                ) from error

    async def _call_until_answered(self, question: Question[Any]) -> Answer:
        try:
            return await self._call_once(question)
        except JudgeUnavailable as error:
            return await self._repeat(question, error)

    async def _repeat(self, question: Question[Any], error: JudgeUnavailable) -> Answer:
        """Repeat a call that failed, after growing pauses; where there were too many, all calls pause together."""
        began = time.monotonic()
        for failures in itertools.count(1):
            pause = self.limit.pause if error.overloaded else find_pause(failures, error.retry_after)
            if self._gives_up(error, failures, time.monotonic() - began + pause):
                raise error
            self._tell(error, pause)
            failed_at = time.perf_counter()
            await (self.limit.wait_for_pause() if error.overloaded else asyncio.sleep(pause))
            waited = round(time.perf_counter() - failed_at, 3)
            self.account.retries.append(JudgeRetry(self.role, str(error), waited))
            try:
                return await self._call_once(question)
            except JudgeUnavailable as again:
                error = again
        raise AssertionError("it is repeated until it is given up")

    def _gives_up(self, error: JudgeUnavailable, failures: int, seconds: float) -> bool:
        """Whether a call is not made again: it failed too often, or would take too long in all."""
        most = min(self.retries, MOST_REFUSALS) if not error.overloaded else MOST_REFUSALS if self.retries else 0
        return failures > most or seconds > self.patience

    def _tell(self, error: JudgeUnavailable, pause: float) -> None:
        _LOG.info("%s call failed: %s", self.role, error)
        if pause > _LONG_PAUSE:
            _LOG.warning("the %s is waited for, %.0f s: %s", self.role, pause, error)

    async def _call_once(self, question: Question[Any]) -> Answer:
        try:
            return await self._call_fitting(question)
        except BudgetExceeded:
            # Near the ceiling rather an answer that may be less long than none.
            shorter = self.shorten(question)
            if shorter is None:
                raise
            return await self._call_fitting(shorter)

    async def _call_fitting(self, question: Question[Any]) -> Answer:
        while True:
            try:
                return await self._call_reserved(question)
            except _OutgrownError:
                continue  # with more reserved, or not at all

    async def _call_reserved(self, question: Question[Any]) -> Answer:
        # Before anything is taken or sent: a judge that cannot say what this may cost is not asked.
        worst, ended = self._find_worst_cost(question), self.limit.ended
        purse, journal, role = self.account.purse, self.account.journal, self.role
        task = self.task or role
        reservation = await purse.reserve(worst, role == "judge", f"a {role} call", self.task == OBSERVER)
        cost, call, answer = ZERO, 0, None
        try:
            # The money is set aside first and the place taken second: who waits for money must not block a place that
            # others could use to give theirs back.
            number = await self.limit.enter()
            try:
                # Only where another call has ended meanwhile can the judge have learned something.
                if self.limit.ended != ended and self._find_worst_cost(question) > worst:
                    raise _OutgrownError
                call = journal.record_reservation(self.account.case_uid, task, worst)
                # From here on until the answer is there nobody knows what the provider charged: a call that is
                # cancelled, or fails in a way that says nothing of it, counts as its worst case.
                cost = worst
                self.account.calls += 1
                answer = await self._call_in_time(question, number)
            finally:
                self.limit.leave()
            # From here on the provider has said what it charged.
            cost = round_up(answer.cost_usd)
            self.account.book(task, answer)
            self.learn(self.judge, question, answer, worst)
            return answer
        except JudgeError as error:
            # Only the provider, or the transport, knows whether a failed call is billed; in doubt it counts in full.
            cost = find_charge(error, worst)
            raise
        finally:
            # Reached also when the task is cancelled: no reservation stays open, and no cost goes unbooked.
            self.account.cost_usd += cost
            self.account.spent_on[task] = self.account.spent_on.get(task, ZERO) + cost
            if self.bounds.learn(cost, worst):
                self.limit.slow_down()
            purse.settle(reservation, cost, f"a {role} call")
            if call:
                journal.record_settlement(call, cost, answer)

    @property
    def _purpose(self) -> str:
        # Outside of a conversation only personas are asked for.
        return PURPOSES.get(self.task, self.task) if self.account.case_uid else "personas"

    def _find_worst_cost(self, question: Question[Any]) -> Decimal:
        worst, budget = self.worst_cost(question), self.account.purse.ledger.budget
        if worst is None and budget is not None:
            raise JudgeError(
                f"the {self.role} does not say what this question may cost, so the budget of ${budget} cannot be kept"
            )
        return worst or ZERO

    async def _call_in_time(self, question: Question[Any], number: int) -> Answer:
        # For the recorder: what a judge asks its provider is not the system under test.
        asking = ASKING.set(self.role != SYSTEM)
        try:
            with self.calls.tell("judge", self.model, self.account.case_uid, self._purpose, question) as note:
                async with asyncio.timeout(self.timeout):
                    note(answer := await self.judge.complete(question))
        except TimeoutError:
            raise JudgeUnavailable(
                f"the {self.role} did not answer within {self.timeout:g} seconds; raise --timeout", True
            ) from None
        except JudgeUnavailable as error:
            if error.overloaded:
                self.limit.record_overload(number, error.retry_after)
            raise
        except JudgeError:
            raise
        except FAULTS as error:
            raise_if_fatal(error)
            raise JudgeError(f"the {self.role} raised {format_error(error)}", True) from error
        finally:
            ASKING.reset(asking)
        # The provider was not overloaded, whatever the answer is worth.
        self.limit.record_success()
        return check_answer(answer, self.role)
