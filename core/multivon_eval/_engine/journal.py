"""The record on disk from which a run that was killed can go on: what was said, as soon as it was said."""

from __future__ import annotations

import json
import sqlite3
from pathlib import Path

from ..data import Conversation
from ..errors import UsageError

SUFFIX = ".journal"


class Journal:
    """Keeps every message of a run on disk until the run has ended well.

    Args:
        path: Where it lies, beside ``--out``; None keeps no journal, for results that go to no file.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._database: sqlite3.Connection | None = None

    def open(self, run_id: str) -> None:
        """Begin a new record.

        Raises:
            UsageError: It cannot be written.
        """
        if self._path is None:
            return
        try:
            self._database = sqlite3.connect(self._path, isolation_level=None)
            self._database.execute("PRAGMA journal_mode = WAL")
            self._database.execute("CREATE TABLE run (run_id TEXT NOT NULL)")
            self._database.execute(
                "CREATE TABLE said (case_uid TEXT, place INTEGER, role TEXT, content TEXT, "
                "PRIMARY KEY (case_uid, place)) WITHOUT ROWID"
            )
            self._database.execute("CREATE TABLE finished (case_uid TEXT PRIMARY KEY) WITHOUT ROWID")
            self._database.execute("INSERT INTO run VALUES (?)", (run_id,))
        except sqlite3.Error as error:
            raise UsageError(
                f"the journal {self._path} cannot be written: {error}; give --out a path that can"
            ) from error

    def said(self, conversation: Conversation) -> None:
        """Keep the last message of a conversation."""
        if self._database is not None:
            place = len(conversation.messages)
            message = conversation.messages[-1]
            self._database.execute(
                "INSERT OR REPLACE INTO said VALUES (?, ?, ?, ?)",
                (conversation.case_uid, place, message.role, json.dumps(message.content)),
            )

    def finished(self, case_uid: str) -> None:
        """Keep that a conversation is delivered."""
        if self._database is not None:
            self._database.execute("INSERT OR REPLACE INTO finished VALUES (?)", (case_uid,))

    def close(self, keep: bool) -> None:
        """End the record, and take it away unless the run was cut off."""
        if self._database is None or self._path is None:
            return
        self._database.close()
        self._database = None
        if not keep:
            remove(self._path)


def remove(path: Path) -> None:
    """Take a journal away, with the two files that sqlite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)
