"""Live conversations between synthetic users and your assistant: driven, judged, scored, within a budget.

Door 1, for those who embed. Names are imported when they are first used, so that importing the package, and
the command line's ``--help``, stay quick. Plug-in authors import :mod:`multivon_eval.sdk`, their tests
:mod:`multivon_eval.testing`.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

# A library logs where its host wants it: without a handler of its own, warnings would be printed.
logging.getLogger(__name__).addHandler(logging.NullHandler())

if TYPE_CHECKING:
    from ._api.dataframe import to_dataframe as to_dataframe
    from ._api.plugin import make_plugin as make_plugin
    from ._api.recording import record_prompts as record_prompts
    from ._api.results import SimulationResults as SimulationResults
    from ._api.scoring import ScoringOptions as ScoringOptions
    from ._api.scoring import ascore_simulations as ascore_simulations
    from ._api.scoring import score_simulations as score_simulations
    from ._api.simulation import SimulationStream as SimulationStream
    from ._api.simulation import asimulate as asimulate
    from ._api.simulation import check_simulation as check_simulation
    from ._api.simulation import simulate as simulate
    from ._api.simulation import stream_simulations as stream_simulations
    from ._api.suite import EvalSuite as EvalSuite
    from ._api.systems.agent import from_agent as from_agent
    from ._api.systems.function import from_function as from_function
    from ._api.systems.runnable import from_runnable as from_runnable
    from ._measure.calibrating import calibrate as calibrate
    from ._measure.comparing import compare_results as compare_results
    from ._messages.convert import MessageStyle as MessageStyle
    from ._messages.convert import from_messages as from_messages
    from ._messages.convert import to_messages as to_messages
    from ._money.shared_budget import SharedBudget as SharedBudget
    from ._run.calibration_file import read_calibration as read_calibration
    from ._run.calibration_file import read_labels as read_labels
    from ._run.result_file import load_results as load_results
    from ._run.result_file import read_results as read_results
    from ._run.saved import report_results as report_results
    from ._run.settings import SimulationOptions as SimulationOptions
    from ._types.agreement import Agreement as Agreement
    from ._types.calibration import Calibration as Calibration
    from ._types.calibration import Disagreement as Disagreement
    from ._types.calibration import JudgeErrors as JudgeErrors
    from ._types.calibration import JudgeIdentity as JudgeIdentity
    from ._types.calibration import calibration_from_json as calibration_from_json
    from ._types.calibration import calibration_to_json as calibration_to_json
    from ._types.comparison import Comparison as Comparison
    from ._types.comparison import Flip as Flip
    from ._types.comparison import MetricChange as MetricChange
    from ._types.comparison import comparison_to_json as comparison_to_json
    from ._types.conversation import Conversation as Conversation
    from ._types.conversation import DriverFault as DriverFault
    from ._types.conversation import SimulationError as SimulationError
    from ._types.decision import Decision as Decision
    from ._types.disclaimer import DISCLAIMER as DISCLAIMER
    from ._types.eval_case import CaseResult as CaseResult
    from ._types.eval_case import EvalCase as EvalCase
    from ._types.interval import Interval as Interval
    from ._types.label import CriterionLabel as CriterionLabel
    from ._types.label import Label as Label
    from ._types.label import digest_transcript as digest_transcript
    from ._types.label import label_from_json as label_from_json
    from ._types.label import label_to_json as label_to_json
    from ._types.message import Message as Message
    from ._types.message import Reply as Reply
    from ._types.message import ToolCall as ToolCall
    from ._types.persona import Persona as Persona
    from ._types.persona import ServedPersona as ServedPersona
    from ._types.provenance import JudgeRetry as JudgeRetry
    from ._types.provenance import Provenance as Provenance
    from ._types.provenance import RescoredFrom as RescoredFrom
    from ._types.rate import Rate as Rate
    from ._types.report import Problem as Problem
    from ._types.report import Report as Report
    from ._types.result import SimulationResult as SimulationResult
    from ._types.result_json import result_from_json as result_from_json
    from ._types.result_json import result_schema as result_schema
    from ._types.result_json import result_to_json as result_to_json
    from ._types.run_info import Estimate as Estimate
    from ._types.run_info import PluginUse as PluginUse
    from ._types.run_info import RunInfo as RunInfo
    from ._types.run_part import RunPart as RunPart
    from ._types.score import Score as Score
    from ._types.spread import NextStep as NextStep
    from ._types.spread import Spread as Spread
    from ._types.summary import ScoreSummary as ScoreSummary
    from ._types.summary import Summary as Summary
    from ._types.summary_json import summary_schema as summary_schema
    from ._types.summary_json import summary_to_json as summary_to_json
    from ._types.trials import PassRate as PassRate
    from ._types.trials import TrialSummary as TrialSummary
    from ._types.unseen import FailureKinds as FailureKinds
    from ._types.verdict import Claim as Claim
    from ._types.verdict import CriterionVerdict as CriterionVerdict
    from ._types.verdict import Evidence as Evidence
    from ._types.verdict import Verdict as Verdict
    from ._types.verdict import Votes as Votes
    from ._types.worth import WorthReading as WorthReading
    from .errors import BudgetExceeded as BudgetExceeded
    from .errors import ExitCode as ExitCode
    from .errors import JudgeError as JudgeError
    from .errors import ModelFnError as ModelFnError
    from .errors import MultivonEvalError as MultivonEvalError
    from .errors import PersonaError as PersonaError
    from .errors import PluginError as PluginError
    from .errors import UsageError as UsageError
    from .hookspecs import hookimpl as hookimpl

    __version__: str

_HOMES = {
    "_api.plugin": ("make_plugin",),
    "_api.dataframe": ("to_dataframe",),
    "_run.saved": ("report_results",),
    "_api.recording": ("record_prompts",),
    "_api.results": ("SimulationResults",),
    "_api.scoring": ("ScoringOptions", "ascore_simulations", "score_simulations"),
    "_api.simulation": ("SimulationStream", "asimulate", "check_simulation", "simulate", "stream_simulations"),
    "_api.suite": ("EvalSuite",),
    "_api.systems.agent": ("from_agent",),
    "_api.systems.function": ("from_function",),
    "_api.systems.runnable": ("from_runnable",),
    "_measure.calibrating": ("calibrate",),
    "_measure.comparing": ("compare_results",),
    "_messages.convert": ("MessageStyle", "from_messages", "to_messages"),
    "_run.calibration_file": ("read_calibration", "read_labels"),
    "_types.calibration": (
        "Calibration",
        "Disagreement",
        "JudgeErrors",
        "JudgeIdentity",
        "calibration_from_json",
        "calibration_to_json",
    ),
    "_types.comparison": ("Comparison", "Flip", "MetricChange", "comparison_to_json"),
    "_types.decision": ("Decision",),
    "_types.interval": ("Interval",),
    "_types.spread": ("NextStep", "Spread"),
    "_types.unseen": ("FailureKinds",),
    "_money.shared_budget": ("SharedBudget",),
    "_types.agreement": ("Agreement",),
    "_types.conversation": ("Conversation", "DriverFault", "SimulationError"),
    "_types.disclaimer": ("DISCLAIMER",),
    "_types.eval_case": ("CaseResult", "EvalCase"),
    "_types.label": ("CriterionLabel", "Label", "digest_transcript", "label_from_json", "label_to_json"),
    "_types.message": ("Message", "Reply", "ToolCall"),
    "_types.persona": ("Persona", "ServedPersona"),
    "_types.provenance": ("JudgeRetry", "Provenance", "RescoredFrom"),
    "_types.report": ("Problem", "Report"),
    "_types.result": ("SimulationResult",),
    "_types.result_json": ("result_from_json", "result_schema", "result_to_json"),
    "_types.run_info": ("Estimate", "PluginUse", "RunInfo"),
    "_types.run_part": ("RunPart",),
    "_types.score": ("Score",),
    "_types.rate": ("Rate",),
    "_types.summary": ("ScoreSummary", "Summary"),
    "_types.summary_json": ("summary_schema", "summary_to_json"),
    "_types.trials": ("PassRate", "TrialSummary"),
    "_types.verdict": ("Claim", "CriterionVerdict", "Evidence", "Verdict", "Votes"),
    "_run.result_file": ("load_results", "read_results"),
    "_types.worth": ("WorthReading",),
    "_run.settings": ("SimulationOptions",),
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
}
_HOME = {name: module for module, names in _HOMES.items() for name in names}

__all__ = [
    "DISCLAIMER",
    "Agreement",
    "BudgetExceeded",
    "Calibration",
    "CaseResult",
    "Claim",
    "Comparison",
    "Conversation",
    "CriterionLabel",
    "CriterionVerdict",
    "Decision",
    "Disagreement",
    "DriverFault",
    "Estimate",
    "EvalCase",
    "EvalSuite",
    "Evidence",
    "ExitCode",
    "FailureKinds",
    "Flip",
    "Interval",
    "JudgeError",
    "JudgeErrors",
    "JudgeIdentity",
    "JudgeRetry",
    "Label",
    "Message",
    "MessageStyle",
    "MetricChange",
    "ModelFnError",
    "MultivonEvalError",
    "NextStep",
    "PassRate",
    "Persona",
    "PersonaError",
    "PluginError",
    "PluginUse",
    "Problem",
    "Provenance",
    "Rate",
    "Reply",
    "Report",
    "RescoredFrom",
    "RunInfo",
    "RunPart",
    "Score",
    "ScoreSummary",
    "ScoringOptions",
    "ServedPersona",
    "SharedBudget",
    "SimulationError",
    "SimulationOptions",
    "SimulationResult",
    "SimulationResults",
    "SimulationStream",
    "Spread",
    "Summary",
    "ToolCall",
    "TrialSummary",
    "UsageError",
    "Verdict",
    "Votes",
    "WorthReading",
    "__version__",
    "ascore_simulations",
    "asimulate",
    "calibrate",
    "calibration_from_json",
    "calibration_to_json",
    "check_simulation",
    "compare_results",
    "comparison_to_json",
    "digest_transcript",
    "from_agent",
    "from_function",
    "from_messages",
    "from_runnable",
    "hookimpl",
    "label_from_json",
    "label_to_json",
    "load_results",
    "make_plugin",
    "read_calibration",
    "read_labels",
    "read_results",
    "record_prompts",
    "report_results",
    "result_from_json",
    "result_schema",
    "result_to_json",
    "score_simulations",
    "simulate",
    "stream_simulations",
    "summary_schema",
    "summary_to_json",
    "to_dataframe",
    "to_messages",
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
