"""A comparison as Markdown, for a pull request."""

from __future__ import annotations

from .._types.comparison import Comparison, Flip, MetricChange, format_p, format_signed, list_flips
from .._types.printable import make_one_line

MOST = 20
"""How many conversations of a kind are listed."""


def write_markdown(comparison: Comparison) -> str:
    """Write what changed between two runs as Markdown.

    What a persona or a plug-in is called is escaped: it is no markup.
    """
    lines = ["| metric | base | new | difference (95 %) | p | pairs | |", "|---|---|---|---|---|---|---|"]
    lines += [_write_row(metric) for metric in comparison.metrics]
    if comparison.family:
        lines += ["", _escape(comparison.family)]
    if comparison.corrected is not None:
        lines += ["", f"Goal rate corrected {_escape(comparison.correction)}: {format_signed(comparison.corrected)}"]
    elif comparison.correction:
        lines += ["", f"Goal rate {_escape(comparison.correction)}"]
    if comparison.setup:
        lines += ["", "What differs in the set-ups:", "", *(f"- {_escape(change)}" for change in comparison.setup)]
    if comparison.changed_personas:
        names = ", ".join(map(_escape, comparison.changed_personas))
        lines += ["", f"Changed under the same name, not compared: {names}"]
    for what, flips in list_flips(comparison):
        lines += ["", f"{what.capitalize()}: {_list(flips)}"]
    if comparison.unmeasured:
        lines += ["", f"Not compared, for one run did not measure the system there: {comparison.unmeasured}"]
    return "\n".join([*lines, "", f"*{comparison.disclaimer}*"])


def _write_row(metric: MetricChange) -> str:
    name = f"`{metric.name}`"
    if metric.base is None or metric.new is None or metric.difference is None:
        return f"| {name} | | | | | 0 | {metric.told} |"
    p = "" if metric.p_adjusted is None else format_p(metric.p_adjusted)
    told = f"**{metric.told}**" if metric.change in ("better", "worse") else metric.told
    return (
        f"| {name} | {metric.base:.2f} | {metric.new:.2f} | {format_signed(metric.difference)} | {p} | {metric.pairs} "
        f"| {told} |"
    )


def _list(flips: tuple[Flip, ...]) -> str:
    more = f" and {len(flips) - MOST} more" if len(flips) > MOST else ""
    return ", ".join(_escape(str(one)) for one in flips[:MOST]) + more


def _escape(text: str) -> str:
    return "".join(f"\\{sign}" if sign in "\\`*_{}[]<>()#+!|~" else sign for sign in make_one_line(text))
