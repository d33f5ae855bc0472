"""Door 3, for the tests of plug-in authors: the contracts to subclass, fakes, pretend distributions.

A plug-in's test file subclasses the contract of its kind and says how an instance is made::

    from multivon_eval.testing import EvaluatorTests


    class TestTone(EvaluatorTests):
        name = "acme-tone"

        def make(self) -> Tone:
            return Tone(threshold=0.8)

Every standard test then runs; its docstring says which sentence of the protocol it holds the plug-in to. One
that does not apply is overridden and marked ``xfail`` with a reason; the kit sees to it that no other is.
"""

from .distributions import write_distribution
from .drivers import DriverTests
from .evaluators import EvaluatorTests
from .fakes import RecordingSink, ScriptedJudge, context, fitting_answer
from .judges import JudgeTests
from .nouns import conversation, persona, report, result, run_info
from .observers import ObserverTests
from .persona_sources import PersonaSourceTests
from .plugins import PluginTests
from .sinks import SinkTests

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
