"""``multivon-eval score``: saved transcripts, judged and scored again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import ConfiguredCommand, add_options, find_sources, show_config

if TYPE_CHECKING:
    from .._run.plan import Plan
    from .._types.result import SimulationResult
    from .gates import Gate


@click.command("score", cls=ConfiguredCommand)
@click.argument("results", type=click.Path(path_type=Path), required=False)
@add_options("score")
@click.pass_context
def score(ctx: click.Context, /, **given: Any) -> int:
    """Judge and score saved transcripts, ours or others', without talking to the assistant.

    \b
    multivon-eval score results.jsonl --judge SPEC --out rescored.jsonl
    """
    if given["show_config"]:
        return show_config(ctx, given)
    from .resuming import STANDARD_OUTPUT
    from .running import keep_output_if

    with keep_output_if(given["json"] or given["out"] == STANDARD_OUTPUT):
        plan, gates, saved = _plan(given, find_sources(ctx))
        return _start(plan, gates, saved, given)


def _plan(
    given: Mapping[str, Any], where_from: Mapping[str, str]
) -> tuple[Plan, list[Gate], Sequence[SimulationResult]]:
    """Load and build all that is asked for.

    Raises:
        UsageError: If something is wrong; with all of it.
    """
    from .._plugins.kinds import EVALUATOR
    from .._plugins.registry import Registry
    from .._run.free_checks import stop_with_all
    from .._run.paths import find_clashes
    from .._run.planning import make_plan
    from .._run.problems import Problems
    from .._run.result_file import read_results
    from .gates import GATES, check_metrics, read_gates
    from .resuming import open_journal
    from .running import build_settings, check_filled, check_output

    registry, problems = Registry(), Problems()
    gates = problems.collect(read_gates, *(given[name] for name in GATES))
    if not given["results"]:
        problems.add("the file of results is missing; say multivon-eval score RESULTS --out FILE")
    if not given["out"]:
        problems.add("--out is missing; say where the new results go")
    problems.collect(check_filled, given, "calibration")
    problems.collect(check_output, given)
    settings = build_settings(given, where_from)
    problems.add(*settings.problems())
    saved = problems.collect(read_results, given["results"], takes_foreign=True) if given["results"] else None
    if saved is not None and not saved:
        problems.add(f"{given['results']}: no result in it; give a file that simulate wrote")
    if given["results"] and given["out"]:
        problems.add(*find_clashes({"the file of results": given["results"]}, {"--out": Path(given["out"])}))
    asked = {name: given[name] for name in ("resume", "overwrite", "force")}
    journal = problems.collect(open_journal, given["out"], **asked)
    how = {"journal": journal, "force": given["force"], "is_strict": given["strict"]}
    how["is_watched"] = any(result.conversation.is_imported for result in saved or ())
    plan = problems.collect(make_plan, None, None, settings, registry, **how)
    if plan and gates:
        is_calibrated = plan.aims.calibration is not None
        names = registry.names(EVALUATOR)
        problems.collect(check_metrics, gates, plan.evaluators, names, is_calibrated=is_calibrated)
    stop_with_all(problems, plan)
    assert plan is not None and gates is not None and saved, "nothing is missing where nothing is wrong"
    return plan, gates, saved


def _start(plan: Plan, gates: Sequence[Gate], saved: Sequence[SimulationResult], given: Mapping[str, Any]) -> int:
    """Say that nothing is left to do, or run."""
    from .._run.run import Run
    from .earlier import find_scored, tell_complete
    from .running import finish

    earlier, complete = find_scored(plan, saved, given)
    if complete:
        return tell_complete(plan, complete, gates, given)
    run = Run(plan, earlier)
    return finish(run, lambda: run.rescore(saved, verdicts=True), gates, given)
