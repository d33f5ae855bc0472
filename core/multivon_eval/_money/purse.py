"""The account of one conversation within the ledger."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import attrs

from .amount import round_up
from .funds import ZERO, Reservation
from .ledger import Ledger
from .waiting import Rank


@attrs.frozen
class Expected:
    """What one conversation is expected to cost, in USD.

    Attributes:
        judging: Its verdict and scores.
        talking: All else.
        surplus: How much more than expected one question for a verdict or a score can cost at most.
        watching: What of the judging observers ask on the way.
    """

    judging: Decimal = attrs.field(default=ZERO, converter=round_up)
    talking: Decimal = attrs.field(default=ZERO, converter=round_up)
    surplus: Decimal = attrs.field(default=ZERO, converter=round_up)
    watching: Decimal = attrs.field(default=ZERO, converter=round_up)


class Purse:
    """The account of one conversation within the ledger: what it has spent, and what it will still need.

    Attributes:
        ledger: The run's.
        number: Which one was opened when: those who began earlier go first.
        spent: What its calls did cost, in USD.
        hold: What judging it is still expected to cost, in USD.
        planned: What it is still expected to cost beside that, in USD.
        surplus: How much more than expected one call of its judging can cost at most, in USD.
        watching: What of the hold observers may take on the way, in USD.
        has_begun: Whether it may spend; a conversation that waits for its beginning keeps nobody waiting.
    """

    def __init__(self, ledger: Ledger) -> None:
        self.ledger = ledger
        self.spent: Decimal = ZERO
        self.hold: Decimal = ZERO
        self.planned: Decimal = ZERO
        self.surplus: Decimal = ZERO
        self.watching: Decimal = ZERO
        self.has_begun: bool = True
        self.number: int = ledger.enter(self)

    async def begin(self, expect: Callable[[bool], Expected], at_once: bool = False) -> None:
        """Begin, when all that it is expected to cost fits beside what those who have begun still need.

        Args:
            expect: Tells what it is expected to cost, by what is known when it is asked; and whether nobody runs.
            at_once: Whether it begins whatever is left: it had begun before the run was cut off.

        Raises:
            BudgetExceeded: If it does not fit, and nobody runs who could give money back.
        """
        ledger = self.ledger
        self.has_begun = False

        def find_keep(expected: Expected) -> Decimal:
            plans = ledger.find_plans(self, is_beginning=True) - self.planned
            return plans + expected.talking + max(ledger.floor, expected.surplus)

        def fits() -> bool:
            expected = expect(ledger.is_idle)
            return ledger.fits_waiter(ZERO, expected.judging - self.hold, find_keep(expected))

        while True:
            expected = expect(ledger.is_idle)
            keep = None if at_once else find_keep(expected)
            more = expected.judging - self.hold
            if ledger.take(held=more, planned=expected.talking - self.planned, keep=keep):
                break
            least = expected.judging + expected.talking
            await ledger.wait_for(self, least, "a conversation", Rank.BEGINNING, fits)
        self.hold, self.planned, self.surplus = expected.judging, expected.talking, expected.surplus
        self.has_begun = True
        ledger.highest = max(ledger.highest, self.surplus)
        ledger.wake_waiters()

    async def keep(self, expected: Expected) -> None:
        """Hold back what judging is expected to cost by now, more or less than before.

        Args:
            expected: What the conversation is expected to cost from now on; what it costs beside judging is only noted.

        Raises:
            BudgetExceeded: If the difference does not fit; what was held before still is.
        """
        ledger = self.ledger
        ledger.take(planned=expected.talking - self.planned)
        self.planned, self.surplus, self.watching = expected.talking, expected.surplus, expected.watching
        ledger.highest = max(ledger.highest, self.surplus)
        # Only the difference is asked for, so that a hold that grows never lets go of what it has.
        more = expected.judging - self.hold
        while more and not ledger.take(held=more, keep=ledger.floor):
            await ledger.wait_for(
                self,
                more,
                "the verdict of this conversation",
                Rank.TALKING,
                lambda: ledger.fits_waiter(ZERO, more, ledger.floor),
            )
        self.hold = expected.judging
        ledger.wake_waiters()

    async def reserve(
        self, amount: Decimal, is_judging: bool, whose: str = "a call", is_watching: bool = False
    ) -> Reservation:
        """Set money aside for one call.

        Args:
            amount: The most the call can cost, in USD.
            is_judging: Whether it is one of the calls that money is held back for.
            whose: Who is called, for the message.
            is_watching: Whether an observer asks it on the way: then what is held for the end stays held.

        Raises:
            BudgetExceeded: If it does not fit.
        """
        while True:
            held, planned, keep = self._split(amount, is_judging, is_watching)
            if self.ledger.take(amount, -held, -planned, keep):
                break
            await self.ledger.wait_for(
                self,
                amount,
                whose,
                Rank.JUDGING if is_judging else Rank.TALKING,
                lambda: self._fits(amount, is_judging, is_watching),
            )
        # Nothing is awaited between taking and this line: no other task sees money that is neither held nor reserved.
        self.hold -= held
        self.planned -= planned
        self.watching -= held if is_watching else ZERO
        reservation = self.ledger.open_reservation(amount, held, planned)
        reservation.is_watching = is_watching
        self.ledger.wake_waiters()
        return reservation

    def _fits(self, amount: Decimal, is_judging: bool, is_watching: bool) -> bool:
        held, _, keep = self._split(amount, is_judging, is_watching)
        return self.ledger.fits_waiter(amount, -held, keep)

    def _split(self, amount: Decimal, is_judging: bool, is_watching: bool) -> tuple[Decimal, Decimal, Decimal | None]:
        """What a call takes of what is held and planned for it, and what must be left over beside it."""
        if not is_judging:
            # With money enough for all that is planned nobody has to look who goes before whom.
            most = self.ledger.highest + self.ledger.planned
            if self.ledger.has_room(amount, ZERO, most):
                return ZERO, min(self.planned, amount), most
            plans = self.ledger.find_plans(self, is_beginning=False)
            return ZERO, min(self.planned, amount), self.ledger.floor + plans
        if is_watching:
            return min(self.watching, self.hold, amount), ZERO, self.ledger.floor
        # Into the floor and, where nobody else is asked, into what is held for others: what the call does not cost
        # comes back. Only an expectation that was too low leaves the last ones without.
        return min(self.hold, amount), ZERO, ZERO if self.ledger.reserved else None

    def settle(self, reservation: Reservation, cost: Decimal, whose: str = "a call") -> None:
        """Book what a call did cost and give back the rest; settling twice books once."""
        if not reservation.open:
            return
        # What it did not cost of it is needed for what follows.
        reserved = (reservation.held, reservation.planned) if self in self.ledger else (ZERO, ZERO)
        held, planned = (max(part - cost, ZERO) for part in reserved)
        self.spent += cost
        self.hold += held
        self.planned += planned
        self.watching += held if reservation.is_watching else ZERO
        self.ledger.settle(reservation, cost, whose, held, planned)

    def close(self) -> None:
        """Give back what is still held; the conversation needs no more."""
        self.ledger.take(held=-self.hold, planned=-self.planned)
        self.hold = self.planned = self.surplus = self.watching = ZERO
        self.ledger.leave(self)
