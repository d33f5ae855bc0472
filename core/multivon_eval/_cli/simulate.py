"""``multivon-eval simulate``: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .options import judging_options, sources

if TYPE_CHECKING:
    from .._engine.run import Run


@click.command()
@click.option(
    "--model-cmd",
    required=True,
    metavar="MODEL",
    help="model.py[:name], package.module:name, openai:MODEL,...",
)
@click.option("--personas", required=True, metavar="SPEC|FILE", help="A JSONL file, or a persona source.")
@click.option("--out", metavar="FILE", help="Where results go, one JSON object a line.")
@click.option("--max-turns", type=int, default=8, show_default=True, help="The most turns of a conversation.")
@click.option("--trials", type=int, default=1, show_default=True, metavar="K", help="Conversations of each persona.")
@click.option("--driver", default="persona-llm", show_default=True, metavar="SPEC", help="Who plays the personas.")
@click.option("--driver-judge", metavar="SPEC", help="Whom the driver asks, if not the judge.")
@click.option("--seed", type=int, help="For what can be seeded; recorded in every result.")
@judging_options
@click.pass_context
def simulate(ctx: click.Context, /, **given: Any) -> int:
    """Let personas talk to your assistant, judge and score what came of it.

    \b
    multivon-eval simulate --model-cmd model.py --personas personas.jsonl \\
        --max-turns 8 --budget 1.00 --out results.jsonl
    """
    from .._engine.run import Run
    from .._engine.system import SystemUnderTest
    from .._plugin.registry import Registry
    from ..planning import Problems, make_plan
    from .gates import read_gates
    from .model_file import load_system
    from .running import finish, journal_path, settings_of

    registry, problems = Registry(), Problems()
    gates = problems.collect(read_gates, given["fail_under"], given["max_error_rate"])
    journal = problems.collect(journal_path, given["out"], given["overwrite"])
    settings = problems.collect(settings_of, given, sources(ctx))
    system: SystemUnderTest | None = problems.collect(load_system, given["model_cmd"], registry)
    run: Run | None = None
    if settings is not None:
        plan = problems.collect(make_plan, system, given["personas"], settings, registry, journal=journal)
        run = Run(plan) if plan else None
    problems.stop()
    assert run is not None and gates is not None, "nothing is missing where nothing is wrong"
    return finish(run, run.simulate, gates, strict=given["strict"], as_json=given["as_json"])
