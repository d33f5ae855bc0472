"""A budget that several runs share, in one process or in many."""

from __future__ import annotations

import json
import os
import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from .._set_module import set_module
from ..errors import JournalError, UsageError
from .amount import read_budget
from .funds import Funds

WAIT = 60.0
"""How long another process may keep the file to itself, in seconds; it takes some milliseconds."""


@set_module("multivon_eval")
@attrs.frozen
class SharedBudget:
    """One ceiling for several runs, in one process or in many on one machine: give it to each as ``budget_usd``.

    Before each paid call the most that it can cost is set aside in the file, for all to see, and afterwards what it
    did cost is booked: so all runs together never spend more than the ceiling. What a process had set aside for calls
    under way when it was killed stays set aside; what it held back for calls to come is free again. Near the ceiling a
    run does not wait for what the runs of other processes may still give back: its call is not made.

    Attributes:
        path: Where the account is kept, a SQLite file that is made when it is first needed. Who names the same file
            shares its money; one that is there already is gone on with. It must lie on a disk of this machine.
        usd: The ceiling in USD, as ``budget_usd`` takes it; None or ``"none"`` for no ceiling, then it only counts.
        remedy: What the user can do about a call that did not fit; it ends the message.

    Raises:
        UsageError: If the ceiling is no amount of money.
    """

    path: Path = attrs.field(converter=Path)
    usd: Decimal | None = attrs.field(converter=read_budget)
    remedy: str = "raise the shared budget"

    @property
    def spent(self) -> Decimal:
        """What is spent so far, in USD; a call under way, or lost with its process, counts as its worst case."""
        funds = self.seen()
        return funds.spent + funds.reserved

    def check(self) -> None:
        """Check that the account can be kept, and make it where there is none.

        Raises:
            UsageError: If the file cannot be used, or was begun with another ceiling.
        """
        try:
            self.seen()
        except JournalError as error:
            raise UsageError(str(error)) from error

    def seen(self) -> Funds:
        """How things stand now, over all who share the budget.

        Raises:
            UsageError: If the file was begun with another ceiling.
            JournalError: If the file cannot be used.
        """
        with self._open_account() as funds:
            return funds

    def take(self, reserved: Decimal, held: Decimal, planned: Decimal, keep: Decimal | None) -> bool:
        """Set money aside, or give it back, unless more is taken than is left for all.

        Args:
            reserved: How much more, in USD, for calls under way; less than 0 to give back.
            held: How much more for verdicts and scores to come, likewise.
            planned: How much more is expected beside that, likewise.
            keep: How much must be left over afterwards; None where only the ceiling counts, and not what is held.

        Returns:
            Whether it was booked.

        Raises:
            JournalError: If the file cannot be used.
        """
        with self._open_account() as funds:
            return funds.take(reserved, held, planned, keep)

    def settle(self, reserved: Decimal, cost: Decimal, held: Decimal, planned: Decimal) -> None:
        """Give back what was reserved for a call, and book what it did cost, in USD.

        Args:
            reserved: What was reserved for it.
            cost: What it did cost.
            held: How much is held for judging again of what the call had taken of it.
            planned: How much is planned again, likewise.

        Raises:
            JournalError: If the file cannot be used; then the call stays reserved.
        """
        with self._open_account() as funds:
            funds.settle(reserved, cost, held, planned)

    def recall(self) -> Mapping[str, Any]:
        """What the runs that share the budget have learned of their costs; nothing before one has.

        Raises:
            JournalError: If the file cannot be used.
        """
        with self._open_database() as database:
            row = database.execute("SELECT learned FROM learned").fetchone()
        return json.loads(row[0]) if row else {}

    def remember(self, learned: Mapping[str, Any]) -> None:
        """Keep what a run has learned, for those that begin after it.

        Raises:
            JournalError: If the file cannot be used.
        """
        with self._open_database() as database:
            database.execute("DELETE FROM learned")
            database.execute("INSERT INTO learned VALUES (?)", (json.dumps(dict(learned)),))

    @contextmanager
    def _open_account(self) -> Iterator[Funds]:
        """The account, for this process alone; what changes in it is written."""
        with self._open_database() as database:
            before = self._read(database)
            funds = attrs.evolve(before)
            yield funds
            # Looking must not write: a reader would make every other process wait for it.
            if funds != before:
                database.execute("UPDATE account SET spent = ?, reserved = ?", (str(funds.spent), str(funds.reserved)))
                _add_to_own(database, funds.held - before.held, funds.planned - before.planned)

    @contextmanager
    def _open_database(self) -> Iterator[sqlite3.Connection]:
        """The file, for this process alone, in one transaction."""
        try:
            # Opened anew each time: it takes less than a call, and nothing is left open in threads and forks.
            with closing(sqlite3.connect(self.path, isolation_level=None, timeout=WAIT)) as database:
                # A write outlives the process; that it outlives a power cut would take a wait for the disk.
                database.execute("PRAGMA synchronous = OFF")
                # The lock is taken before reading: two processes that read the same rest would both spend it.
                database.execute("BEGIN IMMEDIATE")
                database.execute("CREATE TABLE IF NOT EXISTS learned (learned TEXT)")
                yield database
                database.execute("COMMIT")
        except sqlite3.Error as error:
            raise JournalError(
                f"the shared budget {self.path} cannot be kept: {error}; name a file that can be written"
            ) from error

    def _read(self, database: sqlite3.Connection) -> Funds:
        database.execute("CREATE TABLE IF NOT EXISTS account (ceiling TEXT, spent TEXT, reserved TEXT)")
        database.execute("CREATE TABLE IF NOT EXISTS holder (process INTEGER PRIMARY KEY, held TEXT, planned TEXT)")
        row = database.execute("SELECT ceiling, spent, reserved FROM account").fetchone()
        ceiling = "none" if self.usd is None else str(self.usd)
        # Text, not numbers: SQLite would keep them as floats.
        if row is None:
            row = (ceiling, "0", "0")
            database.execute("INSERT INTO account VALUES (?, ?, ?)", row)
        # Two ceilings on one account: whoever came second would spend by a rule that the first does not know.
        if read_budget(row[0]) != self.usd:
            raise UsageError(
                f"the shared budget {self.path} was begun with a ceiling of {row[0]}, not {ceiling}; "
                "name the same ceiling, or another file"
            )
        spent, reserved = map(Decimal, row[1:])
        return Funds(self.usd, spent, reserved, *_sum_held(database), self.remedy)


def _sum_held(database: sqlite3.Connection) -> tuple[Decimal, Decimal]:
    """What all who live hold back, and plan. What the dead held for calls to come they will never spend."""
    total = planned = Decimal(0)
    for process, *amounts in database.execute("SELECT process, held, planned FROM holder").fetchall():
        if _is_alive(process):
            total, planned = (one + Decimal(more) for one, more in zip((total, planned), amounts, strict=True))
        else:
            database.execute("DELETE FROM holder WHERE process = ?", (process,))
    return total, planned


def _add_to_own(database: sqlite3.Connection, held: Decimal, planned: Decimal) -> None:
    if not held and not planned:
        return
    process = os.getpid()
    row = database.execute("SELECT held, planned FROM holder WHERE process = ?", (process,)).fetchone() or ("0", "0")
    sums = (str(Decimal(had) + more) for had, more in zip(row, (held, planned), strict=True))
    database.execute("INSERT OR REPLACE INTO holder VALUES (?, ?, ?)", (process, *sums))


def _is_alive(process: int) -> bool:
    """Whether a process lives; where that cannot be told, or its number was given again, the money stays held."""
    if os.name != "posix":
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except OSError:  # another user's
        return True
    return True
