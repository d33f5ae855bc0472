"""Results on the terminal: a line for each conversation, a summary at the end."""

from __future__ import annotations

import os
import sys
from itertools import chain

import attrs
from rich.console import Console
from rich.markup import escape
from rich.table import Table
from rich.text import Text

from multivon_eval.sdk import (
    Claim,
    Estimate,
    PluginUse,
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
from .closing import list_closing_rows, list_opening_rows, make_grid
from .numbers import list_changes

_STYLE = {"achieved": "green", "not achieved": "red", "unknown": "yellow"}


@attrs.define
class TerminalSink:
    """Prints what happens, for people.

    Attributes:
        width: Columns; the terminal's own if not given.
        transcripts: Whether to print every transcript too.
    """

    width: int | None = None
    transcripts: bool = False
    _console: Console = attrs.field(init=False, eq=False, repr=False)
    _done: int = attrs.field(default=0, init=False, eq=False, repr=False)
    _of: int = attrs.field(default=0, init=False, eq=False, repr=False)

    async def open(self, run: RunInfo) -> None:
        """Print what the run is made with."""
        self._console = _Terminal(width=self.width, highlight=False)
        self._done, self._of = 0, run.conversations
        what = "judged again" if run.purpose == "score" else f"up to {run.max_turns} turns each"
        count = format_count(len(run.personas), "persona")
        if run.trials > 1:
            count += f" x {run.trials} trials"
        self._print(Text(f"{count}, {format_count(run.conversations, 'conversation')}, {what}", style="bold"))
        self._print(f"judge    {escape(run.judge_model)} ({escape(run.judge_reason)})" + _describe_votes(run))
        if run.driver_model != run.judge_model:
            self._print(f"driver   {escape(run.driver_model)}")
        ceiling = "no ceiling" if run.budget_usd is None else f"${run.budget_usd} at most"
        self._print(f"budget   {ceiling}")
        if run.estimate is not None:
            self._print(Text(_estimate(run.estimate, run)))
        if run.until:
            self._print(f"until    {escape(run.until)}, then no conversation begins")
        if run.resumed:
            self._print(f"resumed  {run.resumed} of {run.conversations} conversations were finished before")
        self._done = run.resumed
        self._print(f"[dim]{run.disclaimer}[/dim]\n")

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
        for detail in _list_details(result):
            self._print(Text(f"   {detail}", style="dim"))
        if self.transcripts:
            for message in result.transcript:
                self._print(Text(f"   {message.role}: {message.content}"))

    async def close(self, report: Report) -> None:
        """Print the summary."""
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
                self._print(Text(f"results     {_shorten_spec(use)}"))
        self._print(f"[dim]{summary.disclaimer}[/dim]")

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


def _describe_votes(run: RunInfo) -> str:
    """What a judge is asked beyond one vote on each verdict."""
    return f"; {run.judge_votes} votes on each verdict" if run.judge_votes > 1 else ""


def _estimate(found: Estimate, run: RunInfo) -> str:
    text = f"estimate {found.calls} judge calls, {found.calls_most} at most; "
    text += f"{found.input_tokens} tokens in, {found.output_tokens} out; "
    if found.usd is None or found.usd_most is None:
        return text + "no prices are known, so no dollars"
    text += f"${found.usd:.4f}, ${found.usd_most:.4f} at most"
    if found.within_budget < found.conversations:
        text += f"; the ceiling reaches for about {found.within_budget} of {run.conversations} conversations"
    return text


def _list_details(result: SimulationResult) -> list[str]:
    found = []
    error = result.conversation.error
    if error is not None:
        found.append(f"{error.source}: {error.message}")
    elif result.goal_achieved is not True:
        found.append(f"verdict: {result.verdict.reason}")
    found += [f"{name}: {_describe_score(score)}" for name, score in result.scores.items() if _is_worth_telling(score)]
    found += [_describe_claim(claim) for claim in result.verdict.claims]
    found += [f"driver fault in turn {fault.turn}: {fault.fault}" for fault in result.driver_faults]
    if result.conversation.gave_up:
        found.append("the simulated user gave up")
    # What words alone say of the goal contradicts nobody.
    if result.disagreement and not result.provenance.judge_rule:
        said = "reached" if result.conversation.driver_said_goal else "not reached"
        found.append(f"driver and judge disagree: the driver said the goal is {said}")
    return [text if len(text) <= 240 else text[:237] + "..." for text in found]


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
