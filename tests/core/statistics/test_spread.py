"""Where the variance comes from is split without a rest."""

import math
from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from multivon_eval._statistics.rates import estimate_clustered
from multivon_eval._statistics.spread import FEWEST, PersonaOutcomes, split_variance


@st.composite
def outcomes(draw):
    """Personas with their conversations, each with the votes that call it achieved, of how many."""
    votes = st.integers(1, 5).flatmap(lambda of: st.tuples(st.integers(0, of), st.just(of)))
    found = []
    for rows in draw(st.lists(st.lists(votes, max_size=4), max_size=12)):
        one = PersonaOutcomes()
        for yes, of in rows:
            one.add(yes / of, of)
        found.append(one)
    return found


@given(some=outcomes(), usd=st.decimals(0, 100, places=2), calls=st.integers(0, 500))
def test_the_parts_are_the_whole(some, usd, calls):
    """The parts add up to 1, and each step buys an interval that is no wider, for money that is none below 0."""
    rate = estimate_clustered([(round(one.total), one.number) for one in some])
    found = split_variance(some, rate, usd, calls)
    if found is None:
        people = [one for one in some if one.number]
        values = {(one.total / one.number, one.squares / one.number) for one in people}
        assert (
            len(people) < FEWEST
            or all(math.isclose(mean**2, squares, abs_tol=1e-9) for mean, squares in values)
            or not _has_variance(people)
        )
        return
    parts = [part for part in (found.personas, found.trials, found.votes) if part is not None]
    assert math.isclose(sum(parts), 1) and all(0 <= part <= 1 for part in parts)
    assert found.steps[0].more in ("personas", "trials", "votes")
    now = (rate.high - rate.low) / 2
    for step in found.steps:
        assert step.number > 0 and step.usd >= Decimal(0)
        assert 0 < step.half_width <= now + 1e-12
    assert str(found)


def _has_variance(people):
    """Whether something varies beyond what the votes explain: else nothing is left to split."""
    return any(one.noise for one in people)
