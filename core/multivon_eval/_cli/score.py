"""``multivon-eval score``: saved transcripts, judged and scored again."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from .options import ConfiguredCommand, add_options, find_sources, show_config


@click.command("score", cls=ConfiguredCommand)
@click.argument("results", type=click.Path(path_type=Path), required=False)
@add_options("score")
@click.pass_context
def score(ctx: click.Context, /, **given: Any) -> int:
    """Judge and score saved transcripts again, without talking to the assistant.

    \b
    multivon-eval score results.jsonl --judge SPEC --out rescored.jsonl
    """
    if given["show_config"]:
        return show_config(ctx, given)
    from .._journal.journal import SUFFIX, remove
    from .._plugins.registry import Registry
    from .._run.paths import find_clashes
    from .._run.planning import make_plan
    from .._run.problems import Problems
    from .._run.result_file import read_results
    from .._run.run import Run
    from ..errors import UsageError
    from .gates import check_metrics, read_gates
    from .resuming import open_journal
    from .running import build_settings, finish

    registry, problems = Registry(), Problems()
    gates = problems.collect(read_gates, given["fail_under"], given["max_error_rate"])
    if not given["results"]:
        problems.add("the file of results is missing; say multivon-eval score RESULTS --out FILE")
    if not given["out"]:
        problems.add("--out is missing; say where the new results go")
    problems.collect(open_journal, given["out"], resume=False, overwrite=given["overwrite"])
    settings = build_settings(given, find_sources(ctx))
    problems.add(*settings.problems())
    saved = problems.collect(read_results, given["results"]) if given["results"] else None
    if given["results"] and given["out"]:
        problems.add(*find_clashes({"the file of results": given["results"]}, {"--out": Path(given["out"])}))
    plan = problems.collect(make_plan, None, None, settings, registry, is_strict=given["strict"])
    if plan and gates:
        problems.collect(check_metrics, gates, plan.evaluators)
    problems.stop()
    assert plan is not None and gates is not None, "nothing is missing where nothing is wrong"
    if not saved:
        raise UsageError(f"{given['results']}: no result in it; give a file that simulate wrote")
    if given["overwrite"]:
        remove(Path(given["out"] + SUFFIX))
    run = Run(plan)
    return finish(
        run,
        lambda: run.rescore(saved, verdicts=True),
        gates,
        strict=given["strict"],
        as_json=given["json"],
    )
