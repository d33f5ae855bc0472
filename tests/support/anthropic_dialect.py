"""Anthropic's Messages API, as strict as it is: what its types and its guide do not know is refused."""

from __future__ import annotations

import json
from collections.abc import Collection, Mapping
from typing import Any

import attrs

from .chat_answers import guessed_name
from .chat_checks import Refused
from .chat_completion import tokens_of
from .chat_faults import COUNTED, HUGE, Response
from .chat_wire import encoded
from .dialects import NATIVE, message_of, only

_KNOWN = "model max_tokens system messages tools tool_choice thinking temperature".split()
_KINDS = {400: "invalid_request_error", 401: "authentication_error", 404: "not_found_error", 429: "rate_limit_error"}
_KINDS |= {500: "api_error", 503: "api_error", 529: "overloaded_error"}
_NOTE = "The JSON Schema of the answer:\n"
_MARKS = 4
_VERSIONS = {"2023-06-01", "2026-10-21"}


@attrs.define
class Messages:
    """The dialect; see :class:`support.dialects.Dialect`."""

    base_path = ""
    refusable = ("temperature", "thinking", "adaptive", "tool_choice", "tools", "cache_control")
    _seen: set[str] = attrs.field(init=False, factory=set)

    def wanted(self, method: str, path: str) -> str:
        """See the protocol."""
        return {("GET", "/v1/models"): "models", ("POST", "/v1/messages"): "answer"}.get((method, path), "")

    def key(self, headers: Mapping[str, str]) -> str:
        """See the protocol; a request without a version of the API has no key. The newest SDK sends a bearer."""
        bearer = headers.get("authorization", "").removeprefix("Bearer ")
        return (headers.get("x-api-key") or bearer) if headers.get("anthropic-version") in _VERSIONS else ""

    def models(self) -> Response:
        """See the protocol."""
        model = {"type": "model", "id": "some-model", "display_name": "Some", "created_at": "2026-01-01T00:00:00Z"}
        row = {**model, "lifecycle": "active"}
        return Response(body={"data": [row], "has_more": False, "first_id": "some-model", "last_id": "some-model"})

    def told(self, response: Response) -> Response:
        """See the protocol."""
        if response.status < 400 or not isinstance(response.body, dict):
            return response
        kind = _KINDS.get(response.status, "api_error")
        error = {"type": kind, "message": message_of(response.body)}
        return attrs.evolve(response, body={"type": "error", "error": error, "request_id": "req_1"})

    def checked(self, body: object, refuse: Collection[str]) -> dict[str, Any]:
        """See the protocol."""
        given = only(body, _KNOWN, "body")
        _check_numbers(given, refuse)
        _check_tools(given, refuse)
        marks = json.dumps(given).count('"cache_control"')
        if marks > _MARKS or (marks and "cache_control" in refuse):
            raise Refused("cache_control: not supported, or more than 4 blocks marked")
        messages = [{"role": "system", "content": _text(given["system"], "system")}] if "system" in given else []
        if not isinstance(given.get("messages"), list) or not given["messages"]:
            raise Refused("messages: at least one message is required")
        for index, message in enumerate(given["messages"]):
            row = only(message, ("role", "content"), f"messages.{index}")
            if row["role"] != ("assistant" if index % 2 else "user"):
                raise Refused("messages: roles must alternate between user and assistant")
            messages.append({"role": row["role"], "content": _text(row["content"], f"messages.{index}")})
        if messages[-1]["role"] != "user":
            raise Refused("This model does not support assistant message prefill.")
        chat = {"model": given["model"], "messages": messages, "max_tokens": given["max_tokens"], NATIVE: given}
        asked, note, schema = messages[-1]["content"].rpartition(_NOTE)
        found = None
        if note and schema.startswith("{"):
            found = json.loads(schema)
            messages[-1]["content"] = asked
        elif "tools" in given:
            found = given["tools"][0]["input_schema"]
        if found:
            chat["response_format"] = {"json_schema": {"name": guessed_name(found) or "answer", "schema": found}}
        return chat

    def made(self, checked: dict[str, Any], response: Response, index: int) -> Response:
        """See the protocol."""
        if response.body is not None:
            return attrs.evolve(response, body=encoded(response.body))
        given = checked[NATIVE]
        reason, content, details = _content(response, given)
        usage = self._usage(given, response.text) if response.usage is COUNTED else response.usage
        message = {
            "id": f"msg_{index}",
            "type": "message",
            "role": "assistant",
            "model": response.model or given["model"],
            "content": content,
            "stop_reason": reason,
            "stop_sequence": None,
            "stop_details": details,
        }
        if usage is not None:
            message["usage"] = _native(usage)
        return attrs.evolve(response, body=encoded(message, response.is_ascii))

    def _usage(self, given: dict[str, Any], text: str) -> dict[str, int]:
        """Count tokens, four bytes each: what a marked prefix of an earlier request holds is read from the cache."""
        blocks = [json.dumps(given.get("tools", []))]
        marked = []
        for block in [*given.get("system", []), *(b for m in given["messages"] for b in m["content"])]:
            blocks.append(block["text"])
            if "cache_control" in block:
                marked.append(len(blocks))
        size = [sum(map(tokens_of, blocks[:count])) for count in range(len(blocks) + 1)]
        prefix = [json.dumps([given["model"], *blocks[:count]]) for count in range(len(blocks) + 1)]
        read = max((count for count in range(len(blocks) + 1) if marked and prefix[count] in self._seen), default=0)
        wrote = max([*marked, read])
        self._seen |= {prefix[count] for count in marked}
        return {
            "input_tokens": size[-1] - size[wrote],
            "cache_read_input_tokens": size[read],
            "cache_creation_input_tokens": size[wrote] - size[read],
            "output_tokens": tokens_of(text),
        }


def _native(usage: Any) -> Any:
    """Figures that a test gives in OpenAI's words; others as they are."""
    if isinstance(usage, dict) and "prompt_tokens" in usage:
        return {"input_tokens": usage["prompt_tokens"], "output_tokens": usage.get("completion_tokens")}
    return usage


def _content(response: Response, given: dict[str, Any]) -> tuple[str, list[dict[str, Any]], dict[str, Any] | None]:
    """Say why the answer ended, and write it as the input of the tool, or as text."""
    if response.message.get("refusal"):
        return "refusal", [], {"type": "refusal", "category": None, "explanation": response.message["refusal"]}
    is_cut = response.finish_reason == "length" or (
        tokens_of(response.text) > given["max_tokens"] and len(response.text) < HUGE
    )
    text = response.text[: 4 * given["max_tokens"]] if is_cut else response.text
    reason = "max_tokens" if is_cut else "end_turn"
    if given.get("tool_choice", {}).get("type") == "tool":
        try:
            row = json.loads(text)
        except ValueError:
            row = None
        if isinstance(row, dict):
            block = {"type": "tool_use", "id": "toolu_1", "name": given["tool_choice"]["name"], "input": row}
            return "tool_use", [block], None
    return reason, [{"type": "text", "text": text}] if text else [], None


def _check_numbers(given: Mapping[str, Any], refuse: Collection[str]) -> None:
    if not isinstance(given.get("model"), str) or not given["model"]:
        raise Refused("model: Field required")
    limit = given.get("max_tokens")
    if not isinstance(limit, int) or isinstance(limit, bool) or limit < 1:
        raise Refused("max_tokens: Input should be greater than or equal to 1")
    if "temperature" in given:
        if "temperature" in refuse:
            raise Refused("`temperature` is not supported for this model.")
        if not isinstance(given["temperature"], int | float) or not 0 <= given["temperature"] <= 1:
            raise Refused("temperature: range: 0..1")
    if "thinking" in given:
        if "thinking" in refuse:
            raise Refused('"thinking.type.disabled" is not supported for this model.')
        if given["thinking"]["type"] == "adaptive" and "adaptive" in refuse:
            raise Refused("adaptive thinking is not supported on this model")
        if given["thinking"].get("type") == "enabled":
            if not 1024 <= given["thinking"].get("budget_tokens", 0) < limit:
                raise Refused("thinking.enabled.budget_tokens: at least 1024, and less than max_tokens")
        elif given["thinking"] not in ({"type": "disabled"}, {"type": "adaptive"}):
            raise Refused("thinking: Input tag does not match any of the expected tags")


def _check_tools(given: Mapping[str, Any], refuse: Collection[str]) -> None:
    if "tools" not in given and "tool_choice" not in given:
        return
    if "tools" in refuse:
        raise Refused("tools: not supported for this model.")
    if not isinstance(given.get("tools"), list) or not given["tools"]:
        raise Refused("tool_choice may only be specified while providing tools.")
    names = []
    for index, tool in enumerate(given["tools"]):
        row = only(tool, ("name", "description", "input_schema"), f"tools.{index}")
        if row["input_schema"].get("type") != "object" or not row["input_schema"].get("properties"):
            raise Refused(f"tools.{index}.input_schema.type: Input should be 'object'")
        names.append(row["name"])
    choice = given.get("tool_choice", {"type": "auto"})
    if choice["type"] == "auto":
        return
    if "tool_choice" in refuse:
        raise Refused('tool_choice: type "tool" and "any" are not supported for this model.')
    if set(choice) != {"type", "name"} or choice["type"] != "tool" or choice["name"] not in names:
        raise Refused("tool_choice: no such tool")
    if given.get("thinking", {}).get("type") == "adaptive":
        raise Refused("Thinking may not be enabled when tool_choice forces tool use.")


def _text(blocks: object, place: str) -> str:
    """Check text blocks, and give their text."""
    if not isinstance(blocks, list) or not blocks:
        raise Refused(f"{place}: content must be a list of blocks")
    texts = []
    for block in blocks:
        row = only(block, ("type", "text", "cache_control"), place)
        if row.get("type") != "text" or not isinstance(row.get("text"), str) or not row["text"].strip():
            raise Refused(f"{place}: text content blocks must contain non-whitespace text")
        if row.get("cache_control", {"type": "ephemeral"}) != {"type": "ephemeral"}:
            raise Refused(f"{place}: cache_control")
        texts.append(row["text"])
    return "".join(texts)
