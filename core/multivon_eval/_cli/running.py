"""What the commands that run share: settings from options, running to the end, the exit code."""

from __future__ import annotations

import asyncio
import contextlib
import gc
from collections.abc import AsyncGenerator, Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from .._plugins.spec import Spec
from .._run.defaults import EVALUATORS, OBSERVERS, RESULT_FILE, SCREEN
from .._run.output import keep_output, tell, tell_json
from .._run.run import Run
from .._run.settings import Settings
from .._run.signals import stop_on_sigterm
from .._types.comparison import comparison_to_json
from .._types.printable import make_one_line
from .._types.report import Report
from .._types.result import SimulationResult
from .._types.summary_json import summary_to_json
from ..errors import ExitCode, MultivonEvalError, UsageError
from .gates import Gate, Held, doubt_part, hold_regression, read_share, tell_gates
from .notes import keep_quiet
from .resuming import STANDARD_OUTPUT

AIMS = ("until", "calibration", "baseline")
"""The options that say what a run is held against."""


def build_settings(given: Mapping[str, Any], where_from: Mapping[str, str]) -> Settings:
    """Make settings of a command's options; what cannot be is for ``Settings.problems`` to say."""
    if given["quiet"]:
        keep_quiet()
    names = {field.name for field in attrs.fields(Settings)}
    options = {name: value for name, value in given.items() if name in names}
    # An empty one is told by whoever looks whether all is filled in.
    options |= {name: given[name] or None for name in AIMS if name in given}
    options |= {
        "budget_usd": given["budget"],
        "evaluators": given["evaluator"] or EVALUATORS,
        "observers": given.get("observer") or OBSERVERS,
        "sinks": list_sinks(given),
        "sources": {name: source for name, source in where_from.items() if name in names}
        | {"sinks": find_sink_source(given, where_from)},
    }
    return Settings(**options)


def list_sinks(given: Mapping[str, Any]) -> list[Any]:
    """List the sinks of a command's options: the file of ``--out``, those of ``--sink``, the screen."""
    # The file first: a result is on disk before it is shown, and a file that cannot be written ends the run
    # before anything is printed.
    sinks: list[Any] = [Spec.with_arg(RESULT_FILE, given["out"])] if given["out"] else []
    sinks += given["sink"]
    return sinks if given["quiet"] or given["json"] else [*sinks, SCREEN]


def find_sink_source(given: Mapping[str, Any], where_from: Mapping[str, str]) -> str:
    """Where the sinks of a command came from."""
    return where_from["out" if given["out"] and not given["sink"] else "sinks"]


def keep_output_if(is_read: bool) -> contextlib.AbstractContextManager[None]:
    """Keep standard output for JSON, if a program reads it."""
    return keep_output() if is_read else contextlib.nullcontext()


def check_output(given: Mapping[str, Any]) -> None:
    """Check that not two things are written to standard output.

    Raises:
        UsageError: If they are.
    """
    if given["json"] and given["out"] == STANDARD_OUTPUT:
        raise UsageError("--json and --out - both write to standard output; give --out a file, or leave out --json")


def check_filled(given: Mapping[str, Any], *names: str) -> None:
    """Check that what is given is not empty.

    Raises:
        UsageError: If some of it is; with all of it.
    """
    empty = [f"--{name.replace('_', '-')}" for name in names if given[name] == ""]
    if empty:
        raise UsageError([f"{name} is empty, perhaps a variable that is not set; fill it in" for name in empty])


def finish(
    run: Run,
    start: Callable[[], AsyncGenerator[SimulationResult, None]],
    gates: Sequence[Gate],
    given: Mapping[str, Any],
) -> int:
    """Run to the end, hold the gates, print JSON if asked for.

    Returns:
        The exit code.
    """

    async def run_to_the_end() -> None:
        stop_on_sigterm()
        async with contextlib.aclosing(start()) as results:
            async for _ in results:
                pass  # delivered and counted

    try:
        with spare_the_collector():
            asyncio.run(run_to_the_end())
    except KeyboardInterrupt:
        raise Interrupted(_explain_interruption(run)) from None
    finally:
        # Of a run that was resumed and refused before it went on.
        run.plan.journal.close(keep=True)
    report = run.report
    assert report is not None, "a run that ended has its report"
    tell_undelivered(report)
    if report.undelivered and run.plan.journal.path is not None:
        tell(f"all of it is in {run.plan.journal.path}: go on with the same command and --resume", err=True)
    return conclude(report, gates, given)


def tell_undelivered(report: Report) -> None:
    """Say which results are missing where."""
    for problem in report.problems:
        if problem.undelivered:
            tell(f"not delivered: {make_one_line(f'{problem.where}: {problem.message}')}", err=True)


def conclude(report: Report, gates: Sequence[Gate], given: Mapping[str, Any]) -> int:
    """Hold the gates, print JSON if asked for, and decide the exit code.

    Args:
        report: The end of the run.
        gates: What it must reach.
        given: The options.
    """
    held, decision = [gate.hold(report.summary) for gate in gates], report.summary.decision
    if report.comparison is not None and given.get("fail_on"):
        most = read_share(given["max_unmeasured"]) or 0.0
        held.append(hold_regression(report.comparison, most, decision.not_run if decision else 0))
    if decision is not None:
        held.append(Held(f"until {decision.condition}", decision.outcome == "met", str(decision)))
    held = doubt_part(held, report.summary.part)
    if given["json"]:
        tell_json(_convert_report(report, held))
    tell_gates(held, is_quiet=given["quiet"] or given["json"])
    return choose_exit_code(report, held, given["strict"])


@contextlib.contextmanager
def spare_the_collector() -> Iterator[None]:
    """Let the garbage collector look less often, and not at what is loaded by now: that stays until the end.

    A run makes many small objects that die by themselves; looking for cycles among each 700 of them, as is the
    default, takes time from the event loop. Afterwards all is as before, for a command may run inside a longer process.
    """
    before = gc.get_threshold()
    ours = gc.get_freeze_count() == 0
    gc.collect()
    if ours:
        gc.freeze()
    gc.set_threshold(20_000, 20, 20)
    try:
        yield
    finally:
        gc.set_threshold(*before)
        if ours:
            gc.unfreeze()


class Interrupted(MultivonEvalError):
    """Ctrl-C or SIGTERM."""

    exit_code = ExitCode.INTERRUPTED


def _explain_interruption(run: Run) -> str:
    told = "interrupted; everything finished so far is delivered"
    journal = run.plan.journal
    if journal.path is None or not journal.path.exists():
        return told
    return f"{told}, the rest is in {journal.path}: go on with the same command and --resume"


def choose_exit_code(report: Report, held: Sequence[Held], strict: bool) -> ExitCode:
    """Decide the exit code of a run that ended."""
    summary = report.summary
    if report.undelivered:
        return ExitCode.FAILED
    if not all(one.is_met for one in held):
        return ExitCode.GATE
    went_wrong = summary.errors or report.problems or any(score.failed for score in summary.scores.values())
    if strict and (went_wrong or "judge" in summary.attributions):
        return ExitCode.FAILED
    if strict and summary.cut:
        return ExitCode.BUDGET
    return ExitCode.OK


def _convert_report(report: Report, held: Sequence[Held]) -> dict[str, Any]:
    comparison = None if report.comparison is None else comparison_to_json(report.comparison)
    return {
        **summary_to_json(report.summary),
        "run_id": report.info.run_id,
        "judge_reason": report.info.judge_reason,
        "sources": dict(report.info.sources),
        "problems": [attrs.asdict(problem) for problem in report.problems],
        "gates": [attrs.asdict(one) for one in held],
        "comparison": comparison,
        "seconds": round(report.seconds, 3),
    }
