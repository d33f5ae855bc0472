"""The readers of result files: all at once with all problems, or one line after the other."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from .._types.imported import is_foreign, read_foreign
from .._types.result import SimulationResult
from .._types.result_json import result_from_json
from .._types.shard_header import is_header
from .jsonl_file import iterate_jsonl, read_jsonl


def read_results(
    path: Path | str,
    check: Callable[[SimulationResult], None] | None = None,
    *,
    may_be_torn: bool = False,
    takes_foreign: bool = False,
) -> list[SimulationResult]:
    """Read a file of result lines; blank lines, and the header of a shard, are skipped.

    Args:
        path: The file.
        check: Raises ``UsageError`` for a result that does not belong there.
        may_be_torn: Whether a last line without its line feed is none: its writer was killed.
        takes_foreign: Whether transcripts of others may stand in it.

    Returns:
        The results, in the file's order.

    Raises:
        UsageError: If the file cannot be read or a line is no result; all problems at once, each with ``FILE:LINE``.
    """

    def read(row: Any, number: int) -> SimulationResult | None:
        if is_header(row):
            return None
        result = read_foreign(row, number) if takes_foreign and is_foreign(row) else result_from_json(row)
        if check is not None:
            check(result)
        return result

    return read_jsonl(Path(path), read, "simulate", may_be_torn=may_be_torn)


def load_results(path: Path | str) -> Iterator[SimulationResult]:
    """Read a file of result lines one after the other, for files that are larger than memory.

    Args:
        path: The file. Blank lines in it, and the header of a shard, are skipped.

    Yields:
        Each result, in the file's order.

    Raises:
        UsageError: If the file cannot be read, or at the first line that is no result, with ``FILE:LINE``.
    """
    return iterate_results(Path(path))


def iterate_results(path: Path, *, may_be_torn: bool = False) -> Iterator[SimulationResult]:
    """Do what :func:`load_results` does, also for a file whose writer was killed in the middle of its last line."""

    def read(row: Any, _: int) -> SimulationResult | None:
        return None if is_header(row) else result_from_json(row)

    return iterate_jsonl(path, read, "simulate", may_be_torn=may_be_torn)
