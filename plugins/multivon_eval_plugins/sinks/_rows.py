"""Rows of a table that are kept until a run ends: only then it is known which columns there are."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from multivon_eval.sdk import Cell, SimulationResult, list_columns, result_to_row

from ._files import Kept


class Rows:
    """The rows of a table."""

    def __init__(self) -> None:
        self._kept = Kept()
        self._names: dict[str, Cell] = {}

    def add(self, result: SimulationResult) -> None:
        """Keep the row of a result."""
        row = result_to_row(result)
        self._names |= dict.fromkeys(row)
        self._kept.add(row)

    def list_columns(self) -> dict[str, type]:
        """Give the columns, each with the type of its cells."""
        return list_columns([self._names])

    def __iter__(self) -> Iterator[Mapping[str, Cell]]:
        return iter(self._kept)

    def close(self) -> None:
        """Forget all of it."""
        self._kept.close()
