"""How verdicts agree with labels, as lines for a person."""

from __future__ import annotations

from collections.abc import Iterator

from rich.text import Text

from multivon_eval.sdk import Summary, make_label


def list_agreement(summary: Summary) -> Iterator[Text]:
    """Write a table for each thing that has labels: rows are what people say, columns what the judge says.

    Args:
        summary: That of a run; nothing comes of one without labels.
    """
    words = ("yes", "no", "unknown")
    for name, found in summary.agreement.items():
        yield Text(f"agreement on {make_label(name)}: {found}")
        yield Text(f"  {'label':<10}" + "".join(f"{word:>10}" for word in words))
        for label, row in found.counts.items():
            yield Text(f"  {label:<10}" + "".join(f"{row.get(word, 0):>10}" for word in words))
