"""Metrics of DeepEval's as evaluators."""

from __future__ import annotations

import asyncio
import json
import threading
from decimal import Decimal
from typing import Any

import attrs
import deepeval.metrics
import pytest
from deepeval.metrics import BaseConversationalMetric, KnowledgeRetentionMetric, TurnRelevancyMetric
from deepeval.models import DeepEvalBaseLLM
from deepeval.test_case import ConversationalTestCase, MultiTurnParams

from multivon_eval import Persona, SimulationResult, simulate
from multivon_eval.sdk import BudgetExceeded, JudgeError, Question, Score, UsageError
from multivon_eval.testing import EvaluatorTests, ScriptedJudge, context, conversation, fitting_answer
from multivon_eval_deepeval import DeepEvalMetric, JudgeModel
from multivon_eval_deepeval.metrics import RoleAdherence, TurnRelevancy

ANN = Persona("Ann", "A customer.", "Find out when it arrives.", "The assistant stated the day.")


class TestDeepEvalMetric(EvaluatorTests):
    """``deepeval`` is an evaluator."""

    name = "deepeval"

    def make(self) -> DeepEvalMetric:
        return DeepEvalMetric("TurnRelevancyMetric", threshold=0.7, options={"window_size": 3})


class TestTurnRelevancy(EvaluatorTests):
    """``deepeval-turn-relevancy`` is an evaluator."""

    name = "deepeval-turn-relevancy"

    def make(self) -> TurnRelevancy:
        return TurnRelevancy(threshold=0.25)


class TestAMetricThatIsMade(EvaluatorTests):
    """So is a metric that somebody made, G-Eval say."""

    def make(self) -> DeepEvalMetric:
        params = [MultiTurnParams.CONTENT]
        return DeepEvalMetric(
            deepeval.metrics.ConversationalGEval(
                name="Kindness", evaluation_params=params, evaluation_steps=["Look."], model=JudgeModel()
            )
        )

    def answer(self, question: Question[Any], says: Any) -> str:
        return json.dumps({"score": 10 if says == "hoped" else 0, "reason": "So it is."})


def evaluate(evaluator: Any, judge: Any = None, about: Any = None, budget: Decimal | None = None) -> Score:
    """Let an evaluator score a conversation."""
    around = context(judge or ScriptedJudge(), budget_usd=budget)
    score: Score = asyncio.run(evaluator.evaluate(about or conversation(), around))
    return score


class TestScoring:
    """What a metric says becomes a score."""

    def test_verdicts_are_counted(self) -> None:
        """One of two turns is relevant."""
        said = iter(("yes", "no"))

        def answer(question: Question[Any]) -> str:
            if "verdict" in question.prompt.schema["properties"]:
                return json.dumps({"verdict": next(said), "reason": "Off."})
            return json.dumps({"reason": "One of two is off."})

        score = evaluate(DeepEvalMetric("TurnRelevancyMetric"), ScriptedJudge(answer))
        assert (score.value, score.reason, score.threshold) == (0.5, "One of two is off.", 0.5)

    def test_schema_is_strict(self) -> None:
        """The judge gets a schema that providers' strict modes take, without references."""
        judge = ScriptedJudge()
        evaluate(RoleAdherence(chatbot_role="A clerk."), judge)
        for question in judge.asked:
            text = json.dumps(question.prompt.schema)
            assert "$ref" not in text and '"additionalProperties": false' in text
            assert set(question.prompt.schema["required"]) == set(question.prompt.schema["properties"])

    def test_a_schema_that_cannot_be_strict_is_asked_for_in_words(self) -> None:
        """An object with any keys is none that strict modes know; the answer is checked all the same."""

        def answer(question: Question[Any]) -> str:
            assert question.prompt.schema is None or "data" not in question.prompt.schema["properties"]
            if question.prompt.schema is None:
                return '{"data": {"order": "4711"}}'
            return fitting_answer(question, "against")

        score = evaluate(DeepEvalMetric("KnowledgeRetentionMetric"), ScriptedJudge(answer))
        assert score.status == "scored"

    def test_what_a_metric_needs_and_lacks_is_skipped(self) -> None:
        """It says what is missing, and asks nothing."""
        judge = ScriptedJudge()
        score = evaluate(RoleAdherence(), judge)
        assert score.status == "skipped" and "chatbot_role" in score.reason
        assert not judge.calls

    def test_a_metric_that_fails_is_named(self) -> None:
        """With its error."""
        score = evaluate(DeepEvalMetric(_Falls()))
        assert (score.status, score.reason) == ("failed", "_Falls raised ZeroDivisionError: nothing to divide by")

    def test_a_score_out_of_range_is_none(self) -> None:
        """A score stands between 0 and 1."""
        assert evaluate(DeepEvalMetric(_Says(5.0))).reason == "_Says gave 5, and a score stands between 0 and 1"
        assert evaluate(DeepEvalMetric(_Says(None))).status == "failed"

    def test_the_first_error_counts_also_where_a_metric_goes_on(self) -> None:
        """A metric that swallows what went wrong gives no number."""
        with pytest.raises(JudgeError):
            evaluate(DeepEvalMetric(_Swallows(JudgeModel())), ScriptedJudge(JudgeError("out of order")))
        with pytest.raises(BudgetExceeded):
            evaluate(DeepEvalMetric(_Swallows(JudgeModel())), budget=Decimal(0))

    def test_no_call_goes_on_after_a_failure(self) -> None:
        """A metric that asks several things at once leaves none behind when one fails."""

        async def both() -> tuple[int, set[Any]]:
            judge = _FailsFirst()
            around = context(judge)
            with pytest.raises(JudgeError):
                await DeepEvalMetric("TurnRelevancyMetric").evaluate(conversation(), around)
            return judge.cancelled, asyncio.all_tasks() - {asyncio.current_task()}

        assert asyncio.run(both()) == (1, set())

    def test_nothing_is_printed_and_no_thread_is_left(self, capfd: pytest.CaptureFixture[str]) -> None:
        """No bar, no verbose steps, no timer that reports."""
        metric = TurnRelevancyMetric(model=JudgeModel(), verbose_mode=True)
        evaluate(DeepEvalMetric(metric))
        assert capfd.readouterr() == ("", "")
        assert not [one for one in threading.enumerate() if isinstance(one, threading.Timer)]
        assert metric.score is None, "the metric that was handed in keeps nothing"


class TestAskedWrongly:
    """It is said when the evaluator is made, before a run begins."""

    @pytest.mark.parametrize(
        ("given", "said"),
        [
            ({"metric": "TurnRelevncyMetric"}, "did you mean 'TurnRelevancyMetric'"),
            ({"metric": "AnswerRelevancyMetric"}, "is no conversational metric"),
            ({"metric": "nowhere.at.All"}, "cannot be imported"),
            ({"metric": "TurnRelevancyMetric", "options": {"windw": 3}}, "unexpected keyword argument 'windw'"),
            ({"metric": TurnRelevancyMetric(model=JudgeModel()), "threshold": 0.5}, "takes no threshold"),
            ({"metric": 4}, "metric is int"),
        ],
    )
    def test_is_named(self, given: dict[str, Any], said: str) -> None:
        """With the reason and what was perhaps meant."""
        with pytest.raises(UsageError, match=said):
            DeepEvalMetric(**given)

    def test_a_spec_that_cannot_be_used(self) -> None:
        """The run stops with it, and nothing is spent."""
        judge = ScriptedJudge()
        with pytest.raises(UsageError, match="RoleAdherencMetric"):
            simulate(lambda prompt: "Fine.", [ANN], judge=judge, evaluators=["deepeval:RoleAdherencMetric"], hooks=())
        assert not judge.calls


class TestInARun:
    """A whole simulation, scored by DeepEval."""

    def simulate(self, *evaluators: Any, judge: Any = None, **options: Any) -> SimulationResult:
        given = {"budget_usd": 1, "max_turns": 2, "hooks": (), **options}
        (result,) = simulate(
            lambda prompt: "On Friday.", [ANN], judge=judge or ScriptedJudge(), evaluators=evaluators, **given
        )
        return result

    def test_cost_is_the_runs(self) -> None:
        """Each question of the metric is a call to the run's judge, paid from its budget."""
        judge = ScriptedJudge()
        result = self.simulate("deepeval-turn-relevancy", judge=judge)
        assert result.scores["deepeval_turn_relevancy"].value == 1.0
        assert result.provenance.costs["scores"] == Decimal("0.003")
        assert result.cost_usd == Decimal("0.001") * judge.calls

    def test_the_budget_holds(self) -> None:
        """Where a question does not fit there is no score, and no more is spent than the ceiling."""
        judge = ScriptedJudge(cost_usd=Decimal("0.01"), worst_usd=Decimal("0.01"))
        result = self.simulate("deepeval-turn-relevancy", judge=judge, budget_usd=0.05, max_turns=2)
        assert result.cost_usd <= Decimal("0.05")
        assert result.scores["deepeval_turn_relevancy"].cut

    def test_a_model_of_its_own_is_told(self) -> None:
        """Whom it asked, and that the cost is not known where it is not."""
        result = self.simulate(DeepEvalMetric(TurnRelevancyMetric(model=_Own())))
        score = result.scores["deepeval"]
        assert score.value == 1.0 and score.reason == "Fine. (asked my-own beside the budget; cost not known)"
        assert "scores" not in result.provenance.costs or not result.provenance.costs["scores"]

    def test_two_metrics_by_names_of_their_own(self) -> None:
        """A subclass is a name."""

        @attrs.frozen
        class Second(DeepEvalMetric):
            """Another one."""

        metric = KnowledgeRetentionMetric(model=_Own())
        result = self.simulate("deepeval:TurnRelevancyMetric", Second(metric))
        assert set(result.scores) == {"deepeval", "second"}


class _Own(DeepEvalBaseLLM):
    """A model of somebody's, that says no cost."""

    def load_model(self, *args: Any, **kwargs: Any) -> Any:
        return None

    def get_model_name(self, *args: Any, **kwargs: Any) -> str:
        return "my-own"

    def generate(self, *args: Any, **kwargs: Any) -> str:
        raise NotImplementedError

    async def a_generate(self, prompt: str, schema: Any = None, **kwargs: Any) -> Any:
        values = {"verdict": "yes", "reason": "Fine.", "data": {}}
        return schema(**{name: values[name] for name in schema.model_fields if name in values})


class _Metric(BaseConversationalMetric):
    threshold = 0.5

    def __init__(self, model: Any = None) -> None:
        self.model = model or JudgeModel()

    def measure(self, test_case: ConversationalTestCase, *args: Any, **kwargs: Any) -> float:
        raise NotImplementedError

    async def a_measure(self, test_case: ConversationalTestCase) -> float:
        raise ZeroDivisionError("nothing to divide by")


class _Falls(_Metric):
    pass


class _Says(_Metric):
    def __init__(self, said: float | None) -> None:
        super().__init__()
        self.said = said

    async def a_measure(self, test_case: ConversationalTestCase) -> float:
        self.score = self.said
        return self.said or 0.0


class _Swallows(_Metric):
    async def a_measure(self, test_case: ConversationalTestCase) -> float:
        try:
            await self.model.a_generate("How?")
        except Exception:
            self.reason = "never mind"
        self.score = 1.0
        return 1.0


class _FailsFirst(ScriptedJudge):
    """Fails on one question once another is asked, and answers neither."""

    def __init__(self) -> None:
        super().__init__()
        self.both = asyncio.Event()
        self.cancelled = 0

    async def complete(self, question: Question[Any]) -> Any:
        self.asked.append(question)
        if len(self.asked) == 1:
            await self.both.wait()
            raise JudgeError("out of order")
        self.both.set()
        try:
            await asyncio.get_running_loop().create_future()
        except asyncio.CancelledError:
            self.cancelled += 1
            raise
