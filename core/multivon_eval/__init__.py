"""Live conversations between synthetic users and your assistant: driven, judged, scored, within a budget.

Door 1, for those who embed. Names are imported when they are first used, so that importing the package, and
the command line's ``--help``, stay quick. Plug-in authors import :mod:`multivon_eval.sdk`, their tests
:mod:`multivon_eval.testing`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .assessment import Score as Score
    from .assessment import Verdict as Verdict
    from .data import DISCLAIMER as DISCLAIMER
    from .data import Conversation as Conversation
    from .data import Message as Message
    from .data import Persona as Persona
    from .data import Reply as Reply
    from .data import ToolCall as ToolCall
    from .errors import BudgetExceeded as BudgetExceeded
    from .errors import ExitCode as ExitCode
    from .errors import JudgeError as JudgeError
    from .errors import ModelFnError as ModelFnError
    from .errors import MultivonEvalError as MultivonEvalError
    from .errors import PersonaError as PersonaError
    from .errors import PluginError as PluginError
    from .errors import UsageError as UsageError
    from .hookspecs import hookimpl as hookimpl
    from .recording import record_prompts as record_prompts
    from .result_json import result_from_json as result_from_json
    from .result_json import result_schema as result_schema
    from .result_json import result_to_json as result_to_json
    from .results import Report as Report
    from .results import RunInfo as RunInfo
    from .results import SimulationResult as SimulationResult
    from .shared_budget import SharedBudget as SharedBudget
    from .simulation import SimulationResults as SimulationResults
    from .simulation import SimulationStream as SimulationStream
    from .simulation import asimulate as asimulate
    from .simulation import check_simulation as check_simulation
    from .simulation import score_simulations as score_simulations
    from .simulation import simulate as simulate
    from .simulation import stream_simulations as stream_simulations
    from .suite import CaseResult as CaseResult
    from .suite import EvalCase as EvalCase
    from .suite import EvalSuite as EvalSuite
    from .summary import Rate as Rate
    from .summary import Summary as Summary

    __version__: str

_HOMES = {
    "assessment": ("Score", "Verdict"),
    "data": ("DISCLAIMER", "Conversation", "Message", "Persona", "Reply", "ToolCall"),
    "errors": (
        "BudgetExceeded",
        "ExitCode",
        "JudgeError",
        "ModelFnError",
        "MultivonEvalError",
        "PersonaError",
        "PluginError",
        "UsageError",
    ),
    "hookspecs": ("hookimpl",),
    "recording": ("record_prompts",),
    "result_json": ("result_from_json", "result_schema", "result_to_json"),
    "results": ("Report", "RunInfo", "SimulationResult"),
    "shared_budget": ("SharedBudget",),
    "simulation": (
        "SimulationResults",
        "SimulationStream",
        "asimulate",
        "check_simulation",
        "score_simulations",
        "simulate",
        "stream_simulations",
    ),
    "summary": ("Rate", "Summary"),
    "suite": ("CaseResult", "EvalCase", "EvalSuite"),
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "DISCLAIMER",
    "BudgetExceeded",
    "CaseResult",
    "Conversation",
    "EvalCase",
    "EvalSuite",
    "ExitCode",
    "JudgeError",
    "Message",
    "ModelFnError",
    "MultivonEvalError",
    "Persona",
    "PersonaError",
    "PluginError",
    "Rate",
    "Reply",
    "Report",
    "RunInfo",
    "Score",
    "SharedBudget",
    "SimulationResult",
    "SimulationResults",
    "SimulationStream",
    "Summary",
    "ToolCall",
    "UsageError",
    "Verdict",
    "__version__",
    "asimulate",
    "check_simulation",
    "hookimpl",
    "record_prompts",
    "result_from_json",
    "result_schema",
    "result_to_json",
    "score_simulations",
    "simulate",
    "stream_simulations",
]


def __getattr__(name: str) -> object:
    """Import a public name when it is first used (PEP 562)."""
    import importlib

    if name == "__version__":
        import importlib_metadata

        return importlib_metadata.version("multivon-eval")
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value: object = getattr(importlib.import_module(f".{_HOME[name]}", __name__), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
