"""The ledger: reserved before a call, settled after it, never above the ceiling, nobody waits for ever."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval import BudgetExceeded
from multivon_eval._engine.ledger import Ledger, Purse, Reservation

CENT = Decimal("0.01")


async def refused(waiting: object) -> bool:
    """Whether something that asks for money is refused."""
    try:
        await waiting  # type: ignore[misc]
    except BudgetExceeded:
        return True
    return False


def holds(ledger: Ledger) -> bool:
    """Whether the books are within the ceiling and add up."""
    assert min(ledger.spent, ledger.reserved, ledger.held) >= 0
    return ledger.budget is None or ledger.spent + ledger.reserved + ledger.held <= ledger.budget


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["reserve", "judge", "keep", "settle", "close"]),
        st.integers(0, 2),
        st.decimals("0", "0.5", places=3),
    ),
    max_size=40,
)


@given(budget=st.decimals("0", "1", places=3), steps=STEPS)
def test_the_ceiling_is_never_exceeded(budget: Decimal, steps: list[tuple[str, int, Decimal]]) -> None:
    """Whatever three conversations reserve, keep, settle and give back, the books stay within the ceiling."""

    async def play() -> None:
        ledger = Ledger(budget)
        purses = [ledger.open() for _ in range(3)]
        calls: list[tuple[Purse, Reservation]] = []
        for what, which, amount in steps:
            purse = purses[which]
            if what in ("reserve", "judge") and ledger.fits(amount):
                calls.append((purse, await purse.reserve(amount, what == "judge")))
            elif what == "keep" and ledger.fits(amount - purse.hold):
                await purse.keep(amount)
                assert purse.hold == amount
            elif what == "settle" and calls:
                owner, reservation = calls.pop(which % len(calls))
                owner.settle(reservation, min(amount, reservation.amount))
            elif what == "close":
                purse.close()
                purses[which] = ledger.open()
            assert holds(ledger)
        for owner, reservation in calls:
            owner.settle(reservation, reservation.amount)
        for purse in purses:
            purse.close()
        assert (ledger.reserved, ledger.held) == (0, 0)
        assert holds(ledger)

    asyncio.run(play())


def test_a_call_that_does_not_fit_waits_for_money_that_comes_back() -> None:
    """While another call is under way it may give money back, so the second waits and is then made."""

    async def play() -> None:
        ledger = Ledger(CENT)
        first, second = ledger.open(), ledger.open()
        reservation = await first.reserve(CENT, False)
        waiting = asyncio.create_task(second.reserve(CENT / 2, False))
        await asyncio.sleep(0)
        assert not waiting.done()
        first.settle(reservation, CENT / 2)
        assert (await waiting).amount == CENT / 2
        assert holds(ledger)

    asyncio.run(play())


def test_what_can_never_fit_is_refused_at_once() -> None:
    """An amount above what is not spent is refused also while others might give money back."""

    async def play() -> None:
        ledger = Ledger(CENT)
        busy, purse = ledger.open(), ledger.open()
        await busy.reserve(CENT / 2, False)
        with pytest.raises(BudgetExceeded, match=r"does not fit: of the budget of \$0\.01 .* raise --budget"):
            await purse.reserve(2 * CENT, False, "a driver call")
        assert ledger.refused == 1

    asyncio.run(play())


def test_when_everybody_waits_the_last_to_come_gives_up() -> None:
    """Two conversations that hold money and wait for more do not wait for ever: one ends, the other goes on."""

    async def play() -> None:
        ledger = Ledger(10 * CENT)
        first, second = ledger.open(), ledger.open()
        await first.keep(4 * CENT)
        await second.keep(4 * CENT)
        one = asyncio.create_task(first.reserve(4 * CENT, False))
        await asyncio.sleep(0)
        assert await refused(second.reserve(4 * CENT, False))
        assert not one.done()
        second.close()
        assert (await one).amount == 4 * CENT
        assert holds(ledger)

    asyncio.run(play())


def test_a_verdict_draws_on_what_is_held_for_it() -> None:
    """With nothing left for anybody, what a conversation holds still pays for its own verdict."""

    async def play() -> None:
        ledger = Ledger(4 * CENT)
        purse = ledger.open()
        await purse.keep(4 * CENT)
        assert await refused(purse.reserve(CENT, False))
        reservation = await purse.reserve(3 * CENT, True)
        assert (purse.hold, ledger.held, ledger.reserved) == (CENT, CENT, 3 * CENT)
        purse.settle(reservation, 2 * CENT)
        purse.close()
        assert (ledger.spent, ledger.left) == (2 * CENT, 2 * CENT)

    asyncio.run(play())


def test_a_hold_that_cannot_grow_stays_as_it_was() -> None:
    """A conversation that may not keep more has still what it had."""

    async def play() -> None:
        purse = Ledger(CENT).open()
        await purse.keep(CENT / 2)
        assert await refused(purse.keep(2 * CENT))
        assert purse.hold == CENT / 2

    asyncio.run(play())


def test_settling_twice_books_once() -> None:
    """A reservation is settled once, whoever tries again."""

    async def play() -> None:
        ledger = Ledger(None)
        purse = ledger.open()
        reservation = await purse.reserve(CENT, False)
        purse.settle(reservation, CENT)
        purse.settle(reservation, CENT)
        assert (ledger.spent, purse.spent, ledger.reserved) == (CENT, CENT, 0)

    asyncio.run(play())


def test_money_is_exact() -> None:
    """A tenth of a cent ten times is a cent, not nearly."""

    async def play() -> None:
        ledger = Ledger(CENT)
        purse = ledger.open()
        for _ in range(10):
            purse.settle(await purse.reserve(CENT / 10, False), CENT / 10)
        assert (ledger.spent, ledger.left) == (CENT, 0)

    asyncio.run(play())


def test_a_cost_above_its_worst_case_is_named() -> None:
    """A provider that does not keep its bounds stands in the report."""

    async def play() -> None:
        ledger = Ledger(1 * CENT)
        purse = ledger.open()
        purse.settle(await purse.reserve(CENT / 2, False), CENT, "a judge call")
        assert ledger.overruns == ["a judge call cost $0.010000, more than the $0.005000 it could"]

    asyncio.run(play())


def test_a_cancelled_wait_leaves_nothing_behind() -> None:
    """Who stops waiting stands in nobody's way."""

    async def play() -> None:
        ledger = Ledger(CENT)
        busy, purse, third = ledger.open(), ledger.open(), ledger.open()
        reservation = await busy.reserve(CENT, False)
        waiting = asyncio.create_task(purse.reserve(CENT, False))
        await asyncio.sleep(0)
        waiting.cancel()
        await asyncio.gather(waiting, return_exceptions=True)
        busy.settle(reservation, Decimal(0))
        assert (await third.reserve(CENT, False)).amount == CENT

    asyncio.run(play())
