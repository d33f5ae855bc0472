"""What a run's numbers say beyond rate and scores, as rows for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from multivon_eval.sdk import Comparison, FailureKinds, Summary, list_findings, make_label

KINDS = 5
"""How many kinds of failure are listed."""

_Row = tuple[str, str, str]


def list_numbers(summary: Summary) -> Iterator[_Row]:
    """List the corrected rate, the decision, trials, where outcomes vary, and the kinds of failure.

    Args:
        summary: That of a run; a rule in the place of a judge gives no number that may be gone by.
    """
    if summary.corrected_goal_rate is not None:
        yield "corrected", f"goal rate {summary.corrected_goal_rate}, {summary.correction}", "bold"
    elif summary.correction:
        yield "corrected", f"goal rate {summary.correction}", "yellow"
    if summary.decision is not None:
        yield "until", str(summary.decision), "bold"
    if summary.trials is not None:
        yield from _align("trials", [summary.trials.told_flaky] if summary.judge_rule else summary.trials.told)
    if summary.spread is not None and not summary.judge_rule:
        yield from _align("varies", [summary.spread.told])
        yield from _align("next", map(str, summary.spread.steps))
    if summary.kinds is not None and summary.kinds.counts and not summary.judge_rule:
        yield from _list_kinds(summary.kinds)


def _align(label: str, lines: Iterable[str]) -> Iterator[_Row]:
    """Put a label before the first of some lines."""
    yield from (("" if number else label, line, "") for number, line in enumerate(lines))


def _list_kinds(kinds: FailureKinds) -> Iterator[_Row]:
    yield from _align("failures", kinds.told)
    for kind, count in list(kinds.counts.items())[:KINDS]:
        yield "", f"{count:>4} {make_label(kind)}", "dim"
    if len(kinds.counts) > KINDS:
        yield "", f"     and {len(kinds.counts) - KINDS} more kinds", "dim"


def list_changes(comparison: Comparison | None) -> Iterator[_Row]:
    """List what changed since the baseline."""
    if comparison is None:
        return
    for number, line in enumerate(list_findings(comparison)):
        style = "red" if any(line.startswith(f"{one.name}: ") for one in comparison.regressions) else ""
        yield "" if number else "baseline", line, style
