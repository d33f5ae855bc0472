"""``multivon-eval score``: saved transcripts, judged and scored again."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from .options import judging_options, sources

if TYPE_CHECKING:
    from ..results import SimulationResult


@click.command()
@click.argument("results", type=click.Path(path_type=Path))
@click.option("--out", required=True, metavar="FILE", help="Where the results go, one JSON object a line.")
@judging_options
@click.pass_context
def score(ctx: click.Context, /, **given: Any) -> int:
    """Judge and score saved transcripts again, without talking to the assistant.

    \b
    multivon-eval score results.jsonl --judge openai:gpt-4.1 --out rescored.jsonl
    """
    from .._engine.run import Run
    from .._plugin.registry import Registry
    from ..errors import UsageError
    from ..planning import Problems, make_plan
    from .gates import read_gates
    from .running import finish, journal_path, settings_of

    registry, problems = Registry(), Problems()
    gates = problems.collect(read_gates, given["fail_under"], given["max_error_rate"])
    problems.collect(journal_path, given["out"], given["overwrite"])
    settings = settings_of(given, sources(ctx))
    problems.found += settings.problems()
    saved = problems.collect(read_results, given["results"])
    if Path(given["out"]).resolve() == given["results"].resolve():
        problems.found.append(f"--out {given['out']} is the file that is read; give another")
    plan = problems.collect(make_plan, None, None, settings, registry)
    problems.stop()
    assert plan is not None and gates is not None, "nothing is missing where nothing is wrong"
    if not saved:
        raise UsageError(f"{given['results']}: no result in it; give a file that simulate wrote")
    run = Run(plan)
    return finish(
        run,
        lambda: run.rescore(saved, verdicts=True),
        gates,
        strict=given["strict"],
        as_json=given["as_json"],
    )


def read_results(path: Path) -> list[SimulationResult]:
    """Read a file of result lines.

    Raises:
        UsageError: It cannot be read; all problems at once, each with ``FILE:LINE``.
    """
    from ..errors import UsageError
    from ..result_json import result_from_json

    found, problems = [], []
    for where, line in _lines(path):
        try:
            row = json.loads(line)
            if not isinstance(row, dict):
                raise UsageError("not a JSON object; take the line as simulate wrote it")
            found.append(result_from_json(row))
        except UsageError as error:
            problems += [f"{where}: {problem}" for problem in error.problems]
        except ValueError as error:
            problems.append(f"{where}: not JSON ({error}); take the line as simulate wrote it")
    if problems:
        raise UsageError(problems)
    return found


def _lines(path: Path) -> Iterator[tuple[str, str]]:
    from ..errors import UsageError

    try:
        text = path.read_bytes().decode("utf-8-sig")
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); give a file that simulate wrote") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 (byte {error.start}); give a file that simulate wrote") from None
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield f"{path}:{number}", line
