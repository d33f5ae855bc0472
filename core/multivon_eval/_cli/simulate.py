"""``multivon-eval simulate``: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .options import judging_options, sources

if TYPE_CHECKING:
    from .._engine.system import SystemUnderTest


@click.command()
@click.option("--model-cmd", metavar="MODEL", help="model.py[:name], package.module:name, openai:MODEL,... (required)")
@click.option("--personas", metavar="SPEC|FILE", help="A JSONL file, or a persona source. (required)")
@click.option("--out", metavar="FILE", help="Where results go, one JSON object a line.")
@click.option("--max-turns", metavar="N", default="8", show_default=True, help="The most turns of a conversation.")
@click.option("--trials", metavar="K", default="1", show_default=True, help="Conversations of each persona.")
@click.option("--driver", default="persona-llm", show_default=True, metavar="SPEC", help="Who plays the personas.")
@click.option("--driver-judge", metavar="SPEC", help="Whom the driver asks, if not the judge.")
@click.option("--seed", metavar="N", help="For what can be seeded; recorded in every result.")
@judging_options
@click.pass_context
def simulate(ctx: click.Context, /, **given: Any) -> int:
    """Let personas talk to your assistant, judge and score what came of it.

    \b
    multivon-eval simulate --model-cmd model.py --personas personas.jsonl \\
        --max-turns 8 --budget 1.00 --out results.jsonl
    """
    from .._engine.run import Run
    from .._plugin.registry import Registry
    from ..planning import Problems, make_plan
    from .gates import read_gates
    from .model_file import load_system
    from .running import finish, journal_path, settings_of

    registry, problems = Registry(), Problems()
    for name in ("model_cmd", "personas"):
        if not given[name]:
            option = name.replace("_", "-")
            problems.found.append(f"--{option} is missing; see multivon-eval simulate --help")
    gates = problems.collect(read_gates, given["fail_under"], given["max_error_rate"])
    journal = problems.collect(journal_path, given["out"], given["overwrite"])
    settings = settings_of(given, sources(ctx))
    problems.found += settings.problems()
    system: SystemUnderTest | None = None
    if given["model_cmd"]:
        system = problems.collect(load_system, given["model_cmd"], registry)
    plan = problems.collect(make_plan, system, given["personas"] or None, settings, registry, journal=journal)
    problems.stop()
    assert plan is not None and gates is not None, "nothing is missing where nothing is wrong"
    run = Run(plan)
    return finish(run, run.simulate, gates, strict=given["strict"], as_json=given["as_json"])
