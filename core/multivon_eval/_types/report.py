"""The end of a run: its summary and its problems."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import attrs

from .._set_module import set_module
from .calibration import Calibration
from .comparison import Comparison
from .html import write_table
from .result import SimulationResult
from .run_info import RunInfo
from .summary import Summary


@set_module("multivon_eval")
@attrs.frozen
class Problem:
    """Something that went wrong beside the conversations: a hook that raised, a sink that failed.

    Attributes:
        where: The thing, ``sink NAME`` say.
        message: What happened.
        undelivered: Whether a result did not reach its destination for it.
    """

    where: str
    message: str
    undelivered: bool = False


@set_module("multivon_eval")
@attrs.frozen
class Report:
    """The end of a run; sinks get it when they are closed.

    Attributes:
        info: What the run was made with.
        summary: The run in numbers.
        problems: What went wrong beside the conversations.
        seconds: How long it took, in seconds.
        interrupted: Whether it was stopped before its end.
        comparison: What changed since the baseline; None where none was given.
        baseline: The results of the baseline; empty where none was given.
        calibration: What people say of the judge; None where nobody was asked.
    """

    info: RunInfo
    summary: Summary
    problems: tuple[Problem, ...] = ()
    seconds: float = 0.0
    interrupted: bool = False
    comparison: Comparison | None = None
    baseline: Sequence[SimulationResult] = ()
    calibration: Calibration | None = None

    def with_problems(self, problems: Iterable[Problem]) -> Report:
        """This report with more problems."""
        return attrs.evolve(self, problems=(*self.problems, *problems))

    def _repr_html_(self) -> str:
        told = write_table(("problem", ""), ((one.where, one.message) for one in self.problems))
        return self.summary._repr_html_() + (told if self.problems else "")

    @property
    def undelivered(self) -> bool:
        """Whether a result did not reach its destination."""
        return any(problem.undelivered for problem in self.problems)
