"""The numbers that a gate may be on."""

from __future__ import annotations

import re
from collections.abc import Sequence

import attrs

from .._types.calibration import Calibration
from .._types.interval import Interval
from .._types.summary import Summary

GOAL = "goal_rate"
CORRECTED = "corrected_goal_rate"
CALIBRATED = (CORRECTED, GOAL, "sensitivity", "specificity", "kappa")
"""The metrics of a calibration."""
LOWER = ".lower"
"""After a name: the lower end of its 95 % interval, what it is at least as far as the data tell."""


@attrs.frozen
class Measured:
    """What is known of a metric.

    Attributes:
        interval: Its value with its interval; None where it has none.
        reason: Why it has none, or why it may not be gone by.
    """

    interval: Interval | None
    reason: str = ""


def find_metric(summary: Summary, name: str) -> Measured | None:
    """Find a metric of a run.

    Args:
        summary: The run in numbers.
        name: ``goal_rate``, ``corrected_goal_rate``, ``pass^K``, ``pass@K`` or the name of a score.

    Returns:
        None where nothing of that name was measured.
    """
    if name == GOAL:
        return Measured(_make(summary.goal_rate.value, summary.goal_rate.low, summary.goal_rate.high))
    if name == CORRECTED:
        return Measured(summary.corrected_goal_rate, summary.correction)
    if name in summary.scores:
        score = summary.scores[name]
        return Measured(_make(score.mean, score.low, score.high))
    if (asked := read_pass_rate(name)) is None:
        return None
    sign, k = asked
    found = summary.trials.find(k) if summary.trials else None
    if summary.trials is None or found is None:
        return Measured(None)
    if found.personas * 2 < (of := summary.trials.rates[0].personas):
        return Measured(None, f"it is known of {found.personas} of {of} personas only, less than half")
    return Measured(found.every if sign == "^" else found.at)


def find_calibrated(calibration: Calibration, name: str) -> Measured | None:
    """Find a metric of a calibration.

    Args:
        calibration: What people say of a judge.
        name: ``corrected_goal_rate``, ``goal_rate``, ``sensitivity``, ``specificity`` or ``kappa``.

    Returns:
        None where there is none of that name.
    """
    errors = calibration.errors
    known = {
        CORRECTED: calibration.corrected_goal_rate,
        GOAL: calibration.goal_rate,
        "sensitivity": errors.sensitivity if errors else None,
        "specificity": errors.specificity if errors else None,
        "kappa": calibration.kappa,
    }
    return Measured(known[name], calibration.reason) if name in known else None


def _make(value: float | None, low: float | None, high: float | None) -> Interval | None:
    return None if value is None or low is None or high is None else Interval(value, low, high)


def read_pass_rate(metric: str) -> tuple[str, int] | None:
    """Read ``pass^K`` or ``pass@K``; None where a metric is neither."""
    found = re.fullmatch(r"pass([\^@])([1-9]\d{0,6})", metric)
    return (found[1], int(found[2])) if found else None


def list_known(evaluators: Sequence[str], is_calibrated: bool) -> list[str]:
    """Name the metrics that a run has, for a remedy."""
    return [GOAL, *([CORRECTED] if is_calibrated else []), *evaluators]
