"""Google's generateContent, as strict as it is: a name that its types do not know is refused."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Mapping
from typing import Any

import attrs

from .chat_answers import guessed_name
from .chat_checks import Refused
from .chat_completion import tokens_of
from .chat_faults import COUNTED, HUGE, Response
from .chat_wire import encoded
from .dialects import NATIVE, message_of, only

_STATUS = {400: "INVALID_ARGUMENT", 401: "UNAUTHENTICATED", 404: "NOT_FOUND", 429: "RESOURCE_EXHAUSTED"}
_STATUS |= {500: "INTERNAL", 503: "UNAVAILABLE", 529: "UNAVAILABLE"}
_NOTE = "The JSON Schema of the answer:\n"
_CONFIG = "maxOutputTokens temperature responseMimeType responseSchema thinkingConfig".split()
_SCHEMA = (
    "type format title description nullable enum maxItems minItems properties required minLength maxLength pattern "
    "anyOf propertyOrdering items minimum maximum"
).split()
_TYPES = {"STRING", "NUMBER", "INTEGER", "BOOLEAN", "ARRAY", "OBJECT"}
_ANSWER = re.compile(r"/v1beta/models/[^/:]+:generateContent")


@attrs.define
class GenerateContent:
    """The dialect; see :class:`support.dialects.Dialect`."""

    base_path = ""
    refusable = ("temperature", "thinkingBudget", "thinkingConfig", "responseSchema", "json", "systemInstruction")
    thoughts: int = 0
    _seen: list[str] = attrs.field(init=False, factory=list)

    def wanted(self, method: str, path: str) -> str:
        """See the protocol."""
        if (method, path) == ("GET", "/v1beta/models"):
            return "models"
        return "answer" if method == "POST" and _ANSWER.fullmatch(path) else ""

    def key(self, headers: Mapping[str, str]) -> str:
        """See the protocol."""
        return headers.get("x-goog-api-key", "")

    def models(self) -> Response:
        """See the protocol."""
        return Response(body={"models": [{"name": "models/some-model", "version": "1", "displayName": "Some"}]})

    def told(self, response: Response) -> Response:
        """See the protocol; a key that is not known is a bad argument to Google."""
        if response.status < 400 or not isinstance(response.body, dict):
            return response
        status = 400 if response.status == 401 else response.status
        told = message_of(response.body)
        message = f"API key not valid. Please pass a valid API key. {told}" if response.status == 401 else told
        error = {"code": status, "message": message, "status": _STATUS.get(status, "UNKNOWN")}
        return attrs.evolve(response, status=status, body={"error": error})

    def checked(self, body: object, refuse: Collection[str]) -> dict[str, Any]:
        """See the protocol."""
        given = only(body, ("contents", "systemInstruction", "generationConfig"), "body")
        config = only(_camel(given.get("generationConfig", {})), _CONFIG, "generation_config")
        _check_config(config, refuse)
        messages = []
        if "systemInstruction" in given:
            if "systemInstruction" in refuse:
                raise Refused("Developer instruction is not enabled for models/some-model")
            system = only(given["systemInstruction"], ("parts", "role"), "system_instruction")
            messages.append({"role": "system", "content": _text(system["parts"])})
        for index, content in enumerate(given.get("contents") or ()):
            row = only(content, ("role", "parts"), f"contents[{index}]")
            if row["role"] != ("model" if index % 2 else "user"):
                raise Refused("Please ensure that multiturn requests alternate between user and model")
            messages.append({"role": "assistant" if index % 2 else "user", "content": _text(row["parts"])})
        if not messages or messages[-1]["role"] != "user":
            raise Refused("contents is not specified, or does not end with the user's")
        chat = {"model": "some-model", "messages": messages, "max_tokens": config["maxOutputTokens"], NATIVE: given}
        schema = json_schema(config["responseSchema"]) if "responseSchema" in config else None
        asked, note, noted = messages[-1]["content"].rpartition(_NOTE)
        if schema is None and note and noted.startswith("{"):
            messages[-1]["content"], schema = asked, json.loads(noted)
        if schema is not None:
            chat["response_format"] = {"json_schema": {"name": guessed_name(schema) or "answer", "schema": schema}}
        return chat

    def made(self, checked: dict[str, Any], response: Response, index: int) -> Response:
        """See the protocol."""
        if response.body is not None:
            return attrs.evolve(response, body=encoded(response.body))
        if response.message.get("refusal"):
            reply: dict[str, Any] = {
                "candidates": [{"finishReason": "SAFETY", "finishMessage": response.message["refusal"], "index": 0}]
            }
        else:
            reply = {"candidates": [_candidate(response, checked["max_tokens"])]}
        usage = self._usage(checked, response.text) if response.usage is COUNTED else response.usage
        if usage is not None:
            reply["usageMetadata"] = _native(usage)
        reply |= {"modelVersion": response.model or "some-model", "responseId": f"r{index}"}
        return attrs.evolve(response, body=encoded(reply, response.is_ascii))

    def _usage(self, checked: dict[str, Any], text: str) -> dict[str, int]:
        """Count tokens, four bytes each; what an earlier prompt began with is cached. What is nought is left out."""
        given = checked[NATIVE]
        whole = json.dumps([given.get("systemInstruction"), given["contents"]])[:-2]
        shared = max((_same(whole, seen) for seen in self._seen), default=0)
        self._seen.append(whole)
        schema = len(json.dumps(given["generationConfig"].get("responseSchema", "")))
        asked = max(1, (sum(len(row["content"].encode()) for row in checked["messages"]) + schema) // 4)
        counts = {
            "promptTokenCount": asked,
            "candidatesTokenCount": tokens_of(text),
            "thoughtsTokenCount": self.thoughts,
            "cachedContentTokenCount": min(asked, shared // 8),
            "totalTokenCount": asked + tokens_of(text) + self.thoughts,
        }
        return {name: count for name, count in counts.items() if count}


def _camel(value: Any, is_named: bool = True) -> Any:
    """Google takes its names in snake case too, and its SDK sends some so; names of properties stay as they are."""
    if isinstance(value, list):
        return [_camel(item) for item in value]
    if not isinstance(value, dict):
        return value
    turned = {re.sub(r"_(.)", lambda found: found[1].upper(), key) if is_named else key: key for key in value}
    return {name: _camel(value[key], key != "properties") for name, key in turned.items()}


def _same(one: str, other: str) -> int:
    pairs = enumerate(zip(one, other, strict=False))
    return next((index for index, (a, b) in pairs if a != b), min(len(one), len(other)))


def _native(usage: Any) -> Any:
    """Figures that a test gives in OpenAI's words; others as they are."""
    if isinstance(usage, dict) and "prompt_tokens" in usage:
        return {"promptTokenCount": usage["prompt_tokens"], "candidatesTokenCount": usage.get("completion_tokens")}
    return usage


def _candidate(response: Response, limit: int) -> dict[str, Any]:
    is_cut = response.finish_reason == "length" or (tokens_of(response.text) > limit and len(response.text) < HUGE)
    text = response.text[: 4 * limit] if is_cut else response.text
    candidate: dict[str, Any] = {"finishReason": "MAX_TOKENS" if is_cut else "STOP", "index": 0}
    thought = {"text": "So it must be.", "thought": True}
    candidate["content"] = {"role": "model", "parts": [thought, {"text": text}]} if text else {"role": "model"}
    return candidate


def _check_config(config: Mapping[str, Any], refuse: Collection[str]) -> None:
    limit = config.get("maxOutputTokens")
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise Refused("max_output_tokens must be positive")
    if "temperature" in config:
        if "temperature" in refuse:
            raise Refused("temperature is not supported by this model")
        if not isinstance(config["temperature"], int | float) or not 0 <= config["temperature"] <= 2:
            raise Refused("temperature must be in the range [0.0, 2.0]")
    thinking = only(config.get("thinkingConfig", {}), ("thinkingBudget", "thinkingLevel"), "thinking_config")
    if len(thinking) > 1:
        raise Refused("You can only set only one of thinking budget and thinking level.")
    if thinking and "thinkingConfig" in refuse:
        raise Refused("Thinking is not supported for this model.")
    if thinking.get("thinkingBudget") == 0 and "thinkingBudget" in refuse:
        raise Refused("Budget 0 is invalid. This model only works in thinking mode.")
    if "responseMimeType" in config and "json" in refuse:
        raise Refused("JSON mode is not enabled for this model")
    if "responseSchema" in config:
        if config.get("responseMimeType") != "application/json":
            raise Refused("response_schema needs response_mime_type application/json")
        if "responseSchema" in refuse:
            raise Refused("Invalid JSON payload received. response_schema is not supported for this model")
        json_schema(config["responseSchema"])


def json_schema(schema: object) -> dict[str, Any]:
    """Check a response schema, and turn it into JSON Schema.

    Raises:
        Refused: It holds what Google does not know.
    """
    row = only(schema, _SCHEMA, "response_schema")
    if "anyOf" not in row and row.get("type") not in _TYPES:
        raise Refused(f"response_schema.type: {row.get('type')!r}")
    if row.get("type") == "OBJECT" and not row.get("properties"):
        raise Refused("response_schema.properties: should be non-empty for OBJECT type")
    if set(row.get("propertyOrdering", row.get("properties", ()))) != set(row.get("properties", ())):
        raise Refused("response_schema.property_ordering")
    found = {key: value for key, value in row.items() if key not in ("nullable", "propertyOrdering")}
    if "type" in row:
        kind = row["type"].lower()
        found["type"] = [kind, "null"] if row.get("nullable") else kind
    if "properties" in row:
        found["properties"] = {name: json_schema(part) for name, part in row["properties"].items()}
    if "items" in row:
        found["items"] = json_schema(row["items"])
    if "anyOf" in row:
        found["anyOf"] = [json_schema(part) for part in row["anyOf"]]
    return found


def _text(parts: object) -> str:
    if not isinstance(parts, list) or not parts:
        raise Refused("parts must not be empty")
    texts = [only(part, ("text",), "parts")["text"] for part in parts]
    if not all(isinstance(text, str) and text for text in texts):
        raise Refused("Unable to submit request because it must have a text parameter")
    return "".join(texts)
