"""Shares and means with their intervals, also where several trials of one persona belong together."""

from __future__ import annotations

import math
from collections.abc import Collection

from .._types.interval import Interval
from .._types.rate import Rate
from .quantiles import Z, find_t


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
    return Rate(hits, of, *bound_share(hits / of, of, Z)) if of else Rate(0, 0, None, None)


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
    measured = [pair for pair in counts if pair[1]]  # the pairs themselves: many personas may share one
    hits, of, personas = sum(hit for hit, _ in measured), sum(number for _, number in measured), len(measured)
    if personas < 2 or of == personas:
        return estimate_rate(hits, of)
    share = hits / of
    if hits in (0, of):
        return Rate(hits, of, *bound_share(share, personas, Z))
    effect = estimate_variance(measured) / (share * (1 - share) / of)
    return Rate(hits, of, *bound_share(share, of / max(1.0, effect), find_t(personas - 1)))


def estimate_mean(sums: Collection[tuple[float, int]]) -> Interval | None:
    """The mean of scores from 0 to 1, of which those of one persona resemble each other.

    The interval is that of a share which would vary as much: it stays between 0 and 1 and leans to the middle where the
    mean is near an end. Where all scores are the same each persona is worth one conversation.

    Args:
        sums: For each persona the sum of its scores and their number.

    Returns:
        None where there is no score.
    """
    scored = [pair for pair in sums if pair[1]]
    personas, of = len(scored), sum(number for _, number in scored)
    if not of:
        return None
    mean = min(1.0, max(0.0, math.fsum(total for total, _ in scored) / of))
    variance = estimate_variance(scored) if personas > 1 else 0.0
    largest = mean * (1 - mean)
    if variance < 1e-12 or not largest:
        return Interval(mean, *bound_share(mean, personas, Z))
    return Interval(mean, *bound_share(mean, largest / variance, find_t(personas - 1)))


def estimate_variance(sums: Collection[tuple[float, int]]) -> float:
    """The variance of a mean over conversations, of which those of one persona resemble each other.

    Args:
        sums: For two personas or more the sum over its conversations and their number.

    Source: the linearized variance of a ratio, W. G. Cochran, "Sampling Techniques" (1977), 6.4.
    """
    of, personas = sum(number for _, number in sums), len(sums)
    mean = math.fsum(total for total, _ in sums) / of
    spread = math.fsum((total - mean * number) ** 2 for total, number in sums)
    return personas / (personas - 1) * spread / of**2


def bound_share(share: float, worth: float, z: float) -> tuple[float, float]:
    """The ends of Wilson's interval.

    Args:
        share: From 0 to 1.
        worth: How many independent conversations it rests on.
        z: The quantile.
    """
    scale = 1 + z * z / worth
    middle = share + z * z / (2 * worth)
    spread = z * math.sqrt(share * (1 - share) / worth + z * z / (4 * worth * worth))
    # At the ends the interval touches 0 or 1, and it holds the share; rounding must not pull it away.
    low = (middle - spread) / scale if share > 0 else 0.0
    high = (middle + spread) / scale if share < 1 else 1.0
    return max(0.0, min(low, share)), min(1.0, max(high, share))
