"""Door 3, for the tests of plug-in authors: the contracts to subclass, fakes, pretend distributions.

A plug-in's test file subclasses the contract of its kind and says how an instance is made::

    from multivon_eval.testing import EvaluatorTests


    class TestTone(EvaluatorTests):
        name = "acme-tone"

        def make(self) -> Tone:
            return Tone(threshold=0.8)

Every standard test then runs; its docstring says which sentence of the protocol it holds the plug-in to. A basic test
holds for every plug-in; an optional one is skipped, with what it needs, where it has nothing to look at.
``problems(plugin)`` runs them without a test file and without pytest.

Nothing here imports pytest.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .commands import CommandTests as CommandTests
    from .distributions import write_distribution as write_distribution
    from .drivers import DriverTests as DriverTests
    from .evaluators import EvaluatorTests as EvaluatorTests
    from .executors import ExecutorTests as ExecutorTests
    from .fakes import RecordingSink as RecordingSink
    from .fakes import ScriptedJudge as ScriptedJudge
    from .fakes import context as context
    from .fakes import fitting_answer as fitting_answer
    from .hooks import HookTests as HookTests
    from .judges import JudgeTests as JudgeTests
    from .nouns import conversation as conversation
    from .nouns import persona as persona
    from .nouns import report as report
    from .nouns import result as result
    from .nouns import run_info as run_info
    from .observers import ObserverTests as ObserverTests
    from .persona_sources import PersonaSourceTests as PersonaSourceTests
    from .plugin_problems import PluginProblem as PluginProblem
    from .plugin_problems import problems as problems
    from .plugins import PluginTests as PluginTests
    from .provider import Provider as Provider
    from .sinks import SinkTests as SinkTests
    from .standard import KIT_CHANGES as KIT_CHANGES
    from .standard import KIT_VERSION as KIT_VERSION
    from .standard import StandardTest as StandardTest
    from .standard import standard_tests as standard_tests

_HOMES = {
    "commands": ("CommandTests",),
    "distributions": ("write_distribution",),
    "drivers": ("DriverTests",),
    "evaluators": ("EvaluatorTests",),
    "executors": ("ExecutorTests",),
    "fakes": ("RecordingSink", "ScriptedJudge", "context", "fitting_answer"),
    "hooks": ("HookTests",),
    "judges": ("JudgeTests",),
    "nouns": ("conversation", "persona", "report", "result", "run_info"),
    "observers": ("ObserverTests",),
    "persona_sources": ("PersonaSourceTests",),
    "plugins": ("PluginTests",),
    "plugin_problems": ("PluginProblem", "problems"),
    "provider": ("Provider",),
    "sinks": ("SinkTests",),
    "standard": ("KIT_CHANGES", "KIT_VERSION", "StandardTest", "standard_tests"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "KIT_CHANGES",
    "KIT_VERSION",
    "CommandTests",
    "DriverTests",
    "EvaluatorTests",
    "ExecutorTests",
    "HookTests",
    "JudgeTests",
    "ObserverTests",
    "PersonaSourceTests",
    "PluginProblem",
    "PluginTests",
    "Provider",
    "RecordingSink",
    "ScriptedJudge",
    "SinkTests",
    "StandardTest",
    "context",
    "conversation",
    "fitting_answer",
    "persona",
    "problems",
    "report",
    "result",
    "run_info",
    "standard_tests",
    "write_distribution",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    import importlib

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    module = importlib.import_module(f".{_HOME[name]}", __name__)
    value: object = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
