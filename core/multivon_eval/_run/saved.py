"""A report on saved results, without running anything."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from .._types.calibration import Calibration
from .._types.report import Problem, Report
from .._types.result import SimulationResult
from .._types.run_info import RunInfo
from .._types.run_part import unite_parts
from .aims import Aims
from .summing import Sums

_CENT = Decimal("0.01")


def report_results(
    results: Sequence[SimulationResult],
    *,
    baseline: Sequence[SimulationResult] | None = None,
    calibration: Calibration | None = None,
) -> Report:
    """Sum up saved results as the run that made them did; nothing is asked and nothing is spent.

    Args:
        results: Those of one run, or of several.
        baseline: Those of an earlier run, for a comparison; None for none.
        calibration: What people say of the judge; where it does not hold for the judge of these results, ``correction``
            in the summary says so.

    Returns:
        The report. What no result tells is missing from it, which is a proposal's cost and what ``until`` decided.
    """
    sums = Sums(Aims(calibration=calibration, baseline=baseline))
    for result in results:
        sums.add(result)
    spent = sum((result.cost_usd for result in results), start=Decimal(0))
    problems = _find_stopped(results)
    return sums.report(rebuild_info(results), spent, seconds=_measure_seconds(results), problems=problems)


def _find_stopped(results: Iterable[SimulationResult]) -> tuple[Problem, ...]:
    """Say of runs that ended when the data told that an interval for a fixed number is too narrow for them."""
    conditions = dict.fromkeys(
        str(one.provenance.options["until"]) for one in results if "until" in one.provenance.options
    )
    return tuple(
        Problem(
            f"until {condition}",
            "a run ended when the data told; intervals are reckoned here as if its length had been fixed, and are too "
            "narrow: the one that holds stands in that run's own summary",
        )
        for condition in conditions
    )


def rebuild_info(results: Sequence[SimulationResult]) -> RunInfo:
    """Rebuild what a run was made with from its results; of several runs the first tells the options.

    Args:
        results: The results; where there are none, all is empty.
    """
    made = results[0].provenance if results else None
    options = made.options if made else {}
    numbers = [result.trial for result in results]
    first = min(numbers, default=1)
    started = [result.provenance.started_at for result in results if result.provenance.started_at]
    is_rescored = any(result.provenance.rescored_from is not None for result in results)
    return RunInfo(
        run_id=", ".join(dict.fromkeys(result.run_id for result in results if result.run_id)),
        started_at=min(started, default=""),
        personas=tuple({result.persona.name: result.persona for result in results}.values()),
        trials=max(numbers, default=1) - first + 1,
        first_trial=first,
        max_turns=_read_whole(options.get("max_turns"), max((one.turns for one in results), default=0)),
        concurrency=_read_whole(options.get("concurrency"), 1),
        timeout=_read_seconds(options.get("timeout")),
        budget_usd=_read_usd(options.get("budget_usd")),
        seed=made.seed if made else None,
        judge_model=_join(str(one.provenance.options.get("judge_model") or one.judge_model) for one in results),
        judge_reason=made.judge_reason if made else "",
        judge_rule=made.judge_rule if made else "",
        judge_votes=_read_whole(options.get("judge_votes"), 1),
        judge_calls=str(options.get("judge_calls", "separate")),
        driver_model=_join(result.provenance.driver_model for result in results),
        prices=made.prices if made else None,
        plugins=made.plugins if made else (),
        versions=made.versions if made else {},
        sources=made.sources if made else {},
        purpose="score" if is_rescored else "simulate",
        until=str(options.get("until", "")),
        conversations=len(results),
        part=unite_parts(one.provenance.part for one in results),
    )


def _join(names: Iterable[str]) -> str:
    return ", ".join(dict.fromkeys(filter(None, names)))


# A file may have been written by anybody: an option that is none counts as not given.
def _read_whole(value: Any, otherwise: int) -> int:
    return value if isinstance(value, int) and not isinstance(value, bool) else otherwise


def _read_seconds(value: Any) -> float:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else 0.0


def _read_usd(value: Any) -> Decimal | None:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = Decimal(str(value))
        # A line has it as a number: that of "1.00" is 1.0.
        return max(read, read.quantize(_CENT), key=lambda one: len(str(one))) if read.is_finite() else None
    except InvalidOperation:
        return None


def _measure_seconds(results: Iterable[SimulationResult]) -> float:
    """From the beginning of the first conversation of a run to the end of its last, over all runs."""
    spans: dict[str, tuple[float, float]] = {}
    for result in results:
        try:
            began = datetime.fromisoformat(result.provenance.started_at).timestamp()
        except (ValueError, OverflowError, OSError):  # not told, or not as we write it
            continue
        first, last = spans.get(result.run_id, (began, began))
        spans[result.run_id] = min(first, began), max(last, began + result.provenance.seconds)
    return sum(last - first for first, last in spans.values())
