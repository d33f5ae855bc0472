"""``multivon-eval label``: a person labels a blind sample of the conversations of a result file."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any, TypeVar

import click

from multivon_eval.sdk import Label, SimulationResult, UsageError, make_label, read_results

from .candidates import OBSTACLES, identify, list_obstacles, make_candidate
from .label_file import Contents, LabelFile, check_writable, read_labels
from .sampling import Key, select_sample
from .screen import Screen
from .session import Plan, Session

T = TypeVar("T")
ENVIRONMENT = {"auto_envvar_prefix": "MULTIVON_EVAL_LABEL"}
"""Each option may stand in a variable: ``MULTIVON_EVAL_LABEL_OUT`` for ``--out``."""
USUAL_N = 60
_MOST_N, _MOST_SEED = 1_000_000, 2**63 - 1
_SEEDS = 1_000_000
"""A seed that was not given is below this: a person may have to type it."""


@click.command(context_settings=ENVIRONMENT)
@click.argument("results", metavar="RESULTS", required=False)
@click.option("--n", default=str(USUAL_N), show_default=True, metavar="N", help="How many conversations.")
@click.option("--out", metavar="FILE", help="Where labels go, one JSON object a line; gone on with if it is there.")
@click.option("--seed", metavar="N", help="Which sample is drawn. [default: that of FILE, else at random]")
@click.option("--by", metavar="NAME", help="Who labels; recorded in every label.")
@click.option("--overwrite", is_flag=True, help="Begin anew: the first label replaces what FILE holds.")
def label(**given: Any) -> None:
    """Label a sample of conversations, without seeing what the judge said.

    \b
    multivon-eval label results.jsonl --n 60 --out labels.jsonl

    Each label is kept at once. q quits, and the same command goes on.
    """
    plan, file = _prepare(given)
    screen = Screen()
    if torn := file.contents.torn:
        screen.tell(f"{file.path}: its last line was torn; {torn} bytes of it are cut off, and it is asked again.")
    file.repair()
    Session(plan, file, screen).run()


def _prepare(given: Mapping[str, Any]) -> tuple[Plan, LabelFile]:
    """Check all that was asked, before anything is asked of a person.

    Raises:
        UsageError: If something is wrong; with all of it at once.
    """
    problems: list[str] = []
    n = _collect(problems, _read_whole, "--n", given["n"], 1, _MOST_N)
    seed = _collect(problems, _read_seed, given["seed"])
    results = _collect(problems, _read_results, given["results"]) or []
    contents = _collect(problems, _read_out, given["out"], given["results"], given["overwrite"])
    if contents and results:
        known = {identify(result) for result in results}
        _collect(problems, _check_labels, contents, given["out"], known, given["results"])
    if contents:
        seed = _collect(problems, _settle_seed, contents, seed, given["out"])
    candidates = _collect(problems, _select_candidates, results, given["results"]) if results else None
    if problems:
        raise UsageError(problems)
    assert n and contents and candidates and seed is not None  # a missing one is a problem
    labels = {(one.case_uid, one.transcript): one for _, one in contents.labels}
    sample = select_sample([make_candidate(*item) for item in candidates.items()], n, seed, {*labels})
    shown = {key: candidates[key] for key in sample}
    plan = Plan(shown, labels, seed, " ".join((given["by"] or "").split()), given["results"], n)
    return plan, LabelFile(Path(given["out"]), contents, begins_anew=given["overwrite"])


def _collect(problems: list[str], step: Callable[..., T], *arguments: Any) -> T | None:
    """Do one step; what is wrong with it is kept, and the result is None then."""
    try:
        return step(*arguments)
    except UsageError as error:
        problems += error.problems
        return None


def _read_whole(name: str, text: str, least: int, most: int) -> int:
    try:
        number = int(text) if len(text) <= len(str(most)) + 1 else most + 1
    except ValueError:
        raise UsageError(f"{name} is {make_label(text)!r}; give a whole number from {least} on") from None
    if not least <= number <= most:
        raise UsageError(f"{name} is {make_label(text)}; give a whole number from {least} to {most}")
    return number


def _read_seed(text: str | None) -> int | None:
    return None if text is None else _read_whole("--seed", text, 0, _MOST_SEED)


def _read_results(path: str | None) -> list[SimulationResult]:
    if not path:
        raise UsageError("the file of results is missing; name the one that simulate --out wrote")
    results = read_results(path, takes_foreign=True)
    if not results:
        raise UsageError(f"{path}: no result in it; give a file that simulate wrote")
    return results


def _read_out(out: str | None, results: str | None, is_overwriting: bool) -> Contents:
    if not out:
        raise UsageError("--out is missing; name the file where labels go")
    path = Path(out)
    if results and _is_same(path, Path(results)):
        raise UsageError(f"--out {out} would overwrite {results}; name another file")
    check_writable(path)
    return Contents() if is_overwriting else read_labels(path)


def _is_same(path: Path, other: Path) -> bool:
    try:
        return path.resolve() == other.resolve() or path.samefile(other)
    except (OSError, ValueError):
        return False


def _check_labels(contents: Contents, out: str, known: set[Key], results: str) -> None:
    strays = [(number, one) for number, one in contents.labels if (one.case_uid, one.transcript) not in known]
    if strays:
        raise UsageError([_describe_stray(number, one, out, results) for number, one in strays])


def _describe_stray(number: int, one: Label, out: str, results: str) -> str:
    whose = f" {make_label(one.persona)!r}" if one.persona else ""
    return (
        f"{out}:{number}: this label belongs to no conversation of {results} (case_uid {make_label(one.case_uid)}"
        f"{whose}); give the results it was made with, name another --out, or say --overwrite to begin anew"
    )


def _settle_seed(contents: Contents, asked: int | None, out: str) -> int:
    """Take the seed of the labels that are there, or the one that was asked for, or one at random."""
    seeds = sorted({one.seed for _, one in contents.labels if one.seed is not None})
    if asked is not None:
        if seeds and asked not in seeds:
            raise UsageError(
                f"--seed is {asked}, and the sample of {out} was drawn with {seeds[0]}; leave --seed out to go on with "
                "it, name another --out, or say --overwrite to begin anew"
            )
        return asked
    if len(seeds) > 1:
        shown = ", ".join(map(str, seeds[:5]))
        raise UsageError(f"{out} holds labels of several samples, drawn with the seeds {shown}; say one with --seed")
    return seeds[0] if seeds else random.SystemRandom().randrange(1, _SEEDS)


def _select_candidates(results: Sequence[SimulationResult], path: str) -> dict[Key, SimulationResult]:
    """Keep the conversations that a person can judge, each once.

    Raises:
        UsageError: If there is none; it says why.
    """
    met = Counter[str]()
    found: dict[Key, SimulationResult] = {}
    for one in results:
        obstacles = list_obstacles(one)
        met.update(obstacles)
        if not obstacles:
            found.setdefault(identify(one), one)
    if not found:
        why = ", ".join(f"{met[what]} {what}" for what in OBSTACLES if met[what])
        raise UsageError(
            f"{path}: no conversation in it can be labelled (of {len(results)}: {why}); give results of personas with "
            "success_criteria to which the assistant replied"
        )
    return found
