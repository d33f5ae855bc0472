"""How well a judge keeps to what it says that a call can cost, and what a call that failed is booked at."""

from __future__ import annotations

from decimal import Decimal

import attrs

from ..errors import JudgeError
from .amount import round_up
from .funds import ZERO


@attrs.define
class Bounds:
    """The bounds of one judge. A call that cost more than it could raises those of all that follow.

    Attributes:
        factor: What the judge's own bounds are multiplied with.
    """

    factor: Decimal = Decimal(1)

    def raise_to(self, worst: Decimal | None) -> Decimal | None:
        """Give the bound that counts for one that the judge gave, in USD."""
        return None if worst is None else round_up(worst * self.factor)

    def learn(self, cost: Decimal, worst: Decimal) -> bool:
        """Take in what a call did cost beside the bound that it was reserved at; tell whether it broke that."""
        if cost <= worst or not worst:
            return False
        self.factor = round_up(self.factor * cost / worst)
        return True


def find_charge(error: JudgeError, worst: Decimal) -> Decimal:
    """Tell what a call that failed is booked at, in USD: what the provider said, else its worst case if in doubt."""
    told: object = error.cost_usd
    # It comes from a plug-in: what is no amount of money says nothing.
    if isinstance(told, Decimal) and told.is_finite() and told >= 0:
        return round_up(told)
    return worst if error.charged else ZERO
