"""What the commands that run share: settings from options, running to the end, the exit code."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncGenerator, Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
import click

from .._engine.journal import SUFFIX, remove
from .._engine.run import Run
from .._plugin.spec import Spec
from ..config import DEFAULT_EVALUATORS, Settings
from ..errors import ExitCode, UsageError
from ..result_json import summary_to_json
from ..results import Report, SimulationResult
from .gates import Gate


def settings_of(given: Mapping[str, Any], where_from: Mapping[str, str]) -> Settings:
    """Make settings of a command's options; what cannot be is for ``Settings.problems`` to say."""
    # The file first: a result is on disk before it is shown, and a file that cannot be written ends the run
    # before anything is printed.
    sinks: list[object] = [Spec.with_arg("jsonl", given["out"])] if given["out"] else []
    sinks += given["sinks"]
    if not given["quiet"] and not given["as_json"]:
        sinks.append("terminal")
    names = {field.name for field in attrs.fields(Settings)}
    options = {name: value for name, value in given.items() if name in names}
    options |= {
        "budget_usd": given["budget"],
        "evaluators": given["evaluators"] or DEFAULT_EVALUATORS,
        "sinks": sinks,
        "sources": {name: source for name, source in where_from.items() if name in names},
    }
    return Settings(**options)


def journal_path(out: str | None, overwrite: bool) -> Path | None:
    """Where the journal lies, and that none lies there already.

    Raises:
        UsageError: An unfinished run's does, and ``--overwrite`` was not said.
    """
    if not out:
        return None
    path = Path(out + SUFFIX)
    if path.exists() and not overwrite:
        raise UsageError(
            f"{path} is the journal of a run that did not finish; say --overwrite to begin anew, or give --out "
            "another file"
        )
    if overwrite:
        remove(path)
    return path


def finish(
    run: Run,
    start: Callable[[], AsyncGenerator[SimulationResult, None]],
    gates: Sequence[Gate],
    *,
    strict: bool,
    as_json: bool,
) -> int:
    """Run to the end, hold the gates, print JSON if asked for.

    Returns:
        The exit code.
    """

    async def to_the_end() -> int:
        cut = 0
        async for result in start():
            cut += is_cut(result)
        return cut

    cut = asyncio.run(to_the_end())
    report = run.report
    assert report is not None, "a run that ended has its report"
    missed = [message for gate in gates if (message := gate.missed(report.summary))]
    if as_json:
        click.echo(json.dumps(_as_json(report, missed), ensure_ascii=False, indent=2))
    for message in missed:
        click.echo(f"gate not met: {message}", err=True)
    return exit_code(report, missed, cut, strict)


def is_cut(result: SimulationResult) -> bool:
    """Whether the budget kept a part of a result from being made."""
    scores = any(score.cut for score in result.scores.values())
    return result.stop_reason == "budget_exceeded" or result.verdict.cut or scores


def exit_code(report: Report, missed: Sequence[str], cut: int, strict: bool) -> ExitCode:
    """Decide the exit code of a run that ended."""
    summary = report.summary
    if any(problem.undelivered for problem in report.problems):
        return ExitCode.FAILED
    if missed:
        return ExitCode.GATE
    went_wrong = summary.errors or report.problems or any(score.failed for score in summary.scores.values())
    if strict and (went_wrong or "judge" in summary.attributions):
        return ExitCode.FAILED
    if strict and cut:
        return ExitCode.BUDGET
    return ExitCode.OK


def _as_json(report: Report, missed: Sequence[str]) -> dict[str, Any]:
    return {
        **summary_to_json(report.summary),
        "run_id": report.info.run_id,
        "judge_reason": report.info.judge_reason,
        "sources": dict(report.info.sources),
        "problems": [attrs.asdict(problem) for problem in report.problems],
        "gates_not_met": list(missed),
        "seconds": round(report.seconds, 3),
    }
