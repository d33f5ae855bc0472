import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval._money.limit import Limit

pytestmark = pytest.mark.usefixtures("no_pauses")


async def settled():
    """Let every task go as far as it can."""
    for _ in range(20):
        await asyncio.sleep(0)


@given(steps=st.lists(st.sampled_from(["enter", "leave", "succeeded", "overloaded", "cancel"]), max_size=40))
def test_no_more_calls_are_under_way_than_allowed_and_none_waits_for_nothing(steps):
    """Whatever happens, a call enters only where there is a place, and waits only where there is none."""

    async def play():
        limit, inside, waiting = Limit(4), [], []
        for step in steps:
            before = len(inside)
            if step == "enter":
                waiting.append(asyncio.create_task(limit.enter()))
            elif step == "leave" and inside:
                inside.pop(0)
                limit.leave()
            elif step == "succeeded":
                limit.record_success()
            elif step == "overloaded" and inside:
                limit.record_overload(inside[-1])
            elif step == "cancel" and waiting:
                waiting.pop(0).cancel()
            await settled()
            inside += [task.result() for task in waiting if task.done() and not task.cancelled()]
            waiting = [task for task in waiting if not task.done()]
            assert 1 <= limit.now <= limit.most
            # A limit that was halved lets nobody in, and throws nobody out.
            assert len(inside) <= max(before, int(limit.now))
            assert not waiting or len(inside) >= int(limit.now)
        for task in waiting:
            task.cancel()

    asyncio.run(play())


def test_calls_are_numbered_and_let_in_in_their_order():
    """Who came first goes first."""

    async def play():
        limit = Limit(1)
        tasks = [asyncio.create_task(limit.enter()) for _ in range(3)]
        order = []
        for _ in tasks:
            await settled()
            order.append([task.result() if task.done() else None for task in tasks])
            limit.leave()
        return order

    assert asyncio.run(play()) == [[1, None, None], [1, 2, None], [1, 2, 3]]


def entered(limit, calls):
    """The numbers of calls that begin at once."""

    async def enter():
        return [await limit.enter() for _ in range(calls)]

    return asyncio.run(enter())


def test_too_much_halves_the_limit_once_for_all_calls_under_way():
    """Eight calls refused together are one sign; a call that began after it is the next."""
    limit = Limit(8)
    for call in entered(limit, 8):
        limit.record_overload(call)
    assert limit.now == 4
    for _ in range(8):
        limit.leave()
    [call] = entered(limit, 1)
    limit.record_overload(call)
    assert limit.now == 2


def test_processes_that_ask_one_judge_slow_down_together():
    """Each tells the others once; who hears of it halves once, however many tell, and tells nobody on."""

    async def play():
        told = []
        first, second = Limit(8, lambda asked: told.append(("first", asked))), Limit(8, lambda asked: told.append(2))
        for limit in (first, second):
            for _ in range(4):
                await limit.enter()
        first.record_overload(4, 2.0)
        first.record_overload(3)
        assert told == [("first", 2.0)]
        second.heed_overload(2.0)
        second.heed_overload(2.0)
        assert (first.now, second.now) == (4, 4)
        assert second.pause > 0
        assert told == [("first", 2.0)]

    asyncio.run(play())


def test_the_limit_never_falls_below_one():
    """However often the provider says it gets too much, one call at a time is made."""
    limit = Limit(2)
    for _ in range(5):
        [call] = entered(limit, 1)
        limit.record_overload(call)
        limit.leave()
    assert limit.now == 1


def test_success_lets_the_limit_grow_again_up_to_where_it_began():
    """A limit of n has grown by about one after n calls that went well, and never exceeds what it was."""
    limit = Limit(8)
    [call] = entered(limit, 1)
    limit.record_overload(call)
    for _ in range(4):
        limit.record_success()
    assert 4.5 < limit.now <= 5
    for _ in range(100):
        limit.record_success()
    assert limit.now == 8


def test_growth_lets_in_who_waits():
    """A place that success makes is taken without anybody leaving."""

    async def play():
        limit = Limit(2)
        limit.record_overload(await limit.enter())
        waits = asyncio.create_task(limit.enter())
        await settled()
        was_waiting = not waits.done()
        limit.record_success()
        await settled()
        return was_waiting, waits.done()

    assert asyncio.run(play()) == (True, True)


def test_a_place_given_to_one_who_leaves_at_that_moment_is_not_lost():
    """A task that is woken and cancelled before it runs hands its place on."""

    async def play():
        limit = Limit(1)
        await limit.enter()
        first, second = asyncio.create_task(limit.enter()), asyncio.create_task(limit.enter())
        await settled()
        limit.leave()
        first.cancel()
        await settled()
        return first.cancelled(), second.done()

    assert asyncio.run(play()) == (True, True)
