"""A result as one flat row: for tables, with one column a field."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any, NamedTuple

from .result import SimulationResult

Cell = str | int | float | bool | None
SCORE = "score_"
"""How the column of a score begins; the evaluator's name follows."""


class Column(NamedTuple):
    """One column of a table of results.

    Attributes:
        name: Its name.
        type: What its cells are, where they are not None.
        read: Reads its cell from a result.
    """

    name: str
    type: type[str] | type[int] | type[float] | type[bool]
    read: Callable[[SimulationResult], Cell]


def _write_list(values: Iterable[Any]) -> str:
    return json.dumps(list(values), ensure_ascii=False)


def _write_criteria(result: SimulationResult) -> str:
    return _write_list({"criterion": one.criterion, "met": one.met} for one in result.verdict.criteria)


def _read_error(result: SimulationResult) -> str | None:
    error = result.conversation.error
    return None if error is None else f"{error.source}: {error.message}"


def _read_system_cost(result: SimulationResult) -> float | None:
    cost = result.conversation.system_cost_usd
    return None if cost is None else float(cost)


def _read_seed(result: SimulationResult) -> int | None:
    seed = result.provenance.seed
    # Tables have whole numbers of 64 bits.
    return seed if seed is not None and -(2**63) <= seed < 2**63 else None


COLUMNS = (
    Column("persona", str, lambda one: one.persona.name),
    Column("trial", int, lambda one: one.trial),
    Column("case_uid", str, lambda one: one.case_uid),
    Column("run_id", str, lambda one: one.run_id),
    Column("started_at", str, lambda one: one.provenance.started_at),
    Column("stop_reason", str, lambda one: one.stop_reason),
    Column("goal_achieved", bool, lambda one: one.goal_achieved),
    Column("reason", str, lambda one: one.verdict.reason),
    Column("criteria", str, _write_criteria),
    Column("attribution", str, lambda one: one.attribution),
    Column("error", str, _read_error),
    Column("cut", bool, lambda one: one.cut),
    Column("turns", int, lambda one: one.turns),
    Column("seconds", float, lambda one: one.provenance.seconds),
    Column("cost_usd", float, lambda one: float(one.cost_usd)),
    Column("system_cost_usd", float, _read_system_cost),
    Column("driver_faults", int, lambda one: len(one.driver_faults)),
    Column("disagreement", bool, lambda one: one.disagreement),
    Column("gave_up", bool, lambda one: one.conversation.gave_up),
    Column("traits", str, lambda one: _write_list(one.persona.traits)),
    Column("adversarial", bool, lambda one: one.persona.adversarial),
    Column("judge_model", str, lambda one: one.judge_model),
    Column("judge_rule", str, lambda one: one.provenance.judge_rule),
    Column("driver_model", str, lambda one: one.provenance.driver_model),
    Column("seed", int, _read_seed),
    Column("part", str, lambda one: None if one.provenance.part is None else str(one.provenance.part)),
    Column("disclaimer", str, lambda one: one.disclaimer),
)
"""The columns that each table has; those of the scores follow."""


def result_to_row(result: SimulationResult) -> dict[str, Cell]:
    """Write a result as one flat row, without its transcript.

    Returns:
        Its cells by column. ``criteria`` and ``traits`` are JSON; a score stands under ``score_`` and its evaluator's
        name, None where there is no number.
    """
    row: dict[str, Cell] = {column.name: column.read(result) for column in COLUMNS}
    return row | {f"{SCORE}{name}": score.value for name, score in result.scores.items()}


def list_columns(rows: Iterable[Mapping[str, Cell]]) -> dict[str, type]:
    """List the columns of a table of rows, each with the type of its cells.

    Args:
        rows: From :func:`result_to_row`.

    Returns:
        The columns that each table has, then one for each score that a row has, in the order in which they appear.
    """
    found: dict[str, type] = {column.name: column.type for column in COLUMNS}
    for row in rows:
        for name in row:
            found.setdefault(name, float)
    return found
