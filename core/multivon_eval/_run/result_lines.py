"""The results of a file that is too large to be held: checked once, and read anew each time they are gone through."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
from pathlib import Path

import attrs

from .._types.result import SimulationResult
from ..errors import UsageError
from .result_file import iterate_results, read_results


@attrs.frozen
class ResultLines(Collection[SimulationResult]):
    """The results of a file.

    Attributes:
        path: The file.
        number: How many results are in it.
        may_be_torn: Whether a last line without its line feed is none: its writer was killed.
        chooses: Says of each result whether it is one of them; None for all.
    """

    path: Path
    number: int
    may_be_torn: bool = False
    chooses: Callable[[SimulationResult], bool] | None = None

    def __len__(self) -> int:
        return self.number

    def __contains__(self, result: object) -> bool:
        return any(result == mine for mine in self)

    def __iter__(self) -> Iterator[SimulationResult]:
        if not self.number:  # where there may be no file
            return iter(())
        results = iterate_results(self.path, may_be_torn=self.may_be_torn)
        return results if self.chooses is None else filter(self.chooses, results)


def open_results(
    path: Path, check: Callable[[SimulationResult], None] | None = None, *, may_be_torn: bool = False
) -> ResultLines:
    """Check a file of results.

    Args:
        path: The file.
        check: Raises ``UsageError`` for a result that does not belong there.
        may_be_torn: Whether a last line without its line feed is none.

    Raises:
        UsageError: If the file cannot be read or a line is no result; all problems at once, each with ``FILE:LINE``.
    """
    number = 0
    try:
        for result in iterate_results(path, may_be_torn=may_be_torn):
            if check is not None:
                check(result)
            number += 1
    except UsageError:
        # It says all that is wrong, each thing with its line.
        read_results(path, check, may_be_torn=may_be_torn)
        raise
    return ResultLines(path, number, may_be_torn)
