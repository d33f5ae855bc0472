"""``multivon-eval simulate``: the main job."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

import click

from .options import ConfiguredCommand, add_options, find_sources, show_config

if TYPE_CHECKING:
    from .._run.plan import Plan
    from .gates import Gate


@click.command("simulate", cls=ConfiguredCommand)
@add_options("simulate")
@click.pass_context
def simulate(ctx: click.Context, /, **given: Any) -> int:
    """Let personas talk to your assistant, judge and score what came of it.

    \b
    multivon-eval simulate --model-cmd model.py --personas personas.jsonl \\
        --max-turns 8 --budget 1.00 --out results.jsonl
    """
    if given["show_config"]:
        return show_config(ctx, given)
    from .resuming import STANDARD_OUTPUT
    from .running import keep_output_if
    from .sharding import leave_for_merge

    # What the model file prints, when it is imported and when it answers, must not stand among results.
    with keep_output_if(given["json"] or given["out"] == STANDARD_OUTPUT):
        where_from = find_sources(ctx)
        given, wrong = leave_for_merge(given, where_from)
        plan, gates = _plan(given, where_from, wrong)
        return _start(plan, gates, given)


def _plan(given: Mapping[str, Any], where_from: Mapping[str, str], wrong: Sequence[str]) -> tuple[Plan, list[Gate]]:
    """Load and build all that is asked for; what is wrong already is told with the rest.

    Raises:
        UsageError: If something is wrong; with all of it.
    """
    from .._plugins.kinds import EVALUATOR
    from .._plugins.registry import Registry
    from .._run.free_checks import stop_with_all
    from .._run.model_file import load_system
    from .._run.planning import make_plan
    from .._run.problems import Problems
    from .gates import GATES, check_fail_on, check_metrics, read_gates
    from .proposal import asked_personas
    from .resuming import open_journal
    from .running import AIMS, build_settings, check_filled, check_output

    registry, problems = Registry(), Problems()
    problems.add(*wrong)
    if given["model_cmd"] is None:
        problems.add("--model-cmd is missing; see multivon-eval simulate --help")
    problems.collect(check_filled, given, "model_cmd", "personas", "propose_from", *AIMS)
    problems.collect(check_output, given)
    personas = problems.collect(asked_personas, given, where_from)
    gates = problems.collect(read_gates, *(given[name] for name in GATES))
    problems.collect(check_fail_on, given["fail_on"], given["baseline"])
    settings = build_settings(given, where_from)
    problems.add(*settings.problems())
    system = problems.collect(load_system, given["model_cmd"], registry) if given["model_cmd"] else None
    # Last, because it takes the lock of a run that is resumed.
    asked = {name: given[name] for name in ("resume", "overwrite", "force")}
    journal = problems.collect(open_journal, given["out"], **asked, retry=given["retry_failed"])
    how = {"journal": journal, "force": given["force"], "is_strict": given["strict"]}
    plan = problems.collect(make_plan, system, personas, settings, registry, **how)
    if plan and gates:
        is_calibrated = plan.aims.calibration is not None
        names = registry.names(EVALUATOR)
        problems.collect(check_metrics, gates, plan.evaluators, names, plan.info.trials, is_calibrated)
    stop_with_all(problems, plan)
    assert plan is not None and gates is not None, "nothing is missing where nothing is wrong"
    return plan, gates


def _start(plan: Plan, gates: Sequence[Gate], given: Mapping[str, Any]) -> int:
    """Rehearse, say that nothing is left to do, or run."""
    from .._run.run import Run
    from .earlier import find_earlier, tell_complete
    from .proposal import announce
    from .running import finish

    earlier, complete = find_earlier(plan, given)
    if complete and not given["dry_run"]:
        return tell_complete(plan, complete, gates, given)
    if given["dry_run"]:
        from .rehearsal import rehearse

        return rehearse(plan)
    announce(plan, quiet=given["quiet"], as_json=given["json"])
    run = Run(plan, earlier)
    return finish(run, run.simulate, gates, given)
