"""Reading a file of results."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

from .._types.result import SimulationResult
from .._types.result_json import result_from_json
from ..errors import UsageError


def read_results(path: Path) -> list[SimulationResult]:
    """Read a file of result lines.

    Raises:
        UsageError: It cannot be read; all problems at once, each with ``FILE:LINE``.
    """
    found, problems = [], []
    for where, line in _lines(path):
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise UsageError("not a JSON object; take the line as simulate wrote it")
            found.append(result_from_json(row))
        except UsageError as error:
            problems += [f"{where}: {problem}" for problem in error.problems]
        except ValueError as error:
            problems.append(f"{where}: not JSON ({error}); take the line as simulate wrote it")
    if problems:
        raise UsageError(problems)
    return found


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); give a file that simulate wrote") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 (byte {error.start}); give a file that simulate wrote") from None
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield f"{path}:{number}", line
