"""The exact test of two runs, and the adjustment of several, whatever is given."""

import itertools

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from multivon_eval._statistics.permutation import adjust_holm, compute_p_value

whole = st.integers(-8, 8).map(float)
fractions = st.one_of(st.integers(-8, 8).map(lambda parts: parts / 10), st.floats(-4, 4, width=32))
chances = st.floats(0, 1)


@given(totals=st.lists(st.one_of(whole, fractions), max_size=8))
@example(totals=[0.1, 0.2, -0.3])
@example(totals=[1.0, 1.0, 1.0, -1.0, 0.5])
def test_it_is_that_of_all_swaps(totals):
    """Counted out: of all ways to swap old and new, those with a sum as far from 0, or farther."""
    seen = abs(sum(totals))
    sums = [
        abs(sum(sign * total for sign, total in zip(signs, totals, strict=True)))
        for signs in itertools.product((1, -1), repeat=len(totals))
    ]
    # Sums that are the same but for rounding are ties; where that is open no answer is wrong.
    surely, perhaps = (sum(one >= seen + slack for one in sums) / len(sums) for slack in (3e-9, -3e-9))
    assert surely - 1e-12 <= compute_p_value(totals) <= perhaps + 1e-12


@given(totals=st.lists(st.one_of(whole, fractions), max_size=10), data=st.data())
def test_neither_order_nor_sign_matter(totals, data):
    """Who was looked at first says nothing, nor which of the runs is called new."""
    assert_symmetric(totals, data)


@settings(max_examples=10)
@given(totals=st.lists(fractions, min_size=17, max_size=20), data=st.data())
@example(totals=[1.0] * 14 + [-1.0, 2.0, 0.1], data=None)
def test_they_do_not_matter_where_swaps_are_drawn(totals, data):
    """The draws belong to the differences, and not to their places."""
    assert_symmetric(totals, data)


def assert_symmetric(totals, data):
    """The same p-value in another order, with the runs in each other's place, and with one more who did not change."""
    found = compute_p_value(totals)
    assert 0 <= found <= 1
    assert compute_p_value([-total for total in totals]) == found
    order = data.draw(st.permutations(totals)) if data else totals[::-1]
    assert compute_p_value(order) == pytest.approx(found, abs=1e-12)
    assert compute_p_value([*totals, 0.0]) == found


@given(values=st.lists(chances, max_size=12))
def test_adjusting_keeps_the_order(values):
    """An adjusted value is no smaller, no larger than 1, and the smallest is multiplied with the number of tests."""
    found = adjust_holm(values)
    for (before, after), (other, later) in itertools.product(zip(values, found, strict=True), repeat=2):
        assert before <= after <= 1
        assert before >= other or after <= later
    if values:
        assert min(found) == min(1, min(values) * len(values))
