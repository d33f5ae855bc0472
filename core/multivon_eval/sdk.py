"""Door 2, for plug-in authors: everything a plug-in needs, and nothing it does not.

A plug-in imports this module and no other of the package. What stands here is promised: within one
``PLUGIN_API`` there are only additions.
"""

from ._executing import Desk, Work
from ._measure.kinds import list_kinds
from ._messages.convert import from_messages, to_messages
from ._money.asking import asking_a_judge
from ._plugins.api_version import PLUGIN_API
from ._plugins.keyed_judge import KeyedJudge
from ._plugins.origin import INSTALL, find_origin, format_install_command
from ._plugins.registry import list_installed
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
from ._run.calibration_file import read_calibration
from ._run.judge_session import JudgeSession
from ._run.output import get_output, keep_output, tell, tell_json
from ._run.persona_source import make_persona_source
from ._run.proposal import find_preview, find_proposal
from ._run.result_file import read_results
from ._run.saved import report_results
from ._run.signals import stop_on_sigterm
from ._run.sink_session import SinkSession
from ._run.worker import run_worker
from ._types.answer import Answer, Prices, Usage
from ._types.calibration import Calibration
from ._types.call import Call
from ._types.columns import Cell, list_columns, result_to_row
from ._types.comparison import Comparison, comparison_to_json, list_findings
from ._types.conversation import Conversation
from ._types.disclaimer import DISCLAIMER
from ._types.hide_secrets import hide_secrets, is_secret_name
from ._types.label import CriterionLabel, Label, digest_transcript, label_from_json, label_to_json
from ._types.markdown import comparison_to_markdown, escape_markdown
from ._types.message import Message, Reply, ToolCall
from ._types.observation import Effect, Observation, RejectedTurn, StopReason
from ._types.persona import Persona, UserTurn
from ._types.persona_json import persona_from_json
from ._types.printable import escape_controls, format_count, make_label, make_one_line, make_printable
from ._types.progress import ActiveConversation, Moment, Progress
from ._types.rate import Rate
from ._types.rendering import render_transcript
from ._types.report import Report
from ._types.result import SimulationResult
from ._types.result_json import persona_to_json, result_schema, result_to_json
from ._types.run_info import Estimate, PluginUse, RunInfo
from ._types.safe_json import safe_json
from ._types.score import Score
from ._types.summary import ScoreSummary, Summary
from ._types.summary_json import summary_to_json
from ._types.unseen import FailureKinds
from ._types.verdict import OUTCOMES, Claim, YesNoUnknown
from ._types.whole_text import whole_text
from ._types.worth import WorthReading
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
    did_you_mean,
)
from .hookspecs import hookimpl
from .protocols import (
    Asks,
    Checks,
    Closes,
    Driver,
    Evaluator,
    Executor,
    Follows,
    HasWorkers,
    Judge,
    Named,
    Observer,
    PersonaSource,
    Previews,
    Priced,
    Proposes,
    Retakes,
    Ruled,
    RunContext,
    Sink,
    Streams,
)

__all__ = [
    "DISCLAIMER",
    "INSTALL",
    "OUTCOMES",
    "PLUGIN_API",
    "ActiveConversation",
    "Answer",
    "AnswerWithheld",
    "Asked",
    "Asks",
    "BudgetExceeded",
    "Calibration",
    "Call",
    "Cell",
    "Checks",
    "Claim",
    "Closes",
    "Comparison",
    "Conversation",
    "CountAsked",
    "Counted",
    "CriterionLabel",
    "DeliveryError",
    "Desk",
    "Driver",
    "Effect",
    "Estimate",
    "Evaluator",
    "Executor",
    "FailureKinds",
    "Follows",
    "GoalAsked",
    "HasWorkers",
    "Judge",
    "JudgeError",
    "JudgeSession",
    "JudgeUnavailable",
    "JudgeUnusable",
    "KeyedJudge",
    "Label",
    "Message",
    "Moment",
    "Named",
    "Observation",
    "Observer",
    "Persona",
    "PersonaError",
    "PersonaSource",
    "PersonasAsked",
    "PluginUse",
    "Previews",
    "Priced",
    "Prices",
    "Progress",
    "Prompt",
    "PromptMessage",
    "Proposes",
    "Question",
    "Rate",
    "RejectedTurn",
    "Reply",
    "Report",
    "Retakes",
    "Ruled",
    "RunContext",
    "RunInfo",
    "Score",
    "ScoreSummary",
    "SimulationResult",
    "Sink",
    "SinkSession",
    "StopReason",
    "Streams",
    "Summary",
    "TextAsked",
    "TogetherAsked",
    "ToolCall",
    "UnreadableAnswer",
    "Usage",
    "UsageError",
    "UserTurn",
    "UserTurnAsked",
    "Work",
    "WorthReading",
    "YesNo",
    "YesNoAnswer",
    "YesNoAsked",
    "YesNoUnknown",
    "answered",
    "ask",
    "asking_a_judge",
    "comparison_to_json",
    "comparison_to_markdown",
    "count_question",
    "did_you_mean",
    "digest_transcript",
    "escape_controls",
    "escape_markdown",
    "find_origin",
    "find_preview",
    "find_proposal",
    "format_count",
    "format_install_command",
    "from_messages",
    "get_output",
    "goal_question",
    "hide_secrets",
    "hookimpl",
    "is_secret_name",
    "keep_output",
    "label_from_json",
    "label_to_json",
    "list_columns",
    "list_findings",
    "list_installed",
    "list_kinds",
    "make_label",
    "make_one_line",
    "make_persona_source",
    "make_printable",
    "persona_from_json",
    "persona_to_json",
    "quote_stands_in",
    "read_calibration",
    "read_object",
    "read_results",
    "render_transcript",
    "report_results",
    "result_schema",
    "result_to_json",
    "result_to_row",
    "run_worker",
    "safe_json",
    "stop_on_sigterm",
    "summary_to_json",
    "tell",
    "tell_json",
    "text_question",
    "to_messages",
    "user_turn_question",
    "whole_text",
    "write_user_turn",
    "yes_no_question",
]
