"""The result: what the steps gave, put together with what it was made with."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .._money.meter import Account
from .._types.answer import Usage
from .._types.conversation import Conversation
from .._types.result import SimulationResult
from .._types.run_info import PluginUse, RunInfo
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
    metadata = {
        "run_id": info.run_id,
        "seed": info.seed,
        "judge_provider": provider(info, "judge"),
        # Several votes on the verdict are asked for at a temperature of their own, scores always at 0.
        "judge_model": account.models.get("vote", "") or account.models.get("judge", "") or info.judge_model,
        "judge_temperature": account.temperatures.get("vote", account.temperatures.get("judge")),
        "judge_reason": info.judge_reason,
        "driver_model": account.models.get("driver", "") or info.driver_model,
        "driver_temperature": account.temperatures.get("driver"),
        "prices": dict(info.prices) if info.prices else None,
        "plugins": [_row(use) for use in info.plugins],
        "versions": dict(info.versions),
        "options": _options(info),
        "sources": dict(info.sources),
        "started_at": started_at,
        "seconds": round(seconds, 6),
        "usage": attrs.asdict(account.usage),
        "judge_calls": account.calls,
        "judge_retries": list(account.retries),
        "notes": list(account.notes),
    }
    who = attribute(conversation, verdict)
    return SimulationResult(conversation, verdict, dict(scores), who, account.cost_usd, metadata)


def _options(info: RunInfo) -> dict[str, Any]:
    return {
        "max_turns": info.max_turns,
        "trials": info.trials,
        "concurrency": info.concurrency,
        "timeout": info.timeout,
        "budget_usd": None if info.budget_usd is None else float(info.budget_usd),
        "judge_votes": info.judge_votes,
    }


def provider(info: RunInfo, kind: str) -> str:
    """The name of the plug-in of a kind that takes part in a run."""
    return next((use.name for use in info.plugins if use.kind == kind), "")


_USE = tuple(field.name for field in attrs.fields(PluginUse))


def _row(use: PluginUse) -> dict[str, str]:
    # attrs.asdict takes ten times as long, for each plug-in in each result.
    return {name: getattr(use, name) for name in _USE}


def with_scores(
    old: SimulationResult, scores: Mapping[str, Score], account: Account, info: RunInfo
) -> SimulationResult:
    """A result with more scores than before, and what they took.

    Args:
        old: The result so far.
        scores: All scores, those it had included.
        account: What the new ones took.
        info: What they were made with.
    """
    had = old.metadata
    usage = Usage(**{field.name: had.get("usage", {}).get(field.name, 0) for field in attrs.fields(Usage)})
    uses = [_row(use) for use in info.plugins if use.kind == "evaluator"]
    metadata = {
        **had,
        "usage": attrs.asdict(usage + account.usage),
        "judge_calls": had.get("judge_calls", 0) + account.calls,
        "judge_retries": [*had.get("judge_retries", ()), *account.retries],
        "plugins": [*had.get("plugins", ()), *(use for use in uses if use not in had.get("plugins", ()))],
        "scores_judge_model": account.models.get("judge", "") or info.judge_model,
    }
    return attrs.evolve(old, scores=scores, cost_usd=old.cost_usd + account.cost_usd, metadata=metadata)
