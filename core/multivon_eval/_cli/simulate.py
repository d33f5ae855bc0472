"""``multivon-eval simulate``: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .options import ConfiguredCommand, add_options, find_sources, show_config

if TYPE_CHECKING:
    from .._run.system import SystemUnderTest


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
    from .._plugins.registry import Registry
    from .._run.planning import make_plan
    from .._run.problems import Problems
    from .._run.run import Run
    from .gates import check_metrics, read_gates
    from .model_file import load_system
    from .proposal import announce, asked_personas
    from .resuming import open_journal, read_done
    from .running import build_settings, finish

    registry, problems = Registry(), Problems()
    if not given["model_cmd"]:
        problems.add("--model-cmd is missing; see multivon-eval simulate --help")
    where_from = find_sources(ctx)
    personas = problems.collect(asked_personas, given, where_from)
    gates = problems.collect(read_gates, given["fail_under"], given["max_error_rate"])
    settings = build_settings(given, where_from)
    problems.add(*settings.problems())
    system: SystemUnderTest | None = None
    if given["model_cmd"]:
        system = problems.collect(load_system, given["model_cmd"], registry)
    # Last, because it takes the lock of a run that is resumed.
    journal = problems.collect(open_journal, given["out"], resume=given["resume"], overwrite=given["overwrite"])
    how = {"journal": journal, "force": given["force"], "is_strict": given["strict"]}
    plan = problems.collect(make_plan, system, personas, settings, registry, **how)
    if plan and gates:
        problems.collect(check_metrics, gates, plan.evaluators)
    problems.stop()
    assert plan is not None and gates is not None, "nothing is missing where nothing is wrong"
    if given["dry_run"]:
        from .rehearsal import rehearse

        return rehearse(plan)
    announce(plan, quiet=given["quiet"], as_json=given["json"])
    run = Run(plan, read_done(plan.journal, given["out"]))
    return finish(run, run.simulate, gates, strict=given["strict"], as_json=given["json"])
