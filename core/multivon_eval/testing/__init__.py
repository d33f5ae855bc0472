"""Door 3, for the tests of plug-in authors: the contracts to subclass, fakes, pretend distributions.

A plug-in's test file subclasses the contract of its kind and says how an instance is made::

    from multivon_eval.testing import EvaluatorTests


    class TestTone(EvaluatorTests):
        name = "acme-tone"

        def make(self) -> Tone:
            return Tone(threshold=0.8)

Every standard test then runs; its docstring says which sentence of the protocol it holds the plug-in to. One
that does not apply is overridden and marked ``xfail`` with a reason; the kit sees to it that no other is.

The contracts need pytest; fakes and nouns do not, and are imported without it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .distributions import write_distribution as write_distribution
    from .drivers import DriverTests as DriverTests
    from .evaluators import EvaluatorTests as EvaluatorTests
    from .fakes import RecordingSink as RecordingSink
    from .fakes import ScriptedJudge as ScriptedJudge
    from .fakes import context as context
    from .fakes import fitting_answer as fitting_answer
    from .judges import JudgeTests as JudgeTests
    from .nouns import conversation as conversation
    from .nouns import persona as persona
    from .nouns import report as report
    from .nouns import result as result
    from .nouns import run_info as run_info
    from .observers import ObserverTests as ObserverTests
    from .persona_sources import PersonaSourceTests as PersonaSourceTests
    from .plugins import PluginTests as PluginTests
    from .sinks import SinkTests as SinkTests

_HOMES = {
    "distributions": ("write_distribution",),
    "drivers": ("DriverTests",),
    "evaluators": ("EvaluatorTests",),
    "fakes": ("RecordingSink", "ScriptedJudge", "context", "fitting_answer"),
    "judges": ("JudgeTests",),
    "nouns": ("conversation", "persona", "report", "result", "run_info"),
    "observers": ("ObserverTests",),
    "persona_sources": ("PersonaSourceTests",),
    "plugins": ("PluginTests",),
    "sinks": ("SinkTests",),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "DriverTests",
    "EvaluatorTests",
    "JudgeTests",
    "ObserverTests",
    "PersonaSourceTests",
    "PluginTests",
    "RecordingSink",
    "ScriptedJudge",
    "SinkTests",
    "context",
    "conversation",
    "fitting_answer",
    "persona",
    "report",
    "result",
    "run_info",
    "write_distribution",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    import importlib

    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        module = importlib.import_module(f".{_HOME[name]}", __name__)
    except ModuleNotFoundError as error:
        if error.name != "pytest":
            raise
        raise ModuleNotFoundError(
            f"{name} needs pytest, which is not installed; run: pip install pytest",
            name="pytest",
        ) from None
    value: object = getattr(module, name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
