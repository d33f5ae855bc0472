"""Intervals that hold what they promise: 95 of 100 hold the true rate, also where trials resemble each other."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval._statistics.quantiles import find_t
from multivon_eval._statistics.rates import estimate_clustered, estimate_rate

RUNS = 2_000


def draw_run(dice, personas, trials, rate, likeness):
    """One run: each persona has a chance of its own around the rate, and trials that come out by it.

    Args:
        dice: Random numbers.
        personas: How many.
        trials: Of each.
        rate: The mean chance.
        likeness: The correlation between two trials of one persona, from 0 to 1.
    """
    counts = []
    for _ in range(personas):
        spread = (1 - likeness) / likeness if likeness else 0
        chance = dice.betavariate(rate * spread, (1 - rate) * spread) if likeness else rate
        counts.append((sum(dice.random() < chance for _ in range(trials)), trials))
    return counts


@pytest.mark.parametrize(
    ("personas", "trials", "rate", "likeness"),
    [
        (50, 4, 0.5, 0.5),
        (50, 4, 0.8, 0.5),
        (50, 4, 0.6, 0.0),
        (50, 4, 0.8, 0.9),
        (20, 4, 0.8, 0.5),
        (20, 8, 0.7, 0.3),
        (12, 8, 0.5, 0.5),
        (50, 1, 0.8, 0.0),
    ],
)
def test_the_interval_covers_the_true_rate(personas, trials, rate, likeness):
    """Over 2,000 runs, the same each time; printed beside the coverage of the interval that knows no personas."""
    dice, covered, naive = random.Random(7), 0, 0
    for _ in range(RUNS):
        counts = draw_run(dice, personas, trials, rate, likeness)
        found = estimate_clustered(counts)
        plain = estimate_rate(found.hits, found.of)
        covered += found.low <= rate <= found.high
        naive += plain.low <= rate <= plain.high
    share = covered / RUNS
    print(f"{personas} personas x {trials}, rate {rate}, likeness {likeness}: {share:.3f}, naive {naive / RUNS:.3f}")
    assert share >= 0.93
    if likeness >= 0.3 and trials > 1:
        assert naive / RUNS < 0.9, "the trials are not alike enough to tell the two apart"


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
