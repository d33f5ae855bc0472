"""The plug-ins of a run, built; everything that is wrong with what was asked for, told at once."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from .._plugins.abilities import find_ability
from .._plugins.build import Built, build
from .._plugins.hooks import Hooks
from .._plugins.keyed_judge import choose_judge
from .._plugins.kinds import DRIVER, EVALUATOR, EXECUTOR, JUDGE, OBSERVER, SINK
from .._plugins.registry import Registry
from .._questions import Question
from .._types.report import Problem
from .._types.run_info import PluginUse
from ..errors import PluginError, UsageError
from ..protocols import HasWorkers
from .build_all import build_all
from .defaults import EXECUTOR as HERE
from .defaults import JUDGE_WITHOUT_KEY, OBSERVERS
from .free_checks import find_more
from .lifecycle import check_price
from .paths import find_clashes, find_path
from .persona_source import find_persona_source
from .problem_log import ProblemLog
from .problems import Problems
from .proposal import find_proposal
from .settings import Settings
from .sharding import check_same_personas
from .system import SystemUnderTest
from .travelling import Travelling, make_travelling


@attrs.frozen
class Parts:
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


def build_parts(
    system: SystemUnderTest | None,
    personas: object,
    settings: Settings,
    registry: Registry,
    troubles: ProblemLog,
    is_watched: bool,
) -> Parts:
    """Build the plug-ins of a run.

    Args:
        system: The system under test.
        personas: Where the personas come from; None where none are loaded.
        settings: The options.
        registry: What is installed.
        troubles: Takes what is wrong with plug-ins that nobody asked for.
        is_watched: Whether observers look at conversations that are not driven.

    Raises:
        UsageError: If something is wrong; with all of it.
    """
    problems, hooks = Problems(), Hooks(troubles.note)
    judge_spec, judge_reason = problems.collect(_find_judge, settings, registry) or (None, "")
    judge = problems.collect(build, JUDGE, judge_spec, registry) if judge_spec is not None else None
    driver_judge = _build_driver_judge(judge, settings, registry, problems)
    # Saved transcripts and fixed cases are not driven, and nobody watches them but those of others.
    is_driven, observers = personas is not None, dict[str, Built]()
    driver = problems.collect(build, DRIVER, settings.driver, registry) if is_driven else None
    executor = problems.collect(build, EXECUTOR, settings.executor, registry) if is_driven else None
    if is_driven or is_watched:
        observers = _build_observers(settings.observers, registry, problems, troubles)
    evaluators = build_all(EVALUATOR, settings.evaluators, registry, problems)
    sinks = build_all(SINK, settings.sinks, registry, problems)
    source = problems.collect(find_persona_source, personas, registry)
    proposal = problems.collect(find_proposal, source.plugin, source.use.name, settings.seed) if source else None
    problems.collect(check_same_personas, settings.shard, proposal)
    problems.collect(_fill, hooks, settings, registry)
    travelling = _find_travelling(executor, judge, system, settings, problems)
    _check_prices((judge, driver_judge), settings, problems)
    if problems.found:
        free_source = source.plugin if source and is_driven and not proposal else None
        problems.add(*find_more(free_source, [one.plugin for one in sinks.values()]))
    problems.stop()
    assert judge and driver_judge and source  # a missing one is a problem, and ``stop`` raised it
    built = (source, driver, executor, travelling, judge, driver_judge, evaluators, observers, sinks, hooks)
    parts = Parts(*built, judge_reason, proposal or ())
    _check_paths(system, parts, settings)
    return parts


def _check_prices(judges: Iterable[Built | None], settings: Settings, problems: Problems) -> None:
    """Check that a run with a budget knows what its judges cost."""
    for built in filter(None, judges):
        problems.collect(check_price, built.plugin, settings.budget_usd, built.use.spec)


def _build_driver_judge(
    judge: Built | None, settings: Settings, registry: Registry, problems: Problems
) -> Built | None:
    """Build the judge that plays the personas; the one that judges if no other is named."""
    asked = settings.driver_judge
    return judge if asked is None else problems.collect(build, JUDGE, asked, registry)


def _find_travelling(
    executor: Built | None,
    judge: Built | None,
    system: SystemUnderTest | None,
    settings: Settings,
    problems: Problems,
) -> Travelling | None:
    """Say in words what workers are to load; None where there are none."""
    if executor is None or judge is None or find_ability(executor.plugin, HasWorkers) is None:
        return None
    return problems.collect(make_travelling, system, settings, judge.use.spec)


def _check_paths(system: SystemUnderTest | None, parts: Parts, settings: Settings) -> None:
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
    asked: Sequence[object], registry: Registry, problems: Problems, troubles: ProblemLog
) -> dict[str, Built]:
    """Build the observers. Nobody asked for a default one, so it is left out and reported where it is broken."""
    if asked != OBSERVERS:
        return build_all(OBSERVER, asked, registry, problems)
    found: dict[str, Built] = {}
    for one in asked:
        try:
            built = build(OBSERVER, one, registry)
        except PluginError as error:
            troubles.note(Problem(f"observer {one}", f"{error}; left out"))
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
