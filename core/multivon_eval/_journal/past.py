"""What a journal says of a run that did not finish."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from contextlib import closing
from decimal import Decimal
from typing import Any

import attrs

from .._types.answer import Usage
from .._types.conversation import Conversation, SimulationError
from .._types.converter import structure
from .._types.message import Message
from .._types.names import Names
from .._types.observation import Observation
from .._types.persona import Persona
from .._types.score import Score
from .._types.verdict import Verdict
from .rows import check_row, create_tables, insert_mixed_rows, insert_rows, read_rows

ZERO = Decimal(0)


ENDING = ("stop_reason", "driver_said_goal", "error", "observations", "repaired_faults", "gave_up")
"""What a journal keeps of how a conversation ended, fields of :class:`Conversation`."""

VERDICT = "verdict of the judge"
"""The key of the verdict among what was judged; no evaluator's name has a blank in it."""


_VOTE = "vote of the judge "


def vote_key(number: int) -> str:
    """The key of one vote, from 1, among what was judged."""
    return f"{_VOTE}{number}"


@attrs.frozen
class RecordedMessage:
    """One message as it was kept.

    Attributes:
        message: The message.
        goal_reached: Whether it is the last word of a user who has what it came for.
        gave_up: Whether it is the last word of a user who got nowhere.
        system_cost_usd: What ``model_fn`` said its replies cost up to here, in USD.
        observations: What was seen in a user message before it was sent.
        is_repaired: Whether it stands in the place of a message at fault.
    """

    message: Message
    goal_reached: bool
    gave_up: bool
    system_cost_usd: Decimal | None
    observations: tuple[Observation, ...] = ()
    is_repaired: bool = False


@attrs.frozen
class PastCase:
    """What is known of one conversation.

    Attributes:
        said: What was said after the persona's history.
        ending: How it ended; None if it had not.
        verdict: The judge's word on it, if it was asked.
        scores: The evaluators' words on it, as far as they were asked.
        votes: The judge's votes, by number, as far as they were given.
        observed: What was seen in replies, by their place among the messages, from 1.
        cost_usd: What its judge calls cost, in USD; a call that was under way counts as its worst case.
        usage: The tokens of the calls that were settled.
        calls: How many were made.
        models: The model that the provider said it used, by task.
        temperatures: What was sent, by task.
        spent_on: What the calls of each task did cost, in USD.
    """

    said: tuple[RecordedMessage, ...] = ()
    ending: Mapping[str, Any] | None = None
    verdict: Verdict | None = None
    scores: Mapping[str, Score] = attrs.field(factory=dict)
    votes: Mapping[int, Verdict] = attrs.field(factory=dict)
    observed: Mapping[int, tuple[Observation, ...]] = attrs.field(factory=dict)
    cost_usd: Decimal = ZERO
    usage: Usage = attrs.field(factory=Usage)
    calls: int = 0
    models: Mapping[str, str] = attrs.field(factory=dict)
    temperatures: Mapping[str, float | None] = attrs.field(factory=dict)
    spent_on: Mapping[str, Decimal] = attrs.field(factory=dict)

    def restore_end(self, conversation: Conversation) -> Conversation:
        """Return the conversation with the end that it had; unchanged where it had none."""
        if self.ending is None:
            return conversation
        # Only what the messages cannot tell; the rest is rebuilt by saying it again.
        error = self.ending["error"]
        return attrs.evolve(
            conversation,
            stop_reason=self.ending["stop_reason"],
            driver_said_goal=self.ending["driver_said_goal"],
            error=structure(error, SimulationError) if error else None,
            observations=structure(self.ending["observations"], tuple[Observation, ...]),
            repaired_faults=self.ending["repaired_faults"],
            gave_up=self.ending["gave_up"],
        )


@attrs.frozen
class Past:
    """What is known of a run.

    Attributes:
        run_id: Its id; empty where there is no past.
        made_with: What it was made with.
        spent: USD, calls that were under way included at their worst case.
        last_call: The number of the last call.
        cases: By case_uid, those that are not over; what was paid for no conversation stands under the empty one.
        ended: The conversations that have an end.
        over: Those whose results were delivered: what was said in them is not held.
        restore: Gives what is known of one that is over.
        personas: Those that were proposed; empty where they come from elsewhere, or were not had yet.
        kept: The conversations whose results are of an earlier run.
        delivered: Which conversations' results each sink has taken.
        learned: What the run had learned of its costs.
    """

    run_id: str = ""
    made_with: Mapping[str, str] = attrs.field(factory=dict)
    spent: Decimal = ZERO
    last_call: int = 0
    cases: Mapping[str, PastCase] = attrs.field(factory=dict)
    personas: tuple[Persona, ...] = ()
    kept: Collection[str] = ()
    delivered: Mapping[str, Collection[str]] = attrs.field(factory=dict)
    learned: Mapping[str, Any] = attrs.field(factory=dict)
    ended: Collection[str] = ()
    over: Collection[str] = ()
    restore: Callable[[str], PastCase] | None = None

    def knows(self, case_uid: str) -> bool:
        """Whether the record holds the end of a conversation, or its result is kept from an earlier run."""
        return case_uid in self.ended or case_uid in self.kept

    def case(self, case_uid: str) -> PastCase:
        """What is known of one conversation; nothing where it had not begun."""
        # One that is over is asked for only where its result was lost all the same.
        if self.restore is not None and case_uid in self.over:
            return self.restore(case_uid)
        return self.cases.get(case_uid, _NOTHING)


_NOTHING = PastCase()


def read_past(database: sqlite3.Connection, version: int) -> Past:
    """Read a journal whole.

    Raises:
        ValueError: If it is of another version.
    """
    # Before anything else is looked at: another version may have other columns.
    found = database.execute("SELECT version FROM run").fetchone()
    if found is None or found[0] != version:
        raise ValueError(f"version {found and found[0]}, and this multivon-eval reads {version}")
    ((_, run_id, made_with),) = read_rows(database, "run")
    delivered: dict[str, Names] = {}
    for sink, uid in read_rows(database, "delivered"):
        delivered.setdefault(sink, Names()).add(uid)
    over = Names(uid for uids in delivered.values() for uid in uids)
    cases = _Open(over)
    ended = _read_said(database, cases)
    spent, last_call = _read_money(database, cases)
    personas = tuple(
        structure(row, Persona)
        # The last proposal holds, as everywhere in this file.
        for (text,) in read_rows(database, "proposed", "ORDER BY rowid DESC LIMIT 1")
        for row in json.loads(text)
    )
    past_cases = {uid: _make_case(case) for uid, case in cases.found.items()}
    kept = Names(uid for (uid,) in read_rows(database, "kept"))
    rows = list(read_rows(database, "learned", "ORDER BY rowid DESC LIMIT 1"))
    learned = json.loads(rows[0][0]) if rows else {}
    made = json.loads(made_with)
    return Past(run_id, made, spent, last_call, past_cases, personas, kept, delivered, learned, ended, over)


class _Open:
    """What is read of the conversations that are not over; what is read of others is checked, and let go.

    Args:
        over: The others.
    """

    def __init__(self, over: Collection[str]) -> None:
        self._over = over
        self.found: dict[str, dict[str, Any]] = {}

    def __getitem__(self, case_uid: str) -> dict[str, Any]:
        return {} if case_uid in self._over else self.found.setdefault(case_uid, {})


def _read_said(database: sqlite3.Connection, cases: _Open) -> Names:
    """Read what was said, seen and judged; which conversations have an end."""
    ended = Names()
    # A place that was written twice keeps the later row: a run that was resumed said it anew.
    for case_uid, place, text in read_rows(database, "said"):
        cases[case_uid].setdefault("said", {})[place] = _read_message(json.loads(text))
    for case in cases.found.values():
        case["said"] = tuple(case["said"][place] for place in sorted(case["said"]))
    for case_uid, place, text in read_rows(database, "observed"):
        seen = structure(json.loads(text), tuple[Observation, ...])
        cases[case_uid].setdefault("observed", {})[place] = seen
    for case_uid, text in read_rows(database, "ended"):
        ended.add(case_uid)
        cases[case_uid]["ending"] = ending = json.loads(text)
        _make_case({"ending": ending})
    for case_uid, what, text in read_rows(database, "judged"):
        _take(cases[case_uid], what, json.loads(text))
    return ended


def restore_case(rows: Iterable[Sequence[Any]], case_uid: str, version: int) -> PastCase:
    """Make what is known of a conversation of its rows, each with its table before it."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as database:
        create_tables(database)
        insert_rows(database, "run", [(version, "", "{}")])
        insert_mixed_rows(database, rows)
        return read_past(database, version).case(case_uid)


def _make_case(values: dict[str, Any]) -> PastCase:
    case = PastCase(**values)
    # So that one that cannot be restored is found here, and not in the middle of the run.
    case.restore_end(Conversation(()))
    return case


def _read_message(row: dict[str, Any]) -> RecordedMessage:
    cost = row["system_cost_usd"]
    return RecordedMessage(
        structure(row["message"], Message),
        row["goal_reached"],
        row["gave_up"],
        None if cost is None else Decimal(cost),
        structure(row["observations"], tuple[Observation, ...]),
        row["is_repaired"],
    )


def _take(case: dict[str, Any], what: str, row: Any) -> None:
    """Put one thing that was judged where it belongs."""
    if what == VERDICT:
        case["verdict"] = structure(row, Verdict)
    elif what.startswith(_VOTE):
        case.setdefault("votes", {})[int(what.removeprefix(_VOTE))] = structure(row, Verdict)
    else:
        case.setdefault("scores", {})[what] = structure(row, Score)


def _read_money(database: sqlite3.Connection, cases: _Open) -> tuple[Decimal, int]:
    spent, last, by_worker = ZERO, 0, dict[str, Decimal]()
    rows = database.execute("SELECT * FROM reserved LEFT JOIN settled ON reserved.call = settled.call ORDER BY 1")
    for row in rows:
        last, case_uid, role, reserved, worker = check_row("reserved", row[:5], row[5])
        _, cost, said = row[6:9] if row[6] is None else check_row("settled", row[6:9], row[9])
        # A call without a settlement was under way when the process died: nobody knows, so it counts in full.
        paid = Decimal(reserved if cost is None else cost)
        spent += paid
        by_worker[worker] = by_worker.get(worker, ZERO) + paid
        case = cases[case_uid]
        case["cost_usd"] = case.get("cost_usd", ZERO) + paid
        case["calls"] = case.get("calls", 0) + 1
        spent_on = case.setdefault("spent_on", {})
        spent_on[role] = spent_on.get(role, ZERO) + paid
        # No answer, no tokens: what failed or was cut off has a cost and nothing else.
        if said is not None:
            told = json.loads(said)
            case["usage"] = case.get("usage", Usage()) + Usage(**told["usage"])
            case.setdefault("models", {})[role] = told["model"]
            case.setdefault("temperatures", {})[role] = told["temperature"]
    # What a worker held and is not known to have spent it may have spent all the same.
    held = dict(read_rows(database, "leased"))
    spent += sum((max(Decimal(amount) - by_worker.get(name, ZERO), ZERO) for name, amount in held.items()), ZERO)
    return spent, last
