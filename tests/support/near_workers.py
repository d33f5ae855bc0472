"""An executor whose workers are tasks of this process, so that a test decides when one dies and what has arrived."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing

import attrs

from multivon_eval.sdk import Desk, SimulationResult, Work, run_worker


@attrs.define(eq=False)
class NearWorkers:
    """Workers that are real but for their process: they load by name, and share nothing but their messages.

    Attributes:
        workers: How many.
        slots: How many conversations talk in each at once.
        dies: Asked before a message of a worker is carried, with the number of messages carried so far and what it
            says; True has it die, and the message is lost.
        most_deaths: After so many deaths no other worker is started.
        deaths: How many died.
        seen: What the workers said, as it arrived.
        told: What was said to them, each with the worker's name.
    """

    workers: int = 2
    slots: int = 2
    dies: Callable[[int, bytes], bool] = lambda number, message: False
    most_deaths: int = 1_000
    deaths: int = attrs.field(default=0, init=False)
    seen: list[bytes] = attrs.field(factory=list, init=False)
    told: list[tuple[str, bytes]] = attrs.field(factory=list, init=False)
    _names: itertools.count[int] = attrs.field(factory=itertools.count, init=False)

    def count_workers(self) -> int:
        """Return how many there are."""
        return self.workers

    async def execute(self, work: Work) -> AsyncGenerator[SimulationResult | None, None]:
        """Run them, and give each result."""
        desk = work.open_desk()
        carrying = [asyncio.create_task(self._carry(desk)) for _ in range(self.workers)]
        try:
            async with aclosing(desk.results()) as results:
                async for result in results:
                    yield result
        finally:
            for task in carrying:
                task.cancel()
            await asyncio.gather(*carrying, return_exceptions=True)

    async def _carry(self, desk: Desk) -> None:
        is_needed = True
        while is_needed and self.deaths < self.most_deaths:
            name = f"near-{next(self._names)}"
            to_worker, to_head = asyncio.Queue[bytes](), asyncio.Queue[bytes]()
            worker = asyncio.create_task(run_worker(desk.setup, to_worker.get, to_head.put))
            worker.add_done_callback(lambda _, ended=to_head: ended.put_nowait(b""))

            def tell(message: bytes, name: str = name, queue: asyncio.Queue[bytes] = to_worker) -> None:
                self.told.append((name, message))
                queue.put_nowait(message)

            desk.add(name, tell, self.slots)
            try:
                while message := await to_head.get():
                    if self.dies(len(self.seen), message):
                        self.deaths += 1
                        break
                    self.seen.append(message)
                    desk.receive(name, message)
            finally:
                worker.cancel()
                await asyncio.gather(worker, return_exceptions=True)
            is_needed = desk.lose(name, "the test killed it")
        if is_needed:
            desk.give_up("no worker is left; go on with --resume")
