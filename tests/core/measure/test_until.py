"""A run that ends once the data tell decides the same, whoever answers first."""

import itertools
from decimal import Decimal

import attrs
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from multivon_eval import Conversation, Score, SimulationResult, Verdict
from multivon_eval._measure.until import Until, Watch, read_until, shuffle
from multivon_eval.errors import UsageError
from support.people import persona

cents = st.integers(0, 30).map(lambda cents: Decimal(cents) / 100)
outcomes = st.tuples(
    st.sampled_from([True, True, False, None]),
    st.sampled_from([None, None, "system", "simulation"]),
    st.none() | st.floats(0, 1),
    cents,
)


def make_result(name, achieved, attribution, score, cost):
    """One conversation of a persona."""
    scores = {} if score is None else {"tone": Score(score, "")}
    talk = Conversation((), persona(name), "max_turns")
    return SimulationResult(talk, Verdict(achieved, ""), scores, attribution, cost)


def watch(until, order, trials, results):
    """What comes of results that come in such an order."""
    found = Watch(until, order, trials)
    for result in results:
        found.add(result)
    return found


@given(
    until=st.builds(Until, st.sampled_from(["goal_rate", "tone"]), st.sampled_from([">=", "<="]), st.floats(0, 1))
    | st.builds(Until, st.just("width"), st.just("<="), st.floats(0.05, 0.9)),
    trials=st.integers(1, 3),
    people=st.integers(1, 12),
    data=st.data(),
)
def test_the_decision_does_not_depend_on_who_answers_first(until, trials, people, data):
    """The same outcome, interval, number of personas and cost, whatever the interleaving."""
    order = shuffle([f"p{number}" for number in range(people)], 7)
    results = [make_result(name, *data.draw(outcomes)) for name in order for _ in range(trials)]
    found = watch(until, order, trials, results)
    other = watch(until, order, trials, data.draw(st.permutations(results)))
    assert other.is_decided == found.is_decided
    assert other.bounds == found.bounds
    assert attrs.evolve(other.summary(), saved_usd=0) == attrs.evolve(found.summary(), saved_usd=0)


@pytest.mark.parametrize("order", list(itertools.permutations([0.1, 0.2, 0.3])))
def test_the_trials_of_a_persona_come_in_any_order(order):
    """To the last digit: sums of fractions depend on their order."""
    results = [make_result("ann", None, None, value, Decimal(str(value))) for value in order]
    told = watch(Until("tone", "<=", 0.1), ["ann"], 3, results).summary()
    assert (told.interval.value, told.spent_usd) == (0.6 / 3, Decimal("0.6"))


def test_early_answers_are_not_looked_at_before_their_turn():
    """Failures that come fast decide nothing while the first persona still talks."""
    order = [f"p{number}" for number in range(40)]
    late, *early = [make_result(name, False, None, None, Decimal("0.1")) for name in order]
    found = watch(Until("goal_rate", ">=", 0.8), order, 1, early)
    assert not found.is_decided and found.summary().personas == 0
    found.add(late)
    told = found.summary()
    assert (told.outcome, told.not_run) == ("not met", 0)
    assert 0 < told.personas < 20 and told.spent_usd == told.personas * Decimal("0.1")


def test_what_was_not_needed_is_reckoned():
    """Conversations that were not held because it had fallen, at the price of those that were."""
    order = [f"p{number}" for number in range(40)]
    found = Watch(Until("goal_rate", ">=", 0.5), order, 2)
    for name in order:
        if found.is_decided:
            break
        for _ in range(2):
            found.add(make_result(name, True, None, None, Decimal("0.25")))
    told = found.summary()
    assert told.outcome == "met" and told.conversations == 2 * told.personas
    assert told.not_run == 80 - told.conversations > 0
    assert told.saved_usd == 0.25 * told.not_run


@given(text=st.text(max_size=30) | st.from_regex(r"\A[a-z_-]{0,9} ?[<>]?=? ?-?[0-9.e_naif]{0,6}\Z"))
@example(text="goal_rate>=nan")
@example(text="goal_rate>=inf")
@example(text="width<=0")
@example(text="width>=0.1")
@example(text=">=0.5")
@example(text="a<=0.1<=0.2")
def test_garbage_is_a_usage_error_and_nothing_else(text):
    """What can be read is a line from 0 to 1, and says itself again."""
    try:
        found = read_until(text)
    except UsageError:
        return
    assert 0 <= found.value <= 1 and found.metric and found.relation in (">=", "<=")
    assert found.relation in text


@given(
    metric=st.sampled_from(["goal_rate", "tone"]), relation=st.sampled_from([">=", "<="]), parts=st.integers(0, 1000)
)
def test_a_condition_reads_back(metric, relation, parts):
    """Its text is what one writes."""
    until = Until(metric, relation, parts / 1000)
    assert read_until(str(until)) == until
