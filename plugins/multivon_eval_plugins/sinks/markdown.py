"""A run as Markdown: the summary of a CI job, or a comment on a pull request."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import attrs

from multivon_eval.sdk import (
    Report,
    RunInfo,
    ScoreSummary,
    SimulationResult,
    Summary,
    comparison_to_markdown,
    escape_markdown,
    format_count,
    make_label,
)

from ._files import check_file, write_text
from ._outcome import tell_outcome
from .numbers import KINDS

SENTINEL = "<!-- multivon-eval -->"
"""The first line, by which a comment is found again that is to be replaced."""
MOST_BYTES = 60_000
"""What GitHub takes as a comment is 65,536 characters."""
_MOST_SAID = 500
"""Characters of a reason or a quote."""
_FOR_TAIL = 1_000
"""Bytes kept free for what is said at the end."""


@attrs.define
class MarkdownSink:
    """Writes a page of Markdown when the run ends: what came out, whether it may be believed, and what failed.

    The first line is `<!-- multivon-eval -->`, by which a comment can be found again. The page has less than 60,000
    bytes; a note says what was left out. What a model or a persona says is escaped: it is no markup, and neither a link
    nor a mention.

    Attributes:
        path: The file, which is replaced all at once; ``-`` for standard output.
    """

    path: str
    _failed: list[str] = attrs.field(factory=list, init=False, eq=False, repr=False)
    _failures: int = attrs.field(default=0, init=False, eq=False, repr=False)
    _room: int = attrs.field(default=0, init=False, eq=False, repr=False)
    _is_open: bool = attrs.field(default=False, init=False, eq=False, repr=False)

    async def check(self) -> None:
        """Check that the file can be written.

        Raises:
            UsageError: If it cannot.
        """
        check_file(self.path, "markdown")

    async def open(self, run: RunInfo) -> None:
        """Begin to keep what failed.

        Raises:
            UsageError: If the file cannot be written.
        """
        check_file(self.path, "markdown")
        self._failed, self._failures, self._room, self._is_open = [], 0, MOST_BYTES, True

    async def write(self, result: SimulationResult) -> None:
        """Keep a conversation that failed, as long as there is room on the page."""
        outcome, kind, reason = tell_outcome(result)
        if outcome != "failure":
            return
        self._failures += 1
        item = _write_failure(result, kind, reason)
        self._room -= _measure(item)
        if self._room > 0:
            self._failed.append(item)

    async def retake(self, result: SimulationResult) -> None:
        """Keep one of the run that is gone on with."""
        await self.write(result)

    async def close(self, report: Report) -> None:
        """Write the file.

        Raises:
            DeliveryError: If it cannot be written.
        """
        if not self._is_open:
            return
        self._is_open = False
        write_text(self.path, [write_page(report, self._failed, self._failures)])


def write_page(report: Report, failed: Iterable[str], failures: int) -> str:
    """Write the page of a run.

    Args:
        report: The end of the run.
        failed: The conversations that failed, as Markdown.
        failures: How many there are, those of which there is no Markdown included.
    """
    summary = report.summary
    tail = f"\n*{escape_markdown(summary.disclaimer)}*\n"
    head = _fit(_write_head(report), MOST_BYTES - _FOR_TAIL - _measure(tail))
    room = MOST_BYTES - _FOR_TAIL - _measure(head) - _measure(tail)
    shown: list[str] = []
    for item in failed:
        room -= _measure(item)
        if room < 0:
            break
        shown.append(item)
    body = ""
    if failures:
        left_out = failures - len(shown)
        note = f"\n{left_out:,} more are left out: the page has room for so many; the results have all of them.\n"
        body = f"\n### Conversations that failed ({failures:,})\n\n{''.join(shown)}{note if left_out else ''}"
    return f"{head}{body}{tail}"


def _write_head(report: Report) -> Iterator[str]:
    """Everything but the conversations, in lines."""
    summary = report.summary
    yield from (SENTINEL, f"## Simulation: {_say(summary.headline)}", "")
    if summary.part is not None:
        yield from (f"**{_say(str(summary.part))}**", "")
    if report.interrupted:
        yield from ("**Interrupted: not all conversations were held.**", "")
    yield from _write_result(summary)
    yield from ("", "### Is the simulation sound?", "", *_write_soundness(report))
    yield from ("", "### May the judge be believed?", "", *_write_belief(report))
    if report.comparison is not None:
        yield from ("", "### Since the baseline", "", *comparison_to_markdown(report.comparison).split("\n"))
    if summary.kinds is not None and summary.kinds.counts and not summary.judge_rule:
        yield from ("", "### How conversations failed", "", *(f"- {_say(line)}" for line in summary.kinds.told))
        for kind, count in list(summary.kinds.counts.items())[:KINDS]:
            yield f"- {count} {escape_markdown(make_label(kind))}"
        if (more := len(summary.kinds.counts) - KINDS) > 0:
            yield f"- and {more} more kinds"


def _write_result(summary: Summary) -> Iterator[str]:
    if summary.corrected_goal_rate is not None:
        yield f"- corrected goal rate {summary.corrected_goal_rate}, {_say(summary.correction)}"
    elif summary.correction:
        yield f"- goal rate {_say(summary.correction)}"
    if summary.decision is not None:
        yield f"- until {_say(str(summary.decision))}"
    if summary.trials is not None:
        told = [summary.trials.told_flaky] if summary.judge_rule else summary.trials.told
        yield from (f"- trials: {_say(line)}" for line in told)
    judge = f", judge {_say(summary.judge_model)}" if summary.judge_model else ""
    yield f"- spent ${summary.spent_usd:.4f}{judge}"
    if summary.scores:
        yield from ("", "| score | mean (95 %) | scored | passed | findings |", "|---|---|---|---|---|")
        yield from (_write_score(name, score) for name, score in summary.scores.items())


def _write_score(name: str, score: ScoreSummary) -> str:
    passed = "" if score.passed is None else f"{score.passed} of {score.scored}"
    return f"| {escape_markdown(make_label(name))} | {score.told_mean} | {score.scored} | {passed} | {score.findings} |"


def _write_soundness(report: Report) -> Iterator[str]:
    """What the simulation did wrong, and what measured nothing."""
    summary = report.summary
    count = format_count(summary.conversations, "conversation")
    if summary.driver_faults or summary.repaired:
        faults, repaired = summary.driver_faults, format_count(summary.repaired, "message")
        yield f"- faults of the simulated users are left in {faults} of {count}; {repaired} repaired"
    else:
        yield f"- no fault of the simulated users was seen in {count}"
    if summary.unmeasured:
        others = ", ".join(f"{number} {who}" for who, number in summary.attributions.items() if who != "system")
        yield f"- {summary.unmeasured} of {count} measured nothing of the system: {_say(others)}"
    if summary.gave_up:
        yield f"- the simulated user gave up in {summary.gave_up}"
    if summary.disagreements and not summary.judge_rule:
        yield f"- driver and judge disagree on {summary.disagreements}"
    for problem in report.problems:
        yield f"- problem: {_say(f'{problem.where}: {problem.message}')}"


def _write_belief(report: Report) -> Iterator[str]:
    """What is known of the judge's errors."""
    summary, calibration = report.summary, report.calibration
    if summary.judge_rule:
        yield f"- {_say(summary.judge_rule)} decided in the place of a model: a smoke test, and no measure"
        return
    for name, agreement in summary.agreement.items():
        yield f"- agreement with labels on {escape_markdown(make_label(name))}: {_say(str(agreement))}"
    if calibration is not None:
        kappa = "not defined" if calibration.kappa is None else str(calibration.kappa)
        yield f"- calibrated by {format_count(calibration.labels, 'label')} of people: Cohen's kappa {kappa}"
        if (errors := calibration.errors) is not None:
            yield f"- of what people call achieved it calls {errors.sensitivity} so; of the rest {errors.specificity}"
    elif not summary.agreement:
        yield "- nobody labelled these conversations, so how often the judge errs is not known (`multivon-eval label`)"
    if summary.undecided:
        yield f"- it could not tell in {format_count(summary.undecided, 'conversation')}"


def _write_failure(result: SimulationResult, kind: str, reason: str) -> str:
    name = f"{make_label(result.persona.name)} #{result.trial}"
    lines = [f"- **{escape_markdown(name)}** ({kind.replace('_', ' ')}): {_say(reason)}"]
    for criterion in result.verdict.criteria:
        if criterion.met == "no":
            lines += [f"  > turn {one.turn}: {_say(one.quote)}" for one in criterion.evidence[:1]]
    return "\n".join(lines[:4]) + "\n"


def _say(text: str) -> str:
    """What somebody else said, cut where it is long."""
    return escape_markdown(text if len(text) <= _MOST_SAID else f"{text[:_MOST_SAID]}...")


def _fit(lines: Iterable[str], most: int) -> str:
    """Join lines as long as there is room."""
    kept, room = [], most
    for line in lines:
        room -= _measure(line) + 1
        if room < 0:
            kept.append("\n*More was left out: the page has room for so much; the results have all of it.*")
            break
        kept.append(line)
    return "\n".join(kept) + "\n"


def _measure(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
