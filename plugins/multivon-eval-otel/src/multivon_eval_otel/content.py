"""What was said, as JSON in the form of the conventions; only where the standard variable asks for it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable
from typing import Any

from multivon_eval.sdk import Message, Prompt, Reply, hide_secrets

VARIABLE = "OTEL_INSTRUMENTATION_GENAI_CAPTURE_MESSAGE_CONTENT"
_ON_SPANS = frozenset({"true", "span_only", "span_and_event"})


def is_wanted() -> bool:
    """Whether spans are to carry what was said."""
    return os.environ.get(VARIABLE, "").strip().lower() in _ON_SPANS


def write_instructions(prompt: Prompt) -> str:
    """Give the instructions of a judge's prompt."""
    return _write([_text(prompt.system)])


def write_prompt(prompt: Prompt) -> str:
    """Give the messages of a judge's prompt."""
    return _write({"role": message.role, "parts": [_text(message.text)]} for message in prompt.messages)


def write_messages(messages: Iterable[Message]) -> str:
    """Give the messages of a conversation, tool calls included."""
    return _write(row for message in messages for row in _list_rows(message))


def write_answer(text: str) -> str:
    """Give the answer of a judge."""
    return _write([_end({"role": "assistant", "parts": [_text(text)]})])


def write_reply(reply: Reply) -> str:
    """Give the reply of a system, tool calls included."""
    *before, last = _list_rows(Message("assistant", reply.text, reply.tool_calls))
    return _write([*before, _end(last)])


def _list_rows(message: Message) -> list[dict[str, Any]]:
    """A message, after the tools that were called for it and what they gave."""
    rows: list[dict[str, Any]] = []
    if calls := message.tool_calls:
        asked = [{"type": "tool_call", "name": call.name, "arguments": dict(call.arguments)} for call in calls]
        given = [{"type": "tool_call_response", "response": call.result} for call in calls]
        rows = [{"role": "assistant", "parts": asked}, {"role": "tool", "parts": given}]
    return [*rows, {"role": message.role, "parts": [_text(message.content)]}]


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "content": text}


def _end(row: dict[str, Any]) -> dict[str, Any]:
    # The conventions want it of each answer; what was cut off is an error before it comes here.
    return {**row, "finish_reason": "stop"}


def _write(rows: Iterable[dict[str, Any]]) -> str:
    return hide_secrets(json.dumps(list(rows), ensure_ascii=False, default=str))
