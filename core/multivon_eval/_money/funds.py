"""The ceiling: what is spent, reserved and held of a budget, and whether more fits."""

from __future__ import annotations

from decimal import Decimal
from typing import Protocol

import attrs

ZERO = Decimal(0)


@attrs.define
class Funds:
    """A budget and what is taken of it, in USD. Nothing else decides whether an amount fits.

    Attributes:
        budget: The ceiling; None for no ceiling.
        spent: What calls did cost.
        reserved: What is set aside for calls under way.
        held: What is set aside for verdicts and scores to come.
        remedy: What the user can do about a call that did not fit, for messages.
    """

    budget: Decimal | None
    spent: Decimal = ZERO
    reserved: Decimal = ZERO
    held: Decimal = ZERO
    remedy: str = "raise --budget"

    @property
    def left(self) -> Decimal | None:
        """USD that are neither spent nor reserved nor held; None without a ceiling."""
        return None if self.budget is None else self.budget - self.spent - self.reserved - self.held

    def seen(self) -> Funds:
        """How things stand now."""
        return self

    def take(self, reserved: Decimal, held: Decimal) -> bool:
        """Set money aside, or give it back, unless more is taken than is left.

        Args:
            reserved: How much more, in USD, for calls under way; less than 0 to give back.
            held: How much more for verdicts and scores to come, likewise.

        Returns:
            Whether it was booked. Giving back always is.
        """
        left = self.left
        # Giving back never fails: money that could not be returned would be lost to the run for ever. And where
        # something is both given and taken, what is given back counts first.
        if (reserved > 0 or held > 0) and left is not None and reserved + held > left:
            return False
        self.reserved += reserved
        self.held += held
        return True

    def settle(self, reserved: Decimal, cost: Decimal) -> None:
        """Give back what was reserved for a call, and book what it did cost."""
        # Whatever it cost: a call that broke its bound is spent money all the same, and leaves less for the next one.
        self.reserved -= reserved
        self.spent += cost


class Till(Protocol):
    """Where a ledger takes its money from: :class:`Funds` of its own, or a budget that several runs share."""

    def seen(self) -> Funds:
        """How things stand now."""
        ...

    def take(self, reserved: Decimal, held: Decimal) -> bool:
        """Set money aside; see :meth:`Funds.take`. Checking and booking are one step."""
        ...

    def settle(self, reserved: Decimal, cost: Decimal) -> None:
        """Book what a call did cost; see :meth:`Funds.settle`."""
        ...
