"""The account of a run's money: reserve before a call, settle after it."""

from __future__ import annotations

from decimal import Decimal

import attrs

from ..errors import BudgetExceeded


@attrs.define(eq=False)
class Reservation:
    """Money set aside for one call, in USD."""

    amount: Decimal
    open: bool = True


class Ledger:
    """Money reserved and spent in a run.

    ``reserve`` checks and books without giving way to another task, so the ceiling holds for any number of
    conversations at once: what is spent and what is reserved never exceed it together.

    Args:
        budget: The ceiling in USD; None for no ceiling.
    """

    def __init__(self, budget: Decimal | None) -> None:
        self.budget = budget
        self.spent = Decimal(0)
        self.reserved = Decimal(0)
        self.refused = 0
        """How many calls did not fit and were not made."""
        self.overruns: list[str] = []
        """Calls that cost more than their worst case: a provider that does not keep its bounds."""

    @property
    def left(self) -> Decimal | None:
        """USD that are neither spent nor reserved; None without a ceiling."""
        return None if self.budget is None else self.budget - self.spent - self.reserved

    def reserve(self, amount: Decimal) -> Reservation:
        """Set money aside for one call.

        Args:
            amount: The most the call can cost, in USD.

        Raises:
            BudgetExceeded: It does not fit.
        """
        if self.left is not None and amount > self.left:
            self.refused += 1
            raise BudgetExceeded(
                f"a call that may cost up to ${amount:.6f} does not fit: ${self.spent:.6f} of the budget of "
                f"${self.budget} is spent and ${self.reserved:.6f} reserved; raise --budget"
            )
        self.reserved += amount
        return Reservation(amount)

    def settle(self, reservation: Reservation, cost: Decimal, whose: str = "") -> None:
        """Book what a call did cost and give back the rest; settling twice books once.

        Args:
            reservation: What was set aside for it.
            cost: What it cost, in USD.
            whose: Who was called, for the report if it cost more than its worst case.
        """
        if not reservation.open:
            return
        reservation.open = False
        self.reserved -= reservation.amount
        self.spent += cost
        if cost > reservation.amount:
            self.overruns.append(f"{whose} cost ${cost:.6f}, more than the ${reservation.amount:.6f} it could")
