"""The kinds of failure that a conversation shows."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval import Conversation, Score, SimulationResult, Verdict
from multivon_eval._measure.kinds import FEWEST, KindTally, list_kinds
from multivon_eval._types.conversation import SimulationError
from multivon_eval._types.verdict import CriterionVerdict
from support.people import persona


def make_result(name="ann", met=("yes",), findings=(), attribution=None, error=None):
    """A conversation with one criterion for each answer."""
    criteria = tuple(CriterionVerdict(f"c{number}", word, "") for number, word in enumerate(met, 1))
    conversation = Conversation((), persona(name), "max_turns", error=error)
    scores = {"tone": Score(0.5, "", findings=findings)}
    return SimulationResult(conversation, Verdict(None, "", criteria), scores, attribution, Decimal(0))


@pytest.mark.parametrize(
    ("result", "named", "kinds"),
    [
        (make_result(), "", set()),
        (make_result(met=("no", "yes", "unknown", "no")), "", {"criterion: c1", "criterion: c4"}),
        (make_result(met=("no", "no")), "rude", {"named: rude"}),
        (make_result(findings=("turn 1: rude",)), "", {"evaluator: tone"}),
        (make_result(findings=("turn 1: rude",)), "late", {"named: late", "evaluator: tone"}),
        (make_result(attribution="simulation"), "", {"put down to: simulation"}),
        (make_result(attribution="system"), "", set()),
        (make_result(error=SimulationError("model_fn", "RuntimeError", "down")), "", {"the system crashed"}),
    ],
)
def test_the_kinds_of_a_conversation(result, named, kinds):
    """A criterion that is not met, what a person calls it instead, an evaluator's findings, and whose fault it was."""
    assert list_kinds(result, named) == kinds


@given(failing=st.lists(st.integers(0, 3), min_size=1, max_size=50), trials=st.integers(1, 3))
def test_they_are_counted(failing, trials):
    """Conversations by kind, and what is left to find only where there are enough of both."""
    tally = KindTally()
    for number, kind in enumerate(failing):
        for _ in range(trials):
            met = ["no" if place == kind else "yes" for place in range(1, 4)]
            tally.add(make_result(f"p{number}", met))
    found = tally.summary()
    for kind in range(1, 4):
        assert found.counts.get(f"criterion: c{kind}", 0) == failing.count(kind) * trials
    assert found.once == sum(failing.count(kind) == 1 for kind in range(1, 4))
    assert list(found.counts.values()) == sorted(found.counts.values(), reverse=True)
    is_enough = len(failing) * trials >= FEWEST and len(failing) >= FEWEST // 3
    assert (found.unseen is not None) == is_enough == (not found.reason)
