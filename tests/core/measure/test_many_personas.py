"""A summary of many personas: the numbers are those of the results counted one by one, in a few bytes for each."""

import copy
import pickle
import random
import tracemalloc
from collections import Counter
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval import Conversation, CriterionVerdict, Score, SimulationResult, Verdict, Votes, summary_to_json
from multivon_eval._measure.kinds import list_kinds
from multivon_eval._measure.tally import Tally
from multivon_eval._measure.trials import summarize_trials
from multivon_eval._statistics.rates import estimate_clustered, estimate_mean, estimate_rate
from multivon_eval._statistics.spread import PersonaOutcomes, split_variance
from multivon_eval._statistics.unseen import draw_curve, estimate_unseen
from multivon_eval._types.names import FEW, Column, Names
from support.people import persona

texts = st.text(st.characters(), max_size=5)


@given(given_texts=st.lists(texts, max_size=200))
def test_names_are_numbered_by_their_first_time(given_texts):
    """Each text has one number, and each number its text, lone surrogates and the empty text included."""
    names = Names()
    numbers = [names.add(text) for text in given_texts]
    known = list(dict.fromkeys(given_texts))
    assert numbers == [known.index(text) for text in given_texts]
    assert [names[number] for number in range(len(names))] == known
    assert [names.find(text) for text in known] == list(range(len(known)))
    assert names.find("not among them") is None


@given(given_counts=st.lists(st.tuples(st.integers(0, 20), st.integers(0, 2**40)), max_size=50))
def test_a_column_holds_numbers_of_any_size(given_counts):
    """Its numbers are one byte each until one needs more: none is cut, whatever comes in which order."""
    column, counts = Column("B"), Counter()
    for place, more in given_counts:
        copied, before = column.copy(), dict(counts)
        column[place] += more
        counts[place] += more
        assert all(copied[place] == before.get(place, 0) for place in range(25))
    assert [column[place] for place in range(25)] == [counts[place] for place in range(25)]
    assert sorted(column.values()) == sorted(filter(None, counts.values()))


def make_result(dice, number, votes):
    """A conversation that came out by lot."""
    who = persona(name=f"p{number}", success_criteria=(f"It named order {number % 1400}.", "It said the window."))
    mets = [dice.choice(("yes", "no", "unknown")), "yes"]
    cast = [Votes(yes, votes - yes, 0) for yes in (dice.randrange(votes + 1), votes)] if votes > 1 else [None, None]
    told = zip(who.criteria, mets, cast, strict=True)
    criteria = [CriterionVerdict(text, met, "said", votes=one) for text, met, one in told]
    achieved = {"yes": True, "no": False, "unknown": None}[mets[0]]
    value = dice.choice((None, 0.1, 0.7, dice.random()))
    score = Score(value, "said") if value is not None else Score.skipped("nothing to score")
    conversation = Conversation((), who, dice.choice(("max_turns", "goal_reached")))
    return SimulationResult(conversation, Verdict(achieved, "", criteria=tuple(criteria)), {"tone": score})


@pytest.mark.parametrize(
    ("personas", "trials", "votes"), [(40, 1, 1), (1500, 1, 1), (1500, 3, 1), (1200, 2, 3), (12, 400, 1)]
)
def test_the_numbers_are_those_of_all_results(personas, trials, votes):
    """Every number of the summary equals what the same methods say of the results kept and counted one by one."""
    dice, tally = random.Random(personas * trials + votes), Tally()
    # From the second trial on, some results have votes: what was counted until then must not be lost.
    results = [
        make_result(dice, number, votes if trial else 1) for trial in range(trials) for number in range(personas)
    ]
    for result in results:
        tally.add(result)
    found = tally.summary(Decimal(0))

    counts, outcomes, shown, sums, criteria = {}, {}, {}, {}, {}
    for result in results:
        name = result.persona.name
        shown.setdefault(name, Counter())[list_kinds(result)] += 1
        for one in result.verdict.criteria:
            criteria.setdefault(one.criterion, Counter())[one.met] += 1
        if result.scores["tone"].value is not None:
            total, of = sums.get(name, (0.0, 0))
            sums[name] = total + result.scores["tone"].value, of + 1
        if result.goal_achieved is not None:
            hits, of = counts.get(name, (0, 0))
            counts[name] = hits + result.goal_achieved, of + 1
            cast = [one.votes for one in result.verdict.criteria if one.votes is not None]
            share = min((one.yes / votes for one in cast), default=float(result.goal_achieved))
            outcomes.setdefault(name, PersonaOutcomes()).add(share, votes if cast else 1)
    rate = estimate_clustered(counts.values())
    mean = estimate_mean(sums.values())
    assert found.goal_rate == rate and rate.of < len(results)
    assert found.personas == {name: estimate_rate(hits, of) for name, (hits, of) in counts.items()}
    assert found.criteria == {
        text: {word: met[word] for word in ("yes", "no", "unknown")} for text, met in criteria.items()
    }
    assert found.trials == summarize_trials(counts)
    assert found.spread == split_variance(outcomes.values(), rate, Decimal(0), 0)
    assert (found.scores["tone"].mean, found.scores["tone"].low) == (mean.value, mean.low)
    kinds = Counter(
        kind for rows in shown.values() for each, times in rows.items() for kind in each for _ in range(times)
    )
    assert found.kinds.counts == dict(kinds) and list(found.kinds.counts.values()) == sorted(
        kinds.values(), reverse=True
    )
    assert found.kinds.unseen == estimate_unseen(shown.values())
    assert list(found.kinds.curve) == draw_curve(shown.values())


def sum_up_many():
    """The summary of more personas than an ordinary dict is handed out for."""
    dice, tally = random.Random(1), Tally()
    for number in range(FEW + 500):
        tally.add(make_result(dice, number, 1))
    return tally.summary(Decimal(0)), tally


def test_a_summary_of_many_is_used_like_any():
    """Looked up by name, gone through, compared, copied, pickled, written as JSON; and it stays as it is."""
    found, tally = sum_up_many()
    names, row = list(found.personas), summary_to_json(found)
    assert len(names) == len(found.personas) > FEW
    assert all(found.personas[name] == rate for name, rate in found.personas.items())
    assert row["personas"].keys() == set(names) and row["criteria"].keys() == found.criteria.keys()
    assert "nobody" not in found.personas and 7 not in found.personas
    with pytest.raises(KeyError, match="nobody"):
        found.personas["nobody"]
    with pytest.raises(TypeError):
        found.personas[names[0]] = None
    assert found == copy.deepcopy(found) == pickle.loads(pickle.dumps(found))
    before = dict(found.personas)
    for number in range(50):
        tally.add(make_result(random.Random(2), number, 1))
    assert found.personas == before


def test_a_persona_takes_few_bytes():
    """What stays of a persona's conversation is its name and some numbers: less than one object of Python's."""
    dice, tally, counts = random.Random(3), Tally(), (8_000, 16_000)
    held = []
    tracemalloc.start()
    try:
        for number in range(counts[1]):
            if number == counts[0]:
                held.append(tracemalloc.get_traced_memory()[0])
            result = make_result(dice, number, 1)
            tally.add(SimulationResult(result.conversation, result.verdict, {}))
        held.append(tracemalloc.get_traced_memory()[0])
    finally:
        tracemalloc.stop()
    each = (held[1] - held[0]) / (counts[1] - counts[0])
    assert 0 < each < 60
