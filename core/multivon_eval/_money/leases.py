"""The parts of a run's budget that its workers hold: given on request, taken back, spent where a worker dies."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Protocol

import attrs

from .funds import ZERO
from .ledger import Ledger

_GENEROUS = 4
"""As long as there is plenty, so many times what is asked for is given, so that a worker rarely asks."""


class Holder(Protocol):
    """A worker, as far as its money is concerned."""

    def grant(self, amount: Decimal) -> None:
        """Tell it that it may spend so much more, in USD."""
        ...

    def deny(self, was_ahead: bool) -> None:
        """Tell it that there is no more; and, unless it had asked ahead of need, nobody who could give some back."""
        ...

    def note_shortage(self) -> None:
        """Tell it to give back what it does not need."""
        ...


@attrs.define(eq=False)
class _Part:
    """What one worker holds.

    Attributes:
        holder: The worker.
        leased: What it got and did not give back, in USD.
        spent: What of that is known to be spent.
        wants: What it has asked for and not got.
        place: Who asked when.
    """

    holder: Holder
    leased: Decimal = ZERO
    spent: Decimal = ZERO
    wants: Decimal = ZERO
    place: int = 0

    @property
    def open(self) -> Decimal:
        """What it may still spend, or has spent without saying so yet."""
        return max(self.leased - self.spent, ZERO)


class Leases:
    """The parts of a run's budget that its workers hold.

    What is leased counts as reserved in the ledger until it is known to be spent, or given back. So the ceiling holds
    whoever dies: what a dead worker held is taken to be spent.

    Args:
        ledger: The run's money.
        record: Called with a worker's name and what it holds now, in USD, before it is told of it.
    """

    def __init__(self, ledger: Ledger, record: Callable[[str, Decimal], None] = lambda name, amount: None) -> None:
        self._ledger = ledger
        self._record = record
        self._parts: dict[str, _Part] = {}
        self._asked = 0
        self._is_short = False

    def add(self, name: str, holder: Holder) -> None:
        """A worker is there; it holds nothing yet."""
        self._parts[name] = _Part(holder)
        if self._is_short:
            holder.note_shortage()

    def request(self, name: str, amount: Decimal, is_ahead: bool = False) -> None:
        """A worker asks for more: it gets it, or waits until somebody gives some back, or is told that nobody will.

        Args:
            name: The worker.
            amount: How much more it wants, in USD.
            is_ahead: Whether it does not need it yet: then it is not waited for.
        """
        part = self._parts.get(name)
        if part is None:
            return
        self._asked += 1
        part.wants, part.place = amount, self._asked
        if is_ahead and not self._grant(part):
            part.wants = ZERO
            part.holder.deny(True)
        self.serve()

    def take_back(self, name: str, amount: Decimal) -> None:
        """A worker gives some back, in USD; never more than it holds."""
        if (part := self._parts.get(name)) is not None:
            self._return(name, part, min(amount, part.open))
            self.serve()

    def settle(self, name: str, cost: Decimal) -> None:
        """A worker says what a call did cost, in USD."""
        if (part := self._parts.get(name)) is None:
            return
        self._ledger.settle_leased(min(cost, part.open), cost)
        part.spent += cost
        self.serve()

    def leave(self, name: str) -> None:
        """A worker has ended in good order: what it spent it has said, and the rest is free."""
        if (part := self._parts.pop(name, None)) is not None:
            self._return(name, part, part.open)
            self.serve()

    def lose(self, name: str) -> Decimal:
        """A worker died: nobody knows what it spent of what it held, so all of it counts as spent.

        Returns:
            How much that was, in USD.
        """
        part = self._parts.pop(name, None)
        if part is None:
            return ZERO
        # Whether its last calls went out before it died nobody can say, so they are taken to have cost what they could.
        # It stands in the record as it is: a resume counts what a worker held as spent.
        lost = part.open
        self._ledger.settle_leased(lost, lost)
        self.serve()
        return lost

    def serve(self) -> None:
        """Money moved: give it to those who wait, and tell those of it who wait in vain."""
        while self._serve_once():
            pass

    def _serve_once(self) -> bool:
        waiting = sorted((part for part in self._parts.values() if part.wants), key=lambda part: part.place)
        for part in waiting:
            if self._grant(part):
                return True
        if not waiting:
            return False
        if not self._is_short:
            self._is_short = True
            for part in list(self._parts.values()):
                part.holder.note_shortage()
            # Those who were told may have given something back at once.
            return True
        # Whoever holds something and waits for nothing will end its calls, and give back or ask in its turn.
        if any(part.open and not part.wants for part in self._parts.values()):
            return False
        # Everybody waits for everybody: the last to come is told so. It ends something, and what that gives back helps
        # the others.
        last = waiting[-1]
        last.wants = ZERO
        last.holder.deny(False)
        return True

    def _grant(self, part: _Part) -> bool:
        left = self._ledger.left
        assert left is not None, "leases are parts of a ceiling"
        amount = part.wants
        # What is out with one worker is not there for the others, and lost if it dies: never more than a fair part.
        if left >= _GENEROUS * amount * len(self._parts):
            amount *= _GENEROUS
        if not self._ledger.take(reserved=amount):
            return False
        part.wants = ZERO
        part.leased += amount
        self._record(self._find_name(part), part.leased)
        part.holder.grant(amount)
        return True

    def _return(self, name: str, part: _Part, amount: Decimal) -> None:
        if amount > 0:
            self._ledger.take(reserved=-amount)
            part.leased -= amount
            self._record(name, part.leased)

    def _find_name(self, part: _Part) -> str:
        return next(name for name, one in self._parts.items() if one is part)
