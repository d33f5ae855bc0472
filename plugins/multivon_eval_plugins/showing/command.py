"""``multivon-eval show``: transcripts and verdicts in the terminal."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from pathlib import Path

import click
from rich.console import Console

from multivon_eval.sdk import (
    SimulationResult,
    UsageError,
    did_you_mean,
    format_count,
    make_label,
    make_printable,
    read_results,
)

from .chat import write_chat
from .listing import write_listing

ENVIRONMENT = {"auto_envvar_prefix": "MULTIVON_EVAL_SHOW"}
MOST = 500
"""Conversations that are shown in full at once; of more, one is to be named."""


@click.command(context_settings=ENVIRONMENT)
@click.argument("results", metavar="RESULTS", type=click.Path(path_type=Path))
@click.argument("name", metavar="[NAME]", required=False)
@click.option("--all", "is_all", is_flag=True, help="All conversations in full.")
@click.option("--tools", "shows_tools", is_flag=True, help="What tools were called with and gave back, in full.")
@click.option("--no-pager", "is_plain", is_flag=True, help="Print without a pager.")
def show(results: Path, name: str | None, is_all: bool, shows_tools: bool, is_plain: bool) -> None:
    """Read conversations: the chat, the verdict's quotes where they stand, what was found at its turn.

    \b
    multivon-eval show results.jsonl
    multivon-eval show results.jsonl rushed_customer#2

    Without a NAME it lists the conversations. NAME is a persona's, with #N for a certain trial, or a case_uid.
    """
    found = read_results(results, takes_foreign=True)
    if not found:
        raise UsageError(f"{results}: no result in it; give a file that simulate wrote")
    if name is not None and is_all:
        raise UsageError(f"{name!r} and --all contradict each other; say one of them")
    chosen = _choose(found, name, results) if name is not None else found
    if is_all and len(chosen) > MOST:
        raise UsageError(
            f"--all would show {format_count(len(chosen), 'conversation')}; name one, or a part of the file"
        )
    with _Screen(is_plain=is_plain) as console:
        if name is None and not is_all:
            write_listing(console, chosen, str(results))
            return
        for one in chosen:
            write_chat(console, one, shows_tools=shows_tools)
        console.print(make_printable(chosen[0].disclaimer), style="dim", markup=False)


def _choose(results: Sequence[SimulationResult], name: str, path: Path) -> list[SimulationResult]:
    """Find the conversations that are meant.

    Raises:
        UsageError: If there is none.
    """
    persona, _, number = name.rpartition("#")
    exact = [one for one in results if name in (one.persona.name, one.case_uid)]
    if not exact and persona and number.isdecimal():
        exact = [one for one in results if one.persona.name == persona and one.trial == int(number)]
        trials = sorted({one.trial for one in results if one.persona.name == persona})
        if not exact and trials:
            known = ", ".join(map(str, trials[:20]))
            raise UsageError(f"{path} has no trial {number} of {make_label(persona)!r}; it has {known}")
    if not exact:
        names = sorted({one.persona.name for one in results})
        raise UsageError(f"{path} has no conversation of {make_label(name)!r}; {did_you_mean(name, names)}")
    return exact


class _Screen:
    """A console behind a pager where there is one and standard output is a terminal."""

    def __init__(self, *, is_plain: bool) -> None:
        self._console = Console(highlight=False, soft_wrap=False)
        self._is_paged = not is_plain and self._console.is_terminal and bool(os.environ.get("PAGER") or _find_less())
        self._pager = self._console.pager(styles=True) if self._is_paged else None

    def __enter__(self) -> Console:
        if self._pager is not None:
            # Colours are kept, a text of one screen ends by itself, and lines stay whole.
            os.environ.setdefault("LESS", "-RFX")
            self._pager.__enter__()
        return self._console

    def __exit__(self, *error: object) -> None:
        try:
            if self._pager is not None:
                self._pager.__exit__(None, None, None)
        except BrokenPipeError:  # whoever read it has gone
            os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _find_less() -> str | None:
    from shutil import which

    return which("less") or which("more")
