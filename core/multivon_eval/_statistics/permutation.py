"""An exact test of whether two runs differ, and what several tests at once come to."""

from __future__ import annotations

import math
import random
from collections.abc import Sequence

ENUMERATED = 16
"""Up to so many personas that differ, all ways to swap them are tried."""
DRAWN = 10_000
"""Else so many are drawn, the same each time."""
_TIE = 1e-9
"""Sums that differ by less are the same: scores are sums of fractions."""


def compute_p_value(totals: Sequence[float]) -> float:
    """Test whether old and new of each persona could be swapped: two-sided, exact, with all trials of a persona as one.

    Of whole numbers all swaps are counted; with one trial of each persona that is McNemar's exact test. Of others all
    swaps of up to 16 personas are tried, and of more 10,000 are drawn.

    Args:
        totals: For each persona the sum of its differences.

    Returns:
        The p-value: how often swapping gives a sum as far from 0 as this one, or farther.

    Source: R. A. Fisher, "The Design of Experiments" (1935), 21; Q. McNemar, Psychometrika 12 (1947), 153-157.
    """
    # In an order of their own: swaps that are drawn are the same whoever was looked at first.
    changed = sorted(abs(total) for total in totals if abs(total) > _TIE)
    seen = abs(math.fsum(totals))
    if not changed:
        return 1.0
    if all(total == int(total) for total in changed):
        return _count_swaps([int(total) for total in changed], round(seen))
    number, dice = len(changed), random.Random(len(changed))
    is_whole = number <= ENUMERATED
    ways = range(2**number) if is_whole else [dice.getrandbits(number) for _ in range(DRAWN)]
    hits = sum(abs(_swap(changed, way)) >= seen - _TIE for way in ways)
    return hits / len(ways) if is_whole else (hits + 1) / (DRAWN + 1)


def _swap(changed: Sequence[float], way: int) -> float:
    """The sum with those swapped whose bit is set."""
    return sum(total if way >> place & 1 else -total for place, total in enumerate(changed))


def _count_swaps(changed: Sequence[int], seen: int) -> float:
    """The chance of each sum, built up one persona after the other."""
    reach = sum(changed)
    chances = [0.0] * (2 * reach + 1)
    chances[reach] = 1.0
    done = 0
    for total in changed:
        done += total
        grown = [0.0] * len(chances)
        for place in range(reach - done + total, reach + done - total + 1):
            half = chances[place] / 2
            if half:
                grown[place - total] += half
                grown[place + total] += half
        chances = grown
    return min(1.0, math.fsum(chance for place, chance in enumerate(chances) if abs(place - reach) >= seen))


def adjust_holm(values: Sequence[float]) -> list[float]:
    """Adjust the p-values of a family of tests.

    Args:
        values: One for each test.

    Returns:
        The adjusted ones, in the same order: of all that are below 5 %, the chance that one is so by luck is below 5 %.

    Source: S. Holm, "A simple sequentially rejective multiple test procedure", Scandinavian Journal of Statistics 6
    (1979), 65-70.
    """
    adjusted, largest = [0.0] * len(values), 0.0
    for rank, place in enumerate(sorted(range(len(values)), key=values.__getitem__)):
        largest = max(largest, min(1.0, values[place] * (len(values) - rank)))
        adjusted[place] = largest
    return adjusted
