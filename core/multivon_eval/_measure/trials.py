"""What several trials of the same personas say beyond one rate."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence

from .._statistics.rates import estimate_mean
from .._types.interval import Interval
from .._types.trials import LARGEST_K, PassRate, TrialSummary


def summarize_trials(counts: Mapping[str, tuple[int, int]]) -> TrialSummary | None:
    """Sum up the trials of each persona.

    Args:
        counts: By persona how many trials achieved the goal, of how many that measured the system.

    Returns:
        What they say together; None where no persona has two.
    """
    measured = [pair for pair in counts.values() if pair[1]]
    most = max((of for _, of in measured), default=0)
    if most < 2:
        return None
    rates = tuple(_rate(k, [pair for pair in measured if pair[1] >= k]) for k in range(1, min(most, LARGEST_K) + 1))
    flaky = tuple(sorted(name for name, (hits, of) in counts.items() if 0 < hits < of))
    repeated = [pair for pair in measured if pair[1] >= 2]
    return TrialSummary(rates, flaky, len(repeated), _agree(repeated), _correlate(measured))


def _rate(k: int, personas: Sequence[tuple[int, int]]) -> PassRate:
    def average(shares: list[float]) -> Interval:
        found = estimate_mean([(share, 1) for share in shares])
        assert found is not None, "a rate is over one persona at least"
        return found

    every = average([math.comb(hits, k) / math.comb(of, k) for hits, of in personas])
    at = average([1 - math.comb(of - hits, k) / math.comb(of, k) for hits, of in personas])
    return PassRate(k, at, every, len(personas))


def _agree(repeated: Sequence[tuple[int, int]]) -> float:
    """The share of pairs of trials of one persona that came out the same."""
    same = sum(math.comb(hits, 2) + math.comb(of - hits, 2) for hits, of in repeated)
    return same / sum(math.comb(of, 2) for _, of in repeated)


def _correlate(measured: Sequence[tuple[int, int]]) -> float | None:
    """The correlation of two trials of one persona.

    Source: the estimate from the analysis of variance of M. S. Ridout, C. G. B. Demetrio and D. Firth, "Estimating
    intraclass correlation for binary data", Biometrics 55 (1999), 137-148.
    """
    people, number = len(measured), sum(of for _, of in measured)
    share = sum(hits for hits, _ in measured) / number
    if people < 2 or share in (0, 1) or number == people:
        return None
    between = math.fsum(of * (hits / of - share) ** 2 for hits, of in measured) / (people - 1)
    inside = math.fsum(hits * (1 - hits / of) for hits, of in measured) / (number - people)
    usual = (number - sum(of**2 for _, of in measured) / number) / (people - 1)
    return max(0.0, (between - inside) / (between + (usual - 1) * inside))
