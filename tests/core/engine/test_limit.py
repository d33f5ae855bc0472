"""The adaptive limit of calls to a judge."""

from __future__ import annotations

import asyncio

from hypothesis import given
from hypothesis import strategies as st

from multivon_eval._engine.limit import Limit


def test_it_is_halved_once_for_all_calls_that_were_under_way() -> None:
    """Sixteen calls that are refused together halve the limit once; a later one halves it again."""

    async def play() -> None:
        limit = Limit(16)
        calls = [await limit.enter() for _ in range(16)]
        for call in calls:
            limit.overloaded(call)
            limit.leave()
        assert limit.now == 8
        limit.overloaded(await limit.enter())
        assert limit.now == 4

    asyncio.run(play())


def test_it_grows_by_one_for_as_many_successes_as_it_is_high() -> None:
    """Success lets it grow again, slowly, and never above where it began."""
    limit = Limit(8)
    limit.overloaded(1)
    assert limit.now == 4
    for _ in range(5):
        limit.succeeded()
    assert 5 <= limit.now < 5.2
    for _ in range(100):
        limit.succeeded()
    assert limit.now == 8


def test_never_more_at_once_than_it_says() -> None:
    """Who comes when it is full waits until somebody leaves; a cancelled wait takes nobody's place."""

    async def play() -> None:
        limit = Limit(2)
        await limit.enter()
        await limit.enter()
        first, second = (asyncio.create_task(limit.enter()) for _ in range(2))
        await asyncio.sleep(0)
        first.cancel()
        limit.leave()
        assert await second == 3
        assert first.cancelled() or await asyncio.gather(first, return_exceptions=True)

    asyncio.run(play())


@given(st.lists(st.booleans(), max_size=200), st.integers(1, 50))
def test_it_stays_between_one_and_its_beginning(successes: list[bool], most: int) -> None:
    """Whatever happens, at least one call can be made and never more than at the beginning."""
    limit = Limit(most)
    for number, success in enumerate(successes, 1):
        if success:
            limit.succeeded()
        else:
            limit.overloaded(number)
        assert 1 <= limit.now <= most
