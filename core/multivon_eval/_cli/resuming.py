"""The journal beside ``--out``: where a run begins, where it goes on, and where nothing is left to do."""

from __future__ import annotations

import json
from collections.abc import Callable, Collection
from pathlib import Path

import attrs

from .._journal.database import SUFFIX, check_unused, exists
from .._journal.journal import Journal
from .._run.earlier import find_key
from .._run.result_lines import ResultLines, open_results
from .._types.names import Names
from .._types.printable import format_count
from .._types.result import SimulationResult
from .._types.result_json import result_from_json
from .._types.shard_header import is_header
from ..errors import UsageError

FAILED = ("driver_error", "budget_exceeded")
"""The stop reasons of conversations that ``--retry-failed`` has again."""
STANDARD_OUTPUT = "-"


def open_journal(
    out: str | None, *, resume: bool, overwrite: bool, force: bool = False, retry: bool = False
) -> Journal:
    """The journal of a run, opened and read if the run is resumed.

    Args:
        out: Where the results go; without a file there is no journal.
        resume: Whether a run goes on, if one is there.
        overwrite: Whether a journal that lies there is taken away when the run begins.
        force: Whether a resume goes on although a part of the journal is missing.
        retry: Whether the failed conversations of a run that ended are had again.

    Raises:
        UsageError: If the options contradict each other, a journal cannot be read, one lies there and no option says
            what to do with it, or another run is using it.
    """
    if out == "":
        raise UsageError("--out is empty, perhaps a variable that is not set; name a file, or leave it out")
    if out in (None, STANDARD_OUTPUT):
        for name, asked in (("--resume", resume), ("--retry-failed", retry)):
            if asked:
                raise UsageError(f"{name} needs --out with a file: the journal lies beside it")
        return Journal()
    assert out is not None, "what is None has no journal"
    path = Path(out + SUFFIX)
    journal = Journal(path, overwrites=overwrite)
    if resume and overwrite:
        raise UsageError("--resume and --overwrite contradict each other; say one of them")
    if resume:
        journal.resume(force)
    elif overwrite:
        if exists(path):
            check_unused(path)
    elif exists(path):
        raise UsageError(
            f"{path} is the journal of a run that did not finish; go on with it with --resume, begin anew with "
            "--overwrite, or give --out another file"
        )
    return journal


def read_done(journal: Journal, out: str | None, find: Callable[[SimulationResult], str] = find_key) -> ResultLines:
    """Find the results that a resumed run had delivered already; a last line that is torn is none.

    Args:
        journal: Of the run.
        out: The file of its results.
        find: Gives what the journal calls the conversation of a result.

    Raises:
        UsageError: If the file holds lines that cannot be read, are of another run, or that the journal does not know.
    """
    if not journal.past.run_id or not out or not exists(Path(out)):
        return ResultLines(Path(out or ""), 0)

    def check(result: SimulationResult) -> None:
        if result.run_id != journal.past.run_id and find(result) not in journal.past.kept:
            raise UsageError("of another run than the journal beside it")
        if not journal.past.knows(find(result)):
            raise UsageError("not in the journal beside it, which may be an older copy, or lack its -wal file")

    try:
        return open_results(Path(out), check, may_be_torn=True)
    except UsageError as error:
        raise UsageError([*error.problems, "repair the file, or begin anew with --overwrite"]) from None


def read_earlier(out: str | None) -> ResultLines:
    """Find the results that lie where a run would begin, for one that must not overwrite them.

    Returns:
        The results; none where there is no file, or an empty one.

    Raises:
        UsageError: If the file cannot be read.
    """
    if not out or not exists(Path(out)) or not Path(out).is_file() or not Path(out).stat().st_size:
        return ResultLines(Path(out or ""), 0)
    try:
        return open_results(Path(out))
    except UsageError as error:
        raise UsageError([*error.problems, "repair the file, give --out another, or leave out --resume"]) from None


def is_complete(
    earlier: Collection[SimulationResult],
    uids: Collection[str] | int,
    out: str,
    find: Callable[[SimulationResult], str] = find_key,
    *,
    may_be_few: bool = False,
) -> bool:
    """Whether results without a journal beside them are all of the run that is asked for.

    Args:
        earlier: The results.
        uids: The conversations of the run, or how many there are where their personas would be proposed.
        out: Their file.
        find: Gives the key of a result's conversation.
        may_be_few: Whether a run that ended need not have held them all, because the data told enough before.

    Raises:
        UsageError: If they are something else.
    """
    if not earlier:
        return False
    found = Names(map(find, earlier))
    number = uids if isinstance(uids, int) else len(uids)
    # All of them, or where that may be, fewer; and where they are known, no others.
    may_be_all = len(found) == number or (may_be_few and len(found) <= number)
    if may_be_all and (isinstance(uids, int) or all(uid in uids for uid in found)):
        return True
    raise UsageError(
        f"{out} holds {format_count(len(earlier), 'result')} that are not those of this run, and no journal lies "
        "beside it; --resume leaves them as they are: give --out another file, or leave out --resume to overwrite them"
    )


def split_failed(earlier: ResultLines, uids: Collection[str], out: str) -> tuple[ResultLines, Collection[str]]:
    """Tell the results that are kept from those whose conversations are had again.

    Returns:
        Those that are kept, and their keys.

    Raises:
        UsageError: If there are none, or they are of another run.
    """
    if not earlier:
        raise UsageError(f"{out} holds no results, so no conversation can be had again; leave out --retry-failed")
    stranger = next((result for result in earlier if result.case_uid not in uids), None)
    if stranger is not None:
        raise UsageError(
            f"{out} holds a conversation of {stranger.persona.name!r} that is none of this run; give the personas "
            "and trials that it was made with, or leave out --retry-failed"
        )
    kept = attrs.evolve(earlier, chooses=lambda result: result.stop_reason not in FAILED)
    uids = Names(map(find_key, kept))
    return attrs.evolve(kept, number=len(uids)), uids


def write_kept(out: str, kept: Collection[str]) -> None:
    """Leave in a file of results only those that are kept, byte for byte; all at once, or not at all."""
    path = Path(out)
    new = path.with_name(f"{path.name}.new")
    with path.open("rb") as lines, new.open("wb") as file:
        for line in filter(bytes.strip, lines):
            row = json.loads(line)
            if is_header(row) or find_key(result_from_json(row)) in kept:
                file.write(line.rstrip(b"\n") + b"\n")
    new.replace(path)
