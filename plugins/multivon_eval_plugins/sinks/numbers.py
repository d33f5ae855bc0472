"""What a run's numbers say beyond rate and scores, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from rich.text import Text

from multivon_eval.sdk import Comparison, FailureKinds, Summary, list_findings, make_label

KINDS = 5
"""How many kinds of failure are listed."""


def list_numbers(summary: Summary) -> Iterator[Text]:
    """Write the corrected rate, the decision, trials, where outcomes vary, and the kinds of failure.

    Args:
        summary: That of a run; a rule in the place of a judge gives no number that may be gone by.
    """
    if summary.corrected_goal_rate is not None:
        yield Text(f"corrected goal rate {summary.corrected_goal_rate}, {summary.correction}")
    elif summary.correction:
        yield Text(f"goal rate {summary.correction}", style="yellow")
    if summary.decision is not None:
        yield Text(f"until    {summary.decision}", style="bold")
    if summary.trials is not None:
        yield from _align("trials", [summary.trials.told_flaky] if summary.judge_rule else summary.trials.told)
    if summary.spread is not None and not summary.judge_rule:
        yield from _align("varies", [summary.spread.told])
        yield from _align("next", map(str, summary.spread.steps))
    if summary.kinds is not None and summary.kinds.counts and not summary.judge_rule:
        yield from _list_kinds(summary.kinds)


def _align(name: str, lines: Iterable[str]) -> Iterator[Text]:
    """Put a name before the first of some lines, and as much space before the others."""
    for number, line in enumerate(lines):
        yield Text(f"{'' if number else name:<9}{line}")


def _list_kinds(kinds: FailureKinds) -> Iterator[Text]:
    yield from _align("failures", kinds.told)
    for kind, count in list(kinds.counts.items())[:KINDS]:
        yield Text(f"   {count:>4} {make_label(kind)}", style="dim")
    if len(kinds.counts) > KINDS:
        yield Text(f"        and {len(kinds.counts) - KINDS} more kinds", style="dim")


def list_changes(comparison: Comparison | None) -> Iterator[Text]:
    """Write what changed since the baseline."""
    if comparison is None:
        return
    yield Text("since the baseline", style="bold")
    for line in list_findings(comparison):
        style = "red" if any(line.startswith(f"{one.name}: ") for one in comparison.regressions) else ""
        yield Text(f"   {line}", style=style)
