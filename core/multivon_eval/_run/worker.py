"""A worker: a process that holds conversations for a run whose head is elsewhere."""

from __future__ import annotations

import asyncio
import contextlib
import os
import sys
from collections.abc import Awaitable, Callable
from decimal import Decimal

import attrs

from .._money.funds import Funds
from .._money.lease import Lease
from .._money.ledger import Ledger
from .._plugins.isolation import FAULTS, format_error, raise_if_fatal
from .._plugins.registry import Registry
from .._types.conversation import Conversation
from .._types.progress import Doing
from .._types.report import Problem
from .._types.result import SimulationResult
from .._types.result_json import result_to_json
from .._workers.far_journal import FarJournal
from .._workers.post import Post
from .._workers.wire import Message, unpack
from ..errors import MultivonEvalError
from .aims import Aims
from .lifecycle import open_plugins
from .model_file import load_system
from .personas import Case, read_case
from .plan import Plan
from .planning import make_plan
from .progress import describe_moment
from .settings import Settings
from .simulating import Simulating
from .summing import Sums
from .worker_parts import describe_parts
from .worker_setup import WorkerSetup


async def run_worker(
    setup: bytes,
    receive: Callable[[], Awaitable[bytes]],
    send: Callable[[bytes], Awaitable[None]],
    folder: str | None = None,
) -> None:
    """Hold conversations for a run whose head is in another process, until it says that it is enough.

    Everything the run is made with is loaded here by its name; keys are taken from this process's own environment.

    Args:
        setup: What the head's desk gave.
        receive: Gives the next message of the head; raises ``EOFError`` or ``ConnectionError`` where the head
            is gone.
        send: Sends a message to the head. One at a time is sent.
        folder: Where it works; if not given, in the folder of the run, where this machine has it.
    """
    post = Post(send)
    sending = asyncio.create_task(post.run())
    try:
        worker = None
        try:
            started = WorkerSetup.unpack(setup)
            worker = _Worker(attrs.evolve(started, folder=folder or started.folder), post.put)
            await worker.run(receive)
        except (EOFError, ConnectionError):
            return  # nobody is left to tell
        except MultivonEvalError as error:
            post.put({"kind": "failed", "error": type(error).__name__, "message": str(error)})
        except FAULTS as error:
            raise_if_fatal(error)
            post.put({"kind": "failed", "error": "RunStopped", "message": f"fails: {format_error(error)}"})
        finally:
            if worker is not None:
                await worker.close()
        post.put({"kind": "bye"})
        # Whoever should take it may be gone.
        draining = asyncio.ensure_future(post.drain())
        await asyncio.wait((draining, sending), return_when=asyncio.FIRST_COMPLETED)
        draining.cancel()
    finally:
        sending.cancel()
        await asyncio.gather(sending, return_exceptions=True)


class _Worker:
    """One worker: loads what the run is made with, and does what the head says.

    Args:
        setup: What the run is made with.
        post: Sends a message to the head.
    """

    def __init__(self, setup: WorkerSetup, post: Callable[[Message], None]) -> None:
        self._setup, self._post = setup, post
        self._journal = FarJournal(post, setup.learned, setup.info.run_id)
        self._lease = self._make_lease()
        self._plan = self._load()
        self._info = setup.info
        self._plan.problems.pass_on(self._tell_problem)
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._sums = Sums(Aims())
        self._simulating: Simulating | None = None
        self._failure: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    def _make_lease(self) -> Lease | None:
        if self._setup.budget is None:
            return None
        return Lease(
            lambda amount, is_ahead: self._post({"kind": "lease", "amount": str(amount), "is_ahead": is_ahead}),
            self._return,
            Funds(self._setup.budget),
        )

    def _return(self, amount: Decimal) -> None:
        # What was spent is told before what was not.
        self._journal.flush()
        self._post({"kind": "return", "amount": str(amount)})

    def _load(self) -> Plan:
        """Load everything, as the head did.

        Raises:
            UsageError: If something cannot be loaded here.
        """
        setup, registry = self._setup, Registry()
        if os.path.isdir(setup.folder):
            os.chdir(setup.folder)
        sys.path.extend(path for path in setup.paths if path not in sys.path)
        system = load_system(setup.travelling.model, registry)
        settings = Settings.of({**setup.travelling.options, "budget_usd": setup.budget})
        ledger = Ledger(setup.budget, lease=self._lease)
        return make_plan(
            system, (), settings, registry, journal=self._journal, ledger=ledger, is_strict=setup.is_strict
        )

    def describe(self) -> Message:
        """Say what was loaded, so that the head can hold it against what it has itself."""
        return describe_parts(self._plan.info, self._plan.system.identity if self._plan.system else "")

    async def run(self, receive: Callable[[], Awaitable[bytes]]) -> None:
        """Do what the head says, until it says that it is enough."""
        plan, seconds = self._plan, self._setup.info.timeout
        described = self.describe()
        # What the head says first is who this is; each of its messages comes alone.
        (welcome,) = unpack(await receive())
        self._info = info = attrs.evolve(self._setup.info, worker=welcome["worker"])
        self._plan = plan = attrs.evolve(plan, info=info, share_overload=self._share_overload)
        plan.forecast.usual = self._setup.usual
        self._simulating = Simulating(plan, info, self._note, at_once=welcome["slots"])
        async with open_plugins(plan.asked, seconds=seconds, report=plan.note_problem):
            plan.hooks.hand_out("head_told", self._setup.told, run=info)
            plan.hooks.emit("run_started", run=info)
            self._post({"kind": "ready", **described})
            try:
                await self._listen(receive)
            finally:
                await self._end_conversations()
                report = self._sums.report(info, plan.ledger.spent, problems=plan.problems.list_all())
                plan.hooks.emit("run_finished", report=report)
                self._tell_news()

    async def close(self) -> None:
        """Tell what is still to be told."""
        for overrun in self._plan.ledger.overruns:
            self._plan.note_problem(Problem("judge", overrun))
        self._journal.flush()

    async def _listen(self, receive: Callable[[], Awaitable[bytes]]) -> None:
        while True:
            receiving = asyncio.ensure_future(receive())
            try:
                await asyncio.wait((receiving, self._failure), return_when=asyncio.FIRST_COMPLETED)
                if self._failure.done():
                    return self._failure.result()
                for message in unpack(receiving.result()):
                    if message["kind"] == "stop":
                        return None
                    self._take(message)
            finally:
                receiving.cancel()

    def _take(self, message: Message) -> None:
        """Do what one message of the head asks for."""
        match message:
            case {"kind": "case", "rows": rows, **described}:
                case = read_case(described)
                self._journal.restore(case.uid, rows)
                self._tasks[case.uid] = asyncio.create_task(self._hold(case))
            case {"kind": "grant", "amount": amount} if self._lease is not None:
                self._lease.take_in(Decimal(amount))
            case {"kind": "deny", "was_ahead": was_ahead, "spent": spent, "reserved": reserved} if self._lease:
                whole = Funds(self._setup.budget, Decimal(spent), Decimal(reserved))
                self._lease.note_denial(whole, was_ahead)
            case {"kind": "shortage"} if self._lease is not None:
                self._lease.is_short = True
            case {"kind": "overload", "judge": judge, "asked": asked}:
                self._plan.heed_overload(judge, asked)
        # Money may have come, or will not come.
        self._plan.ledger.wake_waiters()

    async def _hold(self, case: Case) -> None:
        assert self._simulating is not None, "a worker is welcomed before it gets a conversation"
        try:
            result = await self._simulating.hold(case)
            if result is not None:
                self._finish(case, result)
        except (asyncio.CancelledError, KeyboardInterrupt, SystemExit):
            raise
        except BaseException as error:
            if not self._failure.done():
                self._failure.set_exception(error)
        finally:
            self._journal.forget(case.uid)
            self._tasks.pop(case.uid, None)

    def _finish(self, case: Case, result: SimulationResult) -> None:
        self._sums.add(result)
        self._plan.hooks.emit("conversation_finished", result=result)
        self._tell_news()
        self._journal.flush()
        self._post({"kind": "result", "uid": case.uid, "result": result_to_json(result)})

    def _tell_problem(self, problem: Problem) -> None:
        self._post({"kind": "problem", "where": problem.where, "message": problem.message})

    def _tell_news(self) -> None:
        """Let hooks tell their like at the head what is new."""
        if news := self._plan.hooks.collect("tell_head", run=self._info):
            self._post({"kind": "news", "news": news})

    def _share_overload(self, judge: str, asked: float | None) -> None:
        self._post({"kind": "overload", "judge": judge, "asked": asked})

    def _note(self, conversation: Conversation, doing: Doing) -> None:
        if self._setup.is_followed:
            self._post({"kind": "note", **describe_moment(conversation, doing)})

    async def _end_conversations(self) -> None:
        for task in self._tasks.values():
            task.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await asyncio.gather(*self._tasks.values(), return_exceptions=True)
