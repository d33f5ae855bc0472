"""Executors with workers, Acme's pool of processes among them, and what head and workers say to each other."""

from __future__ import annotations

import json
import sys
from collections.abc import AsyncGenerator, Callable, Iterator
from contextlib import aclosing
from pathlib import Path
from typing import Any

import attrs

from multivon_eval.sdk import Desk, SimulationResult, Work

_SOURCE = Path(__file__).resolve().parents[1] / "third_party" / "acme_eval" / "src"
if str(_SOURCE) not in sys.path:
    sys.path.append(str(_SOURCE))

from acme_eval.pool import Pool  # noqa: E402  # it is installed in no environment of the tests


@attrs.frozen
class _WatchedDesk:
    """A desk at which everything is overheard."""

    _desk: Desk
    _sent: list[bytes]
    _received: list[bytes]

    @property
    def setup(self) -> bytes:
        self._sent.append(self._desk.setup)
        return self._desk.setup

    def add(self, name: str, send: Callable[[bytes], None], slots: int = 1) -> None:
        def overheard(message: bytes) -> None:
            self._sent.append(message)
            send(message)

        self._desk.add(name, overheard, slots)

    def receive(self, name: str, message: bytes) -> None:
        self._received.append(message)
        self._desk.receive(name, message)

    def lose(self, name: str, why: str) -> bool:
        return self._desk.lose(name, why)

    def give_up(self, why: str) -> None:
        self._desk.give_up(why)

    def results(self) -> AsyncGenerator[SimulationResult | None, None]:
        return self._desk.results()


@attrs.frozen
class _WatchedWork:
    """The work of a run, with such a desk."""

    _work: Work
    _sent: list[bytes]
    _received: list[bytes]

    @property
    def concurrency(self) -> int:
        return self._work.concurrency

    def run_here(self) -> AsyncGenerator[SimulationResult | None, None]:
        return self._work.run_here()

    def open_desk(self) -> Desk:
        return _WatchedDesk(self._work.open_desk(), self._sent, self._received)


@attrs.frozen
class Watched:
    """An executor with workers, and what went to them and came from them.

    Attributes:
        executor: Which.
        sent: What workers were started with, and each message to one of them.
        received: Each message of one of them.
    """

    executor: Any
    sent: list[bytes] = attrs.field(factory=list)
    received: list[bytes] = attrs.field(factory=list)

    def count_workers(self) -> int:
        """Return how many there will be."""
        return int(self.executor.count_workers())

    async def execute(self, work: Work) -> AsyncGenerator[SimulationResult | None, None]:
        """Do what the executor does, and listen."""
        async with aclosing(self.executor.execute(_WatchedWork(work, self.sent, self.received))) as results:
            async for result in results:
                yield result

    def list_messages(self, *kinds: str) -> Iterator[dict[str, Any]]:
        """Give the messages of these kinds that came from workers, in their order."""
        for data in self.received:
            yield from (message for message in json.loads(data) if message["kind"] in kinds)


def watch_pool(workers: int = 2, per_worker: int = 8) -> Watched:
    """Acme's pool of processes, overheard."""
    return Watched(Pool(workers, per_worker))
