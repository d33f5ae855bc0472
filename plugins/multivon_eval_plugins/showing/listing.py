"""The conversations of a file, a line each."""

from __future__ import annotations

import shlex
from collections.abc import Sequence

from rich.console import Console
from rich.text import Text

from multivon_eval.sdk import SimulationResult, format_count, make_label, make_printable

_STYLE = {"achieved": "green", "not achieved": "red", "unknown": "yellow"}


def write_listing(console: Console, results: Sequence[SimulationResult], path: str) -> None:
    """Print a line for each conversation, and how to read one.

    Args:
        console: Where.
        results: The conversations, in the file's order.
        path: The file, for the command.
    """
    for result in results:
        trial = f"#{result.trial}" if result.trial > 1 else ""
        turns = f"{result.turns} turn" + ("" if result.turns == 1 else "s")
        line = Text(f"{result.verdict.outcome:<13}", style=_STYLE[result.verdict.outcome])
        line.append(make_printable(f"{make_label(result.persona.name)}{trial}"), style="bold")
        line.append(f"  {result.stop_reason or 'imported'}, {turns}")
        line.append(make_printable(f"  {make_label(_find_remark(result))}"), style="dim")
        console.print(line, no_wrap=True, overflow="ellipsis")
    first = results[0]
    name = first.persona.name + (f"#{first.trial}" if first.trial > 1 else "")
    how = f"multivon-eval show {shlex.quote(path)} {shlex.quote(name)}"
    told = f"{format_count(len(results), 'conversation')}; read one: {how}"
    console.print(make_printable(told), style="dim", markup=False)
    for part in dict.fromkeys(one.provenance.part for one in results):
        if part is not None:
            console.print(str(part), style="yellow", markup=False)
    console.print(make_printable(first.disclaimer), style="dim", markup=False)


def _find_remark(result: SimulationResult) -> str:
    """What stands out in a conversation; empty where nothing does."""
    error = result.conversation.error
    if error is not None:
        return f"{error.source}: {error.message}"
    if result.driver_faults:
        return f"driver fault: {result.driver_faults[0].fault}"
    return result.verdict.reason if result.goal_achieved is not True else ""
