"""The one reader of result files."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path

from .._types.imported import is_foreign, read_foreign
from .._types.result import SimulationResult
from .._types.result_json import result_from_json
from ..errors import UsageError
from .problems import Problems


def read_results(
    path: Path | str,
    check: Callable[[SimulationResult], None] | None = None,
    *,
    may_be_torn: bool = False,
    takes_foreign: bool = False,
) -> list[SimulationResult]:
    """Read a file of result lines; blank lines are skipped.

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
    path, problems, found = Path(path), Problems(), []
    for where, line in _read_lines(_read_text(path, may_be_torn), path):
        result = problems.collect(_read, line, where, check, takes_foreign)
        if result is not None:
            found.append(result)
    problems.stop()
    return found


def _read(
    line: str, where: str, check: Callable[[SimulationResult], None] | None, takes_foreign: bool
) -> SimulationResult:
    try:
        row = json.loads(line)
        number = int(where.rpartition(":")[2])
        result = read_foreign(row, number) if takes_foreign and is_foreign(row) else result_from_json(row)
        if check is not None:
            check(result)
    except UsageError as error:
        raise UsageError([f"{where}: {problem}" for problem in error.problems]) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: not JSON ({error}); take the line as simulate wrote it") from None
    return result


def _read_text(path: Path, may_be_torn: bool) -> str:
    try:
        content = path.read_bytes()
        # What is torn may end in the middle of a character.
        return (content[: content.rfind(b"\n") + 1] if may_be_torn else content).decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); give a file that simulate wrote") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 (byte {error.start}); give a file that simulate wrote") from None
    except ValueError as error:  # no file can have this name
        raise UsageError(f"{path}: cannot be read ({error}); give a file that simulate wrote") from None


def _read_lines(text: str, path: Path) -> Iterator[tuple[str, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield f"{path}:{number}", line
