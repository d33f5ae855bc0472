"""Every fault of a plug-in at once, without pytest."""

from __future__ import annotations

import asyncio
import copy
import importlib
import inspect
import threading
from collections.abc import Callable
from types import ModuleType
from typing import Any
from unittest import SkipTest

import attrs

from .._plugins.build import build
from .._plugins.isolation import format_error
from .._plugins.kinds import ALL, COMMAND, HOOK, PICKED, Kind
from .._plugins.registry import Registry
from .._plugins.spec import Spec
from .._set_module import set_module
from ..errors import PluginNotFound, UsageError, did_you_mean
from .plugins import KitTests
from .standard import StandardTest, find_standard_tests

_CONTRACTS = {
    "persona source": ("persona_sources", "PersonaSourceTests"),
    "driver": ("drivers", "DriverTests"),
    "judge": ("judges", "JudgeTests"),
    "evaluator": ("evaluators", "EvaluatorTests"),
    "observer": ("observers", "ObserverTests"),
    "sink": ("sinks", "SinkTests"),
    "executor": ("executors", "ExecutorTests"),
    "hook": ("hooks", "HookTests"),
    "command": ("commands", "CommandTests"),
}


@set_module("multivon_eval.testing")
@attrs.frozen
class PluginProblem:
    """A standard test that a plug-in does not pass.

    Attributes:
        test: The name of the test.
        sentence: The sentence of the protocol that it holds a plug-in to.
        wrong: What is wrong.
    """

    test: str
    sentence: str
    wrong: str

    def __str__(self) -> str:
        return f"{self.test}: {self.wrong}"


def problems(plugin: object, kind: str | None = None) -> tuple[PluginProblem, ...]:
    """Hold a plug-in against all standard tests of its kind.

    A sink writes to its destination when it is tried, a judge asks its model, and a hook is called.

    Args:
        plugin: An instance; a class that can be built with its defaults; a SPEC; a hook's module or object; a click
            command; or a test class made from a contract, whose ``make`` and other methods then count.
        kind: The kind, ``evaluator`` say, where it cannot be told from the plug-in.

    Returns:
        What is wrong, a record for each standard test that fails; empty for nothing.

    Raises:
        UsageError: If the kind is unknown or cannot be told, a SPEC names nothing that can be built, or a class has
            arguments without a default.
    """
    tests = plugin if inspect.isclass(plugin) and issubclass(plugin, KitTests) else _make_tests(plugin, kind)
    found = [_try(tests, name) for name in find_standard_tests(tests)]
    return tuple(problem for problem in found if problem is not None)


def _try(tests: type[KitTests], name: str) -> PluginProblem | None:
    """Run one test with an instance of its own."""
    told: StandardTest = find_standard_tests(tests)[name].standard  # type: ignore[attr-defined]
    wrong = ""

    def work() -> None:
        nonlocal wrong
        try:
            getattr(tests(), name)()
        except SkipTest:
            pass
        except AssertionError as error:
            wrong = str(error) or "it does not hold"
        except Exception as error:
            wrong = f"raised {format_error(error)}"

    _run_without_loop(work)
    return PluginProblem(name, told.sentence, wrong) if wrong else None


def _run_without_loop(work: Callable[[], None]) -> None:
    """Run where no event loop runs: in a thread of its own beside the loop of a notebook."""
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        work()
        return
    thread = threading.Thread(target=work)
    thread.start()
    thread.join()


def _make_tests(plugin: object, kind: str | None) -> type[KitTests]:
    if isinstance(plugin, str):
        found = _find_kind_of_spec(plugin, kind)
        if found in (HOOK, COMMAND):
            loaded = Registry().find(found, plugin).load()
            return _make_class(found, lambda: loaded)
        build(found, plugin, Registry())
        return _make_class(found, lambda: build(found, plugin, Registry()).plugin)
    found = _find_kind(plugin, kind)
    if found in (HOOK, COMMAND):
        return _make_class(found, lambda: plugin)
    if inspect.isclass(plugin):
        return _make_class(found, _find_maker(plugin))
    return _make_class(found, lambda: _copy(plugin))


def _make_class(kind: Kind, make: Callable[[], object]) -> type[KitTests]:
    module, name = _CONTRACTS[kind.name]
    contract = getattr(importlib.import_module(f".{module}", __package__), name)
    made: type[KitTests] = type("Tests", (contract,), {"make": lambda self: make(), "__module__": __name__})
    return made


def _find_maker(cls: type) -> Callable[[], object]:
    """Find out whether a class can be built with its defaults.

    Raises:
        UsageError: If it needs arguments.
    """
    try:
        inspect.signature(cls).bind()
    except TypeError as error:
        raise UsageError(
            f"{cls.__name__} cannot be built with its defaults ({error}); give an instance, {cls.__name__}(...)"
        ) from None
    except ValueError:  # it has no signature
        pass
    return lambda: cls()


def _copy(plugin: object) -> object:
    """Another instance with the same options."""
    known: Any = plugin
    return attrs.evolve(known) if attrs.has(type(plugin)) else copy.deepcopy(plugin)


def _read_kind(kind: str) -> Kind:
    for one in ALL:
        if one.name == kind.replace("_", " "):
            return one
    raise UsageError(f"no kind of plug-in is named {kind!r}; {did_you_mean(kind, [one.name for one in ALL])}")


def _find_kind(plugin: object, kind: str | None) -> Kind:
    if kind is not None:
        return _read_kind(kind)
    if isinstance(plugin, ModuleType):
        return HOOK
    if _is_command(plugin):
        return COMMAND

    # A faulty one may lack a method, so the kind counts whose methods it has most of.
    def count(one: Kind) -> int:
        return sum(callable(getattr(plugin, verb, None)) for verb in (*one.verbs, *one.plain))

    best = max(PICKED, key=count)
    if count(best):
        return best
    if any(hasattr(value, "multivon_eval_impl") for value in _list_members(plugin)):
        return HOOK
    raise UsageError(
        f"{plugin!r} has no method of any kind of plug-in; say which kind it is meant to be, kind='evaluator' say"
    )


def _is_command(plugin: object) -> bool:
    return any(base.__module__.startswith("click.") for base in type(plugin).__mro__)


def _list_members(plugin: object) -> list[object]:
    return [inspect.getattr_static(plugin, name, None) for name in dir(plugin)]


def _find_kind_of_spec(spec: str, kind: str | None) -> Kind:
    if kind is not None:
        return _read_kind(kind)
    name, registry, kinds = Spec.parse(spec).name, Registry(), list[Kind]()
    for one in ALL:
        try:
            entry = registry.find(one, name)
        except PluginNotFound:
            continue
        if entry.distribution:
            kinds.append(one)
    if len(kinds) == 1:
        return kinds[0]
    if kinds:
        names = " and ".join(one.name for one in kinds)
        raise UsageError(f"{name!r} is the name of a {names}; say kind={kinds[0].name!r} or the other")
    raise UsageError(f"no plug-in of any kind is named {name!r}; 'multivon-eval plugins' lists them")
