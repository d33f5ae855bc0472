"""Plausible personas, conversations, results and reports; what is not said is made up."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs

from .._types.provenance import Provenance
from .._types.rate import Rate
from .._types.verdict import Verdict
from ..sdk import (
    PLUGIN_API,
    Conversation,
    Message,
    Persona,
    Report,
    RunInfo,
    Score,
    SimulationResult,
    StopReason,
    Summary,
    Usage,
)

__all__ = ["conversation", "persona", "report", "result", "run_info"]


def persona(name: str = "Ann", **fields: Any) -> Persona:
    """Give a persona; what is not said has a plausible value."""
    plausible = {
        "profile": "A customer whose order 4711 is late.",
        "goal": "Find out when order 4711 arrives, and whether it can be returned.",
        "success_criteria": "The assistant stated the date of delivery.",
        "facts": ("The order number is 4711.",),
    }
    return Persona(name, **{**plausible, **fields})


def conversation(*said: str, of: Persona | None = None, **fields: Any) -> Conversation:
    """Give a conversation.

    Args:
        *said: What was said in turns, the user first; a plausible conversation of two turns if nothing is.
        of: Whose it is; ``persona`` if None.
        **fields: Other fields of :class:`~multivon_eval.sdk.Conversation`.
    """
    texts = said or (
        "Where is my order 4711?",
        "Order 4711 arrives on Friday, 3 May.",
        "Can I send it back if it does not fit?",
        "Yes, you can return it within 30 days.",
    )
    messages = tuple(Message("assistant" if index % 2 else "user", text) for index, text in enumerate(texts))
    return Conversation(**{"messages": messages, "persona": of or persona(), "case_uid": "0123456789abcdef", **fields})


def run_info(**fields: Any) -> RunInfo:
    """Give what sinks get when they are opened."""
    plausible = {
        "run_id": "5ca1ab1e5ca1ab1e",
        "started_at": "2026-01-02T03:04:05.678+00:00",
        "personas": (persona(),),
        "trials": 1,
        "max_turns": 8,
        "concurrency": 16,
        "timeout": 60.0,
        "budget_usd": Decimal("1.00"),
        "seed": 7,
        "judge_model": "fake",
        "judge_reason": "asked for",
        "driver_model": "fake",
        "conversations": 1,
    }
    return RunInfo(**{**plausible, **fields})


def result(
    of: Conversation | None = None,
    stop_reason: StopReason = "goal_reached",
    achieved: bool | None = True,
    scores: Mapping[str, Score] | None = None,
    **fields: Any,
) -> SimulationResult:
    """Give a result.

    Args:
        of: The conversation; ``conversation`` if None.
        stop_reason: Why it ended.
        achieved: The judge's word on the goal.
        scores: By name; one of each status if None.
        **fields: Other fields of :class:`~multivon_eval.sdk.SimulationResult`.
    """
    ended = attrs.evolve(of or conversation(), stop_reason=stop_reason)
    info = run_info()
    provenance = Provenance(
        run_id=info.run_id,
        seed=info.seed,
        judge_provider="fake",
        judge_model=info.judge_model,
        judge_temperature=0.0,
        driver_model=info.driver_model,
        versions={"plug-in API": str(PLUGIN_API)},
        started_at=info.started_at,
        seconds=1.5,
        usage=Usage(100, 20, 0),
    )
    some = {
        "turn_consistency": Score(0.75, "3 of 4 as hoped", threshold=0.5),
        "knowledge_retention": Score.skipped("one reply to score; it takes 2"),
        "conversation_relevance": Score.failed("not scored: the judge did not answer"),
    }
    plausible = {
        "conversation": ended,
        "verdict": Verdict(achieved, "The date was stated."),
        "scores": some if scores is None else dict(scores),
        "cost_usd": Decimal("0.0123"),
        "provenance": provenance,
    }
    return SimulationResult(**{**plausible, **fields})


def report(*results: SimulationResult, info: RunInfo | None = None, **fields: Any) -> Report:
    """Give the end of a run.

    Args:
        *results: What came of it.
        info: What it was made with; ``run_info`` if None.
        **fields: Other fields of :class:`~multivon_eval.sdk.Report`.
    """
    judged = [one.goal_achieved for one in results if one.goal_achieved is not None]
    rate = Rate(sum(judged), len(judged), 0.0, 1.0) if judged else Rate(0, 0, None, None)
    reasons = [one.stop_reason for one in results if one.stop_reason is not None]
    summary = Summary(
        conversations=len(results),
        judged=len(judged),
        goal_rate=rate,
        stop_reasons={reason: reasons.count(reason) for reason in dict.fromkeys(reasons)},
        attributions={},
        scores={},
        disagreements=sum(one.disagreement for one in results),
        driver_faults=0,
        errors=reasons.count("driver_error"),
        spent_usd=sum((one.cost_usd for one in results), Decimal(0)),
        system_cost_usd=None,
        usage=Usage(),
        judge_model="fake",
        cut=sum(one.cut for one in results),
    )
    return Report(**{"info": info or run_info(), "summary": summary, "seconds": 1.5, **fields})
