"""Verdict and scores as MLflow's feedback, criteria as its expectations."""

from __future__ import annotations

from collections.abc import Iterator

from mlflow.entities import Assessment, AssessmentError, AssessmentSource, AssessmentSourceType, Expectation, Feedback

from multivon_eval import CriterionVerdict
from multivon_eval.sdk import Score, SimulationResult

GOAL = "goal_achieved"
CRITERIA = "success_criteria"


def list_assessments(result: SimulationResult) -> Iterator[Assessment]:
    """List what was expected of a conversation and what was said of it, each under a name of its own."""
    judge = _find_source(result)
    if criteria := result.persona.criteria:
        source = AssessmentSource(AssessmentSourceType.CODE, "multivon-eval persona")
        yield Expectation(name=CRITERIA, value=list(criteria), source=source)
    yield _judge_goal(result, judge)
    if len(result.verdict.criteria) > 1:
        for number, one in enumerate(result.verdict.criteria, 1):
            yield _judge_criterion(number, one, judge)
    for name, score in result.scores.items():
        yield _tell_score(name, score, judge)


def _find_source(result: SimulationResult) -> AssessmentSource:
    """Give the judge, or the rule in the place of one."""
    made = result.provenance
    if made.judge_rule:
        return AssessmentSource(AssessmentSourceType.CODE, made.judge_rule)
    return AssessmentSource(AssessmentSourceType.LLM_JUDGE, made.judge_model or "unknown")


def _judge_goal(result: SimulationResult, judge: AssessmentSource) -> Feedback:
    verdict = result.verdict
    quotes = "".join(f"\n\nTurn {one.turn}: “{one.quote}”" for one in verdict.evidence if one.found)
    if verdict.achieved is not None:
        return Feedback(name=GOAL, value=verdict.achieved, rationale=verdict.reason + quotes, source=judge)
    code = "BUDGET_EXCEEDED" if verdict.cut else "JUDGE_FAILED" if verdict.failed else "UNDECIDED"
    return Feedback(name=GOAL, error=AssessmentError(code, verdict.reason), rationale=verdict.reason, source=judge)


def _judge_criterion(number: int, one: CriterionVerdict, judge: AssessmentSource) -> Feedback:
    quotes = "".join(f"\n\nTurn {quote.turn}: “{quote.quote}”" for quote in one.evidence if quote.found)
    return Feedback(
        name=f"criterion_{number}",
        value=one.met,
        rationale=one.reason + quotes,
        source=judge,
        metadata={"criterion": one.criterion},
    )


def _tell_score(name: str, score: Score, judge: AssessmentSource) -> Feedback:
    findings = "".join(f"\n\n- {finding}" for finding in score.findings)
    if score.value is not None:
        return Feedback(name=name, value=score.value, rationale=score.reason + findings, source=judge)
    code = "BUDGET_EXCEEDED" if score.cut else score.status.upper()
    return Feedback(name=name, error=AssessmentError(code, score.reason), rationale=score.reason, source=judge)
