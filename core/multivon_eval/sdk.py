"""Door 2, for plug-in authors: everything a plug-in needs, and nothing it does not.

A plug-in imports this module and no other of the package. What stands here is promised: within one
``PLUGIN_API`` there are only additions.
"""

from ._measure.kinds import list_kinds
from ._money.asking import asking_a_judge
from ._plugins.keyed_judge import KeyedJudge
from ._questions import (
    Asked,
    CountAsked,
    Counted,
    GoalAsked,
    PersonasAsked,
    Prompt,
    PromptMessage,
    Question,
    TextAsked,
    TogetherAsked,
    UserTurnAsked,
    YesNo,
    YesNoAnswer,
    YesNoAsked,
    answered,
    ask,
    count_question,
    goal_question,
    quote_stands_in,
    read_object,
    text_question,
    user_turn_question,
    write_user_turn,
    yes_no_question,
)
from ._run.judge_session import JudgeSession
from ._run.output import get_output, tell, tell_json
from ._run.result_file import read_results
from ._run.signals import stop_on_sigterm
from ._types.answer import Answer, Prices, Usage
from ._types.calibration import Calibration
from ._types.comparison import Comparison, list_findings
from ._types.conversation import Conversation
from ._types.disclaimer import DISCLAIMER
from ._types.hide_secrets import hide_secrets, is_secret_name
from ._types.label import CriterionLabel, Label, digest_transcript, label_from_json, label_to_json
from ._types.message import Message, Reply, ToolCall
from ._types.observation import Effect, Observation, StopReason
from ._types.persona import Persona, UserTurn
from ._types.persona_json import persona_from_json
from ._types.printable import escape_controls, format_count, make_label, make_printable
from ._types.report import Report
from ._types.result import SimulationResult
from ._types.result_json import persona_to_json, result_schema, result_to_json
from ._types.run_info import Estimate, PluginUse, RunInfo
from ._types.safe_json import safe_json
from ._types.score import Score
from ._types.summary import ScoreSummary, Summary
from ._types.unseen import FailureKinds
from ._types.verdict import OUTCOMES, Claim, YesNoUnknown
from ._types.whole_text import whole_text
from .errors import (
    AnswerWithheld,
    BudgetExceeded,
    DeliveryError,
    JudgeError,
    JudgeUnavailable,
    JudgeUnusable,
    PersonaError,
    UnreadableAnswer,
    UsageError,
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
    Ruled,
    RunContext,
    Sink,
)

__all__ = [
    "DISCLAIMER",
    "OUTCOMES",
    "PLUGIN_API",
    "Answer",
    "AnswerWithheld",
    "Asked",
    "Asks",
    "BudgetExceeded",
    "Calibration",
    "Checks",
    "Claim",
    "Closes",
    "Comparison",
    "Conversation",
    "CountAsked",
    "Counted",
    "CriterionLabel",
    "DeliveryError",
    "Driver",
    "Effect",
    "Estimate",
    "Evaluator",
    "FailureKinds",
    "GoalAsked",
    "Judge",
    "JudgeError",
    "JudgeSession",
    "JudgeUnavailable",
    "JudgeUnusable",
    "KeyedJudge",
    "Label",
    "Message",
    "Named",
    "Observation",
    "Observer",
    "Persona",
    "PersonaError",
    "PersonaSource",
    "PersonasAsked",
    "PluginUse",
    "Priced",
    "Prices",
    "Prompt",
    "PromptMessage",
    "Proposes",
    "Question",
    "RejectedTurn",
    "Reply",
    "Report",
    "Ruled",
    "RunContext",
    "RunInfo",
    "Score",
    "ScoreSummary",
    "SimulationResult",
    "Sink",
    "StopReason",
    "Summary",
    "TextAsked",
    "TogetherAsked",
    "ToolCall",
    "UnreadableAnswer",
    "Usage",
    "UsageError",
    "UserTurn",
    "UserTurnAsked",
    "YesNo",
    "YesNoAnswer",
    "YesNoAsked",
    "YesNoUnknown",
    "answered",
    "ask",
    "asking_a_judge",
    "count_question",
    "digest_transcript",
    "escape_controls",
    "format_count",
    "get_output",
    "goal_question",
    "hide_secrets",
    "hookimpl",
    "is_secret_name",
    "label_from_json",
    "label_to_json",
    "list_findings",
    "list_kinds",
    "make_label",
    "make_printable",
    "persona_from_json",
    "persona_to_json",
    "quote_stands_in",
    "read_object",
    "read_results",
    "result_schema",
    "result_to_json",
    "safe_json",
    "stop_on_sigterm",
    "tell",
    "tell_json",
    "text_question",
    "user_turn_question",
    "whole_text",
    "write_user_turn",
    "yes_no_question",
]
