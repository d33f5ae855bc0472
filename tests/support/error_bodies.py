"""What providers answer instead of an answer: labels made before the rules that read them.

The shapes are those of the providers' references and of reports of their users; the sentences are written anew. Each
says what has to come of it: the name of a parameter that is asked for otherwise, or how the call ends.
"""

from __future__ import annotations

import json
from typing import Any

import attrs

from .call_ends import PASSES, STAYS, UNUSABLE, WITHHELD

ANSWER = "answer"
"""It is the answer that was asked for, after all."""

FRIDGE = "set the temperature of the fridge to 4, temperature is not supported below that"
"""What a user of the system says: an error that echoes it speaks of no parameter."""


@attrs.frozen
class Refusal:
    """One answer that is none.

    Attributes:
        name: For the test's id.
        judge: Whose wire it is: ``openai`` (and all that speak it), ``anthropic``, ``gemini``.
        status: The HTTP status.
        body: What was sent.
        means: The parameter that is asked for otherwise, or how the call ends.
        said: What the prompt of the question says.
    """

    name: str
    judge: str
    status: int
    body: str
    means: str
    said: str = "How long does a refund take?"


def _openai(
    name: str,
    status: int,
    message: str,
    means: str,
    *,
    param: str | None = None,
    code: str | None = None,
    kind: str = "invalid_request_error",
    said: str = "How long does a refund take?",
) -> Refusal:
    error = {"message": message, "type": kind, "param": param, "code": code}
    return Refusal(name, "openai", status, json.dumps({"error": error}), means, said)


def _any(name: str, judge: str, status: int, body: Any, means: str, said: str = FRIDGE) -> Refusal:
    return Refusal(name, judge, status, body if isinstance(body, str) else json.dumps(body), means, said)


def _anthropic(name: str, status: int, message: str, means: str, kind: str = "invalid_request_error") -> Refusal:
    error = {"type": "error", "error": {"type": kind, "message": message}, "request_id": "req_1"}
    return Refusal(name, "anthropic", status, json.dumps(error), means)


def _gemini(name: str, status: int, message: str, means: str, details: Any = (), word: str = "") -> Refusal:
    error = {"code": status, "message": message, "status": word or "INVALID_ARGUMENT", "details": list(details)}
    return Refusal(name, "gemini", status, json.dumps({"error": error}), means)


_REASON = {"@type": "type.googleapis.com/google.rpc.ErrorInfo", "reason": "API_KEY_INVALID"}

OPENAI = (
    _openai(
        "temperature has one value",
        400,
        "Unsupported value: 'temperature' does not support 0 with this model. Only the default (1) value is supported.",
        "temperature",
        param="temperature",
        code="unsupported_value",
    ),
    _openai(
        "max_tokens has another name",
        400,
        "Unsupported parameter: 'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead.",
        "max_tokens",
        param="max_tokens",
        code="unsupported_parameter",
    ),
    _openai(
        "max_tokens is too large",
        400,
        "max_tokens is too large: 90000. This model supports at most 16384 completion tokens.",
        STAYS,
        param="max_tokens",
        code="invalid_value",
    ),
    _openai("max_tokens too large, unnamed", 400, "'max_tokens' is too large: must be at most 4096", STAYS),
    _openai(
        "structured output is not known",
        400,
        "Invalid parameter: 'response_format' of type 'json_schema' is not supported with this model.",
        "response_format",
        param=None,
    ),
    _openai(
        "schema is not taken",
        400,
        "Invalid schema for response_format 'verdict': 'minItems' is not permitted.",
        "response_format",
        param="response_format",
    ),
    _openai(
        "reasoning effort is not known",
        400,
        "Unrecognized request argument supplied: reasoning_effort",
        "reasoning_effort",
    ),
    _openai(
        "system role is refused by its place",
        400,
        "Unsupported value: 'messages[0].role' does not support 'system' with this model.",
        "system role",
        param="messages[0].role",
        code="unsupported_value",
    ),
    _openai("system role is refused by a template", 400, "System role not supported", "system role", kind="BadRequest"),
    _openai(
        "roles must alternate",
        400,
        "Conversation roles must alternate user/assistant/user/assistant/...",
        "system role",
    ),
    _openai(
        "the prompt is echoed",
        400,
        f"Invalid value for 'content': {FRIDGE!r} is not allowed here.",
        STAYS,
        said=FRIDGE,
    ),
    _openai("the prompt is echoed, cut", 400, f"cannot parse: ...{FRIDGE[4:60]}", STAYS, said=FRIDGE),
    _openai(
        "it names a parameter without refusing it",
        400,
        "Your request with temperature and response_format could not be processed.",
        STAYS,
    ),
    _openai(
        "another parameter is at fault",
        400,
        "Invalid type for 'messages[1].content'; temperature is not supported by this path.",
        STAYS,
        param="messages[1].content",
        code="invalid_type",
    ),
    _openai(
        "context is too long",
        400,
        "This model's maximum context length is 8192 tokens. Please reduce the length of the messages.",
        STAYS,
        param="messages",
        code="context_length_exceeded",
    ),
    _openai("no money", 429, "You exceeded your current quota.", UNUSABLE, code="insufficient_quota"),
    _openai("no money, by its type", 429, "You exceeded your quota.", UNUSABLE, kind="insufficient_quota"),
    _openai("too many", 429, "Rate limit reached for requests", PASSES, code="rate_limit_exceeded"),
    _openai("wrong key", 401, "Incorrect API key provided", UNUSABLE, code="invalid_api_key"),
    _openai("no such model", 404, "The model `x` does not exist", UNUSABLE, code="model_not_found"),
    _openai("a model that is no more", 400, "The model `x` was shut down.", UNUSABLE, code="model_decommissioned"),
    _openai("not this account's model", 403, "Project has no access to model x", UNUSABLE, code="model_not_found"),
    _openai("payment", 402, "Insufficient Balance", UNUSABLE, kind="unknown_error"),
    _openai("the server's own fault", 500, "The server had an error.", PASSES, kind="server_error"),
    _openai("overload", 503, "Engine overloaded", PASSES, kind="overloaded"),
    _any(
        "azure filters the prompt",
        "openai",
        400,
        {
            "error": {
                "message": "The response was filtered due to the prompt.",
                "param": "prompt",
                "code": "content_filter",
                "status": 400,
                "innererror": {"code": "ResponsibleAIPolicyViolation"},
            }
        },
        WITHHELD,
    ),
    _any(
        "vllm refuses a field",
        "openai",
        400,
        {
            "object": "error",
            "message": "[{'type': 'extra_forbidden', 'loc': ('body', 'reasoning_effort'), "
            "'msg': 'Extra inputs are not permitted', 'input': 'low'}]",
            "type": "BadRequestError",
            "param": None,
            "code": 400,
        },
        "reasoning_effort",
    ),
    _any(
        "fastapi refuses a field",
        "openai",
        422,
        {
            "detail": [
                {
                    "type": "extra_forbidden",
                    "loc": ["body", "response_format"],
                    "msg": "Extra inputs are not permitted",
                    "input": {"type": "json_schema"},
                }
            ]
        },
        "response_format",
    ),
    _any(
        "fastapi echoes the request",
        "openai",
        422,
        {
            "detail": [
                {
                    "type": "missing",
                    "loc": ["body", "prompt"],
                    "msg": "Field required",
                    "input": {"temperature": 0, "max_tokens": 5, "note": "temperature is not supported"},
                }
            ]
        },
        STAYS,
    ),
    _any(
        "mistral refuses a field",
        "openai",
        422,
        {
            "object": "error",
            "message": {
                "detail": [
                    {
                        "type": "extra_forbidden",
                        "loc": ["body", "reasoning_effort"],
                        "msg": "Extra inputs are not permitted",
                        "input": "low",
                    }
                ]
            },
            "type": "invalid_request_error",
            "param": None,
            "code": None,
        },
        "reasoning_effort",
    ),
    _any(
        "openrouter wraps the provider's error",
        "openai",
        400,
        {
            "error": {
                "message": "Provider returned error",
                "code": 400,
                "metadata": {
                    "raw": json.dumps({"error": {"message": "`temperature` is not supported", "param": "temperature"}}),
                    "provider_name": "Some",
                },
            }
        },
        "temperature",
    ),
    _any(
        "openrouter knows no endpoint that does it",
        "openai",
        404,
        {"error": {"message": "No endpoints found that support response_format", "code": 404}},
        "response_format",
    ),
    _any(
        "openrouter moderates",
        "openai",
        403,
        {
            "error": {
                "message": "The input was flagged by moderation",
                "code": 403,
                "metadata": {"reasons": ["violence"], "flagged_input": "..."},
            }
        },
        WITHHELD,
    ),
    _any(
        "litellm's proxy",
        "openai",
        400,
        {
            "error": {
                "message": "litellm.UnsupportedParamsError: x does not support parameters: ['temperature'], "
                "for model=some-model. To drop these, set drop_params.",
                "type": None,
                "param": None,
                "code": "400",
            }
        },
        "temperature",
    ),
    _any(
        "ollama in one string", "openai", 400, {"error": "model x does not support response_format"}, "response_format"
    ),
    _any("a text and no JSON", "openai", 400, "unknown field `reasoning_effort`", "reasoning_effort"),
    _any("a page of a proxy", "openai", 400, "<html><body><h1>400 Bad Request</h1></body></html>", STAYS),
    _any("nothing at all", "openai", 400, "", STAYS),
    _any(
        "xai",
        "openai",
        400,
        {
            "code": "Client specified an invalid argument",
            "error": "Argument not supported on this model: reasoning_effort",
        },
        "reasoning_effort",
    ),
    _any(
        "groq could not keep to the form",
        "openai",
        400,
        {
            "error": {
                "message": "Failed to validate JSON. Please adjust your prompt. See 'failed_generation'.",
                "type": "invalid_request_error",
                "code": "json_validate_failed",
                "failed_generation": '{"verdict": "temperature is not supported"',
            }
        },
        ANSWER,
    ),
    _any(
        "deepseek: no balance",
        "openai",
        402,
        {"error": {"message": "Insufficient Balance", "type": "unknown_error", "param": None, "code": "invalid"}},
        UNUSABLE,
    ),
    _any("a gateway's own list", "openai", 400, {"errors": [{"code": 7003, "message": "No route"}]}, STAYS),
)

ANTHROPIC = (
    _anthropic("a later model takes no temperature", 400, "temperature: Extra inputs are not permitted", "temperature"),
    _anthropic("temperature is old", 400, "`temperature` is deprecated for this model.", "temperature"),
    _anthropic(
        "thinking wants one temperature",
        400,
        "`temperature` may only be set to 1 when thinking is enabled.",
        "temperature",
    ),
    _anthropic("a tool is forced", 400, "Thinking may not be enabled when tool_choice forces tool use.", "tool_choice"),
    _anthropic("no adaptive thinking", 400, "adaptive thinking is not supported on this model", "thinking"),
    _anthropic("thinking is unknown", 400, "thinking: Extra inputs are not permitted", "thinking"),
    attrs.evolve(
        _anthropic("no cache", 400, "system.0.cache_control: Extra inputs are not permitted", "cache_control"),
        said="How long does a refund take? " * 200,  # a short prompt is not marked for a cache
    ),
    _anthropic("no tools", 400, "This model does not support tools", "tools"),
    _anthropic("a power tool", 400, "messages.0: my power tool is not supported by your store", STAYS),
    _anthropic("too many tokens", 400, "max_tokens: 90000 > 8192, the most that this model may write", STAYS),
    _anthropic("too long", 400, "prompt is too long: 210000 tokens > 200000 maximum", STAYS),
    _anthropic("no credit", 400, "Your credit balance is too low to access the API.", UNUSABLE),
    _anthropic("no such model", 404, "model: claude-x", UNUSABLE, "not_found_error"),
    _anthropic("wrong key", 401, "invalid x-api-key", UNUSABLE, "authentication_error"),
    _anthropic("not allowed", 403, "Request not allowed", UNUSABLE, "permission_error"),
    _anthropic("too many", 429, "This request would exceed your rate limit", PASSES, "rate_limit_error"),
    _anthropic("overload", 529, "Overloaded", PASSES, "overloaded_error"),
    _anthropic("too large", 413, "Request exceeds the maximum size", STAYS, "request_too_large"),
)

GEMINI = (
    _gemini(
        "a budget of nought", 400, "Budget 0 is invalid. This model only works in thinking mode.", "thinkingConfig"
    ),
    _gemini(
        "an unknown field",
        400,
        "Invalid JSON payload received. Unknown name \"thinkingConfig\" at 'generation_config': Cannot find field.",
        "thinkingConfig",
        [
            {
                "@type": "type.googleapis.com/google.rpc.BadRequest",
                "fieldViolations": [{"field": "generation_config", "description": 'Unknown name "thinkingConfig"'}],
            }
        ],
    ),
    _gemini("no instruction", 400, "Developer instruction is not enabled for models/x", "systemInstruction"),
    _gemini("no json", 400, "JSON mode is not enabled for models/x", "responseSchema"),
    _gemini(
        "a schema with too many states",
        400,
        "The specified schema produces a constraint that has too many states for serving.",
        "responseSchema",
    ),
    _gemini("wrong key", 400, "API key not valid. Please pass a valid API key.", UNUSABLE, [_REASON]),
    _gemini(
        "wrong place", 400, "User location is not supported for the API use.", UNUSABLE, word="FAILED_PRECONDITION"
    ),
    _gemini("no such model", 404, "models/x is not found for API version v1beta", UNUSABLE, word="NOT_FOUND"),
    _gemini("too many", 429, "You exceeded your current quota.", PASSES, word="RESOURCE_EXHAUSTED"),
    _gemini("overload", 503, "The model is overloaded.", PASSES, word="UNAVAILABLE"),
)

# Written after the rules, and read by them once: 25 of the 30 meant what their label says.
LATER = (
    _openai("unseen 1", 400, "This model does not support setting the temperature parameter.", "temperature"),
    _openai(
        "unseen 2",
        400,
        "Unknown parameter: 'response_format'.",
        "response_format",
        param="response_format",
        code="unknown_parameter",
    ),
    _any("unseen 3", "openai", 400, {"detail": "Unsupported parameter: max_tokens"}, "max_tokens"),
    _any(
        "unseen 4",
        "openai",
        422,
        {"error": {"message": 'json: unknown field "reasoning_effort"', "type": "invalid_request_error"}},
        "reasoning_effort",
    ),
    _any(
        "unseen 5",
        "openai",
        400,
        {"error": {"message": "Structured outputs are not available for this model", "type": "invalid_request_error"}},
        "response_format",
    ),
    _any("unseen 6", "openai", 400, {"error": "System messages are not supported by this model."}, "system role"),
    _any(
        "unseen 7",
        "openai",
        400,
        {
            "error": {
                "message": "This model does not support the system role; put instructions into the user message.",
                "code": 400,
            }
        },
        "system role",
    ),
    _any(
        "unseen 8",
        "openai",
        400,
        {"error": {"message": "max_tokens must be less than or equal to 8192, got 90000", "param": "max_tokens"}},
        STAYS,
    ),
    _any(
        "unseen 9",
        "openai",
        400,
        {"error": {"message": "temperature must be strictly positive: temperature should be > 0", "type": "invalid"}},
        STAYS,
    ),
    _any(
        "unseen 10",
        "openai",
        400,
        {
            "error": {
                "message": "Input validation error: `inputs` must have less than 4096 tokens. Given: 5000",
                "type": "validation",
            }
        },
        STAYS,
    ),
    _any(
        "unseen 11",
        "openai",
        400,
        {"error": {"message": "the fridge, temperature is not supported below that, was refused", "code": "bad"}},
        STAYS,
    ),
    _any(
        "unseen 12",
        "openai",
        403,
        {
            "error": {
                "message": "Country, region, or territory not supported",
                "code": "unsupported_country_region_territory",
            }
        },
        UNUSABLE,
    ),
    _any("unseen 13", "openai", 401, {"error": {"message": "No auth credentials found", "code": 401}}, UNUSABLE),
    _any(
        "unseen 14",
        "openai",
        429,
        {
            "error": {
                "message": "Your account is not active, please check your billing details.",
                "code": "billing_not_active",
            }
        },
        UNUSABLE,
    ),
    _any("unseen 15", "openai", 502, "<html>Bad gateway</html>", PASSES),
    _any(
        "unseen 16",
        "openai",
        400,
        {
            "error": {
                "message": "The model `x` has been deprecated",
                "type": "invalid_request_error",
                "code": "model_decommissioned",
            }
        },
        UNUSABLE,
    ),
    _any(
        "unseen 17",
        "openai",
        400,
        {"error": {"message": "Your request was flagged by the safety system", "code": "content_policy_violation"}},
        WITHHELD,
    ),
    _any(
        "unseen 18",
        "openai",
        400,
        {"message": "property 'reasoning_effort' is unsupported, did you mean 'x'?"},
        "reasoning_effort",
    ),
    _any(
        "unseen 19",
        "openai",
        400,
        {
            "error": {
                "message": "response_format value json_schema is not enabled for this deployment",
                "code": "BadRequest",
            }
        },
        "response_format",
    ),
    _any("unseen 20", "openai", 424, {"error": {"message": "Dependency failed"}}, STAYS),
    _anthropic(
        "unseen 21", 400, "This model does not support the effort parameter or forced tool_choice.", "tool_choice"
    ),
    _anthropic("unseen 22", 400, "`temperature` and `top_p` cannot both be specified for this model.", STAYS),
    _anthropic("unseen 23", 400, "messages.3.content: text content blocks must be non-empty", STAYS),
    _anthropic("unseen 24", 400, "tool_choice: thinking and forced tools are not compatible", "tool_choice"),
    _anthropic(
        "unseen 25",
        400,
        "thinking.adaptive: Input tag 'adaptive' found using 'type' does not match any of the expected tags",
        "thinking",
    ),
    _gemini("unseen 26", 400, "Thinking level is not supported for this model.", "thinkingConfig"),
    _gemini(
        "unseen 27", 400, "Unable to submit request because thinking is not supported by this model.", "thinkingConfig"
    ),
    _gemini(
        "unseen 28",
        400,
        "Invalid value at 'generation_config.response_schema.type' (type.googleapis.com), \"any\"",
        "responseSchema",
    ),
    _gemini(
        "unseen 29",
        400,
        "Please ensure that the number of contents is even; system instruction is not supported",
        "systemInstruction",
    ),
    _gemini("unseen 30", 429, "Quota exceeded for metric: requests per day", PASSES, word="RESOURCE_EXHAUSTED"),
)

REFUSALS = (*OPENAI, *ANTHROPIC, *GEMINI, *LATER)
