"""How well a judge keeps to what it says that a call can cost, and what a call that failed is booked at."""

from __future__ import annotations

from decimal import ROUND_UP, Decimal

import attrs

from ..errors import JudgeError
from .funds import ZERO

_STEP = Decimal("1e-12")
"""USD to which amounts are rounded, so that their sums stay exact."""


@attrs.define
class Bounds:
    """The bounds of one judge. A call that cost more than it could raises those of all that follow.

    Attributes:
        factor: What the judge's own bounds are multiplied with.
    """

    factor: Decimal = Decimal(1)

    def raise_to(self, worst: Decimal | None) -> Decimal | None:
        """Give the bound that counts for one that the judge gave, in USD."""
        return None if worst is None else (worst * self.factor).quantize(_STEP, ROUND_UP)

    def learn(self, cost: Decimal, worst: Decimal) -> bool:
        """Take in what a call did cost beside the bound that it was reserved at; tell whether it broke that."""
        if cost <= worst or not worst:
            return False
        self.factor = (self.factor * cost / worst).quantize(_STEP, ROUND_UP)
        return True


def find_charge(error: JudgeError, worst: Decimal) -> Decimal:
    """Tell what a call that failed is booked at, in USD: what the provider said, else its worst case if in doubt."""
    told: Decimal | None = error.cost_usd
    if told is not None:
        return told
    return worst if error.charged else ZERO
