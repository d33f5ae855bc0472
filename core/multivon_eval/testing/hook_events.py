"""What hooks are told: a usual run, and what may go wrong in one."""

from __future__ import annotations

from typing import Any

import attrs

from .._types.call import Call, CallKind
from ..errors import BudgetExceeded, JudgeUnavailable, ModelFnError
from ..sdk import (
    Answer,
    Message,
    Observation,
    Reply,
    Score,
    SimulationResult,
    Usage,
    UserTurn,
    text_question,
)
from .nouns import conversation, report, result, run_info
from .oddities import odd_conversations, odd_personas

Event = tuple[str, dict[str, Any]]
# By whom something is said, and by whom it is heard.
ASKING = {"tell_workers": "head_told", "tell_head": "worker_told"}
_RUN, _UID, _ODD_UID = "20260102T030405-0000", "0123456789abcdef", "fedcba9876543210"
_OUTCOMES: dict[CallKind, object] = {
    "driver": UserTurn("Where is my order 4711?"),
    "system": Reply("It arrives on 3 May."),
    "observer": [Observation("note", 1, "a note")],
    "evaluator": Score(1.0, "as hoped"),
    "judge": Answer("yes", Usage(120, 3), model="some-model"),
}


def list_usual_events() -> list[Event]:
    """The calls of a run, in their order, each with its arguments."""
    about = conversation()
    ended = result(about)
    of = {"persona": about.persona, "case_uid": _UID, "run_id": _RUN}
    return [
        ("run_started", {"run": run_info()}),
        ("conversation_started", {**of, "trial": 1}),
        *_list_calls(),
        ("conversation_scope", of),
        ("turn_finished", {"conversation": about}),
        ("conversation_finished", {"result": ended}),
        ("run_finished", {"report": report(ended)}),
        *_list_events_of_workers(ended),
    ]


def list_odd_events() -> list[Event]:
    """Calls of runs that went wrong: no verdict, no replies, no persona of many words, failed calls, interrupted."""
    found: list[Event] = []
    for one in odd_personas().values():
        of = {"persona": one, "case_uid": _ODD_UID, "run_id": _RUN}
        found += [
            ("conversation_started", {**of, "trial": 2}),
            ("conversation_scope", of),
            ("conversation_finished", {"result": result(conversation(of=one), "max_turns", None, {})}),
        ]
    about = conversation()
    found += _list_failed_calls()
    found += [("turn_finished", {"conversation": one}) for one in odd_conversations(about).values()]
    mute = attrs.evolve(about, messages=(Message("user", "Hello."),))
    empty = attrs.evolve(about, messages=())
    found += [("conversation_finished", {"result": result(one, "driver_error", None, {})}) for one in (mute, empty)]
    held = attrs.evolve(about, is_imported=True)
    imported = result(held, "max_turns", None, {})
    imported = attrs.evolve(imported, conversation=attrs.evolve(imported.conversation, stop_reason=None))
    found += [
        ("conversation_finished", {"result": imported}),
        ("run_finished", {"report": report(interrupted=True)}),
    ]
    begin: Event = ("run_started", {"run": run_info(personas=(), conversations=0, budget_usd=None, seed=None)})
    return [begin, *found]


def _list_calls() -> list[Event]:
    """A call of each kind, the judge's inside the driver's."""
    found: list[Event] = []
    for number, kind in enumerate(_OUTCOMES, 1):
        is_judge = kind == "judge"
        call = Call(kind, f"some-{kind}", _RUN, _UID, number, int(is_judge), "driver" if is_judge else "")
        question = text_question("What next?") if is_judge else None
        found += [
            ("call_started", {"call": call, "question": question}),
            ("call_finished", {"call": call, "outcome": _OUTCOMES[kind], "error": None}),
        ]
    return found


def _list_events_of_workers(ended: SimulationResult) -> list[Event]:
    """A run with a worker, which dies after it has told something; what is told is what the hook said itself."""
    head = attrs.evolve(run_info(), run_id="20260102T030405-0001")
    here, there = {"run": head}, {"run": attrs.evolve(head, worker="pool-0")}
    of = {"persona": ended.persona, "case_uid": _UID, "run_id": head.run_id}
    return [
        ("run_started", here),
        ("tell_workers", here),
        ("head_told", there),
        ("run_started", there),
        ("conversation_started", {**of, "trial": 1}),
        ("conversation_scope", of),
        ("conversation_finished", {"result": ended}),
        ("tell_head", there),
        ("worker_told", {**here, "worker": "pool-0"}),
        ("worker_lost", {**here, "worker": "pool-0", "why": "its process ended with -9"}),
        ("run_finished", {"report": attrs.evolve(report(ended), info=head)}),
    ]


def _list_failed_calls() -> list[Event]:
    """Calls that failed, one outside of any conversation, and one that ends without having begun here."""
    failed = (
        (Call("judge", "some-model", _RUN, "", 91, 0, "personas"), JudgeUnavailable("no answer")),
        (Call("system", "model_fn", _RUN, _ODD_UID, 92), ModelFnError("model_fn raised ValueError: no")),
        (Call("driver", "some-driver", _RUN, _ODD_UID, 93), BudgetExceeded("it does not fit")),
    )
    found: list[Event] = []
    for call, error in failed:
        question = text_question("Who?") if call.kind == "judge" else None
        found += [
            ("call_started", {"call": call, "question": question}),
            ("call_finished", {"call": call, "outcome": None, "error": error}),
        ]
    ended = Call("evaluator", "some-evaluator", _RUN, _ODD_UID, 94)
    return [*found, ("call_finished", {"call": ended, "outcome": None, "error": TimeoutError()})]
