"""``multivon-eval report``: saved results for any sink, without running anything."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import attrs
import click

from multivon_eval.sdk import (
    Calibration,
    DeliveryError,
    Report,
    SimulationResult,
    SinkSession,
    UsageError,
    comparison_to_json,
    keep_output,
    read_calibration,
    read_results,
    report_results,
    stop_on_sigterm,
    summary_to_json,
    tell_json,
)

T = TypeVar("T")
ENVIRONMENT = {"auto_envvar_prefix": "MULTIVON_EVAL_REPORT"}
"""Each option may stand in a variable: ``MULTIVON_EVAL_REPORT_SINK`` for ``--sink``."""
SINKS = ["MULTIVON_EVAL_REPORT_SINK", "MULTIVON_EVAL_SINK"]
"""One variable may serve all commands, that of this command beats it."""
PAGE, SCREEN = "multivon-eval/html", "multivon-eval/terminal"
"""The sinks of ``--out``, and of a command that names none."""
STANDARD_OUTPUT = "-"


@attrs.frozen
class _Job:
    """All that was asked for, read and checked."""

    results: Sequence[SimulationResult]
    baseline: Sequence[SimulationResult] | None
    calibration: Calibration | None
    session: SinkSession


@click.command(context_settings=ENVIRONMENT)
@click.argument("results", metavar="RESULTS...", nargs=-1)
@click.option("--out", metavar="FILE", help="A page for people: the same as --sink html:FILE.")
@click.option(
    "--sink", metavar="SPEC", multiple=True, envvar=SINKS, help="Where results go; repeatable. [default: terminal]"
)
@click.option("--baseline", metavar="FILE", help="The results of an earlier run, for what changed since.")
@click.option("--calibration", metavar="FILE", help="What people say of the judge: the rate as they would see it.")
@click.option("--json", is_flag=True, help="Print the summary as JSON.")
def report(**given: Any) -> None:
    """Give saved results to sinks: a report again, or in another form, without running anything.

    \b
    multivon-eval report results.jsonl --sink markdown:report.md --sink junit:report.xml

    Several files, or several runs in one, are summed up together.
    """
    with keep_output() if given["json"] else contextlib.nullcontext():
        ended = asyncio.run(_report(given))
        if given["json"]:
            tell_json(_convert_report(ended))
    if ended.undelivered:
        lost = [f"{problem.where}: {problem.message}" for problem in ended.problems if problem.undelivered]
        raise DeliveryError("; ".join(lost))


async def _report(given: Mapping[str, Any]) -> Report:
    stop_on_sigterm()
    job = await _prepare(given)
    made = report_results(job.results, baseline=job.baseline, calibration=job.calibration)
    return await job.session.deliver(job.results, made)


async def _prepare(given: Mapping[str, Any]) -> _Job:
    """Check all that was asked, before anything is written.

    Raises:
        UsageError: If something is wrong; with all of it at once.
    """
    problems: list[str] = []
    paths, baseline = given["results"], given["baseline"]
    if not paths:
        problems.append("the file of results is missing; name the one that simulate --out wrote")
    empty = [name for name in ("out", "baseline", "calibration") if given[name] == ""]
    problems += [f"--{name} is empty, perhaps a variable that is not set; fill it in" for name in empty]
    if given["json"] and any(spec.partition(",")[0].endswith(f":{STANDARD_OUTPUT}") for spec in given["sink"]):
        problems.append("--json and a sink both write to standard output; give the sink a file, or leave out --json")
    found = [_collect(problems, _read_results, path) or [] for path in dict.fromkeys(paths)]
    problems += [f"{path} is named twice; name it once" for path in dict.fromkeys(paths) if paths.count(path) > 1]
    before = _collect(problems, _read_results, baseline) if baseline else None
    calibration = _collect(problems, read_calibration, given["calibration"]) if given["calibration"] else None
    session = _collect(problems, _load_sinks, given)
    if session is not None:
        try:
            await session.check()
        except UsageError as error:
            problems += error.problems
    if problems:
        raise UsageError(problems)
    assert session is not None  # a missing one is a problem
    return _Job([result for some in found for result in some], before, calibration, session)


def _collect(problems: list[str], step: Callable[[Any], T], argument: Any) -> T | None:
    """Do one step; what is wrong with it is kept, and the result is None then."""
    try:
        return step(argument)
    except UsageError as error:
        problems += error.problems
        return None


def _read_results(path: str) -> list[SimulationResult]:
    found = read_results(path)
    if not found:
        raise UsageError(f"{path}: no result in it; give a file that simulate wrote")
    return found


def _load_sinks(given: Mapping[str, Any]) -> SinkSession:
    sinks: list[str | Mapping[str, Any]] = list(given["sink"])
    if given["out"]:
        sinks.append({"use": PAGE, "path": given["out"]})
    elif not sinks and not given["json"]:
        sinks.append(SCREEN)
    reads: dict[str, str | Path] = {f"the file of results {path}": path for path in given["results"] if path}
    named = {"the baseline": given["baseline"], "the calibration": given["calibration"]}
    return SinkSession(sinks, reads=reads | {what: path for what, path in named.items() if path})


def _convert_report(ended: Report) -> dict[str, Any]:
    return {
        **summary_to_json(ended.summary),
        "run_id": ended.info.run_id,
        "problems": [attrs.asdict(problem) for problem in ended.problems],
        "comparison": None if ended.comparison is None else comparison_to_json(ended.comparison),
        "seconds": round(ended.seconds, 3),
    }
