"""The contract of executors."""

from __future__ import annotations

import asyncio
import random
from collections import Counter
from contextlib import aclosing, suppress
from typing import Any

from .._plugins.abilities import find_ability
from .._run.run import Run
from .._set_module import set_module
from ..errors import RunStopped
from ..sdk import Closes, Executor
from .executor_workers import WorkerTests
from .guards import begins_random_anew, catching_blocks, catching_changes, find_tasks
from .held_runs import CountingSink, describe_result, make_people, make_run, name_result
from .plugins import outcome
from .stage import Called, Stage, answer
from .standard import added, expecting

__all__ = ["ExecutorTests"]

_GRACE = 2.0
"""Seconds that a result may take from its delivery to whoever reads the results, in this process."""


@set_module("multivon_eval.testing")
class ExecutorTests(WorkerTests):
    """Subclass it, give ``make``, and the protocol ``Executor`` is checked.

    Small runs are made with the executor. Their system stands in ``self.folder``, and says what the test tells it to,
    in whatever process on this machine it is called.
    """

    @added(2)
    def test_holds_each_conversation_once(self) -> None:
        """Each trial of each persona is held, and its result given, once; the report counts what was given."""
        people = make_people("Ann", "Bob", "Zoë")
        with Stage(self.folder) as stage:
            run = make_run(stage, people, self.make(), trials=2)
            results = self.hold(run)
        times = Counter(map(name_result, results))
        expected = {f"{one.name} #{trial}" for one in people for trial in (1, 2)}
        missing, twice = sorted(expected - set(times)), sorted(name for name, count in times.items() if count > 1)
        assert not missing, f"gave no result for {', '.join(missing)}"
        assert not twice, f"gave a result twice, for {', '.join(twice)}"
        asked = Counter((called.who, called.turn) for called in stage.calls)
        again = sorted({who for (who, _), count in asked.items() if count > 1})
        assert not again, f"held twice: {', '.join(again)}"
        self.check_report(run, len(expected))

    @added(2)
    def test_gives_the_results_of_a_run_without_it(self) -> None:
        """Results are those of the run, unchanged: but for times and ids what the default executor gives."""
        people = make_people("Ann", "Bob")
        with Stage(self.folder) as stage:
            runs = [make_run(stage, people, executor) for executor in (self.make(), None)]
            one, other = ({name_result(result): describe_result(result) for result in self.hold(run)} for run in runs)
        for who in sorted(one.keys() & other.keys()):
            parts = sorted(part for part in other[who] if one[who].get(part) != other[who][part])
            assert not parts, (
                f"{who}: {parts[0]} is {one[who].get(parts[0])!r}, and without this executor {other[who][parts[0]]!r}"
            )

    @added(2)
    def test_gives_each_result_as_it_is_finished(self) -> None:
        """A result is given when it is finished, and not when all are: a run that is killed has lost the others."""
        seen, late = 0, False
        sink, people = CountingSink(), make_people("Ann", "Bob", "Cem")

        def decide(stage: Stage, called: Called) -> str:
            nonlocal late
            # Whoever comes last waits for the results of the others to be given.
            is_last = stage.count_begun() == len(people) and called.who == stage.calls[-1].who
            if is_last and not stage.wait_for(lambda: sink.count >= len(people) - 1, self.patience):
                late = True
            if is_last and not stage.wait_for(lambda: seen >= len(people) - 1, _GRACE):
                late = True
            return answer(stage, called)

        async def job(executor: Any) -> None:
            nonlocal seen
            async with aclosing(make_run(stage, people, executor, sink=sink, max_turns=1).simulate()) as results:
                async for _ in results:
                    seen += 1

        with Stage(self.folder, decide) as stage:
            self.run_within(job)
        assert not late, "keeps results that are finished until others are; yield each as it comes"

    @added(2)
    def test_a_conversation_that_fails_ends_nothing(self) -> None:
        """Where the system fails in one conversation that is a result like any other, and the others go on."""

        def decide(stage: Stage, called: Called) -> str:
            return "" if called.who.startswith("Bob") else answer(stage, called)

        people = make_people("Ann", "Bob", "Cem")
        with Stage(self.folder, decide) as stage:
            found = outcome(lambda: self.hold(make_run(stage, people, self.make())))
        assert not isinstance(found, BaseException), f"one conversation fails, and the run ends: {found}"
        ended = {result.persona.name: result.stop_reason for result in found}
        assert set(ended) == {"Ann", "Bob", "Cem"}, f"one conversation fails, and only {sorted(ended)} have results"
        assert ended == {"Ann": "max_turns", "Bob": "driver_error", "Cem": "max_turns"}, f"they ended with {ended}"

    @added(2)
    def test_a_run_of_nothing_ends(self) -> None:
        """A run may have no conversation, as a shard may, or one that goes on and was done: then it ends at once."""
        with Stage(self.folder) as stage:
            people = make_people("Ann")
            shards = (make_run(stage, people, self.make(), shard=f"{index}/2") for index in (1, 2))
            found = [outcome(lambda run=run: self.hold(run)) for run in shards]  # type: ignore[misc]
        for one in found:
            assert not isinstance(one, BaseException), f"with no conversation to hold, or one: {one!r}"
        assert sorted(map(len, found)) == [0, 1], "gives results of conversations that are not to be held"  # type: ignore[arg-type]

    @added(2)
    def test_what_ends_the_run_is_raised(self) -> None:
        """An error of the work passes: a run that cannot go on must not look like one that is done."""
        with (
            Stage(self.folder) as stage,
            expecting(RunStopped, "the run cannot go on, and it says nothing of it"),
        ):
            self.hold(make_run(stage, make_people("Ann", "Bob"), self.make(), is_strict=True))

    @added(2)
    def test_a_reader_that_stops_ends_the_run(self) -> None:
        """Whoever has read enough closes the results: conversations under way end, and nothing of them is left."""

        def decide(stage: Stage, called: Called) -> str:
            if called.who != stage.calls[0].who:
                stage.ended.wait(self.patience)
            return answer(stage, called)

        async def job(stage: Stage, executor: Any) -> list[str]:
            results = make_run(stage, make_people("Ann", "Bob", "Cem"), executor).simulate()
            async with aclosing(results):
                await anext(results)
            return await find_tasks()

        left = self.find_left(job, decide)
        assert not left, f"results are closed, and {'; '.join(left)}"

    @added(2)
    def test_ends_when_it_is_cancelled(self) -> None:
        """Ctrl-C cancels the run: it ends, leaves nothing behind, and the instance can be used again."""

        def decide(stage: Stage, called: Called) -> str:
            stage.ended.wait(self.patience)
            return answer(stage, called)

        async def job(stage: Stage, executor: Any) -> list[str]:
            task = asyncio.ensure_future(self.collect(make_run(stage, make_people("Ann", "Bob"), executor)))
            while not stage.calls and not task.done():
                await asyncio.wait({task}, timeout=0.02)
            task.cancel()
            found = (await asyncio.gather(task, return_exceptions=True))[0]
            cancelled.append(executor)
            ended = [] if isinstance(found, asyncio.CancelledError) else [f"it ended with {found!r}"]
            return ended + await find_tasks()

        cancelled: list[Executor] = []
        left = self.find_left(job, decide)
        assert not left, f"the run is cancelled, and {'; '.join(left)}"
        failure = self.use(cancelled[0])
        if failure and not self.use(self.make(), twice=True):
            raise AssertionError(f"after a cancellation it cannot be used: {failure}")

    @added(2)
    def test_does_not_block_the_loop(self) -> None:
        """Conversations here share its event loop: nothing in its thread sleeps, waits or connects."""

        async def job(run: Run) -> list[str]:
            with catching_blocks() as seen, suppress(Exception):
                await self.collect(run)
            return seen

        with Stage(self.folder) as stage:
            run = make_run(stage, make_people("Ann"), self.make())
            seen = asyncio.run(self.await_within(job(run)))
        assert not seen, f"calls {', '.join(seen)} on the event loop; await, or use asyncio.to_thread"

    @added(2)
    def test_leaves_the_process_as_it_is(self) -> None:
        """It prints nothing and changes nothing of the process: logging, signals, environment, random seed."""
        with catching_changes(prints=False) as found:
            before = random.getstate()
            self.use(self.make())
            is_changed = random.getstate() != before
        assert not found, f"{'; '.join(found)}; leave that to the program"
        is_anew = is_changed and begins_random_anew(lambda: self.use(self.make()))
        assert not is_anew, "it seeds the random numbers of the whole process; make a random.Random of your own"

    @added(2)
    def test_serves_one_run_after_another(self) -> None:
        """One instance may serve several runs, one after the other, each on an event loop of its own."""
        failure = self.use(self.make(), twice=True)
        assert not failure, failure

    @added(2)
    def test_closes_twice_without_harm(self) -> None:
        """``aclose`` gives back what the instance holds; before any use, and a second time, it does no harm."""
        executor = self.make()
        if (closing := find_ability(executor, Closes)) is None:
            return
        asyncio.run(closing.aclose())
        failure = self.use(executor)
        assert not failure, f"closed before it is used, {failure}"
        asyncio.run(closing.aclose())

    @added(2)
    def test_leaves_nothing_behind(self) -> None:
        """When a run has ended, no task, thread, process, file or socket of it is left."""

        async def job(stage: Stage, executor: Any) -> list[str]:
            await self.collect(make_run(stage, make_people("Ann"), executor))
            return await find_tasks()

        left = self.find_left(job)
        assert not left, "; ".join(left)

    def use(self, executor: Executor, *, twice: bool = False) -> str:
        """Let an instance hold a conversation, or two runs with one each; say what is wrong with them, if something is.

        Args:
            executor: The instance.
            twice: Whether it serves a second run after the first.
        """
        for number in ("first", "second")[: 1 + twice]:
            with Stage(self.folder) as stage:
                run = make_run(stage, make_people("Ann"), executor)
                found = outcome(lambda run=run: self.hold(run))  # type: ignore[misc]
            if isinstance(found, BaseException):
                return f"the {number} run fails: {type(found).__name__}: {found}"
            if len(found) != 1:
                return f"the {number} run has not its one result"
        return ""
