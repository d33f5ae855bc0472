"""The names of attributes and events.

Those of the semantic conventions for generative AI, version 0.1.0 of their own repository
(github.com/open-telemetry/semantic-conventions-genai), are spelled here: the package of constants calls its own
deprecated since the conventions moved. What they have no word for stands below ``multivon_eval.``.
"""

from __future__ import annotations

from typing import Final

OPERATION: Final = "gen_ai.operation.name"
PROVIDER: Final = "gen_ai.provider.name"
AGENT: Final = "gen_ai.agent.name"
CONVERSATION: Final = "gen_ai.conversation.id"
OUTPUT_TYPE: Final = "gen_ai.output.type"
REQUEST_MODEL: Final = "gen_ai.request.model"
MAX_TOKENS: Final = "gen_ai.request.max_tokens"
TEMPERATURE: Final = "gen_ai.request.temperature"
RESPONSE_MODEL: Final = "gen_ai.response.model"
INPUT_TOKENS: Final = "gen_ai.usage.input_tokens"
OUTPUT_TOKENS: Final = "gen_ai.usage.output_tokens"
CACHE_READ: Final = "gen_ai.usage.cache_read.input_tokens"
CACHE_WRITE: Final = "gen_ai.usage.cache_creation.input_tokens"
INSTRUCTIONS: Final = "gen_ai.system_instructions"
INPUT: Final = "gen_ai.input.messages"
OUTPUT: Final = "gen_ai.output.messages"

EVALUATION: Final = "gen_ai.evaluation.result"
EVALUATION_NAME: Final = "gen_ai.evaluation.name"
EVALUATION_VALUE: Final = "gen_ai.evaluation.score.value"
EVALUATION_LABEL: Final = "gen_ai.evaluation.score.label"
EVALUATION_EXPLANATION: Final = "gen_ai.evaluation.explanation"

ERROR: Final = "error.type"

RUN: Final = "multivon_eval.run_id"
CASE: Final = "multivon_eval.case_uid"
KIND: Final = "multivon_eval.call.kind"
PURPOSE: Final = "multivon_eval.call.purpose"
PERSONA: Final = "multivon_eval.persona.name"
TRIAL: Final = "multivon_eval.trial"
TURNS: Final = "multivon_eval.turns"
STOP_REASON: Final = "multivon_eval.stop_reason"
VERDICT: Final = "multivon_eval.verdict"
ATTRIBUTION: Final = "multivon_eval.attribution"
COST: Final = "multivon_eval.cost_usd"
DISCLAIMER: Final = "multivon_eval.disclaimer"
