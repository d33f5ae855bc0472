"""A share with its interval, also where several trials of one persona belong together."""

from __future__ import annotations

import math
from collections.abc import Collection

from .._types.summary import Rate

Z = 1.959963984540054
"""The normal quantile of a two-sided 95 % interval."""


def estimate_rate(hits: int, of: int) -> Rate:
    """A share with its Wilson score interval.

    Args:
        hits: Number of successes.
        of: Number of conversations looked at.

    Returns:
        The share; without an interval where nothing was looked at.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", Journal of
    the American Statistical Association 22 (1927), 209-212.
    """
    return _make_rate(hits, of, of, Z) if of else Rate(0, 0, None, None)


def estimate_clustered(counts: Collection[tuple[int, int]]) -> Rate:
    """A share over trials of several personas, of which those of one persona resemble each other.

    The interval is Wilson's for as many independent conversations as the trials are worth: their number divided by the
    design effect, that is how much larger the variance between personas makes the variance of the share (never less
    than 1), with the t quantile for the number of personas. Where all agree, so that nothing can be estimated, each
    persona is worth one conversation. Over one persona alone, or one trial of each, it is Wilson's as it is.

    Args:
        counts: For each persona how many trials were successes, of how many.

    Returns:
        The share; without an interval where nothing was looked at.

    Source: L. Kish, "Survey Sampling" (1965), for the design effect; E. L. Korn and B. I. Graubard, "Confidence
    intervals for proportions with small expected number of positive counts estimated from survey data", Survey
    Methodology 24 (1998), 193-201, for the effective number and t; E. Miller, "Adding Error Bars to Evals", arXiv
    2411.00640, for evaluations.
    """
    measured = [(hits, of) for hits, of in counts if of]
    hits, of, personas = sum(hit for hit, _ in measured), sum(number for _, number in measured), len(measured)
    if personas < 2 or of == personas:
        return estimate_rate(hits, of)
    if hits in (0, of):
        return _make_rate(hits, of, personas, Z)
    share = hits / of
    spread = math.fsum((hit - share * number) ** 2 for hit, number in measured)
    effect = personas / (personas - 1) * spread / (of * share * (1 - share))
    return _make_rate(hits, of, of / max(1.0, effect), find_t(personas - 1))


def find_t(freedom: int) -> float:
    """The t quantile of a two-sided 95 % interval.

    Args:
        freedom: Degrees of freedom, from 1 on.

    Source: exact for 1 and 2, then the expansion 26.7.5 of M. Abramowitz and I. A. Stegun, "Handbook of Mathematical
    Functions" (1964); off by less than 0.004.
    """
    if freedom == 1:
        return math.tan(math.pi * 0.475)
    if freedom == 2:
        return 0.95 * math.sqrt(2 / (1 - 0.95**2))
    terms = (
        (Z**3 + Z) / 4,
        (5 * Z**5 + 16 * Z**3 + 3 * Z) / 96,
        (3 * Z**7 + 19 * Z**5 + 17 * Z**3 - 15 * Z) / 384,
        (79 * Z**9 + 776 * Z**7 + 1482 * Z**5 - 1920 * Z**3 - 945 * Z) / 92160,
    )
    return Z + math.fsum(term / freedom**power for power, term in enumerate(terms, 1))


def _make_rate(hits: int, of: int, worth: float, z: float) -> Rate:
    share = hits / of
    scale = 1 + z * z / worth
    middle = share + z * z / (2 * worth)
    spread = z * math.sqrt(share * (1 - share) / worth + z * z / (4 * worth * worth))
    # At the ends the interval touches 0 or 1; rounding must not pull it away.
    low = (middle - spread) / scale if hits else 0.0
    high = (middle + spread) / scale if hits < of else 1.0
    return Rate(hits, of, max(0.0, low), min(1.0, high))
