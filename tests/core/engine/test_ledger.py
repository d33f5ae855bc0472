from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval._engine.ledger import Ledger
from multivon_eval.errors import BudgetExceeded

money = st.decimals(0, 10, places=6)
# A step reserves an amount, or settles one of the open reservations at a share of what it may cost.
steps = st.lists(
    st.one_of(st.tuples(st.just("reserve"), money), st.tuples(st.integers(0, 30), st.decimals(0, 1, places=3)))
)


@given(budget=money, steps=steps)
def test_the_ceiling_is_never_exceeded(budget, steps):
    """Spent and reserved together stay under the budget, whatever is reserved and settled in whatever order."""
    ledger, reservations = Ledger(budget), []
    for what, amount in steps:
        if what == "reserve":
            fits = amount <= budget - ledger.spent - ledger.reserved
            try:
                reservations.append(ledger.reserve(amount))
            except BudgetExceeded:
                assert not fits
            else:
                assert fits
        elif reservations:
            chosen = reservations[what % len(reservations)]
            ledger.settle(chosen, chosen.amount * amount)
        assert ledger.spent + ledger.reserved <= budget
        assert ledger.left == budget - ledger.spent - ledger.reserved >= 0
        assert ledger.reserved == sum(one.amount for one in reservations if one.open)
    assert ledger.overruns == []


@given(amount=money, share=st.decimals(0, 1, places=3))
def test_settling_twice_books_once(amount, share):
    """The second settlement of a reservation changes nothing."""
    ledger = Ledger(Decimal(100))
    reservation = ledger.reserve(amount)
    ledger.settle(reservation, amount * share)
    ledger.settle(reservation, amount)
    assert (ledger.spent, ledger.reserved) == (amount * share, 0)


def test_a_call_that_does_not_fit_is_counted_and_told():
    """The message says what the call may cost, what is spent and reserved, and the way out."""
    ledger = Ledger(Decimal("1.00"))
    ledger.settle(ledger.reserve(Decimal("0.50")), Decimal("0.30"))
    ledger.reserve(Decimal("0.60"))
    with pytest.raises(BudgetExceeded) as caught:
        ledger.reserve(Decimal("0.11"))
    for part in ("$0.110000", "$0.300000", "$0.600000", "$1.00", "raise --budget"):
        assert part in str(caught.value)
    assert ledger.refused == 1
    assert ledger.reserved == Decimal("0.60")


def test_what_is_given_back_can_be_reserved_again():
    """A call that cost less than it could leaves the rest to others."""
    ledger = Ledger(Decimal("0.10"))
    ledger.settle(ledger.reserve(Decimal("0.10")), Decimal("0.01"))
    ledger.reserve(Decimal("0.09"))
    assert ledger.left == 0


def test_money_is_exact():
    """Three times ten cents are thirty cents, which floats do not say."""
    ledger = Ledger(Decimal("0.3"))
    for _ in range(3):
        ledger.settle(ledger.reserve(Decimal("0.1")), Decimal("0.1"))
    assert (ledger.spent, ledger.left) == (Decimal("0.3"), Decimal(0))
    with pytest.raises(BudgetExceeded):
        ledger.reserve(Decimal("0.000001"))
    ledger.reserve(Decimal(0))


def test_a_cost_above_its_worst_case_is_reported():
    """A provider that does not keep its bounds is named, with both amounts, and what it took is booked."""
    ledger = Ledger(Decimal(1))
    ledger.settle(ledger.reserve(Decimal("0.1")), Decimal("0.2"), "a judge call")
    assert ledger.overruns == ["a judge call cost $0.200000, more than the $0.100000 it could"]
    assert ledger.spent == Decimal("0.2")


def test_without_a_ceiling_everything_fits():
    """None lifts the ceiling, and the money is still counted."""
    ledger = Ledger(None)
    ledger.settle(ledger.reserve(Decimal(10**6)), Decimal(10**6))
    assert (ledger.left, ledger.spent) == (None, 10**6)
