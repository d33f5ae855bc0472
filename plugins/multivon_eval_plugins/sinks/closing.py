"""The end of a run as rows for a person: is it sound, may the judge be believed, how good, what to read."""

from __future__ import annotations

import heapq
import shlex
from collections.abc import Iterator, Mapping

from rich.table import Table
from rich.text import Text

from multivon_eval.sdk import Rate, Report, Summary, WorthReading, format_count, make_label, make_printable

from .numbers import list_numbers

Row = tuple[str, str, str]
"""What it is about, what is said, and in which style."""

SHOWN = 8
"""So many personas and criteria are listed; of more those with the lowest rate."""
_LABEL = 11
_REASON = 300
"""Characters of a reason, which may quote a long message."""


def make_grid(rows: Iterator[Row]) -> Table:
    """Lay rows out so that a line that is too long goes on below itself."""
    grid = Table.grid(padding=(0, 1, 0, 0))
    grid.add_column(min_width=_LABEL, no_wrap=True)
    grid.add_column(overflow="fold", ratio=1)
    for label, said, style in rows:
        grid.add_row(Text(label, style="bold"), Text(make_printable(said), style=style))
    return grid


def list_opening_rows(report: Report) -> Iterator[Row]:
    """List what stands before the scores: soundness, the judge, the rate, personas and criteria."""
    summary = report.summary
    if summary.part is not None:
        yield "part", str(summary.part), "yellow"
    is_sound, told = _describe_soundness(summary)
    yield "simulation", told, "" if is_sound else "yellow"
    yield "judge", _describe_judge(report), ""
    yield ("verdicts" if summary.judge_rule else "goal rate"), summary.headline, "bold"
    yield from list_numbers(summary)
    if not summary.judge_rule:
        yield from _list_rates("personas", summary.personas)
    yield from _list_criteria(summary.criteria)


def _describe_soundness(summary: Summary) -> tuple[bool, str]:
    """Whether what was measured can be gone by, and what speaks against it."""
    found = []
    if summary.driver_faults or summary.repaired:
        left = format_count(summary.driver_faults, "conversation")
        found.append(f"driver faults left in {left}, {format_count(summary.repaired, 'message')} repaired")
    if summary.unmeasured:
        found.append(f"{summary.unmeasured} of {summary.conversations} measured nothing of the system")
    if summary.cut:
        found.append(f"{summary.cut} cut short by the budget")
    if summary.gave_up:
        found.append(f"the user gave up in {summary.gave_up}")
    is_sound = not (summary.driver_faults or summary.unmeasured or summary.cut)
    return is_sound, "; ".join(
        found
    ) or f"sound: no fault of it in {format_count(summary.conversations, 'conversation')}"


def _describe_judge(report: Report) -> str:
    summary, calibration = report.summary, report.calibration
    name = make_label(summary.judge_model) if summary.judge_model else "none"
    if summary.judge_rule:
        return f"{name}: {summary.judge_rule}, a smoke test and no measure"
    differ = f"; driver and judge disagree on {summary.disagreements}" if summary.disagreements else ""
    if calibration is None:
        return f"{name}, not calibrated: nobody said whether it may be believed{differ}"
    if calibration.errors is None:
        return f"{name}, not calibrated: {calibration.reason}{differ}"
    errors = calibration.errors
    told = f"{calibration.labels} labels: sensitivity {errors.sensitivity}, specificity {errors.specificity}"
    return f"{name}, calibrated by {told}{differ}"


def _list_rates(label: str, rates: Mapping[str, Rate]) -> Iterator[Row]:
    """List the lowest rates first; nothing where there is one persona."""
    if len(rates) < 2:
        return
    lowest = heapq.nsmallest(SHOWN, rates.items(), key=lambda pair: (pair[1].value or 0.0, pair[0]))
    told = [f"{make_label(name)} {rate.hits} of {rate.of}" for name, rate in lowest]
    more = f"; {len(rates) - SHOWN} more, none lower" if len(rates) > SHOWN else ""
    yield label, ", ".join(told) + more, ""


def _list_criteria(criteria: Mapping[str, Mapping[str, int]]) -> Iterator[Row]:
    def rank(pair: tuple[str, Mapping[str, int]]) -> tuple[float, str]:
        counts = pair[1]
        return counts.get("yes", 0) / (sum(counts.values()) or 1), pair[0]

    for number, (text, counts) in enumerate(heapq.nsmallest(SHOWN, criteria.items(), key=rank)):
        unknown = f", {counts['unknown']} unknown" if counts.get("unknown") else ""
        of = counts.get("yes", 0) + counts.get("no", 0)
        yield (
            "" if number else "criteria",
            f"{counts.get('yes', 0)} of {of} met{unknown}: {' '.join(text.split())[:_REASON]}",
            "",
        )
    if len(criteria) > SHOWN:
        yield "", f"{len(criteria) - SHOWN} more criteria, none met less often", "dim"


def list_closing_rows(report: Report) -> Iterator[Row]:
    """List what stands after the scores: how conversations ended, what was spent, and what to read."""
    summary = report.summary
    if stops := {reason: count for reason, count in summary.stop_reasons.items() if count}:
        yield "ended", ", ".join(f"{count} {reason}" for reason, count in stops.items()), ""
    yield "cost", _describe_cost(report), ""
    file = next((_find_file(use.spec) for use in report.info.plugins if use.kind == "sink" and use.name == "jsonl"), "")
    for number, one in enumerate(summary.worth_reading):
        yield "" if number else "read", _describe_worth(one), ""
    if file and summary.worth_reading:
        yield "", f"multivon-eval show {shlex.quote(file)} {shlex.quote(_name(summary.worth_reading[0]))}", "dim"
    for problem in report.problems:
        yield "problem", f"{problem.where}: {problem.message}", "yellow"


def _find_file(spec: str) -> str:
    return spec.partition(":")[2].partition(",")[0]


def _name(one: WorthReading) -> str:
    return one.persona + (f"#{one.trial}" if one.trial > 1 else "")


def _describe_worth(one: WorthReading) -> str:
    where = f" (turn {one.turn})" if one.turn else ""
    return f"{make_label(_name(one))}{where}: {one.reason[:_REASON]}"


def _describe_cost(report: Report) -> str:
    summary = report.summary
    told = f"${summary.spent_usd:.4f}"
    if report.info.ceiling_usd is not None:
        told += f" of ${report.info.ceiling_usd}"
    if summary.costs:
        told += f" ({', '.join(f'{purpose} ${usd:.4f}' for purpose, usd in summary.costs.items())})"
    usage = summary.usage
    if usage.input_tokens or usage.output_tokens:
        told += f"; {usage.input_tokens} tokens in ({usage.cached_tokens} cached), {usage.output_tokens} out"
    if summary.system_cost_usd is not None:
        told += f"; model_fn says it spent ${summary.system_cost_usd:.4f}"
    elif any(summary.stop_reasons.values()):  # imported transcripts ended elsewhere: nothing was called for them
        told += "; what model_fn spent is not known, it returned no Reply(cost_usd=...)"
    return f"{told}; {report.seconds:.1f} s"
