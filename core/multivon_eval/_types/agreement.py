"""How the judge's verdicts agree with the labels of people."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import attrs

from .._set_module import set_module
from .json_value import freeze_values
from .verdict import YesNoUnknown

WORDS: tuple[YesNoUnknown, ...] = ("yes", "no", "unknown")


@set_module("multivon_eval")
@attrs.frozen
class Agreement:
    """What judge and people say of the same things.

    Attributes:
        counts: For each label (yes, no, unknown) how often each verdict goes with it.
    """

    counts: Mapping[str, Mapping[str, int]] = attrs.field(converter=freeze_values)

    @property
    def of(self) -> int:
        """Number of things that have a label."""
        return sum(sum(row.values()) for row in self.counts.values())

    @property
    def same(self) -> int:
        """Number of things of which both say the same."""
        return sum(row.get(label, 0) for label, row in self.counts.items())

    @property
    def kappa(self) -> float | None:
        """Cohen's kappa over yes, no and unknown: 1 for full agreement, 0 for that of chance.

        None where both always say the same one word, or nothing has a label: chance would agree as well.

        Source: J. Cohen, "A coefficient of agreement for nominal scales", Educational and Psychological Measurement 20
        (1960), 37-46.
        """
        if not self.of:
            return None
        labels = {label: sum(row.values()) for label, row in self.counts.items()}
        verdicts = Counter[str]()
        for row in self.counts.values():
            verdicts.update(row)
        chance = sum(labels.get(word, 0) * verdicts[word] for word in WORDS) / self.of**2
        return None if chance == 1 else (self.same / self.of - chance) / (1 - chance)

    def __str__(self) -> str:
        kappa = "not defined, both say one word" if self.kappa is None else f"{self.kappa:.2f}"
        return f"{self.same} of {self.of}, Cohen's kappa {kappa}"


def read_label(value: Any) -> YesNoUnknown | None:
    """Read one label: true and false, or a word; None where there is none that can be read."""
    if isinstance(value, bool):
        return "yes" if value else "no"
    text = value.strip().lower() if isinstance(value, str) else ""
    return next((word for word in WORDS if word == text), None)
