"""A confidence sequence: an interval for a mean that holds however often and however long one looks."""

from __future__ import annotations

import math

from .._types.interval import Interval

GRID = 1_000
"""The interval is known to a thousandth, rounded outwards."""
ALPHA = 0.05
_LARGEST_BET = 0.5
"""The largest share of the capital that is staked; a half is the source's choice."""


class ConfidenceSequence:
    """The mean of values from 0 to 1 that come one after the other, each independent of the others.

    For each candidate of the mean two gamblers bet, one that the values are larger, one that they are smaller. A
    candidate is left out once one of them has made 40 of 1: if it were the mean that happened in one of 40 sequences at
    most, at whatever time. What is left out stays so.

    Source: I. Waudby-Smith and A. Ramdas, "Estimating means of bounded random variables by betting", Journal of the
    Royal Statistical Society B 86 (2024), 1-27, arXiv 2010.09686: the hedged capital process with predictable plug-in
    bets.
    """

    def __init__(self) -> None:
        self._number = 0
        self._sum, self._squares = 0.0, 0.25
        # Candidates in the middle of the grid's cells: those that are out at the bottom and at the top.
        self._low, self._high = 0, GRID
        self._richer = [0.0] * (GRID + 1)
        self._poorer = [0.0] * (GRID + 1)

    @property
    def number(self) -> int:
        """How many values came."""
        return self._number

    def add(self, value: float) -> None:
        """Take the next value, from 0 to 1."""
        bet = self._choose_bet()
        for place in range(self._low, self._high + 1):
            mean = place / GRID
            gain = value - mean
            self._richer[place] += math.log1p(min(bet, _LARGEST_BET / mean) * gain) if mean else 0.0
            self._poorer[place] += math.log1p(-min(bet, _LARGEST_BET / (1 - mean)) * gain) if mean < 1 else 0.0
        self._leave_out(value)
        self._number += 1
        self._sum += value
        middle = (0.5 + self._sum) / (self._number + 1)
        self._squares += (value - middle) ** 2

    def _choose_bet(self) -> float:
        """How much to stake next, of what was seen before: the surer the values, the more."""
        number = self._number + 1
        variance = self._squares / number
        return math.sqrt(2 * math.log(2 / ALPHA) / (variance * number * math.log(number + 1)))

    def _leave_out(self, value: float) -> None:
        enough = math.log(2 / ALPHA)
        if value > 0 and self._low == 0:
            self._low = 1  # a mean of 0 has no values above it
        if value < 1 and self._high == GRID:
            self._high = GRID - 1
        while self._low < self._high and self._richer[self._low] >= enough:
            self._low += 1
        while self._high > self._low and self._poorer[self._high] >= enough:
            self._high -= 1

    @property
    def interval(self) -> Interval:
        """The mean so far with its interval; from 0 to 1 before the first value."""
        low, high = max(0, self._low - 1) / GRID, min(GRID, self._high + 1) / GRID
        mean = self._sum / self._number if self._number else 0.5
        return Interval(mean, low, high)
