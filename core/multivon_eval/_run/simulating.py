"""One conversation from its beginning to its result: talked, judged, scored."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable
from datetime import UTC, datetime

from .._money.account import Account
from .._plugins.stint import PATIENCE
from .._types.conversation import Conversation
from .._types.progress import Doing
from .._types.result import SimulationResult
from .._types.run_info import RunInfo
from .conversation import Stage, converse
from .judging import Judging
from .personas import Case
from .plan import Plan
from .result import put_in_place, to_result
from .user_message import Player


class Simulating:
    """Holds the conversations of a run, so many at a time, in the process that it is in.

    Args:
        plan: What the run is made with.
        info: The same for people, with its personas.
        note: Called with a conversation as it goes on.
        is_decided: Tells whether the data told, so that no other conversation need begin.
    """

    def __init__(
        self,
        plan: Plan,
        info: RunInfo,
        note: Callable[[Conversation, Doing], None] = lambda conversation, doing: None,
        is_decided: Callable[[], bool] = lambda: False,
        at_once: int | None = None,
    ) -> None:
        self._plan, self._info, self._note, self._is_decided = plan, info, note, is_decided
        self._talking = asyncio.Semaphore(at_once or info.concurrency)
        self._ending = asyncio.Lock()
        self._judging = Judging(plan)

    async def hold(self, case: Case) -> SimulationResult | None:
        """Hold one conversation; None where the data told, before it began, what it was to help to decide."""
        plan, info, stage = self._plan, self._info, self._make_stage()
        await self._talking.acquire()
        if self._is_decided():
            self._talking.release()
            return None
        started_at, started = format_now(), time.perf_counter()
        with plan.purse() as purse:
            account = Account.of(purse, plan.journal, case.uid)
            driving, observing = plan.context("driver", account), plan.context("observer", account)
            try:
                conversation = await converse(case, stage, purse, driving, observing)
            finally:
                # The system is free for the next persona; the judge takes its time beside that.
                self._talking.release()
            self._note(conversation, "judging")
            async with self._ending:
                # Where many end at once, what they ask the judge goes out between the turns of those that talk.
                await asyncio.sleep(0)
            verdict, scores = await self._judging.judge(conversation, account, plan.journal.past.case(case.uid))
            plan.forecast.done(purse, conversation, account.cost_usd, account.judging_usd)
            learned = plan.forecast.learned.to_json()
            plan.journal.record_learned(learned)
            plan.ledger.remember(learned)
        seconds = time.perf_counter() - started
        result = to_result(conversation, verdict, scores, account, info, started_at, seconds)
        return put_in_place(result, info.part, case.index)

    def _make_stage(self) -> Stage:
        plan, info = self._plan, self._info
        assert plan.system is not None and plan.driver is not None, "a simulation has a system and a driver"
        return Stage(
            system=plan.system,
            player=Player(plan.driver, plan.driver_name, PATIENCE * info.timeout, info.max_message, plan.calls),
            observers=plan.observers,
            hooks=plan.hooks,
            journal=plan.journal,
            max_turns=info.max_turns,
            timeout=info.timeout,
            run_id=info.run_id,
            forecast=plan.forecast,
            report=plan.note_problem,
            note=lambda conversation: self._note(conversation, "talking"),
        )


def format_now() -> str:
    """The time of day, ISO 8601 in UTC."""
    return datetime.now(UTC).isoformat(timespec="milliseconds")
