"""Door 2, for plug-in authors: everything a plug-in needs, and nothing it does not.

A plug-in imports this module and no other of the package. What stands here is promised: within one
``PLUGIN_API`` there are only additions.
"""

from ._money.asking import asking_a_judge
from ._plugins.keyed_judge import KeyedJudge
from ._questions import (
    Asked,
    GoalAsked,
    PersonasAsked,
    Prompt,
    PromptMessage,
    Question,
    TextAsked,
    UserTurnAsked,
    YesNo,
    YesNoAnswer,
    YesNoAsked,
    answered,
    ask,
    goal_question,
    quote_stands_in,
    read_object,
    text_question,
    user_turn_question,
    write_user_turn,
    yes_no_question,
)
from ._run.judge_session import JudgeSession
from ._run.signals import stop_on_sigterm
from ._types.answer import Answer, Prices, Usage
from ._types.conversation import Conversation, DriverFault, SimulationError
from ._types.disclaimer import DISCLAIMER
from ._types.message import Message, Reply, ToolCall
from ._types.observation import EFFECTS, STOP_REASONS, Effect, Observation, StopReason
from ._types.persona import Persona, UserTurn
from ._types.persona_json import persona_from_json
from ._types.printable import make_printable
from ._types.provenance import JudgeRetry, Provenance, RescoredFrom
from ._types.rendering import whole_text
from ._types.report import Problem, Report
from ._types.result import SimulationResult
from ._types.result_json import persona_to_json, result_from_json, result_schema, result_to_json, summary_to_json
from ._types.run_info import Estimate, PluginUse, RunInfo
from ._types.safe_json import safe_json
from ._types.score import Score
from ._types.summary import Rate, ScoreSummary, Summary
from ._types.verdict import OUTCOMES, CriterionVerdict, Evidence, Verdict, Votes, YesNoUnknown
from .errors import (
    BudgetExceeded,
    DeliveryError,
    JudgeError,
    JudgeUnavailable,
    MultivonEvalError,
    PersonaError,
    PluginError,
    UnreadableAnswer,
    UsageError,
    did_you_mean,
)
from .hookspecs import hookimpl
from .protocols import (
    PLUGIN_API,
    Asks,
    Checks,
    Closes,
    Driver,
    Evaluator,
    Judge,
    Named,
    Observer,
    PersonaSource,
    Priced,
    Proposes,
    RejectedTurn,
    RunContext,
    Sink,
)

__all__ = [
    "DISCLAIMER",
    "EFFECTS",
    "OUTCOMES",
    "PLUGIN_API",
    "STOP_REASONS",
    "Answer",
    "Asked",
    "Asks",
    "BudgetExceeded",
    "Checks",
    "Closes",
    "Conversation",
    "CriterionVerdict",
    "DeliveryError",
    "Driver",
    "DriverFault",
    "Effect",
    "Estimate",
    "Evaluator",
    "Evidence",
    "GoalAsked",
    "Judge",
    "JudgeError",
    "JudgeRetry",
    "JudgeSession",
    "JudgeUnavailable",
    "KeyedJudge",
    "Message",
    "MultivonEvalError",
    "Named",
    "Observation",
    "Observer",
    "Persona",
    "PersonaError",
    "PersonaSource",
    "PersonasAsked",
    "PluginError",
    "PluginUse",
    "Priced",
    "Prices",
    "Problem",
    "Prompt",
    "PromptMessage",
    "Proposes",
    "Provenance",
    "Question",
    "Rate",
    "RejectedTurn",
    "Reply",
    "Report",
    "RescoredFrom",
    "RunContext",
    "RunInfo",
    "Score",
    "ScoreSummary",
    "SimulationError",
    "SimulationResult",
    "Sink",
    "StopReason",
    "Summary",
    "TextAsked",
    "ToolCall",
    "UnreadableAnswer",
    "Usage",
    "UsageError",
    "UserTurn",
    "UserTurnAsked",
    "Verdict",
    "Votes",
    "YesNo",
    "YesNoAnswer",
    "YesNoAsked",
    "YesNoUnknown",
    "answered",
    "ask",
    "asking_a_judge",
    "did_you_mean",
    "goal_question",
    "hookimpl",
    "make_printable",
    "persona_from_json",
    "persona_to_json",
    "quote_stands_in",
    "read_object",
    "result_from_json",
    "result_schema",
    "result_to_json",
    "safe_json",
    "stop_on_sigterm",
    "summary_to_json",
    "text_question",
    "user_turn_question",
    "whole_text",
    "write_user_turn",
    "yes_no_question",
]
