"""Failures of a kind that was not seen yet."""

from __future__ import annotations

from collections.abc import Mapping

import attrs

from .._set_module import set_module
from .interval import Interval
from .json_value import freeze_values
from .printable import format_count


@set_module("multivon_eval")
@attrs.frozen
class FailureKinds:
    """In which ways conversations failed, and whether more would show others.

    As a string it is one line for a person.

    Attributes:
        counts: Number of conversations that failed in each way, the most frequent first.
        once: How many of these ways were seen with one persona only.
        unseen: The chance that a conversation of another persona fails in a way not seen so far, with its interval;
            None where there is too little to say.
        reason: Why there is no such number; empty where there is one.
        curve: How many ways are seen after so many personas, on average over their orders.
    """

    counts: Mapping[str, int] = attrs.field(converter=freeze_values)
    once: int
    unseen: Interval | None
    reason: str = ""
    curve: tuple[tuple[int, float], ...] = ()

    def __str__(self) -> str:
        return "; ".join(self.told)

    @property
    def told(self) -> tuple[str, str]:
        """Two lines for a person: how many kinds there are, and what was not seen yet."""
        kinds = f"{format_count(len(self.counts), 'kind')}, {self.once} of one persona only"
        if self.unseen is None:
            return kinds, self.reason
        return kinds, f"another persona shows one not seen yet with a chance of {self.unseen}"
