"""Which conversations are asked about, as properties."""

from __future__ import annotations

from collections import Counter
from fractions import Fraction
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval_plugins.labelling.sampling import (
    LEAST,
    STRATA,
    Candidate,
    allocate,
    choose,
    put_evenly,
    select_sample,
)

SIZES = st.lists(st.integers(0, 80), min_size=3, max_size=3).filter(any)
SEEDS = st.integers(0, 2**63 - 1)
SCORES = st.none() | st.sampled_from([0.0, 0.25, 0.5, 1.0])
VERDICTS = st.lists(st.tuples(st.sampled_from(STRATA), SCORES), min_size=1, max_size=80)


def make_candidates(verdicts):
    """Conversations with these verdicts and scores."""
    return [Candidate((f"uid{index}", "said"), *judged) for index, judged in enumerate(verdicts)]


def count(candidates, sample):
    """How many of each stratum are in a sample."""
    verdicts = {one.key: one.verdict for one in candidates}
    counts = Counter(verdicts[key] for key in sample)
    return [counts[verdict] for verdict in STRATA]


# How many of each


@given(SIZES, st.integers(1, 300))
def test_the_numbers_add_up(sizes, n):
    """In all as many as were wanted, or all there are; no stratum has more than it holds, none is left empty."""
    counts = allocate(sizes, n)
    assert sum(counts) == min(n, sum(sizes))
    assert all(count <= size for count, size in zip(counts, sizes, strict=True))
    least = [min(size, LEAST) for size in sizes]
    if n >= sum(least):
        assert all(count >= some for count, some in zip(counts, least, strict=True))


@given(SIZES, st.integers(1, 300))
def test_half_is_equal_and_half_in_proportion(sizes, n):
    """Where no stratum is too small for its part and each gets its least by it, each has its part, rounded."""
    filled = sum(map(bool, sizes))
    parts = [Fraction(n, 2) * (Fraction(1, filled) + Fraction(size, sum(sizes))) if size else 0 for size in sizes]
    counts = allocate(sizes, n)
    if all(min(size, LEAST) <= part <= size for part, size in zip(parts, sizes, strict=True)):
        assert all(abs(count - part) < 1 for count, part in zip(counts, parts, strict=True))


@pytest.mark.parametrize(
    ("sizes", "n", "counts"),
    [
        ((100, 100, 100), 60, [20, 20, 20]),
        ((180, 20, 0), 60, [42, 18, 0]),
        ((190, 8, 2), 60, [50, 8, 2]),
        ((300, 0, 0), 60, [60, 0, 0]),
        ((96, 3, 1), 10, [6, 3, 1]),
        ((50, 50, 50), 4, [2, 1, 1]),
        ((3, 4, 5), 60, [3, 4, 5]),
    ],
)
def test_worked_examples(sizes, n, counts):
    """Worked out by hand: equal, uneven, strata that are too small, one verdict only, fewer than the least, too few."""
    assert allocate(sizes, n) == counts


@given(SIZES, st.integers(1, 300), st.data())
def test_what_is_taken_stays_taken(sizes, n, data):
    """No stratum gets fewer than it had, and what is taken of the parts themselves changes no part."""
    had = [data.draw(st.integers(0, size)) for size in sizes]
    counts = allocate(sizes, n, had)
    assert sum(counts) == max(min(n, sum(sizes)), sum(had))
    assert all(count >= some for count, some in zip(counts, had, strict=True))
    more = [data.draw(st.integers(some, count)) for some, count in zip(had, counts, strict=True)]
    assert allocate(sizes, n, more) == counts


# The same chance for each of one verdict


SMALL = [(size, few) for size in range(1, 9) for few in range(1, size + 1)]


@pytest.mark.parametrize(("size", "few"), SMALL)
def test_each_has_the_same_chance(size, few):
    """Over all starts that differ, each conversation of a stratum is in the sample equally often, counted exactly."""
    starts = [Fraction(step, size * few) for step in range(size * few)]
    places = [place for start in starts for place in put_evenly(size, few, start)]
    assert Counter(places) == dict.fromkeys(range(size), few * few)


@pytest.mark.parametrize(("size", "few", "many"), [(7, 2, 5), (6, 1, 4), (9, 4, 6), (8, 3, 3)])
def test_each_has_the_same_chance_when_more_are_drawn(size, few, many):
    """Also beside those that a smaller sample brought about, labelled in any order and as far as anybody came."""
    stratum = [(str(index), "") for index in range(size)]
    counts: Counter[tuple[str, str]] = Counter()
    # Each rotation of the order in which they are shown, so that no place is favoured.
    for step, turned in product(range(size * few * many), range(size)):
        start = Fraction(step, size * few * many)
        shown = stratum[turned:] + stratum[:turned]
        first = choose(shown, stratum, few, start, set())
        for done in range(few + 1):
            labelled = {*[key for key in shown if key in first][:done]}
            sample = choose(shown, stratum, many, start, labelled)
            assert labelled <= sample
            assert len(sample) == many
            counts.update(sample)
    assert len(counts) == size
    assert len({*counts.values()}) == 1


def test_a_sample_spreads_over_the_scores():
    """Of conversations in the order of their scores, each tenth gives one of ten."""
    candidates = [Candidate((f"{index:03}", ""), True, index / 100) for index in range(100)]
    sample = select_sample(candidates, 10, 3)
    assert sorted(int(uid) // 10 for uid, _ in sample) == list(range(10))


# The whole sample


@given(VERDICTS, st.integers(1, 90), SEEDS, st.randoms())
def test_a_seed_draws_the_same_sample(verdicts, n, seed, chance):
    """Each once, as many of each verdict as is their part, and the order of the file makes no difference."""
    candidates = make_candidates(verdicts)
    sample = select_sample(candidates, n, seed)
    assert len({*sample}) == len(sample) == min(n, len(candidates))
    sizes = [sum(verdict is one for verdict, _ in verdicts) for one in STRATA]
    assert count(candidates, sample) == allocate(sizes, n)
    chance.shuffle(candidates)
    assert select_sample(candidates, n, seed) == sample


@given(VERDICTS, st.integers(1, 90), SEEDS, st.data())
def test_labelling_changes_no_sample(verdicts, n, seed, data):
    """Whichever of a sample are labelled: the sample and its order are the same when it is gone on with."""
    candidates = make_candidates(verdicts)
    sample = select_sample(candidates, n, seed)
    labelled = {*data.draw(st.lists(st.sampled_from(sample)))}
    assert select_sample(candidates, n, seed, labelled) == sample


@given(VERDICTS, st.integers(1, 40), st.integers(1, 40), SEEDS, st.data())
def test_more_are_drawn_beside_those_labelled(verdicts, few, more, seed, data):
    """A larger number keeps what is labelled, and the sample is then the same however far it is labelled."""
    candidates = make_candidates(verdicts)
    labelled = {*data.draw(st.lists(st.sampled_from(select_sample(candidates, few, seed))))}
    sample = select_sample(candidates, few + more, seed, labelled)
    assert labelled <= {*sample}
    assert len(sample) == min(few + more, len(candidates))
    later = labelled | {*data.draw(st.lists(st.sampled_from(sample)))}
    assert select_sample(candidates, few + more, seed, later) == sample


@given(VERDICTS, SEEDS)
def test_the_order_tells_nothing_of_the_verdict(verdicts, seed):
    """Where all are asked about, the order is the same whatever the judge said."""
    candidates = make_candidates(verdicts)
    others = make_candidates([(None, None)] * len(verdicts))
    assert select_sample(candidates, len(verdicts), seed) == select_sample(others, len(verdicts), seed)


def test_another_seed_draws_another_sample():
    """Of a hundred conversations no two of ten seeds draw the same ten in the same order."""
    candidates = make_candidates([(index % 2 == 0, None) for index in range(100)])
    assert len({tuple(select_sample(candidates, 10, seed)) for seed in range(10)}) == 10
