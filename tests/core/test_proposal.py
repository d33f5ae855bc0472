"""Personas that a judge proposes, from Python."""

import logging
from decimal import Decimal

import attrs
import pytest

from multivon_eval import Persona, check_simulation, simulate
from multivon_eval.sdk import Answer, JudgeError, PersonasAsked, Prices, Question, UsageError, answered, text_question
from multivon_eval.testing import RecordingSink, fitting_answer
from multivon_eval_plugins.judges.offline import Offline

TEXT = "# Shop\n\nRefunds take 5 days. There are no exceptions.\n"


def bot(prompt):
    """The system under test."""
    return "Refunds take 5 days."


@attrs.frozen
class Paid:
    """The rules of ``offline``, at a price: a cent a call, two at most; it keeps what it is asked for personas."""

    asked: list = attrs.field(factory=list)
    fails: Exception | None = None

    async def complete(self, question):
        if isinstance(question.about, PersonasAsked):
            self.asked.append(question)
            if self.fails:
                raise self.fails
        return attrs.evolve(await Offline().complete(question), cost_usd=Decimal("0.01"))

    def worst_cost(self, question):
        return Decimal("0.02")

    def prices(self):
        return Prices(Decimal(1), Decimal(1), Decimal(1), "made up")


@attrs.frozen
class Proposing:
    """A source of somebody else that proposes."""

    n: int = 2

    def proposal(self, seed):
        schema = {"type": "object"}
        return [Question(text_question("Who?", schema=schema).prompt, PersonasAsked(TEXT, self.n, seed))]

    async def load(self, context):
        personas, answer = await answered(context.judge, self.proposal(context.seed)[0])
        assert isinstance(answer, Answer)
        return personas


@pytest.fixture
def spec(tmp_path):
    """A persona source by its SPEC."""
    (tmp_path / "PRODUCT.md").write_text(TEXT, encoding="utf-8")
    return f"product-md:{tmp_path / 'PRODUCT.md'},n=3"


def test_a_spec_is_enough(spec):
    """``product-md`` is named like any other source."""
    results = simulate(bot, spec, seed=4, judge="offline", max_turns=2, hooks=())
    assert len(results) == 3
    assert [result.persona.metadata["proposed"]["seed"] for result in results] == [4, 4, 4]


def test_the_seed_is_asked_with(spec):
    """The seed of the run is that of the proposal."""
    judge = Paid()
    simulate(bot, spec, seed=4, judge=judge, max_turns=1, hooks=())
    assert [question.about.seed for question in judge.asked] == [4]


def test_the_sum_holds_the_proposal(spec):
    """What the personas cost is in the summary and in no result."""
    results = simulate(bot, spec, judge=Paid(), max_turns=1, hooks=())
    in_results = sum(result.cost_usd for result in results)
    assert results.summary.spent_usd == in_results + Decimal("0.01")


def test_the_estimate_holds_the_proposal():
    """One call more than for the same personas given, and its price."""
    estimates = []
    (question,) = Proposing().proposal(None)
    personas = question.read(fitting_answer(question))
    for source in (Proposing(), personas):
        sink = RecordingSink()
        simulate(bot, source, judge=Paid(), max_turns=1, sinks=[sink], hooks=())
        estimates.append(sink.run.estimate)
    proposed, given = estimates
    assert (proposed.calls - given.calls, proposed.calls_most - given.calls_most) == (1, 1)
    assert proposed.usd > given.usd
    assert proposed.usd_most - given.usd_most == Decimal("0.02")


@pytest.mark.parametrize("cents", range(2, 12))
def test_one_ceiling_for_all(cents):
    """Whatever the budget, the proposal and the conversations stay below it together."""
    budget = Decimal(cents) / 100
    results = simulate(bot, Proposing(), judge=Paid(), budget_usd=budget, max_turns=2, hooks=())
    assert len(results) == 2
    assert Decimal("0.01") <= results.summary.spent_usd <= budget


def test_a_proposal_that_does_not_fit_is_not_made():
    """It is a mistake of the one who asked, found before anything was spent."""
    judge = Paid()
    with pytest.raises(UsageError, match=r"the proposal of personas may cost up to .* raise --budget, ask for fewer"):
        simulate(bot, Proposing(), judge=judge, budget_usd="0.01", hooks=())
    assert judge.asked == []


def test_a_judge_that_fails_ends_the_run_with_its_error(spec):
    """Without personas there is no run; no sink was opened."""
    sink = RecordingSink()
    with pytest.raises(JudgeError, match="not today"):
        simulate(bot, spec, judge=Paid(fails=JudgeError("not today")), sinks=[sink], hooks=())
    assert sink.run is None


def test_a_document_that_is_missing_is_found_together_with_the_rest():
    """All that was asked wrongly is said at once, before anybody is asked."""
    with pytest.raises(UsageError) as caught:
        simulate(bot, "product-md:no.md", judge="nobody", hooks=())
    told = str(caught.value)
    assert "no.md: no such file" in told
    assert "no judge is named 'nobody'" in told


def test_checking_a_simulation_proposes_nobody(spec):
    """Who collects tests may not spend; the message shows the way."""
    with pytest.raises(UsageError, match="proposed by a judge, which costs money; write them to a file"):
        check_simulation(spec, judge="offline")


def test_personas_that_were_given_are_no_proposal(caplog):
    """Nothing of all this shows where personas are given."""
    ann = Persona("ann", "A customer.", "Learn it.", "The assistant told it.")
    with caplog.at_level(logging.WARNING):
        results = simulate(bot, [ann], judge=Paid(), max_turns=1, hooks=())
    assert results.summary.spent_usd == results[0].cost_usd
    assert caplog.text == ""
