"""Messages as providers and frameworks write them, read as ours: OpenAI, Anthropic, Gemini, LangChain, OpenTelemetry.

Based on: OpenAI's chat completions and Responses API, Anthropic's messages, Gemini's contents, LangChain's serialised
messages, and ``gen-ai-input-messages.json`` of the OpenTelemetry semantic conventions.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from multivon_eval.sdk import Message, ToolCall, whole_text

from .logged import LogProblem

ROLES: Mapping[str, str] = {
    **dict.fromkeys(
        ("user", "human", "customer", "visitor", "client", "end_user", "enduser", "humanmessage", "caller"), "user"
    ),
    **dict.fromkeys(
        ("assistant", "ai", "bot", "agent", "model", "chatbot", "gpt", "aimessage", "aimessagechunk", "operator"),
        "assistant",
    ),
    **dict.fromkeys(("tool", "function", "toolmessage", "functionmessage", "ipython"), "tool"),
    **dict.fromkeys(("system", "developer", "systemmessage", "instructions"), "system"),
}
"""What each role of a log is here."""
_ROLE_KEYS = ("role", "from", "sender", "author", "speaker", "type")
_TEXT_KEYS = ("content", "parts", "text", "value", "message", "body", "contents")
_CALL_TYPES = ("tool_use", "tool_call", "tool-call", "function_call", "server_tool_use")
_RESULT_TYPES = ("tool_result", "tool_call_response", "tool-result", "function_call_output", "tool_response")
_UNSAID = ("thinking", "reasoning", "redacted_thinking", "system")


@attrs.define
class _Chat:
    """Messages as they are read, with the places of tool calls that wait for their results."""

    messages: list[Message] = attrs.field(factory=list)
    waiting: dict[str, tuple[int, int]] = attrs.field(factory=dict)

    def say(self, role: str, text: str, calls: Sequence[tuple[str, ToolCall]]) -> None:
        """Add what one side said; calls and the words after their results are one reply."""
        if not text.strip() and not calls:
            return
        last = self.messages[-1] if self.messages else None
        if last is not None and last.role == role == "assistant" and not last.content.strip():
            self.messages[-1] = attrs.evolve(
                last, content=text, tool_calls=(*last.tool_calls, *(call for _, call in calls))
            )
        else:
            self.messages.append(
                Message("user" if role == "user" else "assistant", text, tuple(call for _, call in calls))
            )
        made = len(self.messages[-1].tool_calls) - len(calls)
        for place, (name, _) in enumerate(calls):
            self.waiting[name or f"nameless {len(self.waiting)}"] = (len(self.messages) - 1, made + place)

    def answer(self, name: str, result: Any) -> None:
        """Put what a tool gave back into its call: by id, or into the oldest that waits."""
        key = name if name in self.waiting else next(iter(self.waiting), None)
        if key is None:
            return
        index, place = self.waiting.pop(key)
        calls = list(self.messages[index].tool_calls)
        calls[place] = attrs.evolve(calls[place], result=result)
        self.messages[index] = attrs.evolve(self.messages[index], tool_calls=tuple(calls))


def read_chat(*lists: object) -> tuple[Message, ...]:
    """Read messages; those of a role that instructs are left out.

    Args:
        lists: Lists of messages that follow one another: what went in, what came out.

    Raises:
        LogProblem: If something is no message.
    """
    chat = _Chat()
    for rows in lists:
        if isinstance(rows, Mapping):
            rows = [rows]
        if not isinstance(rows, Sequence) or isinstance(rows, str):
            raise LogProblem(f"the messages are {_name(rows)}; give a list of objects with role and content")
        for index, row in enumerate(rows):
            if isinstance(row, Sequence) and not isinstance(row, str):
                for one in row:  # a batch of lists, as LangChain traces have it
                    _read(one, chat, index)
            else:
                _read(row, chat, index)
    return tuple(chat.messages)


def is_piece_of_reply(row: object) -> bool:
    """Whether something is a message, or a call or a result that stands beside messages, as in the Responses API."""
    return is_message(row) or _kind(row) in (*_CALL_TYPES, *_RESULT_TYPES)


def is_message(row: object) -> bool:
    """Whether something looks like a message."""
    row = _unwrap(row)
    return isinstance(row, Mapping) and bool(_find_role(row)) and any(key in row for key in (*_TEXT_KEYS, "tool_calls"))


def _unwrap(row: object) -> object:
    """A message without what frameworks wrap around it."""
    if isinstance(row, Mapping) and "role" not in row:
        if isinstance(row.get("message"), Mapping):
            return row["message"]
        if isinstance(row.get("kwargs"), Mapping) and isinstance(row.get("id"), Sequence) and row["id"]:
            return {"type": str(row["id"][-1]), **row["kwargs"], "role": str(row["id"][-1])}
        if isinstance(row.get("data"), Mapping) and isinstance(row.get("type"), str) and "content" in row["data"]:
            return {**row["data"], "role": row["type"]}
    return row


def _find_role(row: Mapping[str, Any]) -> str:
    for key in _ROLE_KEYS:
        value = row.get(key)
        if isinstance(value, Mapping):
            value = value.get("role") or value.get("type")
        if isinstance(value, str) and (role := ROLES.get(value.strip().lower())):
            return role
    return ""


def _read(given: object, chat: _Chat, index: int) -> None:
    row = _unwrap(given)
    if not isinstance(row, Mapping):
        raise LogProblem(f"message {index + 1} is {_name(row)}; give an object with role and content")
    kind = row.get("type")
    if kind in _CALL_TYPES and "role" not in row:
        chat.say("assistant", "", [_read_call(row)])
        return
    if kind in _RESULT_TYPES and "role" not in row:
        chat.answer(*_read_result(row))
        return
    if kind == "reasoning" and "role" not in row:
        return
    role = _find_role(row)
    if not role:
        given_role = next((row[key] for key in _ROLE_KEYS if key in row), None)
        raise LogProblem(f"message {index + 1} has the role {given_role!r}; give user, assistant, tool or system")
    content = next((row[key] for key in _TEXT_KEYS if row.get(key) is not None), None)
    if role == "system":
        return
    if role == "tool":
        results = [_read_result(part) for part in _list_parts(content) if _kind(part) in _RESULT_TYPES]
        for name, result in results or [
            (str(row.get("tool_call_id") or row.get("id") or row.get("name") or ""), content)
        ]:
            chat.answer(name, result)
        return
    texts: list[str] = []
    calls: list[tuple[str, ToolCall]] = []
    for part in _list_parts(content):
        _read_part(part, texts, calls, chat)
    for call in _list_parts(row.get("tool_calls")):
        calls.append(_read_call(call))
    if isinstance(row.get("function_call"), Mapping):
        calls.append(_read_call(row["function_call"]))
    chat.say(role, whole_text("\n".join(texts)), calls)


def _read_part(part: object, texts: list[str], calls: list[tuple[str, ToolCall]], chat: _Chat) -> None:
    if isinstance(part, str):
        texts.append(part)
        return
    if not isinstance(part, Mapping):
        raise LogProblem(f"a part of a message is {_name(part)}; give text, or an object with type")
    kind = _kind(part)
    if kind in _CALL_TYPES or "functionCall" in part:
        calls.append(_read_call(part))
    elif kind in _RESULT_TYPES or "functionResponse" in part:
        chat.answer(*_read_result(part))
    elif kind not in _UNSAID:
        text = next((part[key] for key in ("text", "content", "value") if isinstance(part.get(key), str)), None)
        if isinstance(part.get("text"), Mapping):  # OpenAI's threads
            text = part["text"].get("value")
        if isinstance(part.get("message_content"), Mapping):
            text = part["message_content"].get("text")
        # What is no text is named: a user who sent a photo said something by it.
        texts.append(text if isinstance(text, str) else f"[{kind or 'attachment'}]")


def _kind(part: object) -> str:
    return str(part.get("type") or "").lower() if isinstance(part, Mapping) else ""


def _list_parts(content: object) -> Sequence[object]:
    if content is None or content == "":
        return ()
    if isinstance(content, Mapping):
        return _list_parts(content["parts"]) if "parts" in content else (content,)
    return content if isinstance(content, Sequence) and not isinstance(content, str) else (str(content),)


def _read_call(given: object) -> tuple[str, ToolCall]:
    """Read a tool call: its id and the call."""
    if not isinstance(given, Mapping):
        raise LogProblem(f"a tool call is {_name(given)}; give an object")
    call: Mapping[str, Any] = given.get("tool_call") or given.get("functionCall") or given
    held = call.get("function")
    function: Mapping[str, Any] = held if isinstance(held, Mapping) else call
    name = function.get("name") or call.get("toolName") or call.get("tool_name")
    if not isinstance(name, str):
        raise LogProblem("a tool call has no name; give its name")
    arguments: Any = next(
        (function[key] for key in ("arguments", "args", "input") if function.get(key) is not None), {}
    )
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except ValueError:
            arguments = {"text": arguments}
    if not isinstance(arguments, Mapping):
        arguments = {"value": arguments}
    known = call.get("id") or call.get("call_id") or call.get("tool_call_id") or call.get("toolCallId") or ""
    return str(known), ToolCall(name, {str(key): value for key, value in arguments.items()}, function.get("result"))


def _read_result(given: object) -> tuple[str, Any]:
    """Read what a tool gave back: the id of its call and the result."""
    if not isinstance(given, Mapping):
        raise LogProblem(f"a tool's result is {_name(given)}; give an object")
    given = given.get("functionResponse") or given
    known = next(
        (
            given[key]
            for key in ("tool_use_id", "tool_call_id", "call_id", "toolCallId", "id", "name")
            if given.get(key)
        ),
        "",
    )
    keys = ("response", "result", "output", "content")
    return str(known), next((given[key] for key in keys if given.get(key) is not None), None)


def _name(value: object) -> str:
    names: Mapping[type, str] = {
        dict: "an object",
        list: "a list",
        str: "a text",
        type(None): "null",
        bool: "true or false",
    }
    return names.get(type(value), f"a {type(value).__name__}")
