"""How the judge's verdicts agree with the labels of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from .._types.printable import make_one_line
from .._types.result import SimulationResult
from .._types.verdict import YesNoUnknown

WORDS: tuple[YesNoUnknown, ...] = ("yes", "no", "unknown")

FEWEST = 5
"""Labels of a criterion from which on its agreement is told: of fewer it would be that of chance."""

_Pair = tuple[YesNoUnknown, YesNoUnknown]


@attrs.frozen
class Agreement:
    """What judge and people say of the same things.

    Attributes:
        counts: How often each pair of a label and a verdict occurs.
    """

    counts: Mapping[_Pair, int]

    @property
    def of(self) -> int:
        """Number of things that have a label."""
        return sum(self.counts.values())

    @property
    def same(self) -> int:
        """Number of things of which both say the same."""
        return sum(count for (label, verdict), count in self.counts.items() if label == verdict)

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa over yes, no and unknown: 1 for full agreement, 0 for that of chance.

        None where both always say the same one word, or nothing has a label: chance would agree as well.

        Source: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20
        (1960), 37-46.
        """
        if not self.of:
            return None
        labels, verdicts = Counter[str](), Counter[str]()
        for (label, verdict), count in self.counts.items():
            labels[label] += count
            verdicts[verdict] += count
        chance = sum(labels[word] * verdicts[word] for word in WORDS) / self.of**2
        return None if chance == 1 else (self.same / self.of - chance) / (1 - chance)


def measure_agreement(results: Iterable[SimulationResult]) -> dict[str, Agreement]:
    """Compare verdicts with the ``label`` of the lines that have one.

    Args:
        results: Judged again. A label is true or false, yes, no or unknown, or an object with ``goal_achieved`` and
            ``criteria``, a list of such in the order of the criteria.

    Returns:
        The agreement on the goal, named ``goal achieved``, on all criteria together, named ``all criteria``, and on
        each criterion that :data:`FEWEST` conversations have a label for, by its text.
    """
    goal, whole = Counter[_Pair](), Counter[_Pair]()
    parts: dict[str, Counter[_Pair]] = {}
    for result in results:
        for criterion, pair in _list_pairs(result):
            (goal if criterion is None else whole)[pair] += 1
            if criterion is not None:
                parts.setdefault(criterion, Counter())[pair] += 1
    often = {name: pairs for name, pairs in parts.items() if pairs.total() >= FEWEST}
    found = {"goal achieved": goal, "all criteria": whole, **often}
    return {name: Agreement(dict(pairs)) for name, pairs in found.items() if pairs}


def _list_pairs(result: SimulationResult) -> Iterator[tuple[str | None, _Pair]]:
    """Label and verdict of each criterion that has a label; with None for the criterion, those of the goal."""
    label = result.extra.get("label")
    whole = label.get("goal_achieved") if isinstance(label, Mapping) else label
    if (word := read_label(whole)) is not None:
        yield None, (word, _name_verdict(result.goal_achieved))
    parts = label.get("criteria") if isinstance(label, Mapping) else None
    if isinstance(parts, Sequence) and not isinstance(parts, str):
        for part, criterion in zip(parts, result.verdict.criteria, strict=False):
            if (word := read_label(part)) is not None:
                yield criterion.criterion, (word, criterion.met)


def read_label(value: Any) -> YesNoUnknown | None:
    """Read one label; None where there is none that can be read."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value.strip().lower() if isinstance(value, str) else ""
    return next((word for word in WORDS if word == text), None)


def _name_verdict(achieved: bool | None) -> YesNoUnknown:
    return "unknown" if achieved is None else "yes" if achieved else "no"


def format_agreement(found: Mapping[str, Agreement]) -> list[str]:
    """Write a table for each thing that has labels: rows are what people say, columns what the judge says."""
    lines = []
    for name, one in found.items():
        kappa = "not defined, both say one word" if one.kappa is None else f"{one.kappa:.2f}"
        lines.append(f"agreement on {make_one_line(name)}: {one.same} of {one.of}, Cohen's kappa {kappa}")
        lines.append(f"  {'label':<10}" + "".join(f"{word:>10}" for word in WORDS))
        for label in WORDS:
            row = [one.counts.get((label, verdict), 0) for verdict in WORDS]
            if any(row):
                lines.append(f"  {label:<10}" + "".join(f"{count:>10}" for count in row))
    return lines
