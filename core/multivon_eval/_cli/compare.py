"""``multivon-eval compare``: what changed between two runs."""

from __future__ import annotations

from pathlib import Path

import click

from ..errors import ExitCode


@click.command("compare")
@click.argument("base", type=click.Path(path_type=Path))
@click.argument("new", type=click.Path(path_type=Path))
@click.option(
    "--calibration", metavar="FILE", help="What people say of the judge: the difference as they would see it."
)
@click.option("--fail-on", metavar="regression", help="Exit 1 if something got worse, or if that is not known.")
@click.option(
    "--max-unmeasured",
    default="0.2",
    show_default=True,
    metavar="SHARE",
    help="With --fail-on: how many conversations of BASE may be missing from the pairs.",
)
@click.option("--markdown", "as_markdown", is_flag=True, help="Print Markdown, for a pull request say.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def compare(
    base: Path,
    new: Path,
    calibration: str | None,
    fail_on: str | None,
    max_unmeasured: str,
    as_markdown: bool,
    as_json: bool,
) -> int:
    """Say what changed between two runs of the same personas, and whether it is more than noise.

    \b
    multivon-eval compare base.jsonl new.jsonl --fail-on regression
    """
    from .._measure.comparing import compare_results
    from .._run.calibration_file import read_calibration
    from .._run.output import tell, tell_json
    from .._run.problems import Problems
    from .._run.result_file import read_results
    from .._types.comparison import comparison_to_json
    from .._types.markdown import comparison_to_markdown
    from .._types.run_part import unite_parts
    from .gates import check_fail_on, doubt_part, hold_regression, read_share, tell_gates

    problems = Problems()
    problems.collect(check_fail_on, fail_on, base)
    if (most := read_share(max_unmeasured)) is None:
        problems.add(f"--max-unmeasured {max_unmeasured}: give a share from 0 to 1")
    if as_json and as_markdown:
        problems.add("--json and --markdown both write to standard output; say one of them")
    before, now = (problems.collect(read_results, path) for path in (base, new))
    for path, found in ((base, before), (new, now)):
        if found == []:
            problems.add(f"{path}: no result in it; give a file that simulate wrote")
    known = problems.collect(read_calibration, calibration) if calibration else None
    problems.stop()
    assert before and now and most is not None, "nothing is missing where nothing is wrong"
    comparison = compare_results(before, now, known)
    part = unite_parts(one.provenance.part for one in (*before, *now))
    held = doubt_part([hold_regression(comparison, most)], part) if fail_on else []
    for path, found in ((base, before), (new, now)):
        if (some := unite_parts(one.provenance.part for one in found)) is not None:
            tell(f"{path}: {some}", err=True)
    if as_json:
        gates = [{"gate": one.gate, "is_met": one.is_met, "why": one.why} for one in held]
        tell_json({**comparison_to_json(comparison), "gates": gates})
    else:
        tell(comparison_to_markdown(comparison) if as_markdown else str(comparison))
    tell_gates(held, is_quiet=as_json or as_markdown)
    return ExitCode.OK if all(one.is_met for one in held) else ExitCode.GATE
