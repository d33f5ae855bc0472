"""The file of a journal: opened for one process, read whole or refused, taken away."""

from __future__ import annotations

import sqlite3
from pathlib import Path

from ..errors import UsageError
from .past import Past, read_past

SUFFIX = ".journal"
"""What its name has more than that of ``--out``."""


class MissingPart(ValueError):
    """What SQLite keeps beside the file is not there, and the run was not closed."""


def read_journal(database: sqlite3.Connection, version: int, is_alone: bool) -> Past:
    """Read a journal whole.

    Args:
        database: The journal.
        version: The version that is understood.
        is_alone: Whether nothing lay beside the file when it was opened.

    Returns:
        What is known of the run; nothing where the file is empty.

    Raises:
        MissingPart: If the last steps of the run are missing.
        ValueError: If it is damaged, or of another version.
    """
    if not database.execute("SELECT count(*) FROM sqlite_master").fetchone()[0]:
        return Past()
    problem = database.execute("PRAGMA integrity_check(1)").fetchone()[0]
    if problem != "ok":
        raise ValueError(problem)
    past = read_past(database, version)
    # Whoever is killed leaves the file with the last steps beside it; who ends well, all in one.
    if is_alone and not any(
        _has_rows(database, table) for table in ("closed", "reserved", "said", "ended", "proposed")
    ):
        raise MissingPart
    return past


def _has_rows(database: sqlite3.Connection, table: str) -> bool:
    return bool(database.execute(f"SELECT EXISTS (SELECT 1 FROM {table})").fetchone()[0])


def checkpoint(database: sqlite3.Connection) -> None:
    """Bring what was committed into the file itself, so that a copy of it alone is known to be incomplete."""
    database.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()


def describe_damage(error: Exception) -> str:
    """Say in one line what is wrong with a journal, and the way out."""
    if isinstance(error, MissingPart):
        return (
            "lacks the file beside it that ends in -wal, with the last steps of the run; put that back (all files that "
            "begin with the journal's name belong together), go on with what is there with --force, or begin anew with "
            "--overwrite"
        )
    words = " ".join((str(error) if isinstance(error, ValueError) else f"{type(error).__name__} {error}").split())
    return f"cannot be read ({words[:200]}); copy the results that are there, then begin anew with --overwrite"


def open_database(path: Path) -> sqlite3.Connection:
    """Open the file for this process alone.

    Raises:
        UsageError: If it cannot be opened, is none of ours, or another run is using it.
    """
    try:
        # Absolute: what begins with "file:" would be taken for a URI by some builds of SQLite.
        database = sqlite3.connect(path.absolute(), isolation_level=None, timeout=0, check_same_thread=False)
    except (sqlite3.Error, ValueError) as error:
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


def open_in_memory() -> sqlite3.Connection:
    """Open a journal that lasts as long as the process."""
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False)


def remove(path: Path) -> None:
    """Take a journal away, with the files that SQLite keeps beside it.

    Raises:
        UsageError: If another run is using it.
    """
    # A journal in use is a run in progress, which must not lose its record under its feet.
    if exists(path):
        check_unused(path)
    # The file itself last: without its neighbours it is known to be incomplete, they without it would be misread.
    for suffix in ("-wal", "-shm", ""):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def check_unused(path: Path) -> None:
    """Check that no run is using a journal.

    Raises:
        UsageError: If another run is using it.
    """
    try:
        open_database(path).close()
    except UsageError as error:
        if "another run" in str(error):
            raise


def exists(path: Path) -> bool:
    """Whether a file is there.

    Raises:
        UsageError: If no file can have this name.
    """
    try:
        return path.exists()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or str(error)
        raise UsageError(f"{path} cannot be used ({why}); give --out another path") from None
