"""The account of a run's money: reserve before a call, settle after it, never above the ceiling."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, NoReturn, Protocol

from ..errors import BudgetExceeded
from .funds import ZERO, Funds, Reservation, Till
from .lease import Lease
from .waiting import Rank, Waiters


class Spender(Protocol):
    """Whose account it is that spends, a conversation's.

    Attributes:
        number: Who came when: those who began earlier go first.
        planned: What it is still expected to cost beside its judging, in USD.
        surplus: How much more than expected one call of its judging can cost at most, in USD.
        has_begun: Whether it may spend; one that waits for its beginning keeps nobody waiting.
    """

    number: int
    planned: Decimal
    surplus: Decimal
    has_begun: bool


class Ledger:
    """Money reserved, held and spent in a run.

    Checking and booking happen without giving way to another task, so the ceiling holds for any number of conversations
    at once: what is spent and what is reserved for calls under way never exceed it, as long as no call costs more than
    it could. What is held for judging and what is planned beside it are expectations: they decide who goes first and
    who waits. The numbers of a ledger are those of its own run, also where it shares a budget with other runs.

    Args:
        budget: The ceiling in USD; None for no ceiling.
        spent: What was spent before, in USD, by the run that is resumed.
        till: The budget that it shares with other runs; None for one of its own.
        lease: The part of a budget that it may spend, in a worker; None where the budget is its own.
    """

    def __init__(
        self, budget: Decimal | None, spent: Decimal = ZERO, till: Till | None = None, lease: Lease | None = None
    ) -> None:
        self.budget = budget
        self._lease = lease
        self.spent: Decimal = spent
        # A shared budget is asked instead of an account of its own; the rules of waiting are the same.
        self._till: Till = till or (lease.funds if lease else Funds(budget, spent))
        self.reserved: Decimal = ZERO
        self.held: Decimal = ZERO
        self.planned: Decimal = ZERO
        self.highest: Decimal = ZERO
        """The largest surplus that any conversation had: no floor is above it."""
        self.overruns: list[str] = []
        """Calls that cost more than their worst case: a provider that does not keep its bounds."""
        self.refused: int = 0
        """How many calls did not fit and were not made."""
        # While a call is under way somebody will give money back, so nobody need be turned away yet.
        self._under_way = 0
        self._opened = 0
        self._purses: set[Spender] = set()
        self._waiters = Waiters(self._is_impossible)

    @property
    def funds(self) -> Funds:
        """How the whole budget stands, over all who share it."""
        return self._till.seen()

    @property
    def left(self) -> Decimal | None:
        """USD that are neither spent nor reserved nor held, by anybody; None without a ceiling."""
        return self._till.seen().left

    @property
    def floor(self) -> Decimal:
        """USD into which only judging may dip: as much more than expected as one of its calls can cost.

        What is expected is held in each purse, so near the ceiling verdicts go one after another; and an answer that
        cannot be read is asked for again.
        """
        return max((purse.surplus for purse in self._purses if purse.has_begun), default=ZERO)

    def enter(self, purse: Spender) -> int:
        """Let somebody spend; gives the number of the one who came."""
        self._purses.add(purse)
        self._opened += 1
        return self._opened

    def __contains__(self, purse: Spender) -> bool:
        return purse in self._purses

    @property
    def is_idle(self) -> bool:
        """Whether nobody has begun who has not ended."""
        return not any(purse.has_begun for purse in self._purses)

    def lower(self, budget: Decimal) -> None:
        """Lower the ceiling, in USD, before anybody has reserved anything: to a shard's share of it."""
        assert not self._purses and isinstance(self._till, Funds), "nobody spends yet, and the budget is the run's own"
        self.budget = budget
        self._till = Funds(budget, self.spent)

    def fits(self, amount: Decimal) -> bool:
        """Whether so much, in USD, is free now."""
        left = self.left
        return left is None or amount <= left

    def take(
        self, reserved: Decimal = ZERO, held: Decimal = ZERO, planned: Decimal = ZERO, keep: Decimal | None = ZERO
    ) -> bool:
        """Set money aside, or give it back; see :meth:`Funds.take`."""
        if not self._till.take(reserved, held, planned, keep):
            # In a worker this is the moment to ask: whoever waits is served when the answer comes.
            if self._lease is not None:
                self._lease.ask(reserved, held, keep, is_new=True)
            return False
        if self._lease is not None:
            self._lease.ask_ahead()
        # The run counts for itself as well: a shared till says nothing of who took what.
        self.reserved += reserved
        self.held += held
        self.planned += planned
        return True

    def has_room(self, reserved: Decimal, held: Decimal, keep: Decimal | None) -> bool:
        """Whether so much could be taken now; see :meth:`Funds.take`."""
        return self._till.seen().has_room(reserved, held, keep)

    def fits_waiter(self, reserved: Decimal, held: Decimal, keep: Decimal | None) -> bool:
        """Whether somebody who waits could take so much now; where not, a worker asks the head for it."""
        if self.has_room(reserved, held, keep):
            return True
        if self._lease is not None:
            self._lease.ask(reserved, held, keep, is_new=False)
        return False

    def find_plans(self, purse: Spender, is_beginning: bool) -> Decimal:
        """USD that others, who go before one, are expected to need beside what is held for them.

        Args:
            purse: Whose turn it is.
            is_beginning: Whether it begins: then all who have begun go before it, also in other runs that share the
                budget. If not, only those who began earlier in this run: where an expectation turns out too low, those
                who came last wait, so that the others end.
        """
        if is_beginning:
            return self._till.seen().planned
        return sum((one.planned for one in self._purses if one.number < purse.number), ZERO)

    async def wait_for(self, purse: Spender, amount: Decimal, what: str, rank: Rank, fits: Callable[[], bool]) -> None:
        """Wait until something fits, for as long as somebody may still give money back.

        Args:
            purse: Whose it will be.
            amount: USD that it takes at most.
            what: What it is for, for the message.
            rank: Who is served before it.
            fits: Whether it fits now.

        Raises:
            BudgetExceeded: If it does not fit, and nobody is left who could give money back.
        """
        # Waiting would be in vain even if all that is set aside came back.
        if self._is_impossible(amount):
            # Others may have waited for it, while it had not begun.
            self.wake_waiters()
            self._refuse(amount, what)
        if not await self._waiters.wait(purse, purse.number, amount, rank, fits, self.wake_waiters):
            self._refuse(amount, what)

    @property
    def _may_grow(self) -> bool:
        """Whether money may still come from elsewhere."""
        return self._lease is not None and self._lease.is_asked

    def _is_impossible(self, amount: Decimal) -> bool:
        if self._lease is not None and not self._lease.is_denied:
            return False  # the head was not asked yet, or has not answered
        # Also if everything that is set aside came back.
        funds = self._till.seen()
        return funds.budget is not None and amount > funds.budget - funds.spent

    def _refuse(self, amount: Decimal, what: str) -> NoReturn:
        self.refused += 1
        # Read anew for the message: others may have moved money while this one waited.
        funds = self._lease.whole if self._lease else self._till.seen()
        raise BudgetExceeded(
            f"{what} may cost up to ${amount:.6f} more and does not fit: of the budget of ${funds.budget} "
            f"${funds.spent:.6f} is spent and ${funds.reserved + funds.held:.6f} set aside; {funds.remedy}"
        )

    def recall(self) -> Mapping[str, Any]:
        """What the runs that share the budget have learned of their costs."""
        return self._till.recall()

    def remember(self, learned: Mapping[str, Any]) -> None:
        """Keep what the run has learned, for others that share the budget."""
        self._till.remember(learned)

    def wake_waiters(self) -> None:
        """Money moved: see who need wait no longer."""
        if self._waiters:
            # Asked here whether one fits, a worker may ask the head for more: that is looked at afterwards.
            self._waiters.release(
                lambda: bool(self._under_way) or self._may_grow, {purse for purse in self._purses if purse.has_begun}
            )
        elif self._lease is not None:
            self._lease.return_spare(self.planned + self.floor)

    def settle_leased(self, reserved: Decimal, cost: Decimal) -> None:
        """Book what a worker spent of what it had leased.

        Args:
            reserved: How much of what is reserved for it is free again, in USD.
            cost: What it spent.
        """
        self._till.settle(reserved, cost, ZERO, ZERO)
        self.reserved -= reserved
        self.spent += cost

    def open_reservation(self, amount: Decimal, held: Decimal, planned: Decimal) -> Reservation:
        """Begin a call for which money was taken."""
        self._under_way += 1
        return Reservation(amount, held, planned)

    def settle(
        self, reservation: Reservation, cost: Decimal, whose: str, held: Decimal = ZERO, planned: Decimal = ZERO
    ) -> None:
        """Book what a call did cost and give back the rest; settling twice books once.

        Args:
            reservation: What was set aside.
            cost: What it did cost, in USD.
            whose: Who was called, for the message.
            held: How much of what was held for it is held again.
            planned: How much of what was planned for it is planned again.
        """
        # A call may be settled in a finally after it was settled already; booked twice, it would break the ceiling.
        if not reservation.open:
            return
        reservation.open = False
        self._under_way -= 1
        self._till.settle(reservation.amount, cost, held, planned)
        self.reserved -= reservation.amount
        self.held += held
        self.planned += planned
        self.spent += cost
        # The ceiling stands on the bounds: one that did not hold is said aloud.
        if cost > reservation.amount:
            self.overruns.append(f"{whose} cost ${cost:.6f}, more than the ${reservation.amount:.6f} it could")
        self.wake_waiters()

    def leave(self, purse: Spender) -> None:
        """A conversation has ended."""
        self._purses.discard(purse)
        self.wake_waiters()
