"""The straight line: persona, conversation, verdict, scores, delivery."""

from __future__ import annotations

import itertools
import time
from collections.abc import (
    AsyncGenerator,
    AsyncIterator,
    Callable,
    Collection,
    Coroutine,
    Iterable,
    Iterator,
    Mapping,
    Sequence,
)
from contextlib import aclosing, asynccontextmanager
from functools import partial
from operator import itemgetter
from typing import Any, TypeVar

import attrs

from .._money.account import Account
from .._plugins.stint import PATIENCE
from .._types.eval_case import CaseResult, EvalCase
from .._types.names import Names
from .._types.persona import Persona
from .._types.report import Problem, Report
from .._types.result import SimulationResult
from .._types.run_info import RunInfo
from .delivery import Delivery
from .earlier import Earlier, digest_results, find_key_to_rescore, iterate_keyed
from .estimate import describe_scoring
from .fixed_case import answer_case
from .free_checks import find_persona_problems
from .head import open_desk
from .judging import Judging
from .lifecycle import open_plugins
from .people import KEPT, People
from .personas import Case, list_cases
from .plan import Plan
from .progress import RunProgress
from .proposal import get_personas
from .result import add_scores, rescore, to_result
from .resume import check_same, digest_setup
from .rewatching import watch_again
from .sharding import describe_run
from .side_by_side import run_side_by_side
from .simulating import Simulating, format_now
from .summing import Sums
from .work import RunWork

T = TypeVar("T")
_Job = Callable[[], Coroutine[Any, Any, T]]
_Jobs = Iterator[tuple[str, _Job[SimulationResult | None]]]
_Results = AsyncGenerator[SimulationResult | None, None]


class Run:
    """One run: ask it once for its results; its report is there when they are all given.

    Args:
        plan: What it is made with.
        earlier: What an earlier run left to go on with.
        most_held: How many personas of a source that streams are held; None for all.
    """

    def __init__(self, plan: Plan, earlier: Earlier | None = None, most_held: int | None = KEPT) -> None:
        self.plan: Plan = plan
        self._most_held = most_held
        self.earlier: Earlier = earlier or Earlier()
        self.sums: Sums = Sums(plan.aims)
        self.report: Report | None = None
        self._progress = RunProgress(plan, plan.info)
        self._judging = Judging(plan)
        # Where workers may die, what they said must be somewhere, also without --out.
        plan.journal.is_in_memory = plan.travelling is not None
        self._done = Names()
        for key, result in self.earlier.iterate_done():
            self._done.add(key)
            self.sums.add(result)

    async def simulate(self) -> AsyncGenerator[SimulationResult, None]:
        """Personas, then for each persona and trial a conversation, its verdict, its scores, its delivery.

        Yields:
            Each result when it is finished and delivered.
        """
        plan = self.plan
        async with self._ready():
            with plan.purse() as purse:
                account = Account.of(purse, plan.journal, "")
                people = await get_personas(plan, account, self._most_held)
            self.sums.count(account.usage)
            info = describe_run(plan, people, len(self._done))
            cases = self._choose_cases(people, info, self._done)
            setup = digest_setup(plan, people.digest)
            async with aclosing(self._deliver_all(partial(self._hold_all, cases), info, setup)) as results:
                async for result in results:
                    yield result

    async def rescore(
        self, results: Sequence[SimulationResult], verdicts: bool
    ) -> AsyncGenerator[SimulationResult, None]:
        """Judge and score finished conversations again, without talking to the system.

        Args:
            results: Their results so far.
            verdicts: Whether the verdict is asked for again; if not, only the scores that are missing.
        """
        plan, keyed = self.plan, dict(iterate_keyed(results, find_key_to_rescore))
        setup = {**digest_setup(plan, ""), "results": digest_results(keyed)}
        check_same(plan, setup)
        info = describe_scoring(plan, results, len(self._done), is_reckoned=verdicts)
        jobs = (
            (key, partial(self._rescore_one, result, key, info, verdicts))
            for key, result in keyed.items()
            if key not in self._done
        )

        def rescore_all(info: RunInfo, delivery: Delivery) -> _Results:
            return run_side_by_side(self._finish_jobs(jobs, delivery), info.concurrency)

        async with self._ready(), aclosing(self._deliver_all(rescore_all, info, setup)) as rescored:
            async for result in rescored:
                yield result

    async def answer(self, cases: Sequence[EvalCase]) -> list[CaseResult]:
        """Let the system answer fixed cases, once each, and score the conversations.

        Args:
            cases: What is to be answered.

        Returns:
            One result for each case, in their order.
        """
        plan, limit = self.plan, self.plan.info.concurrency
        jobs = (partial(answer_case, case, number, plan) for number, case in enumerate(cases))
        async with (
            self._ready(),
            aclosing(run_side_by_side(jobs, limit)) as results,
        ):
            found = [result async for result in results]
        return [result for _, result in sorted(found, key=itemgetter(0))]

    @asynccontextmanager
    async def _ready(self) -> AsyncIterator[None]:
        """Check all plug-ins, and close them on exit; what goes wrong then is reported too."""
        plan, seconds = self.plan, self.plan.info.timeout
        try:
            sinks, find_more = tuple(plan.sinks.values()), partial(find_persona_problems, plan.free_source)
            async with open_plugins(plan.asked, sinks, seconds, plan.note_problem, find_more):
                yield
        finally:
            if self.report is not None:
                self.report = attrs.evolve(self.report, problems=plan.problems.list_all())

    def _choose_cases(self, people: People, info: RunInfo, done: Collection[str]) -> Iterator[Case]:
        """The conversations that are still to be held, until the data tell what they are collected for."""
        order: Iterable[Persona] = people
        if self.plan.aims.until is not None:  # in an order of its own, so that all of them are held
            seed, personas = info.run_id if info.seed is None else info.seed, {one.name: one for one in people}
            order = [personas[name] for name in self.sums.begin(tuple(personas), info.trials, seed)]
        cases = list_cases(order, info.trial_numbers, self.plan.shard)
        return itertools.takewhile(lambda _: not self.sums.is_decided, (case for case in cases if case.uid not in done))

    async def _rescore_one(self, old: SimulationResult, key: str, info: RunInfo, verdicts: bool) -> SimulationResult:
        plan, conversation = self.plan, old.conversation
        started_at, started = format_now(), time.perf_counter()
        told = {"persona": old.persona, "trial": old.trial, "case_uid": key, "run_id": info.run_id}
        plan.hooks.emit("conversation_started", **told)
        with plan.purse() as purse:
            account = Account.of(purse, plan.journal, key)
            if not verdicts:
                scores = await self._judging.score_missing(conversation, old.scores, plan.context("score", account))
                return add_scores(old, scores, account, info)
            # The journal knows it by its key: one that two runs had has one uid in both.
            if conversation.is_imported:
                conversation = await watch_again(conversation, plan.observers, plan.context("observer", account))
            judged = attrs.evolve(conversation, case_uid=key)
            plan.journal.record_end(judged)
            self._progress.note(judged, "judging")
            verdict, scores = await self._judging.judge(judged, account, plan.journal.past.case(key))
        seconds = time.perf_counter() - started
        return rescore(old, to_result(conversation, verdict, scores, account, info, started_at, seconds))

    def _hold_all(self, cases: Iterator[Case], info: RunInfo, delivery: Delivery) -> _Results:
        """Hold conversations, here or wherever the executor lets them be held."""
        plan, progress = self.plan, self._progress
        simulating = Simulating(plan, info, progress.note, lambda: self.sums.is_decided)
        jobs = ((case.uid, partial(simulating.hold, case)) for case in cases)

        async def take(uid: str, result: SimulationResult) -> None:
            await self._take(uid, result, delivery)
            progress.end(uid)

        assert plan.executor is not None, "a simulation has an executor"
        # Others than those that talk are judged meanwhile; with one at a time each ends before the next begins.
        return plan.executor.execute(
            RunWork(
                info.concurrency,
                lambda: run_side_by_side(self._finish_jobs(jobs, delivery), 2 * info.concurrency - 1),
                lambda: open_desk(plan, info, cases, take, progress),
            )
        )

    async def _deliver_all(
        self, hold: Callable[[RunInfo, Delivery], _Results], info: RunInfo, setup: Mapping[str, str]
    ) -> AsyncGenerator[SimulationResult, None]:
        plan, started = self.plan, time.perf_counter()
        delivery = Delivery(plan.sinks, plan.note_problem, PATIENCE * info.timeout, plan.journal, self.earlier.held)
        # What is kept of an earlier run is rewritten below: from then on there is something to go on with.
        is_begun, is_whole = plan.journal.is_open or bool(self.earlier.kept), False
        info = attrs.evolve(info, is_resumption=bool(plan.journal.past.run_id or self.earlier.kept))
        self._progress = RunProgress(plan, info)
        try:
            # The journal first: it takes the lock, so of two runs that start at once the second touches no file.
            plan.journal.begin(info.run_id, setup, self.earlier.kept)
            self.earlier.prepare()
            await delivery.open(info, self._progress)
            is_begun = True
            await self._deliver_again(delivery)
            plan.hooks.emit("run_started", run=info)
            async with aclosing(hold(info, delivery)) as results:
                async for result in results:
                    if result is not None:
                        yield result
            is_whole = True
        finally:
            for overrun in plan.ledger.overruns:
                plan.note_problem(Problem("judge", overrun))
            found, seconds = plan.problems.list_all(), time.perf_counter() - started
            spent, is_cut = plan.ledger.spent, not is_whole
            report = self.sums.report(info, spent, problems=found, seconds=seconds, interrupted=is_cut)
            await delivery.close(report)
            plan.hooks.emit("run_finished", report=report)
            self.report = attrs.evolve(report, problems=plan.problems.list_all())
            plan.journal.close(keep=is_begun and (not is_whole or self.report.undelivered))

    async def _deliver_again(self, delivery: Delivery) -> None:
        """Give each sink what was finished before, as far as it had not taken it or takes all of it again."""
        if not delivery.wants_earlier:
            return
        for key, result in self.earlier.iterate_done():
            is_kept = key in self.plan.journal.past.kept or key in self.earlier.kept
            await delivery.write(result, key, is_held=True, is_kept=is_kept)

    async def _take(self, key: str, result: SimulationResult, delivery: Delivery) -> None:
        await delivery.write(result, key)
        self.sums.add(result)

    def _finish_jobs(self, jobs: _Jobs, delivery: Delivery) -> Iterator[_Job[SimulationResult | None]]:
        async def finished(key: str, job: _Job[SimulationResult | None]) -> SimulationResult | None:
            try:
                if (result := await job()) is not None:
                    await self._take(key, result, delivery)
                    self.plan.hooks.emit("conversation_finished", result=result)
                return result
            finally:
                self._progress.end(key)

        return (partial(finished, key, job) for key, job in jobs)
