"""Messages of Inspect's as ours, and ours as Inspect's."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from typing import Any

from inspect_ai.model import ChatMessage, ChatMessageAssistant, ChatMessageTool, ChatMessageUser

from multivon_eval import Message, ToolCall


def make_chat_message(message: Message, **metadata: Any) -> ChatMessage:
    """Make a chat message of what was said."""
    made = ChatMessageUser if message.role == "user" else ChatMessageAssistant
    return made(content=message.content, metadata=metadata or None)


def list_tool_calls(messages: Sequence[ChatMessage]) -> tuple[ToolCall, ...]:
    """The tools that an assistant called in some messages, in order, each with what came back."""
    results = {message.tool_call_id: message for message in messages if isinstance(message, ChatMessageTool)}
    return tuple(
        ToolCall(call.function, call.arguments, read_result(results[call.id]) if call.id in results else None)
        for message in messages
        if isinstance(message, ChatMessageAssistant)
        for call in message.tool_calls or ()
    )


def read_result(message: ChatMessageTool) -> Any:
    """What a tool gave back: its text, or its error."""
    if message.error is not None:
        return {"error": message.error.message, "type": message.error.type}
    return message.text


def messages_to_rows(messages: Iterable[ChatMessage]) -> list[dict[str, Any]]:
    """Write messages in the form that ``multivon-eval score`` reads, which is OpenAI's, tool calls included."""
    return [_make_row(message) for message in messages]


def _make_row(message: ChatMessage) -> dict[str, Any]:
    row: dict[str, Any] = {"role": message.role, "content": message.text}
    if isinstance(message, ChatMessageTool):
        result = read_result(message)
        content = result if isinstance(result, str) else json.dumps(result)
        row |= {"content": content, "tool_call_id": message.tool_call_id}
    elif isinstance(message, ChatMessageAssistant) and message.tool_calls:
        row["tool_calls"] = [
            {
                "id": call.id,
                "type": "function",
                "function": {"name": call.function, "arguments": json.dumps(call.arguments, default=str)},
            }
            for call in message.tool_calls
        ]
    return row
