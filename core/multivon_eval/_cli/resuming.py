"""The journal beside ``--out``: where a run begins, and where it goes on."""

from __future__ import annotations

from pathlib import Path

from .._journal.journal import SUFFIX, Journal, check_unused
from .._run.result_file import read_results
from .._types.result import SimulationResult
from ..errors import UsageError


def open_journal(out: str | None, *, resume: bool, overwrite: bool) -> Journal:
    """The journal of a run, opened and read if the run is resumed.

    Args:
        out: Where the results go; without a file there is no journal.
        resume: Whether a run goes on.
        overwrite: Whether a journal that lies there is taken away when the run begins.

    Raises:
        UsageError: If there is none to resume from, one lies there and no option says what to do with it, or another
            run is using it.
    """
    if out == "":
        raise UsageError("--out is empty, perhaps a variable that is not set; name a file, or leave it out")
    if out is None:
        if resume:
            raise UsageError("--resume needs --out: the journal lies beside it")
        return Journal()
    journal = Journal(Path(out + SUFFIX), overwrites=overwrite)
    assert journal.path is not None, "it was given one"
    if resume and overwrite:
        raise UsageError("--resume and --overwrite contradict each other; say one of them")
    if resume:
        journal.resume()
    elif overwrite:
        if journal.path.exists():
            check_unused(journal.path)
    elif journal.path.exists():
        raise UsageError(
            f"{journal.path} is the journal of a run that did not finish; go on with it with --resume, begin anew with "
            "--overwrite, or give --out another file"
        )
    return journal


def read_done(journal: Journal, out: str | None) -> list[SimulationResult]:
    """Read the results that a resumed run had delivered already; a last line that is torn is none.

    Raises:
        UsageError: If the file holds lines that cannot be read or are of another run.
    """
    if not journal.past.run_id or not out or not Path(out).exists():
        return []

    def check(result: SimulationResult) -> None:
        if result.run_id != journal.past.run_id:
            raise UsageError("of another run than the journal beside it")

    try:
        return read_results(Path(out), check, may_be_torn=True)
    except UsageError as error:
        raise UsageError([*error.problems, "repair the file, or begin anew with --overwrite"]) from None
