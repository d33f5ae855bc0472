"""Text that somebody else wrote as Markdown, and a comparison, for a pull request."""

from __future__ import annotations

import re

from .comparison import Comparison, Flip, MetricChange, format_p, format_signed, list_flips
from .printable import make_one_line

MOST = 20
"""How many conversations of a kind are listed."""


# Sites make links of what a name, a number or an address stands behind, whether or not a backslash stands before it:
# a character without width between the two keeps them from it.
_JOINER = "\N{WORD JOINER}"
_REFERENCE = re.compile(r"""([@#!~%&$])(?=[\w"'{])|\b(gh)(?=-\d)|(:)(?=//)|\b(www)(?=\.)""", re.IGNORECASE)
_MARKS = re.compile(r"[\\`*_{}\[\]<>()#+!|~&$]")


def escape_markdown(text: str) -> str:
    """Write what somebody else said as one line of Markdown that shows it and nothing else.

    It is no markup, no link, image or address. It neither mentions anybody (``@name``) nor refers to an issue (``#1``).
    """
    unlinked = _REFERENCE.sub(lambda found: f"{found[0]}{_JOINER}", make_one_line(text))
    return _MARKS.sub(lambda found: f"\\{found[0]}", unlinked)


def comparison_to_markdown(comparison: Comparison) -> str:
    """Write what changed between two runs as Markdown.

    What a persona or a plug-in is called is escaped: it is no markup.
    """
    lines = ["| metric | base | new | difference (95 %) | p | pairs | |", "|---|---|---|---|---|---|---|"]
    lines += [_write_row(metric) for metric in comparison.metrics]
    if comparison.family:
        lines += ["", escape_markdown(comparison.family)]
    if comparison.corrected is not None:
        lines += [
            "",
            f"Goal rate corrected {escape_markdown(comparison.correction)}: {format_signed(comparison.corrected)}",
        ]
    elif comparison.correction:
        lines += ["", f"Goal rate {escape_markdown(comparison.correction)}"]
    if comparison.setup:
        lines += [
            "",
            "What differs in the set-ups:",
            "",
            *(f"- {escape_markdown(change)}" for change in comparison.setup),
        ]
    if comparison.changed_personas:
        names = ", ".join(map(escape_markdown, comparison.changed_personas))
        lines += ["", f"Changed under the same name, not compared: {names}"]
    for what, flips in list_flips(comparison):
        lines += ["", f"{what.capitalize()}: {_list(flips)}"]
    if comparison.unmeasured:
        lines += ["", f"Not compared, for one run did not measure the system there: {comparison.unmeasured}"]
    return "\n".join([*lines, "", f"*{comparison.disclaimer}*"])


def _write_row(metric: MetricChange) -> str:
    name = escape_markdown(metric.name)
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
    return ", ".join(escape_markdown(str(one)) for one in flips[:MOST]) + more
