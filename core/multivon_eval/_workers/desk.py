"""The head's side of a run whose conversations are held elsewhere: what workers say, and what comes of it."""

from __future__ import annotations

import asyncio
import itertools
import secrets
from collections.abc import AsyncGenerator, Awaitable, Callable, Iterator, Sequence
from contextlib import suppress
from decimal import Decimal
from typing import Any

import attrs

from .._journal.journal import Journal
from .._money.leases import Leases
from .._money.ledger import Ledger
from .._types.report import Problem
from .._types.result import SimulationResult
from ..errors import JournalError, MultivonEvalError, RunStopped, UsageError
from .crew import Crew, Job, Worker
from .records import Records
from .wire import Message, unpack

_FAREWELL = 30.0
"""Seconds that workers have to end what they do when all is done, or the run is interrupted."""
_STEPS = ("said", "ended", "judged")
"""The tables that tell that a conversation came further."""
_ERRORS = {error.__name__: error for error in (JournalError, RunStopped, UsageError)}


@attrs.frozen(eq=False)
class HeadOffice:
    """What the desk needs of the run.

    Attributes:
        setup: What a worker is started with.
        jobs: The conversations, one after the other.
        journal: What survives a kill.
        ledger: The run's money.
        deliver: Takes what a worker says of a finished conversation, and delivers it.
        report: Takes a problem.
        note: Takes how far a conversation is, as the worker tells it.
        count_calls: Takes how many calls to judges have ended.
        find_difference: Says how a worker differs from the head, by what it says of itself; empty if it does not.
        take_news: Takes what hooks in a worker tell their like here, after its name.
        note_loss: Takes the name of a worker that died, and why.
    """

    setup: bytes
    jobs: Iterator[Job]
    journal: Journal
    ledger: Ledger
    deliver: Callable[[str, Any], Awaitable[SimulationResult]]
    report: Callable[[Problem], None]
    note: Callable[[Message], None]
    count_calls: Callable[[int], None]
    find_difference: Callable[[Message], str]
    take_news: Callable[[str, Any], None] = lambda worker, news: None
    note_loss: Callable[[str, str], None] = lambda worker, why: None


class RunDesk:
    """The head of a run whose conversations are held by workers; see :class:`~multivon_eval.sdk.Desk`.

    Args:
        office: What it needs of the run.
    """

    def __init__(self, office: HeadOffice) -> None:
        self._office = office
        self.setup: bytes = office.setup
        self._crew = Crew(office.jobs)
        self._leases = Leases(office.ledger, office.journal.record_lease)
        self._records = Records(office.journal, self._leases)
        self._ended: asyncio.Queue[tuple[Job, Any] | MultivonEvalError] = asyncio.Queue()
        self._departures = asyncio.Event()
        self._is_closing = self._has_begun = False

    def add(self, name: str, send: Callable[[bytes], None], slots: int = 1) -> None:
        """A worker was started."""
        # Not the name alone: a run that is resumed may call its workers as the one before did.
        worker = Worker(name, f"{name} {secrets.token_hex(4)}", slots, send, lambda: self._office.ledger.funds)
        self._crew.workers[name] = worker
        worker.tell("welcome", worker=name, slots=slots)
        # After the welcome: it may have to say that money is short.
        self._leases.add(worker.key, worker)

    def receive(self, name: str, message: bytes) -> None:
        """A message of a worker came."""
        worker = self._crew.workers.get(name)
        if worker is None:
            return  # it was given up before
        try:
            # What a worker recorded while a message was on its way comes in one, and is kept in one transaction.
            for is_record, found in itertools.groupby(unpack(message), lambda one: one["kind"] == "rows"):
                if is_record:
                    self._record(worker, [row for one in found for row in one["rows"]])
                    continue
                for one in found:
                    self._take(worker, one)
        except JournalError as error:
            self._ended.put_nowait(error)

    def lose(self, name: str, why: str) -> bool:
        """A worker died; whether work is left, so that another one may be started."""
        worker = self._crew.workers.pop(name, None)
        try:
            if worker is not None:
                self._lose(worker, why)
        except JournalError as error:
            self._ended.put_nowait(error)
        return not (self._is_closing or self._crew.is_done)

    def give_up(self, why: str) -> None:
        """No worker can be had any more."""
        self._ended.put_nowait(RunStopped(why))

    async def results(self) -> AsyncGenerator[SimulationResult | None, None]:
        """Give each result as it is finished and delivered, until all are; then let the workers end.

        Raises:
            RunStopped: If no worker can be had, or a worker says that nothing can succeed.
            JournalError: If what workers tell cannot be recorded.
            UsageError: If a worker cannot load what the run is made with.
        """
        is_whole = False
        try:
            while not self._crew.is_done or not self._ended.empty():
                ended = await self._ended.get()
                if isinstance(ended, MultivonEvalError):
                    raise ended
                job, told = ended
                is_given_up = isinstance(told, str)
                result = await (job.give_up(told) if is_given_up else self._office.deliver(job.uid, told))
                self._office.journal.forget(job.uid)
                self._assign()
                yield result
            is_whole = True
        finally:
            await self._dismiss(is_whole)

    async def _dismiss(self, is_whole: bool) -> None:
        """Tell all workers to end, and wait for what they still have to say."""
        self._is_closing = True
        for worker in self._crew.workers.values():
            worker.tell("stop", is_whole=is_whole)
        with suppress(TimeoutError):
            async with asyncio.timeout(_FAREWELL):
                while self._crew.workers:
                    self._departures.clear()
                    await self._departures.wait()
        for name in list(self._crew.workers):
            worker = self._crew.workers.pop(name)
            self._leases.lose(worker.key)
            why = f"did not end within {_FAREWELL:g} seconds"
            self._office.report(Problem("infrastructure", f"worker {name} {why}"))
            self._office.note_loss(name, f"it {why}")
        await self._deliver_rest()

    async def _deliver_rest(self) -> None:
        """Deliver what was finished and not taken when the run was interrupted."""
        while not self._ended.empty():
            ended = self._ended.get_nowait()
            if not isinstance(ended, MultivonEvalError) and not isinstance(ended[1], str):
                # Where the journal fails too, the reason that counts is the first one.
                with suppress(JournalError):
                    await self._office.deliver(ended[0].uid, ended[1])

    def _lose(self, worker: Worker, why: str) -> None:
        held = self._leases.lose(worker.key)
        self._records.lose(worker.key)
        lost = f"; ${held:.6f} that it held of the budget count as spent" if held else ""
        self._office.report(Problem("infrastructure", f"worker {worker.name} died: {why}{lost}"))
        self._office.note_loss(worker.name, why)
        for job in self._crew.take_back(worker):
            self._ended.put_nowait((job, why))
        self._departures.set()
        self._assign()

    def _assign(self) -> None:
        if self._is_closing:
            return
        for worker, job in self._crew.assign():
            self._has_begun = True
            rows = self._office.journal.list_rows(job.uid) if self._is_known(job) else []
            worker.tell("case", **job.describe(), rows=rows)

    def _is_known(self, job: Job) -> bool:
        return job.deaths > 0 or job.uid in self._office.journal.past.cases

    def _record(self, worker: Worker, rows: Sequence[Sequence[Any]]) -> None:
        self._office.count_calls(self._records.take(worker.key, rows))
        for table, about, *_ in rows:
            if table in _STEPS and (job := worker.jobs.get(about)) is not None:
                job.steps += 1

    def _take(self, worker: Worker, message: Message) -> None:
        """Do what one message asks for."""
        match message:
            case {"kind": "lease", "amount": amount, "is_ahead": is_ahead}:
                self._leases.request(worker.key, Decimal(amount), is_ahead)
            case {"kind": "return", "amount": amount}:
                self._leases.take_back(worker.key, Decimal(amount))
            case {"kind": "result", "uid": uid, "result": row}:
                if (job := worker.jobs.pop(uid, None)) is not None:
                    self._ended.put_nowait((job, row))
            case {"kind": "note", **note}:
                self._office.note(note)
            case {"kind": "problem", "where": where, "message": what}:
                self._office.report(Problem(where, what))
            case {"kind": "overload", **overload}:
                for other in self._crew.workers.values():
                    if other is not worker:
                        other.tell("overload", **overload)
            case {"kind": "news", "news": news}:
                self._office.take_news(worker.name, news)
            case {"kind": "ready", **described}:
                self._welcome(worker, described)
            case {"kind": "failed", "error": error, "message": what}:
                self._stop(worker, _ERRORS.get(error, RunStopped), what)
            case {"kind": "bye"}:
                self._leases.leave(worker.key)
                self._crew.workers.pop(worker.name, None)
                self._departures.set()

    def _stop(self, worker: Worker, kind: type[MultivonEvalError], what: str) -> None:
        told = f"worker {worker.name}: {what}"
        # That nothing was spent can be said only until the first conversation began.
        if self._has_begun and kind is UsageError:
            kind, told = RunStopped, f"{told}; correct it, and go on with --resume"
        self._ended.put_nowait(kind(told))

    def _welcome(self, worker: Worker, described: Message) -> None:
        if difference := self._office.find_difference(described):
            self._stop(worker, UsageError, f"it {difference}")
            return
        worker.is_ready = True
        self._assign()
