"""Intervals of rates; how often they hold the true rate is seen in tests/statistics/test_coverage.py."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval._statistics.quantiles import find_t
from multivon_eval._statistics.rates import estimate_clustered, estimate_rate


@given(counts=st.lists(st.integers(0, 8).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), max_size=30))
def test_it_is_never_narrower_than_that_of_independent_trials(counts):
    """And it holds the share; without a conversation there is none."""
    found = estimate_clustered(counts)
    plain = estimate_rate(found.hits, found.of)
    if not found.of:
        assert found == plain
        return
    assert 0 <= found.low <= found.value + 1e-12
    assert found.value - 1e-12 <= found.high <= 1
    assert found.low <= plain.low + 1e-12
    assert found.high >= plain.high - 1e-12


def test_one_persona_or_one_trial_of_each_is_wilsons():
    """There is nothing between personas to know of."""
    assert estimate_clustered([(7, 10)]) == estimate_rate(7, 10)
    assert estimate_clustered([(1, 1), (0, 1), (1, 1), (0, 0)]) == estimate_rate(2, 3)


# The table of W. S. Gosset's distribution, two-sided 95 %, three decimals.
@pytest.mark.parametrize(
    ("freedom", "t"),
    [(1, 12.706), (2, 4.303), (3, 3.182), (4, 2.776), (5, 2.571), (10, 2.228), (30, 2.042), (120, 1.980)],
)
def test_t_is_that_of_the_tables(freedom, t):
    """To a third of a percent."""
    assert find_t(freedom) == pytest.approx(t, abs=0.004)
