"""The account of a run's money: reserve before a call, settle after it, never above the ceiling."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from typing import NoReturn

import attrs

from ..errors import BudgetExceeded
from .funds import ZERO, Funds, Till


@attrs.define(eq=False)
class Reservation:
    """Money set aside for one call, in USD.

    Attributes:
        amount: The most the call can cost.
        open: Whether the call has not been settled yet.
    """

    amount: Decimal
    open: bool = True


@attrs.define(eq=False)
class _Waiter:
    purse: Purse
    amount: Decimal
    granted: asyncio.Future[bool]


class Ledger:
    """Money reserved, held and spent in a run.

    Checking and booking happen without giving way to another task, so the ceiling holds for any number of
    conversations at once: what is spent, what is reserved for calls under way and what is held back for
    verdicts to come never exceed it together, as long as no call costs more than it could. The numbers of a
    ledger are those of its own run, also where it shares a budget with other runs.

    Args:
        budget: The ceiling in USD; None for no ceiling.
        spent: What was spent before, in USD, by the run that is resumed.
        till: The budget that it shares with other runs; None for one of its own.
    """

    def __init__(self, budget: Decimal | None, spent: Decimal = ZERO, till: Till | None = None) -> None:
        self.budget = budget
        self.spent: Decimal = spent
        # A shared budget is asked instead of an account of its own; the rules of waiting are the same.
        self._till: Till = till or Funds(budget, spent)
        self.reserved: Decimal = ZERO
        self.held: Decimal = ZERO
        self.overruns: list[str] = []
        """Calls that cost more than their worst case: a provider that does not keep its bounds."""
        self.refused: int = 0
        """How many calls did not fit and were not made."""
        # While a call is under way somebody will give money back, so nobody need be turned away yet.
        self._under_way = 0
        self._purses: set[Purse] = set()
        self._waiters: list[_Waiter] = []

    @property
    def left(self) -> Decimal | None:
        """USD that are neither spent nor reserved nor held, by anybody; None without a ceiling."""
        return self._till.seen().left

    def open(self) -> Purse:
        """Begin the account of one conversation, or of one call outside of all conversations."""
        purse = Purse(self)
        self._purses.add(purse)
        return purse

    def fits(self, amount: Decimal) -> bool:
        """Whether so much, in USD, is free now."""
        left = self.left
        return left is None or amount <= left

    def take(self, reserved: Decimal = ZERO, held: Decimal = ZERO) -> bool:
        """Set money aside, or give it back; see :meth:`Funds.take`."""
        if not self._till.take(reserved, held):
            return False
        # The run counts for itself as well: a shared till says nothing of who took what.
        self.reserved += reserved
        self.held += held
        return True

    async def wait_for(self, purse: Purse, amount: Decimal, what: str) -> None:
        """Wait until an amount is free, for as long as somebody may still give money back.

        Args:
            purse: Whose it will be.
            amount: USD that must be free beside what the purse holds already.
            what: What it is for, for the message.

        Raises:
            BudgetExceeded: If it does not fit, and nobody is left who could give money back.
        """
        # Waiting would be in vain even if all that is set aside came back.
        if self._is_impossible(amount):
            self._refuse(amount, what)
        waiter = _Waiter(purse, amount, asyncio.get_running_loop().create_future())
        # In the order in which they came: a large amount is not overtaken for ever by small ones.
        self._waiters.append(waiter)
        self._release()
        granted = False
        try:
            granted = await waiter.granted
        finally:
            self._waiters.remove(waiter)
            if not granted:
                # It takes nothing, so the next one is woken in its stead; what waits beside it in its own
                # conversation would otherwise wait for money that nobody is left to give back.
                self._release()
        if not granted:
            self._refuse(amount, what)

    def _is_impossible(self, amount: Decimal) -> bool:
        # Also if everything that is set aside came back.
        funds = self._till.seen()
        return funds.budget is not None and amount > funds.budget - funds.spent

    def _refuse(self, amount: Decimal, what: str) -> NoReturn:
        self.refused += 1
        # Read anew for the message: others may have moved money while this one waited.
        funds = self._till.seen()
        raise BudgetExceeded(
            f"{what} may cost up to ${amount:.6f} more and does not fit: of the budget of ${funds.budget} "
            f"${funds.spent:.6f} is spent and ${funds.reserved + funds.held:.6f} set aside; {funds.remedy}"
        )

    def wake_waiters(self) -> None:
        """Money moved: see who need wait no longer."""
        self._release()

    def _release(self) -> None:
        if not self._waiters:
            return
        # Those that can never be served are told so, whoever is in front of them.
        for waiter in self._waiters:
            if self._is_impossible(waiter.amount) and not waiter.granted.done():
                waiter.granted.set_result(False)
        # One at a time, the longest waiting first: a woken waiter books before the next one is woken.
        for waiter in self._waiters:
            if not waiter.granted.done() and self.fits(waiter.amount):
                waiter.granted.set_result(True)
                return
        pending = [waiter for waiter in self._waiters if not waiter.granted.done()]
        if len(pending) < len(self._waiters) or not pending or self._under_way:
            return
        waiting = {waiter.purse for waiter in pending}
        # A conversation may wait with several calls at once, so it is purses that are counted, not waiters.
        if waiting >= self._purses:
            # Everybody waits for everybody. The last to come gives up: it ends, is judged with what it
            # holds, and what it gives back lets the others go on.
            pending[-1].granted.set_result(False)

    def open_reservation(self, amount: Decimal) -> Reservation:
        """Begin a call for which money was taken."""
        self._under_way += 1
        return Reservation(amount)

    def settle(self, reservation: Reservation, cost: Decimal, whose: str) -> None:
        """Book what a call did cost and give back the rest; settling twice books once."""
        # A call may be settled in a finally after it was settled already; booked twice, it would break the ceiling.
        if not reservation.open:
            return
        reservation.open = False
        self._under_way -= 1
        self._till.settle(reservation.amount, cost)
        self.reserved -= reservation.amount
        self.spent += cost
        # The ceiling stands on the bounds: one that did not hold is said aloud.
        if cost > reservation.amount:
            self.overruns.append(f"{whose} cost ${cost:.6f}, more than the ${reservation.amount:.6f} it could")
        self._release()

    def close_purse(self, purse: Purse) -> None:
        """A conversation has ended."""
        self._purses.discard(purse)
        self._release()


class Purse:
    """The account of one conversation within the ledger.

    It holds back what the conversation's own verdict and scores will need at most, so that a conversation
    which the budget cuts off is still judged.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.hold: Decimal = ZERO
        self.spent: Decimal = ZERO

    async def keep(self, amount: Decimal) -> None:
        """Hold back an amount, more or less than before, until it is used or the conversation ends.

        Args:
            amount: USD in all.

        Raises:
            BudgetExceeded: If the difference does not fit; what was held before still is.
        """
        # Only the difference is asked for, so that a hold that grows never lets go of what it has.
        more = amount - self.hold
        while not self.ledger.take(held=more):
            await self.ledger.wait_for(self, more, "the verdict of this conversation")
        self.hold = amount
        self.ledger.wake_waiters()

    async def reserve(
        self, amount: Decimal, from_hold: bool, whose: str = "a call", leave: Decimal = ZERO
    ) -> Reservation:
        """Set money aside for one call.

        Args:
            amount: The most the call can cost, in USD.
            from_hold: Whether it is one of the calls that money is held back for.
            whose: Who is called, for the message.
            leave: USD of what is held that stay held.

        Raises:
            BudgetExceeded: If it does not fit.
        """
        while True:
            # A verdict draws on what was held for it first; only what is missing must be free.
            held = min(max(self.hold - leave, ZERO), amount) if from_hold else ZERO
            if self.ledger.take(amount, -held):
                break
            await self.ledger.wait_for(self, amount - held, whose)
        # Nothing is awaited between taking and this line: no other task sees money that is neither held nor reserved.
        self.hold -= held
        reservation = self.ledger.open_reservation(amount)
        self.ledger.wake_waiters()
        return reservation

    def settle(self, reservation: Reservation, cost: Decimal, whose: str = "a call") -> None:
        """Book what a call did cost and give back the rest; settling twice books once."""
        if reservation.open:
            self.spent += cost
        self.ledger.settle(reservation, cost, whose)

    def close(self) -> None:
        """Give back what is still held; the conversation needs no more."""
        self.ledger.take(held=-self.hold)
        self.hold = ZERO
        self.ledger.close_purse(self)
