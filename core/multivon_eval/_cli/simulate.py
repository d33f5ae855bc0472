"""``multivon-eval simulate``: the main job."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from .._run.defaults import DRIVER, ENDPOINT_EXAMPLE, OBSERVERS, shorten_name
from .options import ENVIRONMENT, judging_options, sources

if TYPE_CHECKING:
    from .._run.system import SystemUnderTest


@click.command(context_settings=ENVIRONMENT)
@click.option(
    "--model-cmd", metavar="MODEL", help=f"model.py[:name], package.module:name or {ENDPOINT_EXAMPLE} (required)"
)
@click.option("--personas", metavar="SPEC|FILE", help="A JSONL file, or a persona source. (this or --propose-from)")
@click.option(
    "--propose-from", metavar="FILE", help="The description of a product: the judge proposes personas for it."
)
@click.option("--n-personas", metavar="N", help="With --propose-from: how many, up to 30. [default: 5]")
@click.option("--out", metavar="FILE", help="Where results go, one JSON object a line.")
@click.option("--max-turns", metavar="N", default="8", show_default=True, help="The most turns of a conversation.")
@click.option("--trials", metavar="K", default="1", show_default=True, help="Conversations of each persona.")
@click.option(
    "--driver", default=DRIVER, show_default=shorten_name(DRIVER), metavar="SPEC", help="Who plays the personas."
)
@click.option("--driver-judge", metavar="SPEC", help="Whom the driver asks, if not the judge.")
@click.option(
    "--observer",
    metavar="SPEC",
    multiple=True,
    help=f"Who watches; repeatable. [default: {', '.join(map(shorten_name, OBSERVERS))}]",
)
@click.option("--seed", metavar="N", help="For what can be seeded; recorded in every result.")
@click.option("--resume", is_flag=True, help="Go on with the run whose journal lies beside --out.")
@click.option("--force", is_flag=True, help="With --resume: go on although something has changed.")
@click.option("--dry-run", is_flag=True, help="Load and check all, call model_fn once, print the estimate; no judge.")
@judging_options
@click.pass_context
def simulate(ctx: click.Context, /, **given: Any) -> int:
    """Let personas talk to your assistant, judge and score what came of it.

    \b
    multivon-eval simulate --model-cmd model.py --personas personas.jsonl \\
        --max-turns 8 --budget 1.00 --out results.jsonl
    """
    from .._plugins.registry import Registry
    from .._run.planning import make_plan
    from .._run.problems import Problems
    from .._run.run import Run
    from .gates import read_gates
    from .model_file import load_system
    from .proposal import announce, asked_personas
    from .resuming import done_before, journal_for
    from .running import finish, settings_of

    registry, problems = Registry(), Problems()
    if not given["model_cmd"]:
        problems.add("--model-cmd is missing; see multivon-eval simulate --help")
    where_from = sources(ctx)
    personas = problems.collect(asked_personas, given, where_from)
    gates = problems.collect(read_gates, given["fail_under"], given["max_error_rate"])
    settings = settings_of(given, where_from)
    problems.add(*settings.problems())
    system: SystemUnderTest | None = None
    if given["model_cmd"]:
        system = problems.collect(load_system, given["model_cmd"], registry)
    # Last, because it takes the lock of a run that is resumed.
    journal = problems.collect(journal_for, given["out"], resume=given["resume"], overwrite=given["overwrite"])
    plan = problems.collect(make_plan, system, personas, settings, registry, journal=journal, force=given["force"])
    problems.stop()
    assert plan is not None and gates is not None, "nothing is missing where nothing is wrong"
    if given["dry_run"]:
        from .rehearsal import rehearse

        return rehearse(plan)
    announce(plan, quiet=given["quiet"], as_json=given["json"])
    run = Run(plan, done_before(plan.journal, given["out"]))
    return finish(run, run.simulate, gates, strict=given["strict"], as_json=given["json"])
