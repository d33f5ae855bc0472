"""The straight line, and the one place where conversations run side by side."""

from __future__ import annotations

import asyncio
import itertools
import logging
import time
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial
from typing import Any

import attrs

from .._plugin.hooks import Hooks
from ..assessment import Score
from ..data import Conversation
from ..protocols import Driver, Evaluator, Judge, PersonaSource, RunContext, Sink
from ..results import Problem, Report, RunInfo, SimulationResult
from .conversation import Stage, converse
from .delivery import Delivery, to_result
from .journal import Journal
from .ledger import Ledger
from .lifecycle import check_plugins, close_plugins
from .meter import Account, MeteredJudge
from .personas import Case, cases_of, load_personas
from .scoring import score
from .system import SystemUnderTest
from .tally import Tally
from .verdict import judge_goal

_LOG = logging.getLogger("multivon_eval.plugin")
_Job = Callable[[], Coroutine[Any, Any, SimulationResult]]


@attrs.frozen(eq=False)
class Plan:
    """Everything a run needs, loaded and built.

    Attributes:
        info: What the run is made with; its personas are filled in when they are loaded.
        source: Where the personas come from.
        system: The system under test; None where saved transcripts are judged.
        driver: Who plays the personas.
        judge: Who judges and scores.
        driver_judge: Who is asked by the driver; often the judge.
        evaluators: By the name their score has in results.
        sinks: By name.
        hooks: Who listens.
        ledger: The run's money.
        journal: What survives a kill.
        problems: What goes wrong beside the conversations is appended here.
    """

    info: RunInfo
    source: PersonaSource
    system: SystemUnderTest | None
    driver: Driver
    judge: Judge
    driver_judge: Judge
    evaluators: Mapping[str, Evaluator]
    sinks: Mapping[str, Sink]
    hooks: Hooks
    ledger: Ledger
    journal: Journal
    problems: list[Problem]

    def context(self, role: str, account: Account) -> RunContext:
        """What a plug-in gets: the metered judge of one role, on one conversation's account."""
        judge = self.driver_judge if role == "driver" else self.judge
        metered = MeteredJudge(judge, self.ledger, account, role, self.info.timeout)
        return RunContext(metered, self.info.seed, _LOG)


class Run:
    """One run: ask it once for its results; its report is there when they are all given."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.tally = Tally()
        self.report: Report | None = None

    async def simulate(self) -> AsyncGenerator[SimulationResult, None]:
        """Personas, then for each persona and trial a conversation, its verdict, its scores, its delivery.

        Yields:
            Each result when it is finished and delivered.
        """
        plan = self.plan
        personas = await load_personas(plan.source, plan.context("judge", Account()))
        count = len(personas) * plan.info.trials
        info = attrs.evolve(plan.info, personas=personas, conversations=count)
        cases = cases_of(personas, info.trials)
        jobs = (partial(self._simulated, case, info) for case in cases)
        async for result in self._delivered(jobs, info):
            yield result

    async def rescore(
        self, results: Sequence[SimulationResult], verdicts: bool
    ) -> AsyncGenerator[SimulationResult, None]:
        """Judge and score finished conversations again, without talking to the system.

        Args:
            results: Their results so far.
            verdicts: Whether the verdict is asked for again; if not, only the scores that are missing.
        """
        personas = {result.persona.name: result.persona for result in results}
        info = attrs.evolve(
            self.plan.info, personas=tuple(personas.values()), conversations=len(results), purpose="score"
        )
        jobs = (partial(self._rescored, result, info, verdicts) for result in results)
        async for result in self._delivered(jobs, info):
            yield result

    async def _simulated(self, case: Case, info: RunInfo) -> SimulationResult:
        plan = self.plan
        assert plan.system is not None, "a simulation has a system under test"
        account, started_at, started = Account(), _now(), time.perf_counter()
        stage = Stage(plan.system, plan.driver, plan.hooks, plan.journal, info.max_turns, info.timeout, info.run_id)
        conversation = await converse(case, stage, plan.context("driver", account))
        context = plan.context("judge", account)
        verdict, scores = await asyncio.gather(
            judge_goal(conversation, context), score(conversation, plan.evaluators, context)
        )
        seconds = time.perf_counter() - started
        return to_result(conversation, verdict, scores, account, info, started_at, seconds)

    async def _rescored(self, old: SimulationResult, info: RunInfo, verdicts: bool) -> SimulationResult:
        plan, conversation = self.plan, old.conversation
        account, started_at, started = Account(), _now(), time.perf_counter()
        context = plan.context("judge", account)
        if not verdicts:
            scores = await self._missing(conversation, old.scores, context)
            cost = old.cost_usd + account.cost_usd
            return attrs.evolve(old, scores=scores, cost_usd=cost)
        verdict, scores = await asyncio.gather(
            judge_goal(conversation, context), score(conversation, plan.evaluators, context)
        )
        seconds = time.perf_counter() - started
        new = to_result(conversation, verdict, scores, account, info, started_at, seconds)
        kept = {"driver_model": old.metadata.get("driver_model", ""), "rescored_from": _origin(old)}
        return attrs.evolve(new, metadata={**new.metadata, **kept})

    async def _missing(
        self, conversation: Conversation, had: Mapping[str, Score], context: RunContext
    ) -> dict[str, Score]:
        missing = {
            name: plugin for name, plugin in self.plan.evaluators.items() if name not in had or had[name].value is None
        }
        return {**had, **await score(conversation, missing, context)}

    async def _delivered(self, jobs: Iterator[_Job], info: RunInfo) -> AsyncGenerator[SimulationResult, None]:
        plan, started = self.plan, time.perf_counter()
        delivery = Delivery(plan.sinks, plan.problems.append)
        asked = (plan.judge, plan.driver_judge, plan.driver, *plan.evaluators.values())
        is_whole = False
        try:
            await check_plugins(*asked)
            await delivery.open(info)
            plan.journal.open(info.run_id)
            plan.hooks.emit("run_started", run=info)
            async for result in _side_by_side(self._finishing(jobs, delivery), info.concurrency):
                yield result
            is_whole = True
        finally:
            plan.problems.extend(Problem("judge", overrun) for overrun in plan.ledger.overruns)
            summary, seconds = self.tally.summary(), time.perf_counter() - started
            report = Report(info, summary, tuple(plan.problems), seconds, interrupted=not is_whole)
            await delivery.close(report)
            plan.hooks.emit("run_finished", report=report)
            self.report = attrs.evolve(report, problems=tuple(plan.problems))
            plan.journal.close(keep=not is_whole)
            await close_plugins(*asked)

    def _finishing(self, jobs: Iterator[_Job], delivery: Delivery) -> Iterator[_Job]:
        async def finished(job: _Job) -> SimulationResult:
            result = await job()
            await delivery.write(result)
            self.plan.journal.finished(result.case_uid)
            self.tally.add(result)
            self.plan.hooks.emit("conversation_finished", result=result)
            return result

        return (partial(finished, job) for job in jobs)


async def _side_by_side(jobs: Iterator[_Job], limit: int) -> AsyncGenerator[SimulationResult, None]:
    """Run the jobs, so many at a time, and give each result when it is there.

    A new job starts when a result is taken, so a reader that is slow holds the run back, not the memory.
    """
    finished: asyncio.Queue[asyncio.Task[SimulationResult]] = asyncio.Queue()
    running: set[asyncio.Task[SimulationResult]] = set()

    def start(job: _Job) -> None:
        task = asyncio.create_task(job())
        running.add(task)
        task.add_done_callback(finished.put_nowait)

    try:
        for job in itertools.islice(jobs, limit):
            start(job)
        while running:
            task = await finished.get()
            running.discard(task)
            for job in itertools.islice(jobs, 1):
                start(job)
            yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)


def _origin(result: SimulationResult) -> dict[str, Any]:
    return {
        "run_id": result.metadata.get("run_id"),
        "judge_model": result.metadata.get("judge_model"),
        "goal_achieved": result.goal_achieved,
        "cost_usd": float(result.cost_usd),
    }


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds")
