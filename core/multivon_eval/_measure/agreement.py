"""Counting how verdicts agree with labels, one result at a time."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence

from .._types.agreement import WORDS, Agreement, read_label
from .._types.result import SimulationResult
from .._types.verdict import YesNoUnknown

FEWEST = 5
"""Labels of a criterion from which on its agreement is told: of fewer it would be that of chance."""

_Pair = tuple[YesNoUnknown, YesNoUnknown]


class AgreementTally:
    """Counts labels beside verdicts.

    A label stands in the line of a result: true or false, yes, no or unknown, or an object with ``goal_achieved`` and
    ``criteria``, a list of such in the order of the criteria.
    """

    def __init__(self) -> None:
        self._goal, self._whole = Counter[_Pair](), Counter[_Pair]()
        self._parts: dict[str, Counter[_Pair]] = {}

    def add(self, result: SimulationResult) -> None:
        """Count one result; nothing where it has no label."""
        for criterion, pair in list_pairs(result):
            (self._goal if criterion is None else self._whole)[pair] += 1
            if criterion is not None:
                self._parts.setdefault(criterion, Counter())[pair] += 1

    def summary(self) -> dict[str, Agreement]:
        """What was counted so far.

        Returns:
            The agreement on the goal, named ``goal achieved``, on all criteria together, named ``all criteria``, and on
            each criterion that :data:`FEWEST` conversations have a label for, by its text.
        """
        often = {name: pairs for name, pairs in self._parts.items() if pairs.total() >= FEWEST}
        found = {"goal achieved": self._goal, "all criteria": self._whole, **often}
        return {name: _sort(pairs) for name, pairs in found.items() if pairs}


def _sort(pairs: Counter[_Pair]) -> Agreement:
    return Agreement(
        {
            label: {verdict: pairs[label, verdict] for verdict in WORDS}
            for label in WORDS
            if any(pairs[label, verdict] for verdict in WORDS)
        }
    )


def list_pairs(result: SimulationResult) -> Iterator[tuple[str | None, _Pair]]:
    """Label and verdict of each criterion that has a label; with None for the criterion, those of the goal."""
    label = result.extra.get("label")
    whole = label.get("goal_achieved") if isinstance(label, Mapping) else label
    if (word := read_label(whole)) is not None:
        yield None, (word, name_verdict(result.goal_achieved))
    parts = label.get("criteria") if isinstance(label, Mapping) else None
    if isinstance(parts, Sequence) and not isinstance(parts, str):
        for part, criterion in zip(parts, result.verdict.criteria, strict=False):
            if (word := read_label(part)) is not None:
                yield criterion.criterion, (word, criterion.met)


def name_verdict(achieved: bool | None) -> YesNoUnknown:
    """Say a verdict in the words of a label."""
    return "unknown" if achieved is None else "yes" if achieved else "no"
