"""Step 5: the result, and where it goes."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Callable, Mapping

import attrs

from ..assessment import Score, Verdict
from ..data import Conversation
from ..errors import DeliveryError, MultivonEvalError, UsageError
from ..protocols import Sink
from ..results import Problem, Report, RunInfo, SimulationResult
from .attribution import attribute
from .meter import Account

_LOG = logging.getLogger("multivon_eval.delivery")


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
        "judge_model": account.models.get("judge", "") or info.judge_model,
        "judge_temperature": account.temperatures.get("judge"),
        "judge_reason": info.judge_reason,
        "driver_model": account.models.get("driver", "") or info.driver_model,
        "driver_temperature": account.temperatures.get("driver"),
        "prices": dict(info.prices) if info.prices else None,
        "plugins": [attrs.asdict(use) for use in info.plugins],
        "versions": dict(info.versions),
        "options": {
            "max_turns": info.max_turns,
            "trials": info.trials,
            "concurrency": info.concurrency,
            "timeout": info.timeout,
            "budget_usd": None if info.budget_usd is None else float(info.budget_usd),
        },
        "sources": dict(info.sources),
        "started_at": started_at,
        "seconds": round(seconds, 6),
        "usage": attrs.asdict(account.usage),
        "judge_calls": account.calls,
        "judge_retries": account.retries,
        "notes": list(account.notes),
    }
    who = attribute(conversation, verdict)
    return SimulationResult(conversation, verdict, dict(scores), who, account.cost_usd, metadata)


def provider(info: RunInfo, kind: str) -> str:
    """The name of the plug-in of a kind that takes part in a run."""
    return next((use.name for use in info.plugins if use.kind == kind), "")


class Delivery:
    """The sinks of a run: opened together, fed one result at a time, closed together.

    Args:
        sinks: By name.
        report: Called with each problem.
    """

    def __init__(self, sinks: Mapping[str, Sink], report: Callable[[Problem], None]) -> None:
        self._sinks = sinks
        self._report = report
        self._turn = asyncio.Lock()
        self._opened: list[str] = []

    async def open(self, info: RunInfo) -> None:
        """Open all sinks before anything is spent.

        Raises:
            UsageError: One cannot be used.
        """
        for name, sink in self._sinks.items():
            try:
                await sink.open(info)
            except UsageError:
                raise
            except (Exception, SystemExit) as error:
                raise UsageError(f"sink {name!r} cannot be opened: {type(error).__name__}: {error}") from error
            self._opened.append(name)

    async def write(self, result: SimulationResult) -> None:
        """Deliver one result; a sink that fails keeps no other from getting it."""
        async with self._turn:
            for name in self._opened:
                try:
                    await self._sinks[name].write(result)
                except (Exception, SystemExit) as error:
                    self._failed(name, f"did not take the result of {result.persona.name!r}", error)

    async def close(self, report: Report) -> None:
        """Close all sinks that were opened."""
        for name in self._opened:
            try:
                await self._sinks[name].close(report)
            except (Exception, SystemExit) as error:
                self._failed(name, "could not be closed", error)

    def _failed(self, name: str, what: str, error: BaseException) -> None:
        _LOG.warning("sink %s %s", name, what, exc_info=error)
        said = str(error) if isinstance(error, MultivonEvalError) else f"{type(error).__name__}: {error}"
        is_loss = isinstance(error, DeliveryError | OSError) or not isinstance(error, MultivonEvalError)
        self._report(Problem(f"sink {name}", f"{what}: {said}", undelivered=is_loss))
