"""Verdict and scores of a simulated conversation as scores of Inspect's, and their metrics."""

from __future__ import annotations

import math
import statistics
from typing import Any

from inspect_ai.scorer import (
    CORRECT,
    INCORRECT,
    Metric,
    SampleScore,
    Score,
    Scorer,
    Target,
    Value,
    mean,
    metric,
    scorer,
    value_to_float,
)
from inspect_ai.solver import TaskState

from multivon_eval import SimulationResult, Verdict, result_from_json
from multivon_eval.sdk import escape_markdown

from .solver import RESULT

_REASONS = {"judge": "grader_failed"}
"""What Inspect calls whom a conversation is put down to; our own word for the others."""


@metric
def goal_rate() -> Metric:
    """The share of conversations that achieved the goal, of those that measured the system, and its standard error.

    ``goal_rate`` is NaN where a judge decided that is no model: its verdicts are a smoke test and no measure.
    ``goal_stderr`` is over personas, and NaN where there is no rate, or but one persona.
    """

    def measure(scores: list[SampleScore]) -> Value:
        values = [] if _is_ruled(scores) else _list_values(scores)
        error = statistics.stdev(values) / math.sqrt(len(values)) if len(values) > 1 else math.nan
        # By names of its own: the viewer cuts off those that begin with the package.
        return {"goal_rate": statistics.fmean(values) if values else math.nan, "goal_stderr": error}

    return measure


@scorer(metrics=[goal_rate()])
def goal_achieved() -> Scorer:
    """Score a conversation by its verdict: ``C`` where the goal was achieved, ``I`` where not.

    A conversation that measured nothing of the system has no score, and says why: the judge could not tell or failed,
    the simulated user did something wrong, the budget did not reach, a limit ended the sample.
    """

    async def score(state: TaskState, target: Target) -> Score:
        result = _find_result(state)
        if result is None:
            return Score.unscored(reason="no_result", explanation=_NO_RESULT)
        told: dict[str, Any] = {
            "answer": f"{result.verdict.outcome}: {result.stop_reason} after {_count(result.turns)}",
            "explanation": _explain(result.verdict),
            "metadata": _describe(result),
        }
        reason = _find_reason(result)
        if reason is not None:
            return Score.unscored(reason=reason, **told)
        return Score(value=CORRECT if result.goal_achieved else INCORRECT, **told)

    return score


@scorer(metrics={"*": [mean()]})
def conversation_scores() -> Scorer:
    """Score a conversation by its evaluators, each under its name; NaN where one gives no score, with its reason."""

    async def score(state: TaskState, target: Target) -> Score:
        result = _find_result(state)
        if result is None:
            return Score.unscored(reason="no_result", explanation=_NO_RESULT)
        if not result.scores:
            return Score.unscored(reason="no_evaluators", explanation="simulated_user was given no evaluators")
        return Score(
            value={name: math.nan if one.value is None else one.value for name, one in result.scores.items()},
            explanation="\n\n".join(
                f"**{escape_markdown(name)}** {escape_markdown(one.reason)}" for name, one in result.scores.items()
            ),
            metadata={
                "disclaimer": result.disclaimer,
                "status": {name: one.status for name, one in result.scores.items()},
                "findings": {name: list(one.findings) for name, one in result.scores.items() if one.findings},
            },
        )

    return score


_NO_RESULT = (
    "the conversation did not end by itself, so it was not judged: a limit or an error ended the sample, or another "
    "solver than simulated_user made it"
)


def _find_result(state: TaskState) -> SimulationResult | None:
    row = state.store.get(RESULT)
    return None if row is None else result_from_json(row)


def _find_reason(result: SimulationResult) -> str | None:
    """Why a conversation measured nothing of the system; None where it did."""
    if result.attribution not in (None, "system"):
        return _REASONS.get(result.attribution, result.attribution)
    return "undecided" if result.goal_achieved is None else None


def _count(turns: int) -> str:
    return f"{turns} turn" if turns == 1 else f"{turns} turns"


def _explain(verdict: Verdict) -> str:
    """The verdict for people: its reason, each criterion, and the quotes it rests on."""
    lines = [escape_markdown(verdict.reason)]
    for criterion in verdict.criteria:
        lines += ["", f"- **{criterion.met}**: {escape_markdown(criterion.criterion)}"]
        lines += [
            f"    - turn {one.turn}: “{escape_markdown(one.quote)}”" + ("" if one.found else " (not in the transcript)")
            for one in criterion.evidence
        ]
    return "\n".join(lines)


def _describe(result: SimulationResult) -> dict[str, Any]:
    return {
        "disclaimer": result.disclaimer,
        "stop_reason": result.stop_reason,
        "attribution": result.attribution,
        "criteria": [
            {
                "criterion": one.criterion,
                "met": one.met,
                "reason": one.reason,
                "quotes": [{"turn": quote.turn, "quote": quote.quote, "found": quote.found} for quote in one.evidence],
            }
            for one in result.verdict.criteria
        ],
        "driver_faults": [{"turn": one.turn, "fault": one.fault} for one in result.driver_faults],
        "judge_model": result.judge_model,
        "cost_usd": float(result.cost_usd),
        "run_id": result.run_id,
        **({"judge_rule": result.provenance.judge_rule} if result.provenance.judge_rule else {}),
    }


def _is_ruled(scores: list[SampleScore]) -> bool:
    return any((one.score.metadata or {}).get("judge_rule") for one in scores)


def _list_values(scores: list[SampleScore]) -> list[float]:
    to_float = value_to_float()
    return [to_float(one.score.value) for one in scores]
