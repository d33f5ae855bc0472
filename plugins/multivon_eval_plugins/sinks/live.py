"""What a run is doing just now, below the lines of what is finished, where a person looks at a terminal."""

from __future__ import annotations

import asyncio
import html
import importlib
import os
import sys
from collections.abc import Iterator
from typing import Any

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.text import Text

from multivon_eval.sdk import ActiveConversation, Moment, Progress, make_label, make_printable

PER_SECOND = 4
"""How often it is drawn anew."""
SHOWN = 12
"""So many conversations have a line."""
_NAME = 20


class LiveView:
    """The active conversations, the totals, the money and the time left.

    Args:
        console: Where; only a terminal has it.
        progress: What tells it.
    """

    def __init__(self, console: Console, progress: Progress) -> None:
        self._progress = progress
        self._console = console
        # What else is printed stands above it; standard error only where it is the same terminal.
        self._live = Live(
            console=console,
            get_renderable=self._draw,
            refresh_per_second=PER_SECOND,
            transient=True,
            redirect_stderr=sys.stderr.isatty(),
        )

    def start(self) -> None:
        """Show it from here on."""
        self._live.start()
        # A process that is killed would leave the terminal without one.
        self._console.show_cursor(True)

    def stop(self) -> None:
        """Take it away."""
        self._live.stop()

    def refresh(self) -> None:
        """Nothing: it is drawn anew all the time."""

    def _draw(self) -> RenderableType:
        return Group(*_list_lines(self._progress.look(), max(1, min(SHOWN, self._console.height - 4))))


class NotebookView:
    """The same in a notebook: one output of the cell, drawn anew in its place, and emptied at the end.

    Args:
        progress: What tells it.
    """

    def __init__(self, progress: Progress) -> None:
        self._progress = progress
        self._handle: Any = None
        self._timer: asyncio.TimerHandle | None = None

    def start(self) -> None:
        """Show it from here on."""
        show: Any = importlib.import_module("IPython.display").display
        self._handle = show(self._write(), raw=True, display_id=True)
        self._draw_again()

    def stop(self) -> None:
        """Take it away."""
        if self._timer is not None:
            self._timer.cancel()
        self._handle.update({"text/plain": ""}, raw=True)

    def refresh(self) -> None:
        """Draw it anew."""
        self._handle.update(self._write(), raw=True)

    def _draw_again(self) -> None:
        self.refresh()
        self._timer = asyncio.get_running_loop().call_later(1, self._draw_again)

    def _write(self) -> dict[str, str]:
        text = "\n".join(line.plain for line in _list_lines(self._progress.look(), SHOWN))
        return {"text/plain": text, "text/html": f"<pre>{html.escape(text)}</pre>"}


def _list_lines(moment: Moment, most: int) -> Iterator[Text]:
    yield from (describe_active(one) for one in moment.active[:most])
    if len(moment.active) > most:
        yield Text(f"  and {len(moment.active) - most} more", style="dim")
    yield Text(describe_totals(moment), style="bold", no_wrap=True, overflow="ellipsis")


def may_be_live(console: Console) -> bool:
    """Whether a person looks: a terminal that can move its cursor, and no CI."""
    return console.is_terminal and not console.is_dumb_terminal and not os.environ.get("CI")


def describe_active(one: ActiveConversation) -> Text:
    """Write one conversation on one line, cut where the terminal ends."""
    name = make_label(one.persona) + (f"#{one.trial}" if one.trial > 1 else "")
    doing = f"turn {one.turn}" if one.doing == "talking" else "judging"
    words = " ".join(make_printable(one.last_words).split())
    line = Text(no_wrap=True, overflow="ellipsis")
    line.append(f"  {name[:_NAME]:<{_NAME}} {doing:<8} {one.seconds:>4.0f} s  ")
    line.append(words, style="dim")
    return line


def describe_totals(moment: Moment) -> str:
    """Write how far the run is, what it spent, how fast it goes and how long it will take."""
    told = [f"{moment.finished}/{moment.conversations} finished"]
    judging = sum(one.doing == "judging" for one in moment.active)
    told.append(f"{len(moment.active) - judging} talking, {judging} judging")
    ceiling = "" if moment.budget_usd is None else f" of ${moment.budget_usd}"
    told.append(f"${moment.spent_usd:.4f}{ceiling}")
    if moment.seconds >= 1 and moment.calls:
        told.append(f"{moment.calls / moment.seconds:.1f} calls/s")
    if moment.pause:
        told.append(f"the judge asks to wait {moment.pause:.0f} s")
    elif moment.seconds_left is not None and moment.finished < moment.conversations:
        told.append(f"about {_format_time(moment.seconds_left)} left")
    return "; ".join(told)


def _format_time(seconds: float) -> str:
    if seconds < 90:
        return f"{seconds:.0f} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"
