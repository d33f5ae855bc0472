"""From what was asked for to a plan in which everything is loaded, built and checked."""

from __future__ import annotations

import platform
import secrets
from datetime import UTC, datetime

import attrs
import importlib_metadata

from .._journal.journal import Journal
from .._money.ledger import Ledger
from .._money.price import find_prices
from .._plugins.abilities import find_ability
from .._plugins.build import Built
from .._plugins.calls import Calls
from .._plugins.registry import Registry
from .._plugins.stint import PATIENCE
from .._types.run_info import RunInfo
from ..protocols import Named, Ruled
from .aims import read_aims
from .observing import Observers
from .parts import Parts, build_parts
from .plan import Plan
from .problem_log import ProblemLog
from .settings import Settings
from .system import SystemUnderTest


def make_plan(
    system: SystemUnderTest | None,
    personas: object,
    settings: Settings,
    registry: Registry,
    *,
    journal: Journal | None = None,
    ledger: Ledger | None = None,
    force: bool = False,
    is_strict: bool = False,
    is_watched: bool = False,
) -> Plan:
    """Load and build everything a run needs.

    Args:
        system: The system under test; None where saved transcripts are judged.
        personas: A SPEC, a path, a source, or personas; None where none are loaded.
        settings: The options.
        registry: What is installed.
        journal: The journal, opened if a run is resumed; None for none.
        ledger: An account to go on with; None for a new one.
        force: Whether a resume goes on although something has changed.
        is_strict: Whether the run ends where no call to a judge can succeed.
        is_watched: Whether observers look at conversations that are not driven.

    Raises:
        UsageError: If something is wrong; with all of it at once.
    """
    troubles, journal = ProblemLog(), journal or Journal()
    parts = build_parts(system, personas, settings, registry, troubles, is_watched)
    ledger = ledger or Ledger(settings.budget_usd, journal.past.spent)
    plan = _put_together(system, settings, parts, journal, ledger, troubles)
    return attrs.evolve(
        plan, force=force, is_strict=is_strict, system=system and _set_limits(system, settings, is_strict)
    )


def _put_together(
    system: SystemUnderTest | None,
    settings: Settings,
    parts: Parts,
    journal: Journal,
    ledger: Ledger,
    troubles: ProblemLog,
) -> Plan:
    return Plan(
        info=(info := _make_info(settings, parts, journal.past.run_id)),
        source=parts.source.plugin,
        system=system,
        driver=parts.driver.plugin if parts.driver else None,
        judge=parts.judge.plugin,
        driver_judge=parts.driver_judge.plugin,
        evaluators={name: built.plugin for name, built in parts.evaluators.items()},
        observers=_make_observers(parts, settings, troubles, info.run_id),
        sinks={name: built.plugin for name, built in parts.sinks.items()},
        hooks=parts.hooks,
        ledger=ledger,
        journal=journal,
        proposal=parts.proposal,
        executor=parts.executor.plugin if parts.executor else None,
        travelling=parts.travelling,
        aims=read_aims(settings, parts.evaluators, info, parts.judge.use.name),
        problems=troubles,
        shard=settings.shard,
    )


def _make_observers(parts: Parts, settings: Settings, troubles: ProblemLog, run_id: str) -> Observers:
    observers = {name: built.plugin for name, built in parts.observers.items()}
    return Observers(observers, troubles.note, PATIENCE * settings.timeout, Calls(parts.hooks, run_id))


def _set_limits(system: SystemUnderTest, settings: Settings, is_strict: bool) -> SystemUnderTest:
    if system.endpoint is not None:
        system.endpoint.timeout, system.endpoint.patience = settings.timeout, settings.patience
        system.endpoint.concurrency, system.endpoint.is_strict = settings.concurrency, is_strict
    return attrs.evolve(system, max_message=settings.max_message)


def _make_info(settings: Settings, parts: Parts, run_id: str) -> RunInfo:
    judge = parts.judge
    priced = find_prices(judge.plugin)
    prices = None
    if priced:
        prices = {
            "input": float(priced.input),
            "output": float(priced.output),
            "cached": float(priced.cached),
            "unit": "USD per million tokens",
            "source": priced.source,
        }
        if priced.cache_write is not None:
            prices["cache_write"] = float(priced.cache_write)
    return RunInfo(
        run_id=run_id or secrets.token_hex(8),
        started_at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        personas=(),
        trials=settings.trials,
        first_trial=settings.first_trial,
        max_turns=settings.max_turns,
        max_message=settings.max_message,
        concurrency=settings.concurrency,
        timeout=settings.timeout,
        patience=settings.patience,
        budget_usd=settings.budget_usd,
        seed=settings.seed,
        judge_votes=settings.judge_votes,
        judge_calls=settings.judge_calls,
        judge_model=_find_model(judge),
        judge_reason=parts.judge_reason,
        judge_rule=_find_rule(judge),
        driver_model=_find_model(parts.driver_judge),
        prices=prices,
        plugins=parts.uses(),
        versions={
            "multivon-eval": importlib_metadata.version("multivon-eval"),
            "python": platform.python_version(),
        },
        # Shards are told apart by their header, and their results are those of one run.
        sources={name: source for name, source in settings.sources.items() if name != "shard"},
        until="" if settings.until is None else settings.until,
    )


def _find_rule(judge: Built) -> str:
    ruled = find_ability(judge.plugin, Ruled)
    return ruled.rule if ruled else ""


def _find_model(judge: Built) -> str:
    named = find_ability(judge.plugin, Named)
    return named.model if named else judge.use.name
