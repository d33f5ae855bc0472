"""What a worker may spend of a budget that lies elsewhere: a part of it, more on request, the rest given back."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import attrs

from .funds import ZERO, Funds


@attrs.define(eq=False)
class Lease:
    """A part of a budget, as its worker has it.

    Attributes:
        request: Asks the head for so much more, in USD, and says whether that is ahead of need; the answer is
            :meth:`take_in` or :meth:`note_denial`.
        give_back: Gives so much back to the head, in USD.
        whole: How the whole budget stands, as the head said last, for messages.
        funds: What was leased, and what is taken of it.
        is_asked: Whether an answer of the head is awaited.
        is_denied: Whether the head had no more when it was asked last, and nobody who could give it some back.
        is_short: Whether the head lacks money: then nothing is kept that is not needed.
    """

    request: Callable[[Decimal, bool], None]
    give_back: Callable[[Decimal], None]
    whole: Funds
    funds: Funds = attrs.field(factory=lambda: Funds(ZERO))
    is_asked: bool = attrs.field(default=False, init=False)
    is_short: bool = attrs.field(default=False, init=False)
    is_denied: bool = attrs.field(default=False, init=False)
    _usual: Decimal = attrs.field(default=ZERO, init=False)

    def ask(self, reserved: Decimal, held: Decimal, keep: Decimal | None, is_new: bool) -> None:
        """Ask the head for what is missing.

        Args:
            reserved: How much more is wanted, in USD, for calls under way.
            held: How much more for judging to come.
            keep: How much must be left over afterwards; None where what is held does not count.
            is_new: Whether it was not wanted before: then the head is asked again although it had nothing.
        """
        if self.is_asked or (self.is_denied and not is_new):
            return
        funds = self.funds
        assert funds.budget is not None, "a lease is a part of a ceiling"
        # The same sum as in Funds.has_room, solved for what is missing.
        after = funds.budget - funds.spent - funds.reserved - reserved
        missing = -after if keep is None else keep - (after - funds.held - held)
        if missing > 0:
            self.is_asked = True
            self._usual = max(missing, -after)
            self.request(self._usual, False)

    def ask_ahead(self) -> None:
        """Ask the head for more before it is needed, where little is left and the head has plenty."""
        if not (self.is_asked or self.is_short or self.is_denied) and (self.funds.left or ZERO) < self._usual:
            self.is_asked = True
            self.request(self._usual, True)

    def take_in(self, amount: Decimal) -> None:
        """The head has leased so much more, in USD."""
        assert self.funds.budget is not None, "a lease is a part of a ceiling"
        self.funds.budget += amount
        self.is_asked = self.is_denied = False

    def note_denial(self, whole: Funds, was_ahead: bool) -> None:
        """The head has no more, and nobody is left who could give some back to it.

        Args:
            whole: How the whole budget stands.
            was_ahead: Whether it was asked for ahead of need; then whoever needs it asks again.
        """
        self.whole = whole
        self.is_asked, self.is_denied = False, not was_ahead

    def return_spare(self, keep: Decimal) -> None:
        """Give back what nobody here needs: all where nothing goes on, and what is spare where the head lacks money.

        Args:
            keep: USD that those who have begun are expected to need beside what is held for them.
        """
        funds, spare = self.funds, (self.funds.left or ZERO) - keep
        is_idle = not (keep or funds.reserved or funds.held)
        if spare > 0 and (is_idle or self.is_short):
            assert funds.budget is not None, "a lease is a part of a ceiling"
            funds.budget -= spare
            self.give_back(spare)
