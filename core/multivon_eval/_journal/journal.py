"""The record on disk from which a run that was killed goes on.

A SQLite file in WAL mode beside ``--out``. Whatever a later step depends on is committed before that step begins:
a reservation before its call, a settlement, the personas that were proposed, a user turn, a reply, the end of a
conversation, a verdict, a score.
A commit outlives the process (``kill -9``); it is not flushed to the medium one by one, so a power cut of the
whole machine may lose the last moments. The file is locked by the process that uses it.
"""

from __future__ import annotations

import contextlib
import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from .._types.answer import Answer
from .._types.conversation import Conversation
from .._types.converter import make_plain
from .._types.observation import Observation
from .._types.persona import Persona
from .._types.result_json import message_to_row, persona_to_json
from .._types.score import Score
from .._types.verdict import Verdict
from ..errors import JournalError, UsageError
from .database import checkpoint, describe_damage, exists, open_database, open_in_memory, read_journal, remove
from .past import ENDING, Past, PastCase, restore_case
from .rows import create_tables, delete_case_rows, insert_mixed_rows, insert_rows, list_case_rows

VERSION = 7

# Metadata may hold what JSON has no word for.
_as_json = json.JSONEncoder(default=str).encode


class Journal:
    """The record of one run; with no path it keeps nothing.

    Args:
        path: Where it lies, beside ``--out``; None for results that go to no file.
        overwrites: Whether a journal that lies there is taken away when the record begins.
    """

    def __init__(self, path: Path | None = None, overwrites: bool = False) -> None:
        self.path = path
        self.overwrites = overwrites
        self.past: Past = Past()
        self.is_in_memory: bool = False
        """Whether it is kept as long as the run goes on where it has no path: for workers that die."""
        self._database: sqlite3.Connection | None = None
        # Whether it is as the run before left it.
        self._is_untouched = False
        # Numbered on through a resume: a call is settled by its number, and no two may share one.
        self._calls = 0
        self._settled: list[tuple[int, str, str | None]] = []

    @property
    def is_open(self) -> bool:
        """Whether the record has begun, here or in the run that is resumed, and not ended."""
        return self._database is not None

    def begin(self, run_id: str, made_with: Mapping[str, str], kept: Iterable[str] = ()) -> None:
        """Begin a new record, unless it has begun or one is resumed.

        Args:
            run_id: The run's.
            made_with: What it is made with, in digests; a resume compares them.
            kept: The conversations whose results are kept from an earlier run.

        Raises:
            UsageError: If it cannot be written, or another run is using it.
        """
        if self.is_open or (self.path is None and not self.is_in_memory):
            return
        # Not earlier: until here something may still be asked wrongly, and the old record is somebody's work.
        if self.path is not None and self.overwrites:
            remove(self.path)
        self._database = open_database(self.path) if self.path is not None else open_in_memory()
        values = (VERSION, run_id, json.dumps(dict(made_with)))
        try:
            # All at once: a journal has either nothing in it or all that a resume needs.
            self._database.execute("BEGIN")
            create_tables(self._database)
            insert_rows(self._database, "run", [values])
            insert_rows(self._database, "kept", [(uid,) for uid in kept])
            self._database.execute("COMMIT")
            checkpoint(self._database)
        except sqlite3.Error as error:
            raise UsageError(f"the journal {self.path} cannot be written: {error}; give --out another path") from error

    def resume(self, force: bool = False) -> Past:
        """Open the record of a run that did not finish, and read it.

        Where there is none, or one with nothing in it (a run that was killed before it did anything), there is nothing
        to go on with, and the run begins.

        Args:
            force: Whether to go on with what is there although the last steps may be missing.

        Raises:
            UsageError: If it cannot be read, a part of it is missing, or another run is using it.
        """
        assert self.path is not None, "only a run with a journal is resumed"
        if not exists(self.path):
            return self.past
        is_alone = not force and not exists(self.path.with_name(self.path.name + "-wal"))
        database = open_database(self.path)
        try:
            self.past = attrs.evolve(read_journal(database, VERSION, is_alone), restore=self._restore)
            if not self.past.run_id:
                # Killed between opening the file and its first commit: nothing was spent yet.
                database.close()
                return self.past
        except Exception as error:  # the file may hold anything
            database.close()
            raise UsageError(f"the journal {self.path} {describe_damage(error)}") from error
        self._database = database
        self._calls, self._is_untouched = self.past.last_call, True
        return self.past

    def _restore(self, case_uid: str) -> PastCase:
        return restore_case(self.list_rows(case_uid), case_uid, VERSION)

    def record_personas(self, personas: Sequence[Persona]) -> None:
        """Keep the personas that were proposed, so that a resume has the same ones."""
        if self.is_open:
            self._write("proposed", _as_json([persona_to_json(one) for one in personas]))

    def record_reservation(self, case_uid: str, role: str, amount: Decimal) -> int:
        """Keep that a call is about to be made; until it is settled it counts as spent.

        Returns:
            The number by which it is settled.
        """
        # Committed before the request goes out, or a kill in between would leave a paid call that nobody knows of.
        self._calls += 1
        self._write("reserved", self._calls, case_uid, role, str(amount), "")
        return self._calls

    def record_settlement(self, call: int, cost: Decimal, answer: Answer | None) -> None:
        """Keep what a call did cost, and what the provider said of it if it answered.

        It is written together with what comes of the call, in one transaction: until then the call counts as its
        worst case, so nothing that is lost with it can break the ceiling.
        """
        if not self.is_open:
            return
        said = None
        if answer is not None:
            told = {"usage": make_plain(answer.usage), "model": answer.model, "temperature": answer.temperature}
            said = _as_json(told)
        # Kept until the next write; see above why that is safe.
        self._settled.append((call, str(cost), said))

    def record_message(
        self,
        conversation: Conversation,
        goal_reached: bool = False,
        gave_up: bool = False,
        observations: Sequence[Observation] = (),
        is_repaired: bool = False,
    ) -> None:
        """Record the last message of a conversation.

        Args:
            conversation: Ends with the message.
            goal_reached: Whether it is the last word of a user who has what it came for.
            gave_up: Whether it is the last word of a user who got nowhere.
            observations: What was seen in it before it is sent, if it is the user's.
            is_repaired: Whether it stands in the place of a message at fault.
        """
        if self.is_open:
            # The sum so far, so that the last row alone tells it.
            cost = conversation.system_cost_usd
            row = {
                "message": message_to_row(conversation.messages[-1]),
                "goal_reached": goal_reached,
                "gave_up": gave_up,
                "system_cost_usd": None if cost is None else str(cost),
                "observations": make_plain(tuple(observations)),
                "is_repaired": is_repaired,
            }
            text = _as_json(row)
            place = len(conversation.messages)
            self._write("said", conversation.case_uid, place, text)

    def record_observations(self, conversation: Conversation, observations: Sequence[Observation]) -> None:
        """Record what was seen in the last reply of a conversation, so that a resume need not ask again."""
        if self.is_open:
            # Also where nothing was seen: that it was looked at is what saves the question.
            place, text = len(conversation.messages), _as_json(make_plain(tuple(observations)))
            self._write("observed", conversation.case_uid, place, text)

    def record_end(self, conversation: Conversation) -> None:
        """Record how a conversation ended."""
        if self.is_open:
            text = _as_json({name: make_plain(getattr(conversation, name)) for name in ENDING})
            self._write("ended", conversation.case_uid, text)

    def record_judgement(self, case_uid: str, what: str, answer: Verdict | Score) -> None:
        """Keep a verdict, a vote or a score; one that failed or was cut is made again by a resume."""
        if self.is_open and is_final(answer):
            text = _as_json(make_plain(answer))
            self._write("judged", case_uid, what, text)

    def record_delivery(self, sink: str, case_uid: str) -> None:
        """Record that a sink has taken the result of a conversation."""
        self._write("delivered", sink, case_uid)

    def forget_deliveries(self, sink: str) -> None:
        """Record that a sink could not keep what it had taken: a resume delivers all of it again."""
        self._commit(lambda database: database.execute("DELETE FROM delivered WHERE sink = ?", (sink,)))

    def record_learned(self, learned: Mapping[str, Any]) -> None:
        """Keep what the run has learned of its costs."""
        self._write("learned", _as_json(learned))

    def take_rows(self, rows: Sequence[Sequence[Any]]) -> None:
        """Keep rows that somebody else made, each with its table before it, all or none."""
        if rows:
            self._commit(lambda database: insert_mixed_rows(database, rows), is_many=True)

    def record_lease(self, worker: str, amount: Decimal) -> None:
        """Keep what a worker holds of the budget, in USD; what it is not known to have spent counts as spent."""
        self._write("leased", worker, str(amount))

    def number_call(self) -> int:
        """Give the number of a call that somebody else makes."""
        self._calls += 1
        return self._calls

    def list_rows(self, case_uid: str) -> list[tuple[Any, ...]]:
        """List what is known of a conversation, as rows with their table before them; nothing without a record."""
        if self._database is None:
            return []
        # What waits for the next step belongs to it too.
        self._commit(lambda database: None, is_many=True)
        return list_case_rows(self._database, case_uid)

    def forget(self, case_uid: str) -> None:
        """Take away what is known of a conversation that is over, where no resume will look for it."""
        if self.path is None:
            self._commit(lambda database: delete_case_rows(database, case_uid), is_many=True)

    def close(self, keep: bool) -> None:
        """End the record, and take it away unless the run did not end well."""
        if self._database is None:
            return
        try:
            # Settlements that wait for a next step that will not come; and that what SQLite keeps beside the file is
            # no longer needed.
            if keep and not self._is_untouched:
                self._write("closed", 1)
        finally:
            self._database.close()
            self._database = None
        if not keep and self.path is not None:
            remove(self.path)

    def _write(self, table: str, *values: Any) -> None:
        self._commit(lambda database: insert_rows(database, table, [values]))

    def _commit(self, change: Callable[[sqlite3.Connection], object], is_many: bool = False) -> None:
        """Make a change, with the settlements that wait for it, in one transaction."""
        if self._database is None:
            return
        settled, self._settled = self._settled, []
        try:
            if self._is_untouched:
                self._database.execute("DELETE FROM closed")
                checkpoint(self._database)
                self._is_untouched = False
            # One statement commits by itself; several need a transaction around them.
            if settled or is_many:
                self._database.execute("BEGIN")
            if settled:
                insert_rows(self._database, "settled", settled)
            change(self._database)
            if settled or is_many:
                self._database.execute("COMMIT")
        except sqlite3.Error as error:
            # The disk may be full for this too; the reason that counts is the first one.
            with contextlib.suppress(sqlite3.Error):
                self._database.rollback()
            raise JournalError(
                f"the journal {self.path} cannot be written: {error}; make room and go on with --resume"
            ) from error


def is_final(answer: Verdict | Score) -> bool:
    """Whether an answer is worth keeping: it neither failed nor was cut by the budget."""
    failed = answer.failed if isinstance(answer, Verdict) else answer.status == "failed"
    return not failed and not answer.cut
