"""What a run is held against: a decision, a calibration of its judge, an earlier run."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import Any

import attrs

from .._measure.corrected import find_judge_options
from .._measure.until import Until, check_until, read_until
from .._questions import digest_goal_prompt
from .._types.calibration import Calibration, JudgeIdentity
from .._types.result import SimulationResult
from .._types.run_info import RunInfo
from ..errors import UsageError
from .calibration_file import read_calibration
from .problems import Problems
from .result_file import read_results
from .settings import Settings


@attrs.frozen
class Aims:
    """What a run is held against.

    Attributes:
        until: What is to be decided; None for nothing.
        calibration: What people say of the judge; None where nobody was asked.
        baseline: The results of an earlier run; None for none.
    """

    until: Until | None = None
    calibration: Calibration | None = None
    baseline: Sequence[SimulationResult] | None = None


def read_aims(settings: Settings, evaluators: Collection[str], info: RunInfo, provider: str) -> Aims:
    """Read what a run is held against, before anything is spent.

    Args:
        settings: The options.
        evaluators: The names of the scores that there will be.
        info: What the run is made with.
        provider: The name of the judge plug-in.

    Raises:
        UsageError: If something cannot be read or does not fit; with all of it.
    """
    problems = Problems()
    until = problems.collect(_read_until, settings.until, evaluators)
    calibration = problems.collect(_read_calibration, settings.calibration, info, provider)
    baseline = problems.collect(_read_baseline, settings.baseline)
    problems.stop()
    return Aims(until, calibration, baseline)


def _read_until(given: str | None, evaluators: Collection[str]) -> Until | None:
    if given is None:
        return None
    until = read_until(given)
    check_until(until, evaluators)
    return until


def _read_calibration(given: Any, info: RunInfo, provider: str) -> Calibration | None:
    if given is None:
        return None
    calibration = given if isinstance(given, Calibration) else read_calibration(given)
    judge = JudgeIdentity(
        provider=provider,
        asked=info.judge_model,
        model="",
        temperature=None,
        prompt=digest_goal_prompt(),
        votes=info.judge_votes,
        calls=info.judge_calls,
        options=find_judge_options(info.plugins),
    )
    if changes := calibration.judge.list_changes(judge, is_before=True):
        name = "the calibration" if isinstance(given, Calibration) else f"--calibration {given}"
        raise UsageError(
            [f"{name} is stale: {change}" for change in changes]
            + ["label results of this judge and calibrate it again, or go back to the judge that was calibrated"]
        )
    return calibration


def _read_baseline(given: Any) -> Sequence[SimulationResult] | None:
    if given is None:
        return None
    baseline = read_results(given) if isinstance(given, str | Path) else list(given)
    if not baseline:
        raise UsageError(f"--baseline {given}: no result in it; give a file that simulate wrote")
    return baseline
