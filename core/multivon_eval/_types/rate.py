"""A share with its uncertainty."""

from __future__ import annotations

import attrs

from .._set_module import set_module


@set_module("multivon_eval")
@attrs.frozen
class Rate:
    """A share with its uncertainty.

    As a string it is written out, with its interval.

    Attributes:
        hits: Number of successes.
        of: Number of conversations looked at.
        low: Lower end of the 95 % interval; None where nothing was looked at. It is the Wilson score interval, which
            knows that trials of one persona belong together. Where data decided when to stop (``until``) it is one that
            holds however long one looks.
        high: Upper end.
    """

    hits: int
    of: int
    low: float | None
    high: float | None

    @property
    def value(self) -> float | None:
        """The share from 0 to 1; None where nothing was looked at."""
        return self.hits / self.of if self.of else None

    def __str__(self) -> str:
        if self.value is None or self.low is None or self.high is None:
            return "no conversation measured the system"
        return f"{self.hits} of {self.of} ({self.value:.0%}, 95 % interval {self.low:.0%} to {self.high:.0%})"
