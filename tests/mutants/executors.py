"""Executors that are wrong on purpose, and some that are right in an unusual way."""

from __future__ import annotations

import asyncio
import atexit
import multiprocessing
import os
import signal
import sys
import tempfile
import threading
import time
from collections.abc import AsyncGenerator
from contextlib import aclosing, suppress
from functools import partial
from multiprocessing.connection import Connection
from typing import Any, NoReturn

import attrs

from multivon_eval import MultivonEvalError
from multivon_eval.sdk import Desk, SimulationResult, Work, run_worker
from multivon_eval.testing import ExecutorTests

from .planted import make_planting, make_right

planted = make_planting(ExecutorTests, lambda self, cls: cls(), patience=10.0)
right = make_right(ExecutorTests, lambda self, cls: cls())
Results = AsyncGenerator[SimulationResult | None, None]
_FRESH = multiprocessing.get_context("spawn")


@right()
@attrs.define(slots=False)
class Here:
    """Holds conversations in this process, and gives each result itself."""

    async def execute(self, work: Work) -> Results:
        """Hold them."""
        async with aclosing(work.run_here()) as results:
            async for result in results:
                yield result


@planted("test_holds_each_conversation_once")
class Drops(Here):
    """Leaves out the results of second trials."""

    async def execute(self, work: Work) -> Results:
        async with aclosing(super().execute(work)) as results:
            async for result in results:
                if result is None or result.trial == 1:
                    yield result


@planted("test_holds_each_conversation_once")
class Twice(Here):
    """Gives the results of second trials twice."""

    async def execute(self, work: Work) -> Results:
        async with aclosing(super().execute(work)) as results:
            async for result in results:
                yield result
                if result is not None and result.trial == 2:
                    yield result


@planted("test_gives_the_results_of_a_run_without_it")
class Changes(Here):
    """Gives another reason for each verdict."""

    async def execute(self, work: Work) -> Results:
        async with aclosing(super().execute(work)) as results:
            async for result in results:
                yield result and attrs.evolve(result, verdict=attrs.evolve(result.verdict, reason="so it is"))


@planted("test_gives_each_result_as_it_is_finished")
class AtTheEnd(Here):
    """Gives all results but the first when the last one is finished."""

    async def execute(self, work: Work) -> Results:
        async with aclosing(super().execute(work)) as results:
            async for result in results:
                yield result
                break
            for result in [result async for result in results]:
                yield result


@planted("test_a_conversation_that_fails_ends_nothing")
class GivesUpAtErrors(Here):
    """Raises where a conversation failed."""

    async def execute(self, work: Work) -> Results:
        async with aclosing(super().execute(work)) as results:
            async for result in results:
                if result is not None and result.stop_reason == "driver_error":
                    raise MultivonEvalError("a conversation failed")
                yield result


@planted("test_a_conversation_that_fails_ends_nothing")
class LeavesOutErrors(Here):
    """Gives no result where a conversation failed."""

    async def execute(self, work: Work) -> Results:
        async with aclosing(super().execute(work)) as results:
            async for result in results:
                if result is None or result.stop_reason != "driver_error":
                    yield result


@planted("test_a_run_of_nothing_ends")
class NeedsOne(Here):
    """Waits for a first result before it gives any."""

    async def execute(self, work: Work) -> Results:
        async with aclosing(super().execute(work)) as results:
            yield await anext(results)
            async for result in results:
                yield result


@planted("test_what_ends_the_run_is_raised")
class Swallows(Here):
    """Ends as if all were done where the run cannot go on."""

    async def execute(self, work: Work) -> Results:
        with suppress(MultivonEvalError):
            async with aclosing(super().execute(work)) as results:
                async for result in results:
                    yield result


@attrs.define(slots=False)
class Pumps(Here):
    """Lets a task of its own hold conversations, and ends it when it should.

    Attributes:
        forgets: With which exception it does not.
    """

    forgets: type[BaseException] = attrs.field(default=NoReturn, init=False, metadata={"option": False})

    async def execute(self, work: Work) -> Results:
        queue: asyncio.Queue[Any] = asyncio.Queue()

        async def pump() -> None:
            async with aclosing(work.run_here()) as results:
                async for result in results:
                    queue.put_nowait(result)

        task = asyncio.create_task(pump())
        task.add_done_callback(queue.put_nowait)
        try:
            while (found := await queue.get()) is not task:
                yield found
            await task
        except BaseException as error:
            if not isinstance(error, self.forgets):
                task.cancel()
                await asyncio.gather(task, return_exceptions=True)
            raise


@right()
@attrs.define(slots=False)
class PumpsRightly(Pumps):
    """Holds conversations in a task of its own."""

    forgets: type[BaseException] = attrs.field(default=KeyError, init=False, metadata={"option": False})


@planted("test_a_reader_that_stops_ends_the_run")
@attrs.define(slots=False)
class GoesOnUnread(Pumps):
    """Goes on with all conversations where nobody reads the results any more."""

    forgets: type[BaseException] = attrs.field(default=GeneratorExit, init=False, metadata={"option": False})


@planted("test_ends_when_it_is_cancelled")
@attrs.define(slots=False)
class GoesOnCancelled(Pumps):
    """Goes on with all conversations where the run is cancelled."""

    forgets: type[BaseException] = attrs.field(default=asyncio.CancelledError, init=False, metadata={"option": False})


@planted("test_ends_when_it_is_cancelled")
@attrs.define(slots=False)
class BrokenByCancelling(Here):
    """Cannot be used after a cancellation."""

    broken: bool = attrs.field(default=False, init=False, eq=False)

    async def execute(self, work: Work) -> Results:
        assert not self.broken
        try:
            async with aclosing(super().execute(work)) as results:
                async for result in results:
                    yield result
        except asyncio.CancelledError:
            self.broken = True
            raise


@planted("test_does_not_block_the_loop")
class Sleeps(Here):
    """Sleeps in the thread of the event loop."""

    def execute(self, work: Work) -> Results:
        time.sleep(0.001)
        return super().execute(work)


@planted("test_leaves_the_process_as_it_is")
class Prints(Here):
    """Prints how many conversations talk at once."""

    def execute(self, work: Work) -> Results:
        print(work.concurrency)
        return super().execute(work)


@planted("test_serves_one_run_after_another")
@attrs.define(slots=False)
class OnlyOnce(Here):
    """Serves one run."""

    used: bool = attrs.field(default=False, init=False, eq=False)

    def execute(self, work: Work) -> Results:
        assert not self.used, "it was used"
        self.used = True
        return super().execute(work)


@planted("test_closes_twice_without_harm")
@attrs.define(slots=False)
class ClosesOnce(Here):
    """Cannot be closed a second time."""

    is_open: bool = attrs.field(default=False, init=False, eq=False)

    def execute(self, work: Work) -> Results:
        self.is_open = True
        return super().execute(work)

    async def aclose(self) -> None:
        """Close."""
        assert self.is_open, "it is not open"
        self.is_open = False


@planted("test_leaves_nothing_behind")
class LeavesThread(Here):
    """Leaves a thread when all is done."""

    async def execute(self, work: Work) -> Results:
        async with aclosing(super().execute(work)) as results:
            async for result in results:
                yield result
        threading.Thread(target=threading.Event().wait, args=(2.0,), daemon=True).start()


@planted("test_leaves_nothing_behind")
class LeavesProcess(Here):
    """Leaves a process when all is done."""

    async def execute(self, work: Work) -> Results:
        async with aclosing(super().execute(work)) as results:
            async for result in results:
                yield result
        await asyncio.create_subprocess_exec(sys.executable, "-c", "import time; time.sleep(4)")


@planted("test_says_how_many_workers_it_has")
class SaysNothing(Here):
    """Does not say how many workers there will be."""

    def count_workers(self) -> None:
        """Say nothing."""


@attrs.define(slots=False)
class Pool:
    """Holds conversations in a process beside this one."""

    def count_workers(self) -> int:
        """Return how many there are."""
        return 1

    async def execute(self, work: Work) -> Results:
        """Start it."""
        desk = work.open_desk()
        carrying = asyncio.create_task(self.carry(desk))
        try:
            async with aclosing(desk.results()) as results:
                async for result in results:
                    yield result
        finally:
            carrying.cancel()
            await asyncio.gather(carrying, return_exceptions=True)

    def start(self, desk: Desk, theirs: Connection) -> Any:
        """Start a process."""
        process = _FRESH.Process(target=_work, args=(desk.setup, theirs), daemon=True)
        process.start()
        return process

    async def carry(self, desk: Desk) -> None:
        """Carry messages."""
        is_needed = True
        while is_needed:
            ours, theirs = _FRESH.Pipe()
            process = self.start(desk, theirs)
            theirs.close()
            desk.add("one", ours.send_bytes, 4)
            try:
                while True:
                    desk.receive("one", await asyncio.to_thread(ours.recv_bytes))
            except (EOFError, OSError):
                process.join()
                is_needed = self.lose(desk)
            finally:
                process.kill()

    def lose(self, desk: Desk) -> bool:
        """Say that it died."""
        return desk.lose("one", "it died")


@planted("test_a_worker_that_dies_loses_nothing")
class GivesUp(Pool):
    """Gives up where a worker died."""

    def lose(self, desk: Desk) -> bool:
        if is_needed := super().lose(desk):
            desk.give_up("a worker died")
        return is_needed and False


@planted("test_a_worker_that_dies_loses_nothing")
class LosesSilently(Pool):
    """Does not say that a worker died."""

    def lose(self, desk: Desk) -> bool:
        return False


@planted("test_a_worker_leaves_ctrl_c_to_the_head")
class Interrupted(Pool):
    """Has a worker that ends of Ctrl-C."""

    def start(self, desk: Desk, theirs: Connection) -> Any:
        process = _FRESH.Process(target=_work, args=(desk.setup, theirs, signal.SIG_DFL), daemon=True)
        process.start()
        return process


@planted("test_no_secret_is_an_argument")
class Tells(Pool):
    """Hands the environment to its worker as arguments."""

    def start(self, desk: Desk, theirs: Connection) -> Any:
        descriptor, script = tempfile.mkstemp(suffix=".sh")
        atexit.register(os.unlink, script)
        os.write(descriptor, f'#!/bin/sh\nexec {sys.executable} -X "told=$(env)" "$@"\n'.encode())
        os.close(descriptor)
        os.chmod(script, 0o700)
        _FRESH.set_executable(script)
        try:
            return super().start(desk, theirs)
        finally:
            _FRESH.set_executable(sys.executable)


def _work(setup: bytes, pipe: Connection, interrupted: Any = signal.SIG_IGN) -> None:
    """Hold conversations, in the process that was started for it."""
    signal.signal(signal.SIGINT, interrupted)

    async def send(message: bytes) -> None:
        await asyncio.to_thread(pipe.send_bytes, message)

    asyncio.run(run_worker(setup, partial(asyncio.to_thread, pipe.recv_bytes), send))
