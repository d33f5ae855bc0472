"""An executor that holds conversations in a pool of processes on this machine."""

from __future__ import annotations

import asyncio
import multiprocessing
import signal
from collections.abc import AsyncGenerator
from contextlib import aclosing
from functools import partial
from multiprocessing.connection import Connection

import attrs

from multivon_eval.sdk import Desk, SimulationResult, Work, run_worker

# A fork would share the event loop and the locks of this process.
_FRESH = multiprocessing.get_context("spawn")


@attrs.frozen
class Pool:
    """Holds conversations in so many processes, each so many at once."""

    workers: int = 2
    per_worker: int = 8

    def count_workers(self) -> int:
        """Return how many processes there will be."""
        return self.workers

    async def execute(self, work: Work) -> AsyncGenerator[SimulationResult | None, None]:
        """Start the processes, and give each result as it is finished."""
        desk = work.open_desk()
        carrying = [asyncio.create_task(self._carry(desk, f"pool-{number}")) for number in range(self.workers)]
        try:
            async with aclosing(desk.results()) as results:
                async for result in results:
                    yield result
        finally:
            for task in carrying:
                task.cancel()
            await asyncio.gather(*carrying, return_exceptions=True)

    async def _carry(self, desk: Desk, name: str) -> None:
        """Start a process and carry its messages; where it dies and work is left, start another one."""
        is_needed = True
        while is_needed:
            ours, theirs = _FRESH.Pipe()
            process = _FRESH.Process(target=_work, args=(desk.setup, theirs), daemon=True)
            process.start()
            theirs.close()
            desk.add(name, ours.send_bytes, self.per_worker)
            try:
                while True:
                    desk.receive(name, await asyncio.to_thread(ours.recv_bytes))
            except (EOFError, OSError):
                process.join()
                is_needed = desk.lose(name, f"its process ended with {process.exitcode}")
            finally:
                process.kill()


def _work(setup: bytes, pipe: Connection) -> None:
    """Hold conversations, in the process that was started for it."""
    # Ctrl-C reaches all processes of a terminal: the head is the one that ends the run, and tells its workers.
    signal.signal(signal.SIGINT, signal.SIG_IGN)

    async def send(message: bytes) -> None:
        await asyncio.to_thread(pipe.send_bytes, message)

    asyncio.run(run_worker(setup, partial(asyncio.to_thread, pipe.recv_bytes), send))
