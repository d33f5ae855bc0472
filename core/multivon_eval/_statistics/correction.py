"""What labels of people say of a judge, and the rate that follows from them."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Collection, Hashable, Mapping, Sequence

import attrs

from .._types.calibration import JudgeErrors
from .._types.interval import Interval
from .paired import PersonaPairs, estimate_rate_difference
from .quantiles import Z, find_t
from .rates import bound_share, estimate_variance

_PSEUDO = 0.5
"""As many labels of each kind are added to a stratum when its variance is reckoned: five alike prove no sixth."""

_DULL = 0.05
"""Sensitivity and specificity less 1, from which down a judge tells no better than chance."""


@attrs.frozen
class Judged:
    """One conversation with what the judge said of it.

    Attributes:
        cluster: Its persona.
        stratum: The judge's verdict, in which the labelled ones were drawn by lot.
        truth: What the person says: 1 achieved, 0 not; None where nobody was asked, or could not tell.
    """

    cluster: Hashable
    stratum: str
    truth: int | None


class _Strata:
    """The strata with their sizes and the labels in them."""

    def __init__(self, rows: Sequence[Judged]) -> None:
        self.rows = rows
        sizes = Counter(row.stratum for row in rows)
        labelled = [row for row in rows if row.truth is not None]
        self.labels = Counter(row.stratum for row in labelled)
        hits = Counter(row.stratum for row in labelled if row.truth)
        self.weights = {name: size / len(rows) for name, size in sizes.items()}
        self.shares = {name: hits[name] / self.labels[name] for name in sizes}
        self.shrunk = {name: (hits[name] + _PSEUDO) / (self.labels[name] + 2 * _PSEUDO) for name in sizes}
        clusters = len({row.cluster for row in labelled})
        self.freedom = max(1, min(clusters, len({row.cluster for row in rows})) - len(sizes))

    def find_floor(self, name: str) -> float:
        """The least that the share of a stratum varies, by its labels alone."""
        return self.shrunk[name] * (1 - self.shrunk[name]) / (self.labels[name] + 2 * _PSEUDO)

    def find_pull(self, row: Judged) -> float:
        """How much a label draws the share of its stratum; 0 for a conversation without one."""
        if row.truth is None:
            return 0.0
        return self.weights[row.stratum] / self.labels[row.stratum] * (row.truth - self.shares[row.stratum])


def correct_own_rate(rows: Sequence[Judged]) -> Interval:
    """The rate of a run, corrected by labels of some of its own conversations.

    The mean of the labels in each stratum, weighted with the strata's sizes: what prediction-powered inference comes to
    where the prediction is a verdict and the labelled are drawn within verdicts. The variance is that of the influence
    of each persona, but never less than that of labels and conversations that are all independent.

    Args:
        rows: All conversations that measured the system, with at least one label in each stratum.

    Source: A. N. Angelopoulos, J. C. Duchi and T. Zrnic, "PPI++: Efficient Prediction-Powered Inference", arXiv
    2311.01453; A. Fisch et al., "Stratified Prediction-Powered Inference", arXiv 2406.04291; W. G. Cochran, "Sampling
    Techniques" (1977), 12.2.
    """
    strata, number = _Strata(rows), len(rows)
    rate = math.fsum(weight * strata.shares[name] for name, weight in strata.weights.items())
    middle = math.fsum(weight * strata.shrunk[name] for name, weight in strata.weights.items())
    influence: dict[Hashable, float] = defaultdict(float)
    for row in rows:
        influence[row.cluster] += strata.find_pull(row) + (strata.shares[row.stratum] - rate) / number
    floor = math.fsum(
        weight**2 * strata.find_floor(name) + weight * (strata.shrunk[name] - middle) ** 2 / number
        for name, weight in strata.weights.items()
    )
    variance = max(_sum_squares(influence.values(), influence.values()), floor)
    low, high = bound_share(middle, middle * (1 - middle) / variance, find_t(strata.freedom))
    return Interval(rate, min(low, rate), max(high, rate))


def measure_judge(rows: Sequence[Judged]) -> JudgeErrors:
    """How often a judge that says yes or no is right, by labels that were drawn within its verdicts.

    Args:
        rows: All conversations that measured the system, each with ``yes`` or ``no`` as its stratum and at least one
            label in each.
    """
    strata = _Strata(rows)
    (sensitivity, specificity), shrunk = (_find_errors(strata.weights, s) for s in (strata.shares, strata.shrunk))
    influences = _list_influences(strata, sensitivity, specificity)
    floors = _find_floors(strata, shrunk)
    variances = [
        max(_sum_squares(one.values(), one.values()), floor) for one, floor in zip(influences, floors, strict=True)
    ]
    covariance = _sum_squares(influences[0].values(), influences[1].values())
    most = math.sqrt(variances[0] * variances[1])
    return JudgeErrors(
        _bound(sensitivity, shrunk[0], variances[0], strata.freedom),
        _bound(specificity, shrunk[1], variances[1], strata.freedom),
        (shrunk[0], shrunk[1]),
        (variances[0], variances[1]),
        max(-most, min(most, covariance)),
        strata.freedom,
    )


def _bound(value: float, middle: float, variance: float, freedom: int) -> Interval:
    low, high = bound_share(middle, middle * (1 - middle) / variance, find_t(freedom))
    return Interval(value, min(low, value), max(high, value))


def _find_errors(weights: Mapping[str, float], shares: Mapping[str, float]) -> tuple[float, float]:
    """Sensitivity and specificity that follow from what is true in each stratum; 0.5 where nothing is known of one."""
    joint = {name: (weights[name] * shares[name], weights[name] * (1 - shares[name])) for name in weights}
    true, false = (math.fsum(pair[side] for pair in joint.values()) for side in (0, 1))
    return joint["yes"][0] / true if true else 0.5, joint["no"][1] / false if false else 0.5


def _list_influences(
    strata: _Strata, sensitivity: float, specificity: float
) -> tuple[dict[Hashable, float], dict[Hashable, float]]:
    """How much each persona draws sensitivity and specificity."""
    number = len(strata.rows)
    true = max(math.fsum(weight * strata.shares[name] for name, weight in strata.weights.items()), 1e-9)
    found: tuple[dict[Hashable, float], dict[Hashable, float]] = (defaultdict(float), defaultdict(float))
    for row in strata.rows:
        is_yes, share, pull = row.stratum == "yes", strata.shares[row.stratum], strata.find_pull(row)
        # What the row adds to the joint shares of its own verdict: that the goal was achieved, and that it was not.
        achieved, missed = share / number + pull, (1 - share) / number - pull
        found[0][row.cluster] += (is_yes - sensitivity) * achieved / true
        found[1][row.cluster] += ((not is_yes) - specificity) * missed / max(1 - true, 1e-9)
    return found


def _find_floors(strata: _Strata, shrunk: tuple[float, float]) -> tuple[float, float]:
    """The least that sensitivity and specificity vary, by the labels alone."""
    true = math.fsum(weight * strata.shrunk[name] for name, weight in strata.weights.items())
    slopes = (
        {"yes": (1 - shrunk[0]) / true, "no": -shrunk[0] / true},
        {"yes": shrunk[1] / (1 - true), "no": -(1 - shrunk[1]) / (1 - true)},
    )
    first, second = (
        math.fsum((slope[name] * weight) ** 2 * strata.find_floor(name) for name, weight in strata.weights.items())
        for slope in slopes
    )
    return first, second


def _sum_squares(first: Collection[float], second: Collection[float]) -> float:
    """The (co)variance of sums over clusters."""
    number = len(first)
    scale = number / (number - 1) if number > 1 else 1.0
    return scale * math.fsum(one * other for one, other in zip(first, second, strict=True))


def correct_other_rate(
    counts: Sequence[tuple[int, int]], errors: JudgeErrors, crashed: Sequence[int] = ()
) -> Interval | None:
    """The rate of another run by the same judge.

    Its share of yes is what sensitivity and specificity make of the true rate; the interval holds all rates at which
    it would not be surprising, the errors' own uncertainty included.

    Args:
        counts: For each persona how many conversations the judge calls achieved, of how many it decided.
        errors: The judge's.
        crashed: For each persona in how many others the system crashed: these were not achieved, whoever judges. How
            many there are varies from run to run as verdicts do.

    Returns:
        None where nothing was decided, the judge tells no better than chance, or it calls so few or so many achieved
        that its errors explain no rate: then they are not those of this run.

    Source: W. J. Rogan and B. Gladen, "Estimating prevalence from the results of a screening test", American Journal of
    Epidemiology 107 (1978), 71-76, for the rate; E. C. Fieller, "Some problems in interval estimation", Journal of the
    Royal Statistical Society B 16 (1954), 175-185, for the interval.
    """
    decided, clusters = sum(number for _, number in counts), len(counts)
    sensitivity, specificity = errors.sensitivity.value, errors.specificity.value
    if not decided or sensitivity + specificity - 1 <= _DULL:
        return None
    wrong = 1 - errors.centre[1]
    sums = [
        (hits - wrong * number, number + lost)
        for (hits, number), lost in zip(counts, crashed or [0] * clusters, strict=True)
    ]
    of, hits = sum(number for _, number in sums), sum(hits for hits, _ in counts)
    share, part = hits / of, decided / of
    rate = min(part, max(0.0, (share - part * (1 - specificity)) / (sensitivity + specificity - 1)))
    near = (hits + _PSEUDO) / (decided + 2 * _PSEUDO)
    # The variance of what a conversation adds, were all independent: a yes, a no, or a crash.
    least = part * (near * (1 - wrong) ** 2 + (1 - near) * wrong**2) - (part * (near - wrong)) ** 2
    variance = max(estimate_variance(sums) if clusters > 1 else 0.0, least / of)
    quantile = find_t(max(1, min(errors.freedom, clusters - 1)))
    likely = [
        candidate / 1000
        for candidate in range(1001)
        if _is_likely(candidate / 1000, share, part, variance, errors, quantile)
    ]
    if not likely:
        return None
    low, high = likely[0] - 0.0005, likely[-1] + 0.0005
    return Interval(rate, max(0.0, min(low, rate)), min(1.0, max(high, rate)))


def correct_difference(pairs: Collection[PersonaPairs], errors: JudgeErrors) -> Interval | None:
    """The difference between two runs by the same judge, as people would see it.

    A judge that errs makes differences smaller: by sensitivity and specificity less 1. The interval holds all
    differences at which what the judge says would not be surprising, the errors' own uncertainty included.

    Args:
        pairs: For each persona how many pairs changed in each direction.
        errors: The judge's.

    Returns:
        None where there is no pair, or the judge tells no better than chance.

    Source: as for :func:`correct_other_rate`.
    """
    plain = estimate_rate_difference(pairs)
    sharpness = errors.sensitivity.value + errors.specificity.value - 1
    if plain is None or sharpness <= _DULL:
        return None
    quantile = find_t(max(1, min(errors.freedom, len(pairs) - 1)))
    variance = (plain.half_width / (find_t(len(pairs) - 1) if len(pairs) > 1 else Z)) ** 2
    centre = sum(errors.centre) - 1
    own = sum(errors.variances) + 2 * errors.covariance
    likely = [
        candidate / 1000
        for candidate in range(-1000, 1001)
        if (plain.value - candidate / 1000 * centre) ** 2
        <= quantile**2 * (variance + (candidate / 1000) ** 2 * max(0.0, own))
    ]
    value = max(-1.0, min(1.0, plain.value / sharpness))
    low, high = (likely[0], likely[-1]) if likely else (value, value)
    return Interval(value, max(-1.0, min(low - 0.0005, value)), min(1.0, max(high + 0.0005, value)))


def _is_likely(rate: float, share: float, part: float, variance: float, errors: JudgeErrors, quantile: float) -> bool:
    """Whether such a share of yes is no surprise, of conversations of which this part was decided."""
    (sensitivity, specificity), missed = errors.centre, part - rate
    off = share - rate * sensitivity - missed * (1 - specificity)
    own = rate**2 * errors.variances[0] + missed**2 * errors.variances[1] - 2 * rate * missed * errors.covariance
    return off**2 <= quantile**2 * (variance + own)
