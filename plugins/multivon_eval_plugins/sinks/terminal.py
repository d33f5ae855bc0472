"""Results on the terminal: a line for each conversation, a summary at the end."""

from __future__ import annotations

import os
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import chain

import attrs
from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from multivon_eval.sdk import (
    Claim,
    Estimate,
    PluginUse,
    Progress,
    Report,
    RunInfo,
    Score,
    ScoreSummary,
    SimulationResult,
    Summary,
    format_count,
    make_label,
    make_printable,
)

from .agreement import list_agreement
from .closing import Row, list_closing_rows, list_opening_rows, make_grid
from .live import LiveView, NotebookView, may_be_live
from .numbers import list_changes

_STYLE = {"achieved": "green", "not achieved": "red", "unknown": "yellow"}


@attrs.define
class TerminalSink:
    """Prints what happens, for people.

    Attributes:
        width: Columns; the terminal's own if not given.
        transcripts: Whether to print every transcript too.
        live: Whether to show, on a terminal and in a notebook, what goes on beside what is finished.
    """

    width: int | None = None
    transcripts: bool = False
    live: bool = True
    _progress: Progress | None = attrs.field(default=None, init=False, eq=False, repr=False)
    _view: LiveView | NotebookView | None = attrs.field(default=None, init=False, eq=False, repr=False)
    _console: Console = attrs.field(init=False, eq=False, repr=False)
    _done: int = attrs.field(default=0, init=False, eq=False, repr=False)
    _of: int = attrs.field(default=0, init=False, eq=False, repr=False)

    def follow(self, progress: Progress) -> None:
        """Keep what tells what the run is doing."""
        self._progress = progress

    async def open(self, run: RunInfo) -> None:
        """Print what the run is made with."""
        self._console = _Terminal(width=self.width, highlight=False)
        self._done, self._of = 0, run.conversations
        what = "judged again" if run.purpose == "score" else f"up to {run.max_turns} turns each"
        count = format_count(run.persona_count, "persona")
        if run.trials > 1:
            count += f" x {run.trials} trials"
        self._print(Text(f"{count}, {format_count(run.conversations, 'conversation')}, {what}", style="bold"))
        self._print(make_grid(_list_setup(run)))
        self._done = run.resumed
        self._print(f"[dim]{run.disclaimer}[/dim]\n")
        if self.live and self._progress is not None:
            if self._console.is_jupyter:
                self._view = NotebookView(self._progress)
            elif may_be_live(self._console):
                self._view = LiveView(self._console, self._progress)
        if self._view is not None:
            self._view.start()

    async def write(self, result: SimulationResult) -> None:
        """Print one line, and what went wrong below it."""
        self._done += 1
        outcome = result.verdict.outcome
        line = Text(f"{self._done:>{len(str(self._of))}}/{self._of}  ")
        line.append(f"{outcome:<13}", style=_STYLE[outcome])
        trial = f" #{result.trial}" if result.trial > 1 else ""
        line.append(f"{make_label(result.persona.name)}{trial}", style="bold")
        turns = f"{result.turns} turn" + ("" if result.turns == 1 else "s")
        line.append(f"  {result.stop_reason or 'imported'}, {turns}, ${result.cost_usd:.4f}")
        self._print(line)
        for detail in _drop_repeats(_list_details(result)):
            self._print_below(Text(detail, style="dim"))
        if self.transcripts:
            for message in result.transcript:
                self._print_below(Text(f"{message.role}: {message.content}"))
        if self._view is not None:
            self._view.refresh()

    async def close(self, report: Report) -> None:
        """Print the summary."""
        if self._view is not None:
            self._view.stop()
        summary = report.summary
        self._print("")
        if report.interrupted:
            self._print(Text(f"interrupted after {self._done} of {self._of} conversations", style="yellow"))
        self._print(make_grid(list_opening_rows(report)))
        if any(score.scored for score in summary.scores.values()):
            self._print(_score_table(summary))
        elif summary.scores:
            self._print(Text(_describe_no_scores(summary)))
        self._print(make_grid(chain(list_closing_rows(report), list_changes(report.comparison))))
        for text in list_agreement(summary):
            self._print(text)
        for use in report.info.plugins:
            if use.kind == "sink" and use.name != "terminal":
                self._print(make_grid(iter([("results", _shorten_spec(use), "")])))
        self._print(f"[dim]{summary.disclaimer}[/dim]")

    def _print_below(self, text: Text) -> None:
        """Print a text below a conversation's line, each of its lines indented."""
        text.plain = make_printable(text.plain)
        self._console.print(Padding(text, (0, 0, 0, 3)))

    def _print(self, what: str | Text | Table) -> None:
        if isinstance(what, Text):
            what.plain = make_printable(what.plain)
        elif isinstance(what, str):
            what = make_printable(what)
        self._console.print(what)


class _Terminal(Console):
    """A console whose reader may go away (``... | head``) without ending the run."""

    def on_broken_pipe(self) -> None:
        """Print nothing from here on; the results still go where they go."""
        self.quiet = True
        # The interpreter flushes standard output at its end, and would complain then.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _list_setup(run: RunInfo) -> Iterator[Row]:
    """List what a run is made with, as far as it differs from run to run."""
    if run.part is not None:
        yield "part", str(run.part), "yellow"
    votes = f"; {run.judge_votes} votes on each verdict" if run.judge_votes > 1 else ""
    yield "judge", f"{run.judge_model} ({run.judge_reason}){votes}", ""
    if run.driver_model != run.judge_model:
        yield "driver", run.driver_model, ""
    yield "budget", _describe_budget(run), ""
    if run.estimate is not None:
        yield "estimate", _describe_estimate(run.estimate, run), ""
    if run.until:
        yield "until", f"{run.until}, then no conversation begins", ""
    if run.resumed:
        yield "resumed", f"{run.resumed} of {run.conversations} conversations were finished before", ""


def _describe_budget(run: RunInfo) -> str:
    if run.ceiling_usd is None:
        return "no ceiling"
    share = "" if run.share_usd is None else f", this shard's share of ${run.budget_usd}"
    return f"${run.ceiling_usd} at most{share}"


def _describe_estimate(found: Estimate, run: RunInfo) -> str:
    text = f"{found.calls} judge calls, {found.calls_most} at most; "
    text += f"{found.input_tokens} tokens in, {found.output_tokens} out; "
    if found.usd is None or found.usd_most is None:
        return text + "no prices are known, so no dollars"
    text += f"${found.usd:.4f}, ${found.usd_most:.4f} at most"
    if found.within_budget < found.conversations:
        text += f"; the ceiling reaches for about {found.within_budget} of {run.conversations} conversations"
    return text


def _drop_repeats(lines: Sequence[str]) -> list[str]:
    """The same thing several times as one line."""
    counts = Counter(lines)
    return [f"{line} ({times} times)" if times > 1 else line for line, times in counts.items()]


def _list_details(result: SimulationResult) -> list[str]:
    found = []
    error = result.conversation.error
    if error is not None:
        found.append(f"{error.source}: {error.message}")
    elif result.goal_achieved is not True:
        found.append(f"verdict: {result.verdict.reason}")
    found += [f"{name}: {_describe_score(score)}" for name, score in result.scores.items() if _is_worth_telling(score)]
    found += [_describe_claim(claim) for claim in result.verdict.claims]
    found += _describe_faults(result)
    if result.conversation.gave_up:
        found.append("the simulated user gave up")
    # What words alone say of the goal contradicts nobody.
    if result.disagreement and not result.provenance.judge_rule:
        said = "reached" if result.conversation.driver_said_goal else "not reached"
        found.append(f"driver and judge disagree: the driver said the goal is {said}")
    return [text if len(text) <= 240 else text[:237] + "..." for text in found]


def _describe_faults(result: SimulationResult) -> list[str]:
    """One line for each kind of fault, with its turns."""
    turns: dict[str, list[int]] = {}
    for fault in result.driver_faults:
        turns.setdefault(fault.fault, []).append(fault.turn)
    return [
        f"driver fault in turn{'s' if len(where) > 1 else ''} {', '.join(map(str, where))}: {fault}"
        for fault, where in turns.items()
    ]


def _is_worth_telling(score: Score) -> bool:
    return bool(score.findings) or (score.value is not None and score.value < 0.5)


def _describe_score(score: Score) -> str:
    return score.reason if score.value is not None else "; ".join((score.reason, *score.findings))


def _describe_claim(claim: Claim) -> str:
    how = "cannot be verified, no tool is shown" if claim.backed is None else "no tool call shows it"
    return f"claimed in turn {claim.turn}, {how}: {claim.quote!r}"


def _describe_no_scores(summary: Summary) -> str:
    found = sum(score.findings for score in summary.scores.values())
    told = f"{format_count(found, 'finding')} above" if found else "no findings"
    return f"scores      none, {told}: too little could be told of any conversation"


def _score_table(summary: Summary) -> Table:
    """A table of the scores; what is nowhere has no column."""
    rows = [(name, *_format_cells(score, summary.conversations)) for name, score in summary.scores.items()]
    names = ("score", "mean", "95 %", "scored", "rests on", "skipped", "failed", "passed")
    table = Table(box=None, pad_edge=False, padding=(0, 1, 0, 0), header_style="dim")
    shown = [place for place in range(len(names)) if any(row[place] for row in rows)]
    for place in shown:
        table.add_column(names[place], justify="left" if place == 0 else "right", overflow="fold")
    for row in rows:
        table.add_row(*(row[place] for place in shown))
    return table


def _format_cells(score: ScoreSummary, of: int) -> list[str]:
    mean = "none" if score.mean is None else f"{score.mean:.2f}"
    ends = "" if score.low is None else f"{score.low:.2f}-{score.high:.2f}"
    passed = "" if score.passed is None else f"{score.passed} of {score.scored}"
    items = "" if score.items is None else f"{score.items} items"
    return [mean, ends, f"{score.scored} of {of}", items, str(score.skipped or ""), str(score.failed or ""), passed]


def _shorten_spec(use: PluginUse) -> str:
    return use.spec.removeprefix(f"{use.distribution}/")
