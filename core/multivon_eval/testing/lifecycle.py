"""What holds for an instance while it works: it blocks nobody, leaves nothing behind, and can be used again."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any, ClassVar

import attrs

from .._plugins.abilities import find_ability
from .._plugins.isolation import format_error
from .._set_module import set_module
from ..errors import JudgeError
from ..sdk import Answer, Closes, Judge, Question
from .fakes import ScriptedJudge
from .guards import Leftovers, begins_random_anew, catching_blocks, catching_changes, find_tasks
from .plugins import PluginTests
from .standard import basic
from .whole_runs import simulate_with

PATIENCE = 10.0
"""Seconds after which something counts as hanging; nothing that is right comes near."""


@set_module("multivon_eval.testing")
@attrs.define(eq=False)
class HangingJudge:
    """A judge that never answers, to see what is done while one waits for it.

    Attributes:
        asked: Set when it is asked for the first time.
    """

    asked: asyncio.Event = attrs.field(factory=asyncio.Event, init=False)

    def worst_cost(self, question: Question[Any]) -> None:
        """Its prices are not known."""

    async def complete(self, question: Question[Any]) -> Answer:
        """Wait until the call is cancelled."""
        self.asked.set()
        await asyncio.Event().wait()
        raise AssertionError("nobody sets this event")


@set_module("multivon_eval.testing")
class WorkingTests(PluginTests):
    """The part of the contracts on what an instance does beside its work."""

    prints: ClassVar[bool] = False
    """Whether the kind is there to print, as a sink may be."""
    at_once: ClassVar[int] = 1
    """How many uses of one instance a run makes side by side."""

    async def use(self, made: Any, judge: Judge | None = None) -> None:
        """Let an instance do what a run lets it do.

        Args:
            made: The instance.
            judge: Who is asked; one that answers everything as hoped if None.
        """
        raise NotImplementedError

    def judge_of_a_run(self) -> Judge:
        """Give the judge of a whole run: it answers what the plug-in asks, and what the run asks."""
        return ScriptedJudge()

    @basic
    def test_does_not_block_the_loop(self) -> None:
        """All conversations of a run share one event loop: nothing in its thread sleeps, waits or connects."""

        async def job(made: Any) -> list[str]:
            for judge in (None, ScriptedJudge(JudgeError("the judge is out of order"))):
                with catching_blocks() as seen:
                    try:
                        await self.use(made, judge)
                    except Exception:
                        if judge is None:
                            raise
                if seen:
                    return seen
            return []

        seen = self.run(job)
        assert not seen, f"calls {', '.join(seen)} on the event loop; await, or use asyncio.to_thread"

    @basic
    def test_leaves_the_process_as_it_is(self) -> None:
        """A plug-in prints nothing and changes nothing of the process: logging, signals, environment, random seed."""
        with catching_changes(prints=self.prints) as found:
            is_anew = begins_random_anew(lambda: self.run(self.use))
        assert not is_anew, "it seeds the random numbers of the whole process; make a random.Random of your own"
        assert not found, f"{'; '.join(found)}; use context.log, and leave the rest to the program"

    @basic
    def test_serves_one_run_after_another(self) -> None:
        """One instance may serve several runs, one after the other, each on an event loop of its own."""
        plugin = self.make()

        async def job(made: Any) -> None:
            # Locks are bound to the loop on which somebody first had to wait for one.
            await asyncio.gather(*(self.use(made) for _ in range(self.at_once)))

        for number in ("first", "second"):
            try:
                self.run(job, plugin)
            except Exception as error:
                raise AssertionError(f"the {number} run fails: {type(error).__name__}: {error}") from error

    @basic
    def test_closes_twice_without_harm(self) -> None:
        """``aclose`` gives back what the instance holds; before any use, and a second time, it does no harm."""
        plugin = self.make()
        if find_ability(plugin, Closes) is None:
            return

        async def job(made: Any) -> None:
            await made.aclose()
            await self.use(made)
            await made.aclose()

        self.run(job, plugin)

    @basic
    def test_leaves_nothing_behind(self) -> None:
        """When a use has ended and the instance is closed, no task, thread, file or socket of it is left."""
        plugin, left = self.make(), self._run_and_look(self.use)
        assert not left, "; ".join(left)
        # What the collector can reach is no leftover yet; what the instance itself still holds is.
        before = Leftovers()
        self.run(self.use, plugin)
        found = before.find()
        assert not found, f"{'; '.join(found)}, and the instance holds it; give it back in 'aclose', or at the end"

    @basic
    def test_ends_when_it_is_cancelled(self) -> None:
        """Who is cancelled in the middle of a call ends with it, leaves nothing behind, and can be used afterwards."""
        plugin = self.make()
        if not self.cancel(plugin):
            return  # it waits for nothing that could be cancelled
        try:
            self.run(self.use, plugin)
        except Exception as error:
            if self.serves_twice():
                raise AssertionError(f"after a cancellation it cannot be used: {format_error(error)}") from error

    def serves_twice(self) -> bool:
        """Whether an instance serves two runs that nobody cancels."""
        plugin = self.make()
        try:
            self.run(self.use, plugin)
            self.run(self.use, plugin)
        except Exception:
            return False
        return True

    def cancel(self, plugin: Any) -> bool:
        """Cancel a use of an instance in the middle; give whether there was a middle to cancel it in."""

        async def job(made: Any) -> list[str] | None:
            task = await self.start_hanging(made)
            if task is None:
                return None
            task.cancel()
            done, _ = await asyncio.wait({task}, timeout=PATIENCE)
            if not done:
                task.cancel()
                return ["it goes on although it was cancelled"]
            if not task.cancelled():
                task.exception()
                return ["it swallows the cancellation; let asyncio.CancelledError pass"]
            return await find_tasks()

        left = self.run(job, plugin)
        assert not left, "; ".join(left)
        return left is not None

    async def start_hanging(self, made: Any) -> asyncio.Task[None] | None:
        """Start a use that hangs in a call of the judge; None where it asks nobody."""
        judge = HangingJudge()
        task = asyncio.create_task(_do(self.use(made, judge)))
        asked = asyncio.create_task(judge.asked.wait())
        await asyncio.wait({task, asked}, timeout=PATIENCE, return_when=asyncio.FIRST_COMPLETED)
        if judge.asked.is_set():
            return task
        asked.cancel()
        await task
        return None

    @basic
    def test_a_whole_run_leaves_nothing_behind(self) -> None:
        """In a whole run it works, reports no problem, is closed once, and leaves no task, thread, file or socket."""
        for ending in ("well", "with an error", "by cancellation"):
            told = simulate_with(self, ending)
            assert not told, f"a run that ends {ending}: {'; '.join(told)}"

    def _run_and_look(self, job: Callable[[Any], Awaitable[None]]) -> list[str]:
        async def whole(made: Any) -> list[str]:
            await job(made)
            closing = find_ability(made, Closes)
            if closing is not None:
                await closing.aclose()
            return await find_tasks()

        return self.run(whole)


async def _do(job: Awaitable[None]) -> None:
    await job
