"""Results as CSV: a flat row for each conversation."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator

import attrs

from multivon_eval.sdk import Cell, Report, RunInfo, SimulationResult

from ._files import check_file, write_text
from ._rows import Rows

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""What a cell begins with that spreadsheets take for a formula."""


@attrs.define
class CsvSink:
    """Writes a table with one row a conversation and one column a field, when the run ends.

    The columns are those of ``to_dataframe``; ``criteria`` and ``traits`` are JSON, true and false are words, and what
    is not known is empty. A text that a spreadsheet would take for a formula has an apostrophe before it.

    Attributes:
        path: The file, which is replaced all at once; ``-`` for standard output.
    """

    path: str
    _rows: Rows | None = attrs.field(default=None, init=False, eq=False, repr=False)

    async def check(self) -> None:
        """Check that the file can be written.

        Raises:
            UsageError: If it cannot.
        """
        check_file(self.path, "csv")

    async def open(self, run: RunInfo) -> None:
        """Begin to keep rows.

        Raises:
            UsageError: If the file cannot be written.
        """
        check_file(self.path, "csv")
        self._rows = Rows()

    async def write(self, result: SimulationResult) -> None:
        """Keep one row."""
        assert self._rows is not None, "a sink is opened before it is written to"
        self._rows.add(result)

    async def retake(self, result: SimulationResult) -> None:
        """Keep one of the run that is gone on with."""
        await self.write(result)

    async def close(self, report: Report) -> None:
        """Write the file.

        Raises:
            DeliveryError: If it cannot be written.
        """
        if self._rows is None:
            return
        rows, self._rows = self._rows, None
        try:
            write_text(self.path, _write_lines(rows))
        finally:
            rows.close()


def _write_lines(rows: Rows) -> Iterator[str]:
    names = list(rows.list_columns())
    yield _write_line(names)
    for row in rows:
        yield _write_line([row.get(name) for name in names])


def _write_line(cells: list[str] | list[Cell]) -> str:
    line = io.StringIO(newline="")
    csv.writer(line).writerow(map(_write_cell, cells))
    return line.getvalue()


def _write_cell(cell: Cell) -> Cell:
    if isinstance(cell, bool):
        return "true" if cell else "false"
    if isinstance(cell, str) and cell.startswith(_FORMULA):
        return f"'{cell}"
    return cell
