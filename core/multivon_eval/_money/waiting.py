"""Who waits for money, and who is served first."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Set
from decimal import Decimal
from enum import IntEnum

import attrs


class Rank(IntEnum):
    """Who is served first of those who wait: what is finished gives money back."""

    JUDGING = 0
    TALKING = 1
    BEGINNING = 2


@attrs.define(eq=False)
class _Waiter:
    who: object
    place: tuple[int, int]
    amount: Decimal
    fits: Callable[[], bool]
    granted: asyncio.Future[bool]


@attrs.define(eq=False)
class Waiters:
    """Those who wait for money, in the order in which they are served.

    Attributes:
        is_impossible: Tells whether an amount can never be had, even if all that is set aside came back.
    """

    is_impossible: Callable[[Decimal], bool]
    _waiting: list[_Waiter] = attrs.field(factory=list, init=False)

    async def wait(
        self,
        who: object,
        number: int,
        amount: Decimal,
        rank: Rank,
        fits: Callable[[], bool],
        release: Callable[[], None],
    ) -> bool:
        """Wait until something fits, or nobody is left who could give money back.

        Args:
            who: Whose it will be.
            number: Who began earlier goes first; judging is served in the order in which it came.
            amount: USD that it takes at most.
            rank: Who is served before it.
            fits: Whether it fits now.
            release: Looks again who need wait no longer.

        Returns:
            Whether it fits now.
        """
        place = rank, 0 if rank is Rank.JUDGING else number
        waiter = _Waiter(who, place, amount, fits, asyncio.get_running_loop().create_future())
        self._waiting.append(waiter)
        self._waiting.sort(key=lambda one: one.place)  # stable: in the order in which they came, within a place
        release()
        granted = False
        try:
            granted = await waiter.granted
        finally:
            self._waiting.remove(waiter)
            if not granted:
                # It takes nothing, so the next one is woken in its stead; what waits beside it in its own
                # conversation would otherwise wait for money that nobody is left to give back.
                release()
        return granted

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def release(self, may_come: Callable[[], bool], running: Set[object]) -> None:
        """See who need wait no longer.

        Args:
            may_come: Whether money may still come back: a call is under way, or somebody was asked for more.
            running: The conversations that have begun.
        """
        # Those that can never be served are told so, whoever is in front of them.
        for waiter in self._waiting:
            if not waiter.granted.done() and self.is_impossible(waiter.amount):
                waiter.granted.set_result(False)
        # One at a time: a woken waiter books before the next one is woken.
        for waiter in self._waiting:
            if not waiter.granted.done() and waiter.fits():
                waiter.granted.set_result(True)
                return
        pending = [waiter for waiter in self._waiting if not waiter.granted.done()]
        if len(pending) < len(self._waiting) or not pending or may_come():
            return
        # A conversation may wait with several calls at once, so it is conversations that are counted, not waiters.
        if {waiter.who for waiter in pending} >= running:
            # Everybody waits for everybody. The last to come gives up: it ends, is judged with what is held for it, and
            # what it gives back lets the others go on. What has not begun gives nothing back: it waits till the end.
            talking = [waiter for waiter in pending if waiter.place[0] != Rank.BEGINNING]
            (talking or pending)[-1].granted.set_result(False)
