"""The workers of a run, as its head knows them: who holds which conversation, and who gets the next."""

from __future__ import annotations

from collections import deque
from collections.abc import Awaitable, Callable, Iterator
from decimal import Decimal

import attrs

from .._money.funds import Funds
from .._types.result import SimulationResult
from .wire import Message, pack

MOST_DEATHS = 2
"""A conversation that was there when so many workers died, and came no further in between, is held no more."""


@attrs.define(eq=False)
class Job:
    """A conversation that a worker is to hold.

    Attributes:
        uid: The identity of persona and trial.
        describe: Gives what a worker must know of it.
        give_up: Makes and delivers its result where workers died of it, and for what reason.
        deaths: How many workers died while they held it, one after the other, at the same place of it.
        steps: How many steps of it have reached the head.
    """

    uid: str
    describe: Callable[[], Message]
    give_up: Callable[[str], Awaitable[SimulationResult]]
    deaths: int = 0
    steps: int = 0
    _steps_at_death: int = -1

    def count_death(self) -> None:
        """A worker died while it held it; whoever came further since the last death is not its cause."""
        self.deaths = 1 if self.steps > self._steps_at_death else self.deaths + 1
        self._steps_at_death = self.steps


@attrs.define(eq=False)
class Worker:
    """A worker, as the head knows it; what is said to it never waits.

    Attributes:
        name: As its executor calls it.
        key: Its name in the record, which no other worker of this run has, also before a resume.
        slots: How many conversations talk in it at once.
        funds: Gives how the whole budget stands.
        jobs: Those that it holds, by uid.
        is_ready: Whether it has loaded everything.
    """

    name: str
    key: str
    slots: int
    _send: Callable[[bytes], None]
    funds: Callable[[], Funds]
    jobs: dict[str, Job] = attrs.field(factory=dict)
    is_ready: bool = False

    def tell(self, kind: str, **fields: object) -> None:
        """Send it a message."""
        self._send(pack([{"kind": kind, **fields}]))

    def grant(self, amount: Decimal) -> None:
        """Tell it that it may spend so much more, in USD."""
        self.tell("grant", amount=str(amount))

    def deny(self, was_ahead: bool) -> None:
        """Tell it that there is no more, and how the budget stands, for messages."""
        funds = self.funds()
        self.tell("deny", was_ahead=was_ahead, spent=str(funds.spent), reserved=str(funds.reserved))

    def note_shortage(self) -> None:
        """Tell it to give back what it does not need."""
        self.tell("shortage")

    @property
    def room(self) -> int:
        """How many more conversations it takes: others than those that talk are judged meanwhile."""
        return 2 * self.slots - 1 - len(self.jobs) if self.is_ready else 0

    @property
    def holds_suspect(self) -> bool:
        """Whether one of its conversations was there when a worker died."""
        return any(job.deaths for job in self.jobs.values())


class Crew:
    """All workers of a run, and the conversations that are still to be held.

    Args:
        jobs: The conversations, one after the other.
    """

    def __init__(self, jobs: Iterator[Job]) -> None:
        self._jobs = jobs
        self._again: deque[Job] = deque()
        self._is_exhausted = False
        self.workers: dict[str, Worker] = {}

    @property
    def is_done(self) -> bool:
        """Whether no conversation is left, neither here nor with a worker."""
        if self._again or any(worker.jobs for worker in self.workers.values()):
            return False
        if not self._is_exhausted:
            self._look_ahead()
        return not self._again and self._is_exhausted

    def assign(self) -> Iterator[tuple[Worker, Job]]:
        """Hand out conversations for as long as somebody has room, to those first who have most of it."""
        while workers := [worker for worker in self.workers.values() if worker.room > 0]:
            # What is left must not stand beside another of its kind, and somebody else may have room for it.
            workers.sort(key=lambda one: one.room / one.slots, reverse=True)
            for worker in workers:
                if (job := self._take_for(worker)) is not None:
                    worker.jobs[job.uid] = job
                    yield worker, job
                    break
            else:
                return

    def take_back(self, worker: Worker) -> list[Job]:
        """Take back the conversations of a worker that died.

        Returns:
            Those that are held no more: they were there too often.
        """
        jobs, worker.jobs = list(worker.jobs.values()), {}
        for job in jobs:
            job.count_death()
        self._again.extend(job for job in jobs if job.deaths < MOST_DEATHS)
        return [job for job in jobs if job.deaths >= MOST_DEATHS]

    def _take_for(self, worker: Worker) -> Job | None:
        # Who was there when a worker died is held beside none of its kind, so that the next death tells whose fault
        # it was, and no other conversation is given up for it.
        for waiting in self._again:
            if not (waiting.deaths and worker.holds_suspect):
                self._again.remove(waiting)
                return waiting
        if not self._is_exhausted and (job := next(self._jobs, None)) is not None:
            return job
        self._is_exhausted = True
        return None

    def _look_ahead(self) -> None:
        job = next(self._jobs, None)
        if job is None:
            self._is_exhausted = True
        else:
            self._again.appendleft(job)
