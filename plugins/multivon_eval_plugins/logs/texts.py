"""What went in and what came out, where a log keeps it as any value: a text, messages, or something that holds them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from multivon_eval.sdk import Message, whole_text

from .chat import is_message, is_piece_of_reply, read_chat
from .tree import parse_json

_LISTS = ("messages", "chat_history", "conversation", "contents", "input")
_WRAPPED = ("kwargs", "request", "data", "body", "params", "inputs", "inputBodyJson")
_ASKED = (
    "input",
    "question",
    "query",
    "prompt",
    "user_input",
    "userInput",
    "user_message",
    "message",
    "text",
    "content",
    "user",
)
_ANSWERED = (
    "output",
    "answer",
    "response",
    "result",
    "completion",
    "text",
    "content",
    "message",
    "reply",
    "assistant",
    "output_text",
    "generated_text",
    "outputs",
    "body",
    "outputBodyJson",
)


def read_input(given: Any) -> tuple[tuple[Message, ...], bool]:
    """Read what a user said, or a whole conversation.

    Args:
        given: The value, perhaps JSON in a text.

    Returns:
        The messages, none where there are none, and whether it is only a text, without what was said before.
    """
    value = parse_json(given)
    if isinstance(value, list) and value and all(is_message(one) or _is_batch(one) for one in value):
        return read_chat(value), False
    if isinstance(value, Mapping):
        for inner in map(value.get, _WRAPPED):
            if isinstance(inner, Mapping) and any(key in inner for key in (*_LISTS, *_WRAPPED)):
                return read_input(inner)
        if isinstance(value.get("args"), list) and value["args"]:
            return read_input(value["args"][0])
        for key in _LISTS:
            held = parse_json(value.get(key))
            if isinstance(held, list) and held and all(is_message(one) or _is_batch(one) for one in held):
                return read_chat(held), False
        if is_message(value):
            return read_chat([value]), True
        text = next((value[key] for key in _ASKED if isinstance(value.get(key), str)), None)
        return _say("user", text), True
    return _say("user", value), True


def read_output(given: Any) -> tuple[Message, ...]:
    """Read what an assistant answered: the last thing it said, where the value holds a whole conversation."""
    value = parse_json(given)
    if isinstance(value, list) and value and all(map(is_message, value)):
        return tuple(one for one in read_chat(value)[-1:] if one.role == "assistant")
    if isinstance(value, list) and any(map(is_message, value)):
        # Calls and what was thought stand beside the words.
        return read_chat([one for one in value if is_piece_of_reply(one)])[-1:]
    if isinstance(value, list) and value:
        return read_output(value[0])
    if not isinstance(value, Mapping):
        return _say("assistant", value)
    for key in ("choices", "candidates", "generations"):
        if isinstance(value.get(key), list) and value[key]:
            return read_output(value[key][0])
    if is_message(value):
        return tuple(one for one in read_chat([value]) if one.role == "assistant")
    if isinstance(value.get("messages"), list) and value["messages"]:
        return read_output(value["messages"])
    for key in _ANSWERED:
        held = parse_json(value.get(key))
        if held not in (None, "", [], {}):
            return read_output(held) if isinstance(held, Mapping | list) else _say("assistant", held)
    if isinstance(value.get("tool_calls"), list):
        return read_chat([{"role": "assistant", **value}])
    return ()


def _is_batch(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(is_message, value))


def _say(role: str, text: object) -> tuple[Message, ...]:
    if not isinstance(text, str) or not text.strip():
        return ()
    return (Message("user" if role == "user" else "assistant", whole_text(text)),)
