"""Results as Parquet: the columns of the CSV, typed."""

from __future__ import annotations

import importlib
import itertools
from collections.abc import Iterator
from typing import Any

import attrs

from multivon_eval.sdk import Cell, Report, RunInfo, SimulationResult, UsageError, format_install_command

from ._files import STANDARD_OUTPUT, check_file, make_encodable, replace_file
from ._rows import Rows

_AT_ONCE = 10_000
"""Rows that are in memory while the file is written."""


@attrs.define
class ParquetSink:
    """Writes a table with one row a conversation and one typed column a field, when the run ends.

    The columns are those of ``to_dataframe``. It needs pyarrow, the extra ``parquet``.

    Attributes:
        path: The file, which is replaced all at once.
    """

    path: str
    _rows: Rows | None = attrs.field(default=None, init=False, eq=False, repr=False)

    async def check(self) -> None:
        """Check that pyarrow is there and the file can be written.

        Raises:
            UsageError: If something is wrong; with all of it.
        """
        problems: list[str] = []
        for look in (_import_pyarrow, self._check_path):
            try:
                look()
            except UsageError as error:
                problems += error.problems
        if problems:
            raise UsageError(problems)

    def _check_path(self) -> None:
        if self.path == STANDARD_OUTPUT:
            raise UsageError("parquet:- would print what is no text; name a file")
        check_file(self.path, "parquet")

    async def open(self, run: RunInfo) -> None:
        """Begin to keep rows.

        Raises:
            UsageError: If the file cannot be written.
        """
        await self.check()
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
            with replace_file(self.path) as place:
                _write_table(str(place), rows, report)
        finally:
            rows.close()


def _import_pyarrow() -> Any:
    try:
        return importlib.import_module("pyarrow")
    except ImportError as error:
        raise UsageError(
            f"sink 'parquet' needs pyarrow, which cannot be imported ({error}); "
            f"run: {format_install_command('parquet')}"
        ) from None


def _write_table(path: str, rows: Rows, report: Report) -> None:
    pyarrow, parquet = _import_pyarrow(), importlib.import_module("pyarrow.parquet")
    types = {str: pyarrow.string(), int: pyarrow.int64(), float: pyarrow.float64(), bool: pyarrow.bool_()}
    columns = {name: types[kind] for name, kind in rows.list_columns().items()}
    told = {"disclaimer": report.summary.disclaimer, "run_id": report.info.run_id}
    schema = pyarrow.schema(
        [(make_encodable(name), kind) for name, kind in columns.items()],
        metadata={name: make_encodable(value).encode() for name, value in told.items()},
    )
    with parquet.ParquetWriter(path, schema) as writer:
        for some in _batch(rows):
            cells = [[_read_cell(row.get(name)) for row in some] for name in columns]
            arrays = [pyarrow.array(values, kind) for values, kind in zip(cells, columns.values(), strict=True)]
            writer.write_table(pyarrow.Table.from_arrays(arrays, schema=schema))


def _batch(rows: Rows) -> Iterator[list[Any]]:
    left = iter(rows)
    while some := list(itertools.islice(left, _AT_ONCE)):
        yield some


def _read_cell(cell: Cell) -> Cell:
    return make_encodable(cell) if isinstance(cell, str) else cell
