"""Results as a data frame of pandas or polars."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Iterable
from typing import Any, Literal

from .._types.columns import Cell, list_columns, result_to_row
from .._types.result import SimulationResult
from ..errors import UsageError, did_you_mean

Library = Literal["pandas", "polars"]
_LIBRARIES: tuple[Library, ...] = ("pandas", "polars")
# Types that have a word for a cell that is not there.
_PANDAS = {str: "string", int: "Int64", float: "Float64", bool: "boolean"}
_POLARS = {str: "String", int: "Int64", float: "Float64", bool: "Boolean"}


def to_dataframe(results: Iterable[SimulationResult], library: Library | None = None) -> Any:
    """Make a data frame of results: one row a conversation, one typed column a field, without the transcripts.

    Args:
        results: The results; those of :func:`load_results`, say.
        library: ``pandas`` or ``polars``; whichever is installed if None, pandas first.

    Returns:
        A ``pandas.DataFrame`` or a ``polars.DataFrame``. ``criteria`` and ``traits`` are JSON; the score of an
        evaluator stands under ``score_`` and its name; what is not known is null.

    Raises:
        UsageError: If the library is not installed, or is none of these two.
    """
    chosen = _choose_library(library)
    rows = [result_to_row(result) for result in results]
    columns = list_columns(rows)
    cells = {name: [_make_encodable(row.get(name)) for row in rows] for name in columns}
    module: Any = importlib.import_module(chosen)
    if chosen == "polars":
        return module.DataFrame(cells, schema={name: getattr(module, _POLARS[kind]) for name, kind in columns.items()})
    return module.DataFrame({name: module.array(cells[name], dtype=_PANDAS[kind]) for name, kind in columns.items()})


def _choose_library(library: str | None) -> str:
    if library is not None and library not in _LIBRARIES:
        raise UsageError(f"no library for data frames is named {library!r}; {did_you_mean(library, _LIBRARIES)}")
    wanted = _LIBRARIES if library is None else (library,)
    found = next((name for name in wanted if _is_installed(name)), None)
    if found is None:
        raise UsageError(f"to_dataframe needs {' or '.join(wanted)}, and it is not installed; install pandas or polars")
    return found


def _is_installed(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except ValueError:  # somebody put something else in its place
        return False


def _make_encodable(cell: Cell) -> Cell:
    """Replace lone surrogates, which these libraries have no word for."""
    return cell.encode("utf-8", "surrogatepass").decode("utf-8", "replace") if isinstance(cell, str) else cell
