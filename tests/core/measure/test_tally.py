from decimal import Decimal

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from multivon_eval import Provenance, Score, SimulationResult, Verdict
from multivon_eval._measure.tally import Tally
from multivon_eval._statistics.rates import estimate_rate
from multivon_eval._types.observation import STOP_REASONS, Observation
from multivon_eval.sdk import Usage
from support.people import talk


def result(achieved=None, scores=None, attribution=None, stop="max_turns", cost="0", **made):
    """A result that says what is given and nothing else."""
    conversation = talk("hello", "hi", stop_reason=stop)
    return SimulationResult(
        conversation,
        Verdict(achieved, ""),
        scores or {},
        attribution,
        Decimal(cost),
        Provenance(**{"judge_model": "fake", **made}),
    )


def summary_of(results):
    """The summary over results."""
    tally = Tally()
    for one in results:
        tally.add(one)
    return tally.summary(sum((one.cost_usd for one in results), Decimal(0)))


# R. G. Newcombe, "Two-sided confidence intervals for the single proportion: comparison of seven methods",
# Statistics in Medicine 17 (1998), 857-872, table I, method 3 (score), four decimals; the last row by hand:
# (0.8 + 1.92073/10 -+ 1.95996 sqrt(0.8 * 0.2/10 + 0.960365/100)) / (1 + 3.84146/10).
@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0000, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (8, 10, 0.4902, 0.9433),
    ],
)
def test_the_interval_is_the_published_one(hits, of, low, high):
    """The 95 % Wilson score interval gives the numbers of the literature."""
    rate = estimate_rate(hits, of)
    assert (round(rate.low, 4), round(rate.high, 4)) == (low, high)
    assert rate.value == hits / of


@st.composite
def shares(draw):
    """So many of so many."""
    of = draw(st.integers(1, 10_000))
    return draw(st.integers(0, of)), of


@given(share=shares())
def test_the_interval_holds_the_share(share):
    """Low, share and high stand in their order between 0 and 1, but for the last bit of a float."""
    hits, of = share
    rate = estimate_rate(hits, of)
    assert 0 <= rate.low <= hits / of + 1e-12
    assert hits / of - 1e-12 <= rate.high <= 1


@given(share=shares())
@example(share=(395, 395))
def test_the_ends_of_the_interval_are_exact(share):
    """None of so many is at least 0, and all of so many at most 1, exactly."""
    hits, of = share
    rate = estimate_rate(hits, of)
    assert 0 <= rate.low <= hits / of <= rate.high <= 1


@given(share=shares())
def test_more_of_the_same_makes_the_interval_narrower(share):
    """Ten times as many conversations of the same share say more."""
    hits, of = share
    few, many = estimate_rate(hits, of), estimate_rate(hits * 10, of * 10)
    assert many.high - many.low < few.high - few.low


@given(share=shares())
def test_hits_and_misses_mirror_each_other(share):
    """The interval of the misses is that of the hits, seen from the other side."""
    hits, of = share
    rate, mirrored = estimate_rate(hits, of), estimate_rate(of - hits, of)
    assert rate.low == pytest.approx(1 - mirrored.high, abs=1e-9)


def test_where_nothing_was_looked_at_there_is_no_rate():
    """Nothing of nothing is neither 0 nor 1."""
    rate = estimate_rate(0, 0)
    assert (rate.value, rate.low, rate.high) == (None, None, None)


one_score = st.one_of(
    st.floats(0, 1).map(lambda value: Score(value, "", threshold=0.5)),
    st.just(Score.skipped("nothing")),
    st.just(Score.failed("broken")),
)


@given(scores=st.lists(one_score, max_size=20))
def test_what_was_skipped_or_failed_never_enters_a_mean(scores):
    """The mean is that of the scores there are, and the others are counted beside it."""
    row = summary_of(result(scores={"tone": score}) for score in scores).scores.get("tone")
    values = [score.value for score in scores if score.value is not None]
    if not scores:
        assert row is None
        return
    assert row.mean == (pytest.approx(sum(values) / len(values)) if values else None)
    assert row.scored == len(values)
    assert row.skipped == sum(score.status == "skipped" for score in scores)
    assert row.failed == sum(score.status == "failed" for score in scores)
    assert row.passed == (sum(value >= 0.5 for value in values) if values else None)


def test_a_score_without_a_threshold_has_not_passed_anything():
    """Where the evaluator does not say what is good, nobody counts what is."""
    row = summary_of([result(scores={"tone": Score(0.9, "")})]).scores["tone"]
    assert (row.mean, row.passed) == (0.9, None)


def test_one_of_ten_judged_is_not_a_hundred_per_cent_of_ten():
    """Ten conversations of which one could be judged give a rate of one, and say how many there were."""
    summary = summary_of([result(True), *(result(None) for _ in range(9))])
    assert (summary.judged, summary.conversations) == (1, 10)
    assert (summary.goal_rate.hits, summary.goal_rate.of) == (1, 1)
    assert summary.goal_rate.low == pytest.approx(0.2065, abs=1e-4)


@pytest.mark.parametrize("who", ["simulation", "judge", "infrastructure"])
def test_the_rate_is_over_what_measured_the_system(who):
    """A conversation that is put down to somebody else is judged, counted beside the rate and not in it."""
    summary = summary_of([result(True), result(False, attribution="system"), result(False, attribution=who)])
    assert (summary.goal_rate.hits, summary.goal_rate.of, summary.judged) == (1, 2, 3)
    assert summary.attributions == {"system": 1, who: 1}


@given(
    ended=st.lists(
        st.tuples(
            st.sampled_from([True, False, None]),
            st.sampled_from([None, "system", "simulation", "judge", "infrastructure"]),
        ),
        max_size=20,
    )
)
def test_every_conversation_is_in_the_rate_or_counted_beside_it(ended):
    """Those that measured the system, those put down to others and the undecided add up to all there were."""
    summary = summary_of(result(achieved, attribution=who) for achieved, who in ended)
    others = sum(count for who, count in summary.attributions.items() if who != "system")
    assert summary.goal_rate.of + others + summary.undecided == summary.conversations == len(ended)
    assert summary.judged == sum(achieved is not None for achieved, _ in ended)
    assert summary.goal_rate.hits == sum(who in (None, "system") and achieved is True for achieved, who in ended)


def test_everything_is_counted():
    """Stop reasons, errors, faults, disagreements, money, tokens and judges stand in the summary."""
    fault = Observation("repetition", 1, "", "fault")
    faulty = result(True, cost="0.1", usage=Usage(3, 2, 1))
    faulty = attrs.evolve(
        faulty,
        conversation=attrs.evolve(
            faulty.conversation, observations=(fault, fault), system_cost_usd=Decimal("0.5"), driver_said_goal=False
        ),
    )
    failed = result(stop="driver_error", cost="0.2", judge_model="other")
    summary = summary_of([faulty, failed])
    assert summary.stop_reasons == {**dict.fromkeys(STOP_REASONS, 0), "max_turns": 1, "driver_error": 1}
    assert (summary.errors, summary.driver_faults, summary.disagreements) == (1, 1, 1)
    assert (summary.spent_usd, summary.system_cost_usd) == (Decimal("0.3"), Decimal("0.5"))
    assert (summary.usage.input_tokens, summary.usage.output_tokens, summary.usage.cached_tokens) == (3, 2, 1)
    assert summary.judge_model == "fake, other"


@pytest.mark.parametrize(
    ("cut", "count"),
    [
        ({}, 0),
        ({"stop": "budget_exceeded"}, 1),
        ({"scores": {"tone": Score(None, "", "skipped", cut=True), "pace": Score(1.0, "")}}, 1),
    ],
)
def test_conversations_that_the_budget_cut_are_counted(cut, count):
    """One that ended for want of money, or lacks a score for it, is counted once."""
    assert result(True, **cut).cut is (count == 1)
    assert summary_of([result(True), result(True, **cut)]).cut == count


def test_a_verdict_that_the_budget_cut_is_counted():
    """A conversation that was not judged for want of money is counted."""
    unjudged = attrs.evolve(result(), verdict=Verdict(None, "not judged", cut=True))
    assert summary_of([unjudged]).cut == 1


def test_a_summary_of_nothing_has_no_numbers_to_offer():
    """Before the first result there is no rate and nothing is known of the system's cost."""
    summary = summary_of([])
    assert (summary.conversations, summary.goal_rate.value, summary.system_cost_usd) == (0, None, None)
    assert "simulated personas" in summary.disclaimer
