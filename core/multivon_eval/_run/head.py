"""The head of a run whose conversations workers hold: what it gives them, and what it makes of what they tell."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping
from functools import partial
from typing import Any

from .._journal.journal import VERSION
from .._journal.past import PastCase, restore_case
from .._money.account import Account
from .._plugins.abilities import find_ability
from .._types.conversation import Conversation, SimulationError
from .._types.result import SimulationResult
from .._types.result_json import result_from_json
from .._types.run_info import RunInfo
from .._types.score import Score
from .._types.verdict import Verdict
from .._workers.crew import Job
from .._workers.desk import HeadOffice, RunDesk
from ..protocols import Follows
from .personas import Case
from .plan import Plan
from .progress import RunProgress
from .result import put_in_place, to_result
from .simulating import format_now
from .worker_parts import describe_parts, find_difference
from .worker_setup import make_setup

Deliver = Callable[[str, SimulationResult], Awaitable[None]]


def open_desk(plan: Plan, info: RunInfo, cases: Iterable[Case], deliver: Deliver, progress: RunProgress) -> RunDesk:
    """Open the desk of a run, at which workers get its conversations.

    Args:
        plan: What the run is made with.
        info: The same for results.
        cases: The conversations.
        deliver: Delivers a result, and counts it.
        progress: Keeps how far conversations are.
    """

    async def take(uid: str, told: Any) -> SimulationResult:
        result = result_from_json(told)
        await deliver(uid, result)
        return result

    mine = describe_parts(plan.info, plan.system.identity if plan.system else "")
    hooks = plan.hooks

    def take_news(worker: str, news: Any) -> None:
        hooks.hand_out("worker_told", news, run=info, worker=worker)

    is_followed = any(find_ability(sink, Follows) for sink in plan.sinks.values())
    return RunDesk(
        HeadOffice(
            setup=make_setup(plan, info, is_followed, hooks.collect("tell_workers", run=info)),
            jobs=(Job(case.uid, case.describe, partial(_give_up, plan, info, case, deliver)) for case in cases),
            journal=plan.journal,
            ledger=plan.ledger,
            deliver=take,
            report=plan.note_problem,
            note=progress.note_elsewhere,
            count_calls=progress.count_calls,
            find_difference=partial(find_difference, mine),
            take_news=take_news,
            note_loss=lambda worker, why: hooks.emit("worker_lost", run=info, worker=worker, why=why),
        )
    )


async def _give_up(plan: Plan, info: RunInfo, case: Case, deliver: Deliver, why: str) -> SimulationResult:
    """Make the result of a conversation that was there when workers died, again and again; nobody judges it."""
    rows = plan.journal.list_rows(case.uid)
    past = restore_case(rows, case.uid, VERSION) if rows else PastCase()
    said = tuple(one.message for one in past.said)
    conversation = Conversation(
        (*case.persona.history, *said),
        case.persona,
        case.trial,
        case.uid,
        stop_reason="driver_error",
        error=SimulationError("model_fn", "WorkerDied", f"its worker died, and so did the next one: {why}", True),
        system_cost_usd=past.said[-1].system_cost_usd if past.said else None,
    )
    reason = "not judged: the workers that held this conversation died"
    scores: Mapping[str, Score] = {name: Score(None, reason, "failed") for name in plan.evaluators}
    with plan.purse() as purse:
        account = Account.of(purse, plan.journal, case.uid, past)
    result = to_result(conversation, Verdict(None, reason, failed=True), scores, account, info, format_now(), 0.0)
    result = put_in_place(result, info.part, case.index)
    plan.journal.record_end(conversation)
    await deliver(case.uid, result)
    return result
