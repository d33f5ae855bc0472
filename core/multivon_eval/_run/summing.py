"""A run in numbers while it goes on: its sums, its decision, and what changed since its baseline."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs

from .._measure.comparing import compare_results
from .._measure.tally import Tally
from .._measure.until import WIDTH, Watch, shuffle
from .._types.answer import Usage
from .._types.report import Report
from .._types.result import SimulationResult
from .._types.run_info import RunInfo
from .._types.summary import Summary
from .aims import Aims

GOAL = "goal_rate"


class Sums:
    """Counts the results of a run, and keeps them only where they are to be compared.

    Args:
        aims: What the run is held against.
    """

    def __init__(self, aims: Aims) -> None:
        self._aims = aims
        self._tally = Tally(aims.calibration)
        self._kept: list[SimulationResult] = []
        self._early: list[SimulationResult] = []
        self._watch: Watch | None = None

    def begin(self, names: Sequence[str], trials: int, seed: object) -> list[str]:
        """Put the personas in the order in which their conversations are held.

        Args:
            names: All of them.
            trials: How many conversations each has.
            seed: Where something is to be decided they are shuffled by it, if it is not None; it must be the same after
                a resume.

        Returns:
            The names, in their own order where nothing is to be decided.
        """
        if self._aims.until is None:
            return list(names)
        order = list(names) if seed is None else shuffle(names, seed)
        self._watch = Watch(self._aims.until, order, trials)
        for result in self._early:
            self._watch.add(result)
        return order

    def add(self, result: SimulationResult) -> None:
        """Count one result."""
        self._tally.add(result)
        if self._aims.baseline is not None:
            self._kept.append(result)
        if self._watch is not None:
            self._watch.add(result)
        elif self._aims.until is not None:
            self._early.append(result)

    def count(self, usage: Usage) -> None:
        """Count tokens that are in no result."""
        self._tally.count(usage)

    @property
    def is_decided(self) -> bool:
        """Whether the data told what they were collected for."""
        return self._watch is not None and self._watch.is_decided

    def summary(self, spent: Decimal) -> Summary:
        """Sum up what was counted so far.

        Args:
            spent: What all judge calls cost in USD, those of unfinished conversations included.
        """
        if self._watch is None:
            return self._tally.summary(spent)
        summary = self._tally.summary(spent, self._watch.summary())
        rate, value = summary.goal_rate, summary.goal_rate.value
        if value is None or self._watch.until.metric not in (GOAL, WIDTH):
            return summary
        # An interval for a number of conversations that was fixed beforehand is too narrow where the data chose it.
        low, high = self._watch.bounds
        return attrs.evolve(summary, goal_rate=attrs.evolve(rate, low=min(low, value), high=max(high, value)))

    def report(self, info: RunInfo, spent: Decimal, **fields: Any) -> Report:
        """Report what was counted so far.

        Args:
            info: What the run is made with.
            spent: What all judge calls cost in USD.
            **fields: What else there is to say; see :class:`Report`.
        """
        baseline, calibration = self._aims.baseline, self._aims.calibration
        summary = self.summary(spent)
        if info.part is not None:  # also where no result says so: a shard may be empty
            summary = attrs.evolve(summary, part=info.part)
        report = Report(info, summary, **fields, baseline=baseline or (), calibration=calibration)
        if baseline is None:
            return report
        return attrs.evolve(report, comparison=compare_results(baseline, self._kept, calibration))
