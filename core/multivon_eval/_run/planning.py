"""From what was asked for to a plan in which everything is loaded, built and checked."""

from __future__ import annotations

import os
import platform
import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import attrs
import importlib_metadata

from .._journal.journal import Journal
from .._money.ledger import Ledger
from .._money.price import find_prices
from .._plugins.abilities import find_ability
from .._plugins.build import Built, build
from .._plugins.calls import Calls
from .._plugins.hooks import Hooks
from .._plugins.keyed_judge import choose_judge
from .._plugins.kinds import DRIVER, EVALUATOR, EXECUTOR, JUDGE, OBSERVER, SINK
from .._plugins.registry import Registry
from .._plugins.stint import PATIENCE
from .._questions import Question
from .._types.report import Problem
from .._types.run_info import PluginUse, RunInfo
from ..errors import PluginError, UsageError
from ..protocols import HasWorkers, Named, Ruled
from .aims import read_aims
from .build_all import build_all
from .defaults import EXECUTOR as HERE
from .defaults import JUDGE_WITHOUT_KEY, OBSERVERS
from .free_checks import find_more
from .lifecycle import check_price
from .observing import Observers
from .paths import find_clashes, find_path
from .persona_source import find_persona_source
from .plan import Plan
from .problems import Problems
from .proposal import find_proposal
from .settings import Settings
from .system import SystemUnderTest
from .travelling import Travelling, make_travelling


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
    troubles, journal = list[Problem](), journal or Journal()
    parts = _build_parts(system, personas, settings, registry, troubles, is_watched)
    _check_paths(system, parts, settings)
    ledger = ledger or Ledger(settings.budget_usd, journal.past.spent)
    plan = _put_together(system, settings, parts, journal, ledger, troubles)
    return attrs.evolve(
        plan, force=force, is_strict=is_strict, system=system and _set_limits(system, settings, is_strict)
    )


def _put_together(
    system: SystemUnderTest | None,
    settings: Settings,
    parts: _Parts,
    journal: Journal,
    ledger: Ledger,
    troubles: list[Problem],
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
    )


def _make_observers(parts: _Parts, settings: Settings, troubles: list[Problem], run_id: str) -> Observers:
    observers = {name: built.plugin for name, built in parts.observers.items()}
    return Observers(observers, troubles.append, PATIENCE * settings.timeout, Calls(parts.hooks, run_id))


def _set_limits(system: SystemUnderTest, settings: Settings, is_strict: bool) -> SystemUnderTest:
    if system.endpoint is not None:
        system.endpoint.timeout, system.endpoint.patience = settings.timeout, settings.patience
        system.endpoint.concurrency, system.endpoint.is_strict = settings.concurrency, is_strict
    return attrs.evolve(system, max_message=settings.max_message)


@attrs.frozen
class _Parts:
    """The plug-ins of a run."""

    source: Built
    driver: Built | None
    executor: Built | None
    travelling: Travelling | None
    judge: Built
    driver_judge: Built
    evaluators: Mapping[str, Built]
    observers: Mapping[str, Built]
    sinks: Mapping[str, Built]
    hooks: Hooks
    judge_reason: str
    proposal: tuple[Question[Any], ...] = ()

    def uses(self) -> tuple[PluginUse, ...]:
        """Who takes part."""
        drivers = [self.driver] if self.driver else []
        if self.executor and f"{self.executor.use.distribution}/{self.executor.use.name}" != HERE:
            drivers.append(self.executor)
        others = (*self.evaluators.values(), *self.observers.values(), *self.sinks.values())
        uses = [one.use for one in (self.judge, *drivers, *others)]
        if self.driver_judge is not self.judge:
            uses.append(attrs.evolve(self.driver_judge.use, kind="driver judge"))
        if self.source.use.spec:
            uses.append(self.source.use)
        return (*uses, *self.hooks.uses())


def _build_parts(
    system: SystemUnderTest | None,
    personas: object,
    settings: Settings,
    registry: Registry,
    troubles: list[Problem],
    is_watched: bool,
) -> _Parts:
    problems, hooks = Problems(), Hooks(troubles.append)
    judge_spec, judge_reason = problems.collect(_find_judge, settings, registry) or (None, "")
    judge = problems.collect(build, JUDGE, judge_spec, registry) if judge_spec is not None else None
    driver_judge = judge
    if settings.driver_judge is not None:
        driver_judge = problems.collect(build, JUDGE, settings.driver_judge, registry)
    # Saved transcripts and fixed cases are not driven, and nobody watches them but those of others.
    driver, executor, observers = None, None, dict[str, Built]()
    if personas is not None:
        driver = problems.collect(build, DRIVER, settings.driver, registry)
        executor = problems.collect(build, EXECUTOR, settings.executor, registry)
    if personas is not None or is_watched:
        observers = _build_observers(settings.observers, registry, problems, troubles)
    evaluators = build_all(EVALUATOR, settings.evaluators, registry, problems)
    sinks = build_all(SINK, settings.sinks, registry, problems)
    source = problems.collect(find_persona_source, personas, registry)
    proposal = problems.collect(find_proposal, source.plugin, source.use.name, settings.seed) if source else None
    problems.collect(_fill, hooks, settings, registry)
    travelling = None
    if executor and judge and find_ability(executor.plugin, HasWorkers):
        travelling = problems.collect(make_travelling, system, settings, judge.use.spec)
    for built in (judge, driver_judge):
        if built:
            problems.collect(check_price, built.plugin, settings.budget_usd, built.use.spec)
    if problems.found:
        free_source = source.plugin if source and personas is not None and not proposal else None
        problems.add(*find_more(free_source, [one.plugin for one in sinks.values()]))
    problems.stop()
    assert judge and driver_judge and source  # a missing one is a problem, and ``stop`` raised it
    return _Parts(
        *(source, driver, executor, travelling, judge, driver_judge, evaluators, observers, sinks, hooks),
        judge_reason,
        proposal or (),
    )


def _check_paths(system: SystemUnderTest | None, parts: _Parts, settings: Settings) -> None:
    """Check that no sink writes over what the run reads, or over what another one writes.

    Raises:
        UsageError: If one would.
    """
    model, personas = system.path if system else None, find_path(parts.source.plugin)
    given = {"the calibration": settings.calibration, "the baseline": settings.baseline}
    named = {name: Path(one) for name, one in given.items() if isinstance(one, str | Path) and one}
    read = {"the file of the model": model, "where the personas come from": personas, **named}
    written = {f"sink {name!r}": find_path(built.plugin) for name, built in parts.sinks.items()}
    if clashes := find_clashes(read, written):
        raise UsageError(clashes)


def _find_judge(settings: Settings, registry: Registry) -> tuple[object, str]:
    if settings.judge is not None:
        return settings.judge, "asked for"
    return choose_judge(os.environ, registry, JUDGE_WITHOUT_KEY)


def _build_observers(
    asked: Sequence[object], registry: Registry, problems: Problems, troubles: list[Problem]
) -> dict[str, Built]:
    """Build the observers. Nobody asked for a default one, so it is left out and reported where it is broken."""
    if asked != OBSERVERS:
        return build_all(OBSERVER, asked, registry, problems)
    found: dict[str, Built] = {}
    for one in asked:
        try:
            built = build(OBSERVER, one, registry)
        except PluginError as error:
            troubles.append(Problem(f"observer {one}", f"{error}; left out"))
        else:
            found[built.key] = built
    return found


def _fill(hooks: Hooks, settings: Settings, registry: Registry) -> None:
    if settings.hooks is None:
        hooks.install(registry, settings.without)
        return
    if not isinstance(settings.hooks, Iterable):
        raise UsageError(f"hooks is {type(settings.hooks).__name__}; give the objects in a list, hooks=[hook]")
    for plugin in settings.hooks:
        hooks.add(plugin)


def _make_info(settings: Settings, parts: _Parts, run_id: str) -> RunInfo:
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
        sources=settings.sources,
        until="" if settings.until is None else settings.until,
    )


def _find_rule(judge: Built) -> str:
    ruled = find_ability(judge.plugin, Ruled)
    return ruled.rule if ruled else ""


def _find_model(judge: Built) -> str:
    named = find_ability(judge.plugin, Named)
    return named.model if named else judge.use.name
