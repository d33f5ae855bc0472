"""The difference between two runs in which the same personas talked."""

from __future__ import annotations

import math
from collections.abc import Collection

import attrs

from .._types.interval import Interval
from .quantiles import POWER, Z, find_t
from .rates import estimate_variance

_PSEUDO = 0.5
"""As many pairs are added to each side, so that few changes do not look like certainty."""


@attrs.frozen
class PersonaPairs:
    """The pairs of one persona.

    Attributes:
        number: How many pairs.
        gained: The sum of what is larger in the new run.
        lost: The sum of what is smaller.
    """

    number: int
    gained: float
    lost: float

    @property
    def total(self) -> float:
        """The sum of the differences."""
        return self.gained - self.lost


def estimate_rate_difference(pairs: Collection[PersonaPairs]) -> Interval | None:
    """The difference between two shares over pairs, of which those of one persona resemble each other.

    Half a pair is added to those that changed in each direction, and the variance is that of the pairs divided by the
    design effect of the personas; with the t quantile for their number. Where nothing changed each persona is one pair.

    Args:
        pairs: For each persona how many pairs changed from no to yes, and from yes to no.

    Returns:
        None where there is no pair.

    Source: D. G. Bonett and R. M. Price, "Adjusted Wald confidence interval for a difference of binomial proportions
    based on paired data", Journal of Educational and Behavioral Statistics 37 (2012), 479-488, with half of its
    adjustment, and the design effect of L. Kish, "Survey Sampling" (1965).
    """
    number, personas = sum(one.number for one in pairs), len(pairs)
    if not number:
        return None
    gained, lost = (math.fsum(getattr(one, name) for one in pairs) / number for name in ("gained", "lost"))
    difference = gained - lost
    plain = (gained + lost - difference**2) / number
    variance = estimate_variance([(one.total, one.number) for one in pairs]) if personas > 1 else plain
    worth = number * plain / variance if min(plain, variance) > 1e-12 else personas
    up, down = ((share * worth + _PSEUDO) / (worth + 2 * _PSEUDO) for share in (gained, lost))
    middle, z = up - down, find_t(personas - 1) if personas > 1 else Z
    spread = z * math.sqrt((up + down - middle**2) / (worth + 2 * _PSEUDO))
    return Interval(difference, max(-1.0, min(difference, middle - spread)), min(1.0, max(difference, middle + spread)))


def estimate_mean_difference(pairs: Collection[PersonaPairs]) -> Interval | None:
    """The difference between two means over pairs, of which those of one persona resemble each other.

    Student's t over the personas. Where all differ by the same, so that nothing can be estimated, as wide as if each
    persona were one pair, and one more pair had changed by 1.

    Args:
        pairs: For each persona its pairs.

    Returns:
        None where there is no pair.
    """
    number, personas = sum(one.number for one in pairs), len(pairs)
    if not number:
        return None
    difference = math.fsum(one.total for one in pairs) / number
    variance = estimate_variance([(one.total, one.number) for one in pairs]) if personas > 1 else 0.0
    variance = variance if variance > 1e-12 else 1 / (personas + 1) ** 2
    spread = math.sqrt(variance) * (find_t(personas - 1) if personas > 1 else Z)
    return Interval(difference, max(-1.0, difference - spread), min(1.0, difference + spread))


def count_needed(pairs: Collection[PersonaPairs], difference: float) -> int | None:
    """How many personas would tell such a difference from none, in 80 of 100 runs at 5 %.

    Args:
        pairs: For each persona its pairs: how much they vary.
        difference: The difference that is to be told.

    Returns:
        None where nothing varies, or there is no difference to tell.
    """
    if len(pairs) < 2 or not difference:
        return None
    variance = estimate_variance([(one.total, one.number) for one in pairs]) * len(pairs)
    return math.ceil(variance * ((Z + POWER) / difference) ** 2) if variance > 1e-12 else None


def find_detectable(pairs: Collection[PersonaPairs]) -> float | None:
    """The smallest difference that these personas would tell from none, in 80 of 100 runs at 5 %.

    Returns:
        None where nothing varies.
    """
    if len(pairs) < 2:
        return None
    variance = estimate_variance([(one.total, one.number) for one in pairs])
    return min(1.0, (Z + POWER) * math.sqrt(variance)) if variance > 1e-12 else None
