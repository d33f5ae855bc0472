"""Failures of a kind that was not seen yet."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from typing import Any, Protocol

from .._types.interval import Interval
from .quantiles import Z
from .rates import bound_share

Shown = Collection[Mapping[frozenset[Any], int]]
"""For each persona how many of its conversations show which kinds of failure; none for one that went well."""


class ShownBy(Protocol):
    """How many personas show each kind."""

    def __getitem__(self, kind: Any, /) -> int:
        """Give the number for one kind."""
        ...

    def values(self) -> Iterable[int]:
        """Give the numbers of all kinds that one persona at least shows."""
        ...


STEPS = 10
"""So many points a discovery curve has."""


def estimate_unseen(shown: Shown, shown_by: ShownBy | None = None) -> Interval:
    """The chance that a conversation of another persona fails in a way not seen so far.

    That is the share of the conversations that show a kind which no other persona shows: each of them would have been
    the first of its kind, had its persona come last. With one trial of each persona and one kind for each failure that
    is Good's and Turing's estimate.

    Args:
        shown: What each persona shows; of one persona at least.
        shown_by: How many personas show each kind; counted if None.

    The interval is Wilson's with Esty's variance. Its low end is Esty's own where that is lower: few kinds that were
    seen once are no proof that there is another one.

    Source: I. J. Good, "The population frequencies of species and the estimation of population parameters", Biometrika
    40 (1953), 237-264; W. W. Esty, "A normal limit law for a nonparametric estimator of the coverage of a random
    sample", Annals of Statistics 11 (1983), 905-912, for the variance.
    """
    shown_by, number = shown_by or _count_personas(shown), len(shown)
    # Each persona is one draw, whatever the number of its trials: the next conversation is another persona's.
    shares = (
        sum(times for kinds, times in rows.items() if any(shown_by[kind] == 1 for kind in kinds)) / sum(rows.values())
        for rows in shown
    )
    chance = math.fsum(shares) / number
    twice = sum(times == 2 for times in shown_by.values())
    variance = (chance * (1 - chance) + 2 * twice / number) / number
    middle = min(max(chance, 0.5 / (number + 1)), 1 - 0.5 / (number + 1))
    low, high = bound_share(middle, middle * (1 - middle) / max(variance, middle * (1 - middle) / number), Z)
    return Interval(chance, max(0.0, min(low, chance - Z * math.sqrt(variance))), max(high, chance))


def draw_curve(shown: Shown, shown_by: ShownBy | None = None) -> list[tuple[int, float]]:
    """How many kinds of failure are seen after so many personas, on average over their orders.

    Args:
        shown: What each persona shows.
        shown_by: How many personas show each kind; counted if None.

    Returns:
        Numbers of personas, ten at most and the last all of them, with the expected number of kinds.

    Source: H. L. Sanders, "Marine benthic diversity", American Naturalist 102 (1968), 243-282, as corrected by S. H.
    Hurlbert, Ecology 52 (1971), 577-586.
    """
    shown_by, number = shown_by or _count_personas(shown), len(shown)
    points = sorted({max(1, math.ceil(number * step / STEPS)) for step in range(1, STEPS + 1)})
    return [(drawn, math.fsum(_find_seen(number, times, drawn) for times in shown_by.values())) for drawn in points]


def _count_personas(shown: Shown) -> ShownBy:
    """How many personas show each kind."""
    return Counter(kind for rows in shown for kind in frozenset[Any]().union(*rows))


def _find_seen(number: int, times: int, drawn: int) -> float:
    """The chance that of so many personas drawn one at least shows a kind that so many of all show."""
    if number - times < drawn:
        return 1.0
    missed = math.lgamma(number - times + 1) + math.lgamma(number - drawn + 1)
    missed -= math.lgamma(number - times - drawn + 1) + math.lgamma(number + 1)
    return 1 - math.exp(missed)
