"""The rows of a journal: which there are, how one is written, and how damage in one is found."""

from __future__ import annotations

import sqlite3
import zlib
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

TABLES = {
    "run": ("version INTEGER", "run_id TEXT", "made_with TEXT"),
    "reserved": ("call INTEGER PRIMARY KEY", "case_uid TEXT", "role TEXT", "amount TEXT", "worker TEXT"),
    "settled": ("call INTEGER PRIMARY KEY", "cost TEXT", "said TEXT"),
    "said": ("case_uid TEXT", "place INTEGER", "message TEXT"),
    "observed": ("case_uid TEXT", "place INTEGER", "observations TEXT"),
    "ended": ("case_uid TEXT", "ending TEXT"),
    "judged": ("case_uid TEXT", "what TEXT", "answer TEXT"),
    "proposed": ("personas TEXT",),
    "kept": ("case_uid TEXT",),
    "delivered": ("sink TEXT", "case_uid TEXT"),
    "closed": ("is_closed INTEGER",),
    "learned": ("learned TEXT",),
    "leased": ("worker TEXT", "amount TEXT"),
}
"""The columns of each table; a last one beside them tells whether a row is whole.

Rows are only ever added, and the last one on a thing holds: each commit then writes one small page at a table's end.
"""


class DamagedRow(ValueError):
    """A row does not hold what was written."""


def create_tables(database: sqlite3.Connection) -> None:
    """Create all tables of an empty journal."""
    for table, columns in TABLES.items():
        database.execute(f"CREATE TABLE {table} ({', '.join((*columns, 'checksum INTEGER'))})")


OF_CASE = ("reserved", "said", "observed", "ended", "judged")
"""The tables in which a conversation's own rows stand; what was settled of them is in a table of its own."""


def list_case_rows(database: sqlite3.Connection, case_uid: str) -> list[tuple[Any, ...]]:
    """List all rows of one conversation, each with its table before it.

    Raises:
        DamagedRow: If one does not hold what was written.
    """
    for table in OF_CASE:
        # Only where it is asked for: it makes each write larger.
        database.execute(f"CREATE INDEX IF NOT EXISTS {table}_case ON {table} (case_uid)")
    where = "WHERE case_uid = ? ORDER BY rowid"
    found = [(table, *row) for table in OF_CASE for row in read_rows(database, table, where, case_uid)]
    calls = [call for table, call, *_ in found if table == "reserved"]
    settled = (row for call in calls for row in read_rows(database, "settled", "WHERE call = ?", call))
    return [*found, *(("settled", *row) for row in settled)]


def delete_case_rows(database: sqlite3.Connection, case_uid: str) -> None:
    """Take away all rows of one conversation."""
    database.execute("DELETE FROM settled WHERE call IN (SELECT call FROM reserved WHERE case_uid = ?)", (case_uid,))
    for table in OF_CASE:
        database.execute(f"DELETE FROM {table} WHERE case_uid = ?", (case_uid,))


def insert_mixed_rows(database: sqlite3.Connection, rows: Iterable[Sequence[Any]]) -> None:
    """Add rows, each with its table before it.

    Raises:
        sqlite3.Error: If they cannot be written.
    """
    for table, *row in rows:
        insert_rows(database, table, [row])


def insert_rows(database: sqlite3.Connection, table: str, rows: Iterable[Sequence[Any]]) -> None:
    """Add rows to a table.

    Raises:
        sqlite3.Error: If they cannot be written.
    """
    places = ", ".join("?" * (len(TABLES[table]) + 1))
    for row in rows:
        database.execute(f"INSERT INTO {table} VALUES ({places})", (*row, _compute_checksum(row)))


def read_rows(database: sqlite3.Connection, table: str, rest: str = "", *values: Any) -> Iterator[tuple[Any, ...]]:
    """Read rows in the order in which they were written.

    Args:
        database: The journal.
        table: Which.
        rest: What follows the table's name in the statement, ``WHERE case_uid = ?`` say.
        values: Its values.

    Raises:
        DamagedRow: If one does not hold what was written.
    """
    for *row, checksum in database.execute(f"SELECT * FROM {table} {rest or 'ORDER BY rowid'}", values):
        yield check_row(table, row, checksum)


def check_row(table: str, row: Sequence[Any], checksum: object) -> tuple[Any, ...]:
    """Return a row, if it holds what was written.

    Raises:
        DamagedRow: If it does not.
    """
    # SQLite looks after its own structure; a bit that flips inside a text would be taken for what was said.
    if _compute_checksum(row) != checksum:
        raise DamagedRow(f"a row of {table!r} is damaged")
    return tuple(row)


def _compute_checksum(row: Sequence[Any]) -> int:
    return zlib.crc32(repr(tuple(row)).encode("utf-8", "surrogatepass"))
