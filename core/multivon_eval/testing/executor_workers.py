"""What holds for executors whose conversations are held by other processes."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
from collections.abc import Awaitable, Callable
from contextlib import aclosing
from functools import partial
from typing import Any, ClassVar, TypeVar

from .._plugins.abilities import find_ability
from .._plugins.kinds import EXECUTOR, Kind
from .._run.run import Run
from .._set_module import set_module
from ..sdk import Executor, HasWorkers, SimulationResult
from .guards import Leftovers
from .held_runs import make_people, make_run, name_result
from .plugins import PluginTests
from .processes import find_living, list_descendants, read_command
from .stage import Called, Decide, Stage, answer
from .standard import optional, skip

T = TypeVar("T")
_MOST_RUNS = 2
_DEATH = getattr(signal, "SIGKILL", signal.SIGTERM)


@set_module("multivon_eval.testing")
class WorkerTests(PluginTests):
    """The part of the contract of executors that is about their workers.

    Attributes:
        patience: Seconds after which a run counts as hanging; more where processes are slow to start.
    """

    kind: ClassVar[Kind] = EXECUTOR
    patience: ClassVar[float] = 30.0

    def make(self) -> Executor:
        """Make an instance; with one worker, or two, where it has workers."""
        executor: Executor = super().make()
        return executor

    @optional("`count_workers`", since=2)
    def test_says_how_many_workers_it_has(self) -> None:
        """``count_workers`` says how many there will be, 0 where that is not known, and starts nothing."""
        executor = self.make()
        workers, before = self.find_workers(executor), list_descendants()
        counts = [workers.count_workers() for _ in range(2)]
        started = find_living(list_descendants() - before)
        assert not started, "it starts a process when it is only asked how many there will be"
        for count in counts:
            assert type(count) is int and count >= 0, f"it says {count!r}, not a number of workers"
        assert counts[0] == counts[1], f"it says {counts[0]}, and then {counts[1]}"

    @optional("`count_workers`, and conversations that are held on this machine", since=2)
    def test_a_worker_that_dies_loses_nothing(self) -> None:
        """Where a worker is killed, others hold its conversations to their end, and the report says what happened."""
        killed: list[Called] = []

        def decide(stage: Stage, called: Called) -> str:
            if called.turn == 2 and called.is_elsewhere and not killed:
                killed.append(called)
                os.kill(called.pid, _DEATH)
            return answer(stage, called)

        executor, people = self.make(), make_people("Ann", "Bob", "Cem")
        self.find_workers(executor)
        with Stage(self.folder, decide) as stage:
            run = make_run(stage, people, executor)
            results = self.hold(run)
        if not killed:
            skip("no conversation was held in another process of this machine")
        assert sorted(map(name_result, results)) == [f"{one.name} #1" for one in people], (
            f"a worker died, and only {len(results)} of {len(people)} conversations have a result"
        )
        # From which turn they go on depends on what of the last ones had arrived when it died.
        for result in results:
            failure = result.conversation.error
            assert failure is None, f"a worker died, and {name_result(result)} failed: {failure}"
        assert run.report is not None
        told = [problem for problem in run.report.problems if problem.where == "infrastructure"]
        assert told, "a worker died, and the report does not say so"

    @optional("`count_workers`, and conversations that are held on this machine", since=2)
    def test_a_worker_leaves_ctrl_c_to_the_head(self) -> None:
        """Ctrl-C reaches all processes of a shell's job: the head lets its workers end, so they must not end of it."""
        interrupted: list[int] = []

        def decide(stage: Stage, called: Called) -> str:
            if called.is_elsewhere and not interrupted:
                interrupted.append(called.pid)
                os.kill(called.pid, signal.SIGINT)
            return answer(stage, called)

        executor, people = self.make(), make_people("Ann", "Bob")
        self.find_workers(executor)
        with Stage(self.folder, decide) as stage:
            run = make_run(stage, people, executor)
            self.hold(run)
        if not interrupted:
            skip("no conversation was held in another process of this machine")
        self.check_report(run, len(people))

    @optional("`count_workers`, and conversations that are held on this machine whose /proc can be read", since=2)
    def test_no_secret_is_an_argument(self) -> None:
        """A worker has secrets from its environment: never as an argument, which everybody on a machine can read."""
        name, secret = "MULTIVON_EVAL_KIT_API_KEY", secrets.token_hex(16)
        shown: list[str | None] = []

        def decide(stage: Stage, called: Called) -> str:
            if called.is_elsewhere:
                shown.append(read_command(called.pid))
            return answer(stage, called)

        executor = self.make()
        self.find_workers(executor)
        os.environ[name] = secret
        try:
            with Stage(self.folder, decide) as stage:
                self.hold(make_run(stage, make_people("Ann"), executor))
        finally:
            del os.environ[name]
        commands = [command for command in shown if command is not None]
        if not commands:
            skip("no conversation was held in another process that can be looked at")
        assert not any(secret in command for command in commands), "what stands in the environment is an argument"

    def find_workers(self, executor: Executor) -> HasWorkers:
        """Give an executor as one that has workers; skip the test that runs where it has none."""
        workers = find_ability(executor, HasWorkers)
        return workers if workers is not None else skip("it has no method 'count_workers'")

    def check_report(self, run: Run, conversations: int) -> None:
        """See that a run that had no reason to have problems had none, and counted its conversations."""
        assert run.report is not None, "the run has no report"
        told = "; ".join(problem.message for problem in run.report.problems)
        assert not told, f"the report of a run in which nothing went wrong says: {told}"
        counted = run.report.summary.conversations
        assert counted == conversations, f"the report counts {counted} conversations of {conversations}"

    async def collect(self, run: Run) -> list[SimulationResult]:
        """Read all results of a run."""
        async with aclosing(run.simulate()) as results:
            return [result async for result in results]

    def hold(self, run: Run) -> list[SimulationResult]:
        """Read all results of a run, on an event loop of its own, within the time that one may take."""
        return asyncio.run(self.await_within(self.collect(run)))

    def run_within(self, job: Callable[[Any], Awaitable[T]]) -> T:
        """Do something with a new instance, within the time that a run may take."""
        return asyncio.run(self.await_within(job(self.make())))

    async def await_within(self, job: Awaitable[T]) -> T:
        """Wait for something as long as a run may take."""
        try:
            async with asyncio.timeout(self.patience):
                return await job
        except TimeoutError:
            raise AssertionError(f"it does not end within {self.patience:g} seconds") from None

    def find_left(self, job: Callable[[Stage, Any], Awaitable[list[str]]], decide: Decide = answer) -> list[str]:
        """Do something with an instance, and say what it says and what is left: threads, files, sockets, processes.

        Args:
            job: Gets the stage and the instance.
            decide: What the stage replies.
        """
        told: list[str] = []
        for _ in range(_MOST_RUNS):
            with Stage(self.folder, decide) as stage:
                before, processes = Leftovers(), list_descendants()
                told = self.run_within(partial(job, stage))
                stage.ended.set()
                living = find_living((list_descendants() - processes) | stage.processes)
                told += [f"the process {pid} goes on" for pid in sorted(living)]
                told += before.find()
            if not told:
                break
            # What a library begins once for the whole process is there the second time.
        return told
