"""The list of results that a run gives."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import attrs

from .._run.plan import Plan
from .._run.run import Run
from .._set_module import set_module
from .._types.columns import Cell, list_columns, result_to_row
from .._types.html import write_paragraph, write_table
from .._types.printable import make_one_line
from .._types.report import Problem, Report
from .._types.result import SimulationResult
from .._types.summary import Summary

_SHOWN = 20
"""How many results are shown at most when all are printed."""
_SHOWN_AS_TABLE = 100
"""How many a notebook shows."""


@set_module("multivon_eval")
class SimulationResults(list[SimulationResult]):
    """The results of a run, one for each persona and trial, in the personas' order.

    A list that remembers its run, so that ``score_simulations`` can ask the same judge on what is left of
    the budget. As a string it is a line for each of the first results, the rate of the run, and what went wrong beside
    the conversations; in a notebook a table.

    Attributes:
        report: The run's summary and the problems beside the conversations, those of later scoring included.
    """

    def __init__(self, results: Iterable[SimulationResult], run: Run) -> None:
        super().__init__(results)
        self._plan: Plan = run.plan
        assert run.report is not None, "a run that gave all its results has its report"
        self.report: Report = run.report
        self._scored: Summary | None = None

    @property
    def summary(self) -> Summary:
        """The run in numbers, before any later scoring."""
        return self.report.summary

    def rows(self) -> list[dict[str, Cell]]:
        """The results as flat rows, without the transcripts: ``pandas.DataFrame(results.rows())``.

        Returns:
            For each result its cells by column, the same columns in each; the score of an evaluator stands under
            ``score_`` and its name. ``to_dataframe`` makes a data frame of them with a type for each column.
        """
        rows = [result_to_row(result) for result in self]
        columns = list_columns(rows)
        return [{name: row.get(name) for name in columns} for row in rows]

    def note_scoring(self, summary: Summary, problems: Iterable[Problem]) -> None:
        """Take in what came of scoring these results once more.

        Args:
            summary: The numbers after it, which are shown from now on.
            problems: What went wrong beside the scores.
        """
        self._scored = summary
        self.report = self.report.with_problems(problems)

    def __str__(self) -> str:
        lines = [result.headline for result in self[:_SHOWN]]
        if len(self) > _SHOWN:
            lines.append(f"... and {len(self) - _SHOWN} more")
        shown = self._scored or self.summary
        troubles = (f"problem: {one.where}: {one.message}" for one in self.report.problems)
        return "\n".join([*lines, f"goal achieved: {shown.headline}", *map(make_one_line, troubles), shown.disclaimer])

    def _repr_html_(self) -> str:
        names = dict.fromkeys(name for result in self for name in result.scores)
        head = ["persona", "trial", "goal", "ended", "turns", "cost", "put down to", *names]
        table = write_table(head, (_write_cells(result, names) for result in self[:_SHOWN_AS_TABLE]))
        more = len(self) - _SHOWN_AS_TABLE
        hint = write_paragraph(f"... and {more} more: to_dataframe(results) has all") if more > 0 else ""
        shown = self._scored or self.summary
        return table + hint + attrs.evolve(self.report, summary=shown)._repr_html_()

    def _repr_pretty_(self, printer: Any, cycle: bool) -> None:
        # What a notebook keeps beside the table, and IPython shows: repr is complete, and long.
        printer.text(str(self))


def _write_cells(result: SimulationResult, names: Iterable[str]) -> list[str]:
    """Write a result as cells of a table for people."""
    cells = [result.persona.name, str(result.trial), result.verdict.outcome, result.stop_reason or "imported"]
    cells += [str(result.turns), f"${result.cost_usd:.4f}", result.attribution or ""]
    scores = (result.scores.get(name) for name in names)
    return cells + ["" if one is None else one.status if one.value is None else f"{one.value:.2f}" for one in scores]
