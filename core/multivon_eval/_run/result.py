"""The result: what the steps gave, put together with what it was made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .._money.account import Account
from .._questions import digest_goal_prompt
from .._types.conversation import Conversation
from .._types.provenance import Provenance, RescoredFrom
from .._types.result import SimulationResult
from .._types.run_info import RunInfo
from .._types.run_part import RunPart
from .._types.score import Score
from .._types.verdict import Verdict
from .attribution import attribute


def to_result(
    conversation: Conversation,
    verdict: Verdict,
    scores: Mapping[str, Score],
    account: Account,
    info: RunInfo,
    started_at: str,
    seconds: float,
) -> SimulationResult:
    """Put together what the steps gave.

    Args:
        conversation: A finished one.
        verdict: The judge's word on it.
        scores: The evaluators' words on it.
        account: What its judge calls took.
        info: What the run is made with.
        started_at: When the conversation began, ISO 8601.
        seconds: How long it took, judging included.
    """
    provenance = Provenance(
        run_id=info.run_id,
        seed=info.seed,
        judge_provider=find_provider(info, "judge"),
        # Several votes on the verdict are asked for at a temperature of their own, scores always at 0.
        judge_model=account.models.get("vote", "") or account.models.get("judge", "") or info.judge_model,
        judge_temperature=account.temperatures.get("vote", account.temperatures.get("judge")),
        judge_reason=info.judge_reason,
        judge_rule=info.judge_rule,
        judge_prompt=digest_goal_prompt(),
        driver_model=account.models.get("driver", "") or info.driver_model,
        driver_temperature=account.temperatures.get("driver"),
        prices=info.prices or None,
        plugins=info.plugins,
        versions=info.versions,
        options=_collect_options(info),
        sources=info.sources,
        started_at=started_at,
        seconds=round(seconds, 6),
        usage=account.usage,
        costs=account.costs,
        judge_calls=account.calls,
        judge_retries=tuple(account.retries),
        notes=tuple(account.notes),
    )
    who = attribute(conversation, verdict)
    return SimulationResult(conversation, verdict, dict(scores), who, account.cost_usd, provenance)


def _collect_options(info: RunInfo) -> dict[str, Any]:
    until = {"until": info.until} if info.until else {}
    return until | {
        "max_turns": info.max_turns,
        "trials": info.trials,
        "concurrency": info.concurrency,
        "timeout": info.timeout,
        "budget_usd": None if info.budget_usd is None else float(info.budget_usd),
        "judge_model": info.judge_model,
        "judge_votes": info.judge_votes,
        "judge_calls": info.judge_calls,
    }


def put_in_place(result: SimulationResult, part: RunPart | None, place: int) -> SimulationResult:
    """Note in a result of which part of the run it is; one of a whole run stays as it is.

    Args:
        result: The result.
        part: The part; None for a whole run.
        place: Its place in the order of the whole run.
    """
    if part is None:
        return result
    return attrs.evolve(result, provenance=attrs.evolve(result.provenance, part=part, place=place))


def find_provider(info: RunInfo, kind: str) -> str:
    """The name of the plug-in of a kind that takes part in a run."""
    return next((use.name for use in info.plugins if use.kind == kind), "")


def rescore(old: SimulationResult, new: SimulationResult) -> SimulationResult:
    """Give the result of judging a conversation again what stays true of it, and what was said before.

    Args:
        old: The result so far.
        new: What judge and evaluators of another run say of its conversation.
    """
    before = RescoredFrom(old.run_id, old.judge_model, old.goal_achieved, old.cost_usd)
    kept, extra = old.provenance, old.provenance.extra
    made = attrs.evolve(
        new.provenance,
        driver_model=kept.driver_model,
        rescored_from=before,
        part=kept.part,
        place=kept.place,
        extra=extra,
    )
    return attrs.evolve(new, provenance=made, extra=old.extra, disclaimer=old.disclaimer)


def add_scores(old: SimulationResult, scores: Mapping[str, Score], account: Account, info: RunInfo) -> SimulationResult:
    """Make a result with more scores than before.

    Args:
        old: The result so far.
        scores: All scores, those it had included.
        account: What the new ones took.
        info: What they were made with.
    """
    had = old.provenance
    evaluators = (use for use in info.plugins if use.kind == "evaluator")
    made = attrs.evolve(
        had,
        usage=had.usage + account.usage,
        costs={name: had.costs.get(name, 0) + account.costs.get(name, 0) for name in {**had.costs, **account.costs}},
        judge_calls=had.judge_calls + account.calls,
        judge_retries=(*had.judge_retries, *account.retries),
        plugins=(*had.plugins, *(use for use in evaluators if use not in had.plugins)),
        scores_judge_model=account.models.get("score", "") or info.judge_model,
    )
    return attrs.evolve(old, scores=scores, cost_usd=old.cost_usd + account.cost_usd, provenance=made)
