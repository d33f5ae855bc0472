import asyncio
from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from multivon_eval._money.ledger import Ledger
from multivon_eval._money.purse import Expected, Purse
from multivon_eval.errors import BudgetExceeded
from support.examples import examples
from support.spenders import Conversation, few_dollars, money, settled, steps_with


@examples(300)
@given(
    given=st.one_of(st.tuples(money, steps_with(money)), st.tuples(few_dollars, steps_with(few_dollars))),
)
@example(
    # Two things that one conversation waits for, when the only other one ends.
    given=(
        Decimal(1),
        [
            ("keep", 1, (Decimal(1), Decimal(0), Decimal(0))),
            ("keep", 1, (Decimal(2), Decimal(0), Decimal(0))),
            ("talk", 1, Decimal(1)),
            ("close", 0, Decimal(0)),
        ],
    ),
)
def test_the_ceiling_is_never_exceeded(given):
    """Whatever is expected, spent and reserved stay under the budget; nobody waits in vain; all of it ends."""
    budget, steps = given

    async def play():
        ledger = Ledger(budget)
        people = [Conversation(ledger) for _ in range(3)]
        for what, number, value in steps:
            people[number].do(what, value)
            await settled()
            assert ledger.spent + ledger.reserved <= budget
            assert ledger.left == budget - ledger.spent - ledger.reserved - ledger.held
            assert ledger.reserved == sum(one.amount for person in people for one in person.open)
            for name in ("hold", "planned", "spent"):
                mine = [getattr(person.purse, name) for person in people]
                assert getattr(ledger, {"hold": "held"}.get(name, name)) == sum(mine), name
                assert min(mine) >= 0, name
            assert ledger.refused == sum(person.refused for person in people)
            assert not any(fits() for person in people for fits in person.waits)
            # Not everybody who has begun waits while no call is under way.
            alive = [person for person in people if not person.closed and person.purse.has_begun]
            assert any(one.open for one in people) or not all(one.waits for one in alive) or not alive
            if not alive and not any(one.open for one in people):
                assert not any(person.waits for person in people), "nobody runs, and one waits for its beginning"
        while any(person.open or person.waits for person in people):
            before = [(len(person.open), len(person.waits), person.closed) for person in people]
            for person in people:
                while person.open:
                    person.do("settle", Decimal(1))
                await settled()
                person.do("close", Decimal(0))
                await settled()
            assert before != [(len(person.open), len(person.waits), person.closed) for person in people]
        assert ledger.spent + ledger.reserved <= budget
        assert ledger.overruns == []

    asyncio.run(play())


def alone(play, budget="1.00", **given):
    """What an asynchronous function makes of a ledger and the one purse that is open in it."""

    async def with_purse():
        ledger = Ledger(None if budget is None else Decimal(budget), **given)
        return await play(ledger, Purse(ledger))

    return asyncio.run(with_purse())


@given(amount=money, share=st.decimals(0, 1, places=3))
def test_settling_twice_books_once(amount, share):
    """The second settlement of a reservation changes nothing."""

    async def play(ledger, purse):
        reservation = await purse.reserve(amount, False)
        purse.settle(reservation, amount * share)
        purse.settle(reservation, amount)
        assert (ledger.spent, purse.spent, ledger.reserved) == (amount * share, amount * share, 0)

    alone(play, "100")


def test_a_call_that_does_not_fit_is_counted_and_told():
    """The message says what the call may cost, what is spent and set aside, and the way out."""

    async def play(ledger, purse):
        purse.settle(await purse.reserve(Decimal("0.50"), False), Decimal("0.30"))
        await purse.keep(Expected(Decimal("0.60")))
        with pytest.raises(BudgetExceeded) as caught:
            await purse.reserve(Decimal("0.11"), False, "a driver call")
        for part in ("a driver call", "$0.110000", "$0.300000", "$0.600000", "$1.00", "raise --budget"):
            assert part in str(caught.value)
        assert (ledger.refused, ledger.reserved, ledger.held) == (1, 0, Decimal("0.60"))

    alone(play)


def test_what_is_given_back_can_be_reserved_again():
    """A call that cost less than it could leaves the rest to others."""

    async def play(ledger, purse):
        purse.settle(await purse.reserve(Decimal("0.10"), False), Decimal("0.01"))
        await purse.reserve(Decimal("0.09"), False)
        assert ledger.left == 0

    alone(play, "0.10")


def test_money_is_exact():
    """Three times ten cents are thirty cents, which floats do not say."""

    async def play(ledger, purse):
        for _ in range(3):
            purse.settle(await purse.reserve(Decimal("0.1"), False), Decimal("0.1"))
        assert (ledger.spent, ledger.left) == (Decimal("0.3"), Decimal(0))
        with pytest.raises(BudgetExceeded):
            await purse.reserve(Decimal("0.000001"), False)
        await purse.reserve(Decimal(0), False)

    alone(play, "0.3")


def test_a_cost_above_its_worst_case_is_reported():
    """A provider that does not keep its bounds is named, with both amounts, and what it took is booked."""

    async def play(ledger, purse):
        purse.settle(await purse.reserve(Decimal("0.1"), False), Decimal("0.2"), "a judge call")
        assert ledger.overruns == ["a judge call cost $0.200000, more than the $0.100000 it could"]
        assert ledger.spent == Decimal("0.2")

    alone(play)


def test_without_a_ceiling_everything_fits():
    """None lifts the ceiling, and the money is still counted."""

    async def play(ledger, purse):
        await purse.keep(Expected(Decimal(10**9)))
        purse.settle(await purse.reserve(Decimal(10**6), False), Decimal(10**6))
        assert (ledger.left, ledger.spent) == (None, 10**6)

    alone(play, None)


def test_what_was_spent_before_counts():
    """A run that is resumed has the rest of its budget and no more."""

    async def play(ledger, purse):
        assert ledger.left == Decimal("0.10")
        with pytest.raises(BudgetExceeded):
            await purse.reserve(Decimal("0.11"), False)
        await purse.reserve(Decimal("0.10"), False)

    alone(play, spent=Decimal("0.90"))


def test_a_call_draws_on_what_is_held_for_it():
    """What is held is for the calls it is held for: they take of it first, and of what is free beyond it."""

    async def play(ledger, purse):
        await purse.keep(Expected(Decimal("0.90")))
        first = await purse.reserve(Decimal("0.40"), True)
        assert (purse.hold, ledger.held, ledger.reserved, ledger.left) == tuple(
            map(Decimal, ("0.5", "0.5", "0.4", "0.1"))
        )
        await purse.reserve(Decimal("0.60"), True)
        assert (purse.hold, ledger.held, ledger.reserved, ledger.left) == (0, 0, 1, 0)
        # What the call did not need is held again for what follows.
        purse.settle(first, Decimal("0.10"))
        assert (purse.hold, ledger.left) == (Decimal("0.3"), 0)

    alone(play)


def test_a_call_of_another_kind_leaves_the_hold_alone():
    """A user turn never takes what the verdict will need."""

    async def play(ledger, purse):
        await purse.keep(Expected(Decimal("0.90")))
        with pytest.raises(BudgetExceeded):
            await purse.reserve(Decimal("0.11"), False)
        await purse.reserve(Decimal("0.10"), False)
        assert purse.hold == Decimal("0.90")

    alone(play)


def test_a_hold_is_set_not_added_to():
    """Holding more takes the difference, holding less gives it back, and what does not fit leaves the hold."""

    async def play(ledger, purse):
        for amount in ("0.60", "0.90", "0.20"):
            await purse.keep(Expected(Decimal(amount)))
            assert purse.hold == ledger.held == Decimal(amount)
        with pytest.raises(BudgetExceeded, match="the verdict of this conversation"):
            await purse.keep(Expected(Decimal("1.01")))
        assert purse.hold == ledger.held == Decimal("0.20")

    alone(play)


def test_closing_gives_the_hold_back():
    """A conversation that has ended holds nothing, and closing it twice gives back once."""

    async def play(ledger, purse):
        await purse.keep(Expected(Decimal("0.90")))
        purse.close()
        purse.close()
        assert (purse.hold, ledger.held, ledger.left) == (0, 0, 1)

    alone(play)


@pytest.mark.parametrize("gives", ["settle", "close", "keep"])
@pytest.mark.parametrize("wants", ["reserve", "keep"])
def test_what_does_not_fit_yet_waits_until_money_comes_back(gives, wants):
    """A call is made, and money held, once another conversation has given enough back."""

    async def play(ledger, other):
        if gives == "settle":
            reservation = await other.reserve(Decimal("0.80"), False)
        else:
            await other.keep(Expected(Decimal("0.80")))
        purse = Purse(ledger)
        amount = Decimal("0.50")
        task = asyncio.create_task(purse.reserve(amount, False) if wants == "reserve" else purse.keep(Expected(amount)))
        await settled()
        assert not task.done()
        if gives == "settle":
            other.settle(reservation, Decimal("0.50"))
        elif gives == "close":
            other.close()
        else:
            await other.keep(Expected(Decimal("0.40")))
        await settled()
        assert task.done() and task.exception() is None
        assert ledger.reserved + purse.hold == amount
        assert ledger.refused == 0

    alone(play)


def test_money_that_comes_back_goes_round_in_the_order_of_waiting():
    """Who has waited longest is served first, and what is left goes to the next that it is enough for."""

    async def play(ledger, other):
        reservation = await other.reserve(Decimal("1.00"), False)
        amounts = ["0.50", "0.40", "0.10", "0.30"]
        tasks = [asyncio.create_task(Purse(ledger).reserve(Decimal(amount), False)) for amount in amounts]
        await settled()
        other.settle(reservation, Decimal(0))
        await settled()
        assert [task.done() for task in tasks] == [True, True, True, False]
        assert ledger.left == 0
        tasks[3].cancel()

    alone(play)


def test_where_everybody_waits_for_everybody_the_last_to_come_is_refused():
    """With no call under way nobody else can give money back: one gives up, ends, and the others go on."""

    async def play(ledger, first):
        purses = [first, Purse(ledger), Purse(ledger)]
        for purse in purses:
            await purse.keep(Expected(Decimal("0.30")))
        tasks = [asyncio.create_task(purse.reserve(Decimal("0.20"), False)) for purse in purses]
        await settled()
        assert [task.done() for task in tasks] == [False, False, True]
        assert isinstance(tasks[2].exception(), BudgetExceeded)
        assert ledger.refused == 1
        purses[2].close()
        await settled()
        # 0.40 came free: both of the others are served.
        assert [task.exception() for task in tasks[:2]] == [None, None]
        assert ledger.left == 0

    alone(play)


def test_a_call_under_way_may_still_give_money_back():
    """As long as a call is not settled the others wait for it, even if all of them do."""

    async def play(ledger, first):
        second = Purse(ledger)
        reservation = await first.reserve(Decimal("0.90"), False)
        tasks = [asyncio.create_task(purse.reserve(Decimal("0.60"), False)) for purse in (first, second)]
        await settled()
        assert not any(task.done() for task in tasks)
        first.settle(reservation, Decimal("0.30"))
        await settled()
        assert tasks[0].exception() is None
        assert not tasks[1].done()
        first.settle(tasks[0].result(), Decimal("0.20"))
        # With half of it spent the other can never have its 0.60, whoever gives something back.
        with pytest.raises(BudgetExceeded):
            await asyncio.wait_for(tasks[1], 5)

    alone(play)


def test_the_end_of_a_conversation_can_leave_only_those_that_wait():
    """One that goes without giving enough back must not leave the others waiting for ever."""

    async def play(ledger, first):
        second = Purse(ledger)
        await second.keep(Expected(Decimal("0.90")))
        task = asyncio.create_task(second.reserve(Decimal("0.20"), False))
        await settled()
        assert not task.done()
        first.close()
        with pytest.raises(BudgetExceeded):
            await asyncio.wait_for(task, 5)

    alone(play)


def test_a_call_that_is_refused_does_not_leave_those_beside_it_waiting():
    """What one conversation asks side by side is given up call by call, until it waits for nothing."""

    async def play(ledger, first):
        second = Purse(ledger)
        reservation = await first.reserve(Decimal("0.10"), False)
        await first.keep(Expected(Decimal("0.80")))
        other = asyncio.create_task(first.reserve(Decimal("0.40"), False))
        tasks = [asyncio.create_task(second.reserve(Decimal("0.30"), False)) for _ in range(3)]
        await settled()
        assert not any(task.done() for task in (other, *tasks))
        first.settle(reservation, Decimal("0.10"))
        await settled()
        assert [task.done() for task in tasks] == [True] * 3
        assert ledger.refused == 3
        # The second conversation has yet to end, and might give something back.
        assert not other.done()
        second.close()
        with pytest.raises(BudgetExceeded):
            await asyncio.wait_for(other, 5)
        for task in tasks:
            assert isinstance(task.exception(), BudgetExceeded)

    alone(play)


def test_what_can_never_fit_is_refused_at_once():
    """An amount above all that is not spent waits for nobody, though others could give money back."""

    async def play(ledger, other):
        other.settle(await other.reserve(Decimal("0.20"), False), Decimal("0.20"))
        await other.reserve(Decimal("0.10"), False)
        purse = Purse(ledger)
        with pytest.raises(BudgetExceeded):
            await asyncio.wait_for(purse.reserve(Decimal("0.81"), False), 5)
        assert (ledger.refused, ledger.reserved) == (1, Decimal("0.10"))

    alone(play)


@pytest.mark.parametrize("is_woken", [False, True])
def test_one_that_is_cancelled_while_it_waits_leaves_nothing_behind(is_woken):
    """Neither money nor a place in the queue is lost with it, not even at the moment of its turn."""

    async def play(ledger, other):
        reservation = await other.reserve(Decimal("1.00"), False)
        tasks = [asyncio.create_task(Purse(ledger).reserve(Decimal("0.60"), False)) for _ in range(2)]
        await settled()
        if is_woken:
            other.settle(reservation, Decimal(0))
        tasks[0].cancel()
        await settled()
        other.settle(reservation, Decimal(0))
        await settled()
        assert tasks[0].cancelled()
        assert tasks[1].done()
        assert ledger.reserved == Decimal("0.60")

    alone(play)


def test_who_began_earlier_goes_first():
    """Where an expectation turns out too low, those who came last wait, so that the others end."""

    async def play(ledger, first):
        second = Purse(ledger)
        await first.keep(Expected(Decimal("0.10"), Decimal("0.70")))
        await second.keep(Expected(Decimal("0.10"), Decimal("0.50")))
        late = asyncio.create_task(second.reserve(Decimal("0.20"), False))
        await settled()
        assert not late.done()
        call = await first.reserve(Decimal("0.70"), False)
        first.settle(call, Decimal("0.40"))
        await first.keep(Expected(Decimal("0.10"), Decimal(0)))
        await settled()
        assert late.done() and late.exception() is None

    alone(play)


def test_only_judging_dips_into_the_floor():
    """So that near the ceiling verdicts go one after another, each at the most that it can cost."""

    async def play(ledger, first):
        second = Purse(ledger)
        for purse in (first, second):
            await purse.keep(Expected(Decimal("0.10"), Decimal(0), Decimal("0.60")))
        with pytest.raises(BudgetExceeded):
            await asyncio.gather(*(purse.reserve(Decimal("0.30"), False) for purse in (first, second)))
        call = await first.reserve(Decimal("0.70"), True)
        late = asyncio.create_task(second.reserve(Decimal("0.70"), True))
        await settled()
        assert not late.done()
        first.settle(call, Decimal("0.10"))
        await settled()
        assert late.done() and late.exception() is None

    alone(play)


def test_judging_that_was_expected_too_low_takes_what_is_there():
    """The last one goes without, and not all of them."""

    async def play(ledger, first):
        second = Purse(ledger)
        for purse in (first, second):
            await purse.keep(Expected(Decimal("0.10")))
        first.settle(await first.reserve(Decimal("0.95"), True), Decimal("0.95"))
        with pytest.raises(BudgetExceeded):
            await second.reserve(Decimal("0.10"), True)

    alone(play)


def test_a_conversation_begins_when_it_fits_beside_the_others():
    """It waits for those who run, by what is expected when they end, and is refused only when nobody runs."""

    async def play(ledger, first):
        expected = [Expected(Decimal("0.10"), Decimal("0.50"), Decimal("0.10"))]
        await first.begin(lambda is_alone: expected[0])
        second, third = Purse(ledger), Purse(ledger)
        waiting = [asyncio.create_task(purse.begin(lambda is_alone: expected[0])) for purse in (second, third)]
        await settled()
        assert not any(task.done() for task in waiting)
        first.settle(await first.reserve(Decimal("0.50"), False), Decimal("0.30"))
        first.close()
        await settled()
        assert [task.done() for task in waiting] == [True, False]
        second.close()
        expected[0] = Expected(Decimal("0.10"), Decimal("0.70"), Decimal("0.10"))
        ledger.wake_waiters()
        with pytest.raises(BudgetExceeded, match="a conversation may cost"):
            await asyncio.wait_for(waiting[1], 5)

    alone(play)
