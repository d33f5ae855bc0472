"""Every interval holds its value and ends where its kind of number ends, whatever the runs are like."""

import itertools
import math

from hypothesis import assume, given
from hypothesis import strategies as st

from multivon_eval._statistics.correction import (
    Judged,
    correct_difference,
    correct_other_rate,
    correct_own_rate,
    measure_judge,
)
from multivon_eval._statistics.kappa import estimate_kappa
from multivon_eval._statistics.paired import PersonaPairs, estimate_mean_difference, estimate_rate_difference
from multivon_eval._statistics.rates import estimate_mean
from multivon_eval._statistics.unseen import draw_curve, estimate_unseen

words = st.sampled_from(["yes", "no"])


def assert_holds(found, least, most):
    """The ends stand around the value and within their bounds."""
    assert all(map(math.isfinite, (found.value, found.low, found.high)))
    assert least <= found.low <= found.value <= found.high <= most


@st.composite
def sums(draw):
    """For some personas the sum of scores, and their number."""
    scores = draw(st.lists(st.lists(st.floats(0, 1), max_size=4), max_size=12))
    return [(math.fsum(one), len(one)) for one in scores]


@st.composite
def pairs(draw, is_whole=False):
    """For some personas the pairs of their conversations."""
    value = st.integers(-1, 1).map(float) if is_whole else st.floats(-1, 1)
    found = []
    for gaps in draw(st.lists(st.lists(value, min_size=1, max_size=4), max_size=12)):
        gained, lost = (math.fsum(max(0.0, sign * gap) for gap in gaps) for sign in (1, -1))
        found.append(PersonaPairs(len(gaps), gained, lost))
    return found


@st.composite
def judged(draw, least=1):
    """Conversations with verdicts, of each verdict one at least with a label."""
    persona, truth = st.integers(0, 8), st.sampled_from([0, 1])
    rows = [Judged(draw(persona), word, draw(truth)) for word in ("yes", "no") for _ in range(least)]
    more = st.builds(Judged, persona, words, st.none() | truth)
    return rows + draw(st.lists(more, max_size=40))


counts = st.lists(st.integers(0, 6).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of))), max_size=12)
kinds = st.frozensets(st.sampled_from("abcdef"), max_size=3)
shown = st.dictionaries(
    st.text(max_size=3), st.dictionaries(kinds, st.integers(1, 4), min_size=1, max_size=3), min_size=1, max_size=12
)


@given(given_sums=sums())
def test_a_mean(given_sums):
    """Of scores from 0 to 1."""
    found = estimate_mean(given_sums)
    if found is None:
        assert not any(of for _, of in given_sums)
        return
    assert_holds(found, 0, 1)


@given(some=pairs(is_whole=True))
def test_a_difference_of_rates(some):
    """From -1 to 1."""
    found = estimate_rate_difference(some)
    assert (found is None) == (not some)
    if found:
        assert_holds(found, -1, 1)


@given(some=pairs())
def test_a_difference_of_means(some):
    """From -1 to 1."""
    found = estimate_mean_difference(some)
    assert (found is None) == (not some)
    if found:
        assert_holds(found, -1, 1)


@given(rows=judged(), crashed=st.integers(0, 5))
def test_the_corrected_rate_of_the_labelled_run(rows, crashed):
    """Also with conversations that nobody had to judge; with all labelled it is the share of the labels."""
    rows = rows + [Judged(number, "crashed", 0) for number in range(crashed)]
    found = correct_own_rate(rows)
    assert_holds(found, 0, 1)
    if all(row.truth is not None for row in rows):
        assert math.isclose(found.value, sum(row.truth for row in rows) / len(rows), abs_tol=1e-9)


@given(rows=judged())
def test_the_errors_of_a_judge(rows):
    """Both from 0 to 1, and variances that are some."""
    found = measure_judge(rows)
    assert_holds(found.sensitivity, 0, 1)
    assert_holds(found.specificity, 0, 1)
    assert all(0 < value < 1 for value in found.centre)
    assert all(value > 0 for value in found.variances)
    assert found.covariance**2 <= found.variances[0] * found.variances[1] * (1 + 1e-9)
    assert found.freedom >= 1


@given(rows=judged(), some=counts, data=st.data())
def test_the_corrected_rate_of_another_run(rows, some, data):
    """None where nothing was decided or the judge is dull; crashes make it no larger than what did not crash."""
    errors = measure_judge(rows)
    crashed = data.draw(st.lists(st.integers(0, 3), min_size=len(some), max_size=len(some)))
    found, plain = correct_other_rate(some, errors, crashed), correct_other_rate(some, errors)
    decided = sum(of for _, of in some)
    is_dull = errors.sensitivity.value + errors.specificity.value - 1 <= 0.05
    assert (found is None) == (plain is None) == (not decided or is_dull)
    if found:
        assert_holds(found, 0, 1)
        assert_holds(plain, 0, 1)
        assert math.isclose(found.value, plain.value * decided / (decided + sum(crashed)), abs_tol=1e-9)


@given(rows=judged(), some=pairs(is_whole=True))
def test_the_corrected_difference(rows, some):
    """It points where the plain one does, and is no smaller: a judge that errs makes differences smaller."""
    found, plain = correct_difference(some, measure_judge(rows)), estimate_rate_difference(some)
    assume(found is not None)
    assert_holds(found, -1, 1)
    assert found.value * plain.value >= 0
    assert abs(found.value) >= abs(plain.value) - 1e-12


@given(rows=st.lists(st.tuples(st.integers(0, 8), words, words, st.floats(0.5, 20)), max_size=30))
def test_kappa(rows):
    """From -1 to 1; None only where chance would agree as well."""
    found = estimate_kappa(rows)
    if found is None:
        assert len({word for _, said, true, _ in rows for word in (said, true)}) < 2
        return
    assert_holds(found, -1, 1)


@given(some=shown)
def test_the_unseen_chance(some):
    """From 0 to 1; 0 where each kind was seen with two personas."""
    found = estimate_unseen(some.values())
    assert_holds(found, 0, 1)
    seen = [kind for rows in some.values() for kind in frozenset().union(*rows)]
    if all(seen.count(kind) > 1 for kind in seen):
        assert found.value == 0


@given(some=shown)
def test_the_curve_of_kinds(some):
    """It never falls and ends at all personas with all kinds."""
    curve = draw_curve(some.values())
    assert [drawn for drawn, _ in curve] == sorted({drawn for drawn, _ in curve})
    assert all(earlier <= later + 1e-9 for (_, earlier), (_, later) in itertools.pairwise(curve))
    assert curve[-1] == (len(some), len({kind for rows in some.values() for kinds in rows for kind in kinds}))
