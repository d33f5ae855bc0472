"""A number with its uncertainty."""

from __future__ import annotations

import attrs

from .._set_module import set_module


@set_module("multivon_eval")
@attrs.frozen
class Interval:
    """A number with its 95 % interval.

    As a string it is written out.

    Attributes:
        value: The number.
        low: Lower end.
        high: Upper end.
    """

    value: float
    low: float
    high: float

    @property
    def half_width(self) -> float:
        """Half of what lies between the ends."""
        return (self.high - self.low) / 2

    def __str__(self) -> str:
        return f"{self.value:.2f} ({self.low:.2f} to {self.high:.2f})"
