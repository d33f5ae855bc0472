"""The ceiling: what is spent, reserved and held of a budget, and whether more fits."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Protocol

import attrs

ZERO = Decimal(0)


@attrs.define
class Funds:
    """A budget and what is taken of it, in USD. Nothing else decides whether an amount fits.

    Attributes:
        budget: The ceiling; None for no ceiling.
        spent: What calls did cost.
        reserved: What is set aside for calls under way, each at the most that it can cost.
        held: What is held back for judging what was said, as it is expected to cost.
        planned: What the conversations that have begun are expected to cost beside that. It is no money that is set
            aside: it keeps others from beginning.
        remedy: What the user can do about a call that did not fit, for messages.
    """

    budget: Decimal | None
    spent: Decimal = ZERO
    reserved: Decimal = ZERO
    held: Decimal = ZERO
    planned: Decimal = ZERO
    remedy: str = "raise --budget"

    @property
    def left(self) -> Decimal | None:
        """USD that are neither spent nor reserved nor held; None without a ceiling. An expectation may exceed it."""
        return None if self.budget is None else self.budget - self.spent - self.reserved - self.held

    def seen(self) -> Funds:
        """How things stand now."""
        return self

    def take(
        self, reserved: Decimal = ZERO, held: Decimal = ZERO, planned: Decimal = ZERO, keep: Decimal | None = ZERO
    ) -> bool:
        """Set money aside, or give it back, unless more is taken than is left.

        Args:
            reserved: How much more, in USD, for calls under way; less than 0 to give back.
            held: How much more for judging to come, likewise.
            planned: How much more is expected beside that, likewise.
            keep: How much must be left over afterwards; None where only the ceiling counts, and not what is held.

        Returns:
            Whether it was booked. Giving back always is.
        """
        # Giving back never fails: money that could not be returned would be lost to the run for ever. And where
        # something is both given and taken, what is given back counts first.
        if (reserved > 0 or held > 0) and not self.has_room(reserved, held, keep):
            return False
        self.reserved += reserved
        self.held += held
        self.planned += planned
        return True

    def has_room(self, reserved: Decimal, held: Decimal, keep: Decimal | None) -> bool:
        """Whether so much could be taken; see :meth:`take`."""
        if self.budget is None:
            return True
        after = self.budget - self.spent - self.reserved - reserved
        # Whatever is expected and held: what is spent and reserved never exceeds the ceiling.
        return after >= 0 and (keep is None or after - self.held - held >= keep)

    def recall(self) -> Mapping[str, Any]:
        """Nothing is known of other runs."""
        return {}

    def remember(self, learned: Mapping[str, Any]) -> None:
        """Keep nothing: there is nobody to tell."""

    def settle(self, reserved: Decimal, cost: Decimal, held: Decimal = ZERO, planned: Decimal = ZERO) -> None:
        """Give back what was reserved for a call, and book what it did cost.

        Args:
            reserved: What was reserved for it, in USD.
            cost: What it did cost.
            held: How much is held for judging again of what the call had taken of it.
            planned: How much is planned again, likewise.
        """
        # Whatever it cost: a call that broke its bound is spent money all the same, and leaves less for the next one.
        self.reserved -= reserved
        self.spent += cost
        self.held += held
        self.planned += planned


@attrs.define(eq=False)
class Reservation:
    """Money set aside for one call, in USD.

    Attributes:
        amount: The most the call can cost.
        held: How much of it was held for judging before.
        planned: How much of it was planned before.
        is_watching: Whether an observer makes the call.
        open: Whether the call has not been settled yet.
    """

    amount: Decimal
    held: Decimal = ZERO
    planned: Decimal = ZERO
    is_watching: bool = False
    open: bool = True


class Till(Protocol):
    """Where a ledger takes its money from: :class:`Funds` of its own, or a budget that several runs share."""

    def seen(self) -> Funds:
        """How things stand now."""
        ...

    def take(self, reserved: Decimal, held: Decimal, planned: Decimal, keep: Decimal | None) -> bool:
        """Set money aside; see :meth:`Funds.take`. Checking and booking are one step."""
        ...

    def settle(self, reserved: Decimal, cost: Decimal, held: Decimal, planned: Decimal) -> None:
        """Book what a call did cost; see :meth:`Funds.settle`."""
        ...

    def recall(self) -> Mapping[str, Any]:
        """What those who share it have learned of their costs."""
        ...

    def remember(self, learned: Mapping[str, Any]) -> None:
        """Keep what somebody has learned."""
        ...
