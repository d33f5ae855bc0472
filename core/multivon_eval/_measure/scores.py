"""Counting the scores of one evaluator."""

from __future__ import annotations

from .._statistics.rates import estimate_mean
from .._types.names import Column, Names
from .._types.score import Score
from .._types.summary import ScoreSummary


class ScoreTally:
    """Counts the scores of one evaluator without keeping them.

    Args:
        names: The personas' names.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._sums, self._numbers = Column("d"), Column("B")
        self._skipped = self._failed = self._passed = self._findings = 0
        self._has_threshold = False
        self._items: int | None = None

    def add(self, persona: str, score: Score) -> None:
        """Count one score of a persona's conversation."""
        self._findings += bool(score.findings)
        if score.value is None:
            self._skipped += score.status == "skipped"
            self._failed += score.status == "failed"
            return
        number = self._names.add(persona)
        self._sums[number] += score.value
        self._numbers[number] += 1
        if score.items is not None:
            self._items = (self._items or 0) + score.items
        if score.threshold is not None:
            self._has_threshold = True
            self._passed += score.value >= score.threshold

    def summary(self) -> ScoreSummary:
        """Sum up what was counted so far."""
        shared: dict[tuple[float, int], tuple[float, int]] = {}
        found = ((self._sums[number], self._numbers[number]) for number in range(len(self._names)))
        # Most personas have one of a few sums: they share a pair.
        sums = [shared.setdefault(pair, pair) for pair in found if pair[1]]
        mean = estimate_mean(sums)
        value, low, high = (mean.value, mean.low, mean.high) if mean else (None, None, None)
        return ScoreSummary(
            value,
            sum(number for _, number in sums),
            self._skipped,
            self._failed,
            self._passed if self._has_threshold else None,
            self._items,
            self._findings,
            low=low,
            high=high,
        )
