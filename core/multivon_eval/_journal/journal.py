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
from collections.abc import Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

from .._types.answer import Answer
from .._types.conversation import Conversation
from .._types.converter import make_plain
from .._types.observation import Observation
from .._types.persona import Persona
from .._types.result_json import message_to_row, persona_to_json
from .._types.score import Score
from .._types.verdict import Verdict
from ..errors import JournalError, UsageError
from .past import ENDING, Past, read_past

SUFFIX = ".journal"
VERSION = 4

# Rows are only ever added, and the last one on a thing holds: each commit then writes one small page at a table's end.
_TABLES = (
    "CREATE TABLE run (version INTEGER, run_id TEXT, made_with TEXT)",
    "CREATE TABLE reserved (call INTEGER PRIMARY KEY, case_uid TEXT, role TEXT, amount TEXT)",
    "CREATE TABLE settled (call INTEGER PRIMARY KEY, cost TEXT, said TEXT)",
    "CREATE TABLE said (case_uid TEXT, place INTEGER, message TEXT)",
    "CREATE TABLE observed (case_uid TEXT, place INTEGER, observations TEXT)",
    "CREATE TABLE ended (case_uid TEXT, ending TEXT)",
    "CREATE TABLE judged (case_uid TEXT, what TEXT, answer TEXT)",
    "CREATE TABLE proposed (personas TEXT)",
)

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
        self._database: sqlite3.Connection | None = None
        # Numbered on through a resume: a call is settled by its number, and no two may share one.
        self._calls = 0
        self._settled: list[tuple[int, str, str | None]] = []

    @property
    def is_open(self) -> bool:
        """Whether the record has begun, here or in the run that is resumed, and not ended."""
        return self._database is not None

    def begin(self, run_id: str, made_with: Mapping[str, str]) -> None:
        """Begin a new record, unless it has begun or one is resumed.

        Args:
            run_id: The run's.
            made_with: What it is made with, in digests; a resume compares them.

        Raises:
            UsageError: If it cannot be written, or another run is using it.
        """
        if self.path is None or self.is_open:
            return
        # Not earlier: until here something may still be asked wrongly, and the old record is somebody's work.
        if self.overwrites:
            remove(self.path)
        self._database = _open_database(self.path)
        values = (VERSION, run_id, json.dumps(dict(made_with)))
        try:
            # All at once: a journal has either nothing in it or all that a resume needs.
            self._database.execute("BEGIN")
            for table in _TABLES:
                self._database.execute(table)
            self._database.execute("INSERT INTO run VALUES (?, ?, ?)", values)
            self._database.execute("COMMIT")
        except sqlite3.Error as error:
            raise UsageError(f"the journal {self.path} cannot be written: {error}; give --out another path") from error

    def resume(self) -> Past:
        """Open the record of a run that did not finish, and read it.

        One with nothing in it is of a run that was killed before it did anything: it is begun anew.

        Raises:
            UsageError: If there is none, it cannot be read, or another run is using it.
        """
        assert self.path is not None, "only a run with a journal is resumed"
        if not self.path.exists():
            raise UsageError(f"there is no journal {self.path} to resume from; leave out --resume")
        database = _open_database(self.path)
        try:
            # Killed between opening the file and its first commit: nothing was spent yet.
            if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
                database.close()
                return self.past
            self.past = read_past(database, VERSION)
        except (sqlite3.Error, ValueError, KeyError, TypeError) as error:
            database.close()
            raise UsageError(
                f"the journal {self.path} cannot be read ({error}); begin anew with --overwrite"
            ) from error
        self._database = database
        self._calls = self.past.last_call
        return self.past

    def record_personas(self, personas: Sequence[Persona]) -> None:
        """Keep the personas that were proposed, so that a resume has the same ones."""
        if self._database is not None:
            self._write("INSERT INTO proposed VALUES (?)", _as_json([persona_to_json(one) for one in personas]))

    def record_reservation(self, case_uid: str, role: str, amount: Decimal) -> int:
        """Keep that a call is about to be made; until it is settled it counts as spent.

        Returns:
            The number by which it is settled.
        """
        # Committed before the request goes out, or a kill in between would leave a paid call that nobody knows of.
        self._calls += 1
        self._write("INSERT INTO reserved VALUES (?, ?, ?, ?)", self._calls, case_uid, role, str(amount))
        return self._calls

    def record_settlement(self, call: int, cost: Decimal, answer: Answer | None) -> None:
        """Keep what a call did cost, and what the provider said of it if it answered.

        It is written together with what comes of the call, in one transaction: until then the call counts as its
        worst case, so nothing that is lost with it can break the ceiling.
        """
        if self._database is None:
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
        observations: Sequence[Observation] = (),
        is_repaired: bool = False,
    ) -> None:
        """Record the last message of a conversation.

        Args:
            conversation: Ends with the message.
            goal_reached: Whether it is the last word of a driver that is done.
            observations: What was seen in it before it is sent, if it is the user's.
            is_repaired: Whether it stands in the place of a message at fault.
        """
        if self._database is not None:
            # The sum so far, so that the last row alone tells it.
            cost = conversation.system_cost_usd
            row = {
                "message": message_to_row(conversation.messages[-1]),
                "goal_reached": goal_reached,
                "system_cost_usd": None if cost is None else str(cost),
                "observations": make_plain(tuple(observations)),
                "is_repaired": is_repaired,
            }
            text = _as_json(row)
            place = len(conversation.messages)
            self._write("INSERT INTO said VALUES (?, ?, ?)", conversation.case_uid, place, text)

    def record_observations(self, conversation: Conversation, observations: Sequence[Observation]) -> None:
        """Record what was seen in the last reply of a conversation, so that a resume need not ask again."""
        if self._database is not None:
            # Also where nothing was seen: that it was looked at is what saves the question.
            place, text = len(conversation.messages), _as_json(make_plain(tuple(observations)))
            self._write("INSERT INTO observed VALUES (?, ?, ?)", conversation.case_uid, place, text)

    def record_end(self, conversation: Conversation) -> None:
        """Record how a conversation ended."""
        if self._database is not None:
            text = _as_json({name: make_plain(getattr(conversation, name)) for name in ENDING})
            self._write("INSERT INTO ended VALUES (?, ?)", conversation.case_uid, text)

    def record_judgement(self, case_uid: str, what: str, answer: Verdict | Score) -> None:
        """Keep a verdict, a vote or a score; one that failed or was cut is made again by a resume."""
        if self._database is not None and is_final(answer):
            text = _as_json(make_plain(answer))
            self._write("INSERT INTO judged VALUES (?, ?, ?)", case_uid, what, text)

    def close(self, keep: bool) -> None:
        """End the record, and take it away unless the run did not end well."""
        if self._database is None or self.path is None:
            return
        try:
            # Settlements that wait for a next step that will not come.
            if keep:
                self._write()
        finally:
            self._database.close()
            self._database = None
        if not keep:
            remove(self.path)

    def _write(self, statement: str = "", *values: Any) -> None:
        if self._database is None:
            return
        settled, self._settled = self._settled, []
        try:
            # One statement commits by itself; several need a transaction around them.
            if settled:
                self._database.execute("BEGIN")
                self._database.executemany("INSERT INTO settled VALUES (?, ?, ?)", settled)
            if statement:
                self._database.execute(statement, values)
            if settled:
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


def _open_database(path: Path) -> sqlite3.Connection:
    """Open the database for this process alone."""
    try:
        database = sqlite3.connect(path, isolation_level=None, timeout=0, check_same_thread=False)
    except sqlite3.Error as error:
        raise UsageError(f"the journal {path} cannot be opened: {error}; give --out another path") from error
    try:
        # Exclusive locking holds the file for as long as the process lives, however it dies, and saves the
        # shared memory that WAL needs otherwise.
        database.execute("PRAGMA locking_mode = EXCLUSIVE")
        database.execute("PRAGMA page_size = 1024")
        database.execute("PRAGMA journal_mode = WAL")
        database.execute("PRAGMA synchronous = NORMAL")
        # A checkpoint waits for the medium, and the event loop with it: few of them.
        database.execute("PRAGMA wal_autocheckpoint = 10000")
        database.execute("BEGIN IMMEDIATE")
        database.execute("COMMIT")
    except sqlite3.DatabaseError as error:
        database.close()
        # SQLite has one class for all of it, and the text tells a file in use from one that is none of ours.
        if "locked" in str(error):
            raise UsageError(
                f"another run is using the journal {path}; wait for it, or give --out another file"
            ) from error
        raise UsageError(f"{path} is no journal ({error}); begin anew with --overwrite") from error
    return database


def remove(path: Path) -> None:
    """Take a journal away, with the files that SQLite keeps beside it.

    Raises:
        UsageError: If another run is using it.
    """
    # A journal in use is a run in progress, which must not lose its record under its feet.
    if path.exists():
        check_unused(path)
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def check_unused(path: Path) -> None:
    """Check that no run is using a journal.

    Raises:
        UsageError: If another run is using it.
    """
    try:
        _open_database(path).close()
    except UsageError as error:
        if "another run" in str(error):
            raise
