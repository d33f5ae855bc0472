"""What a request asks a model: its texts and tool definitions, and what is only counted.

The requests are read as the SDKs send them, whether their parts are dicts or objects. An iterator is left alone:
to read it would be to use it up.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

_TEXTS = frozenset({"text", "input_text", "output_text"})
KINDS = {
    "image": "image",
    "image_url": "image",
    "input_image": "image",
    "computer_screenshot": "image",
    "input_audio": "audio",
    "file": "file",
    "input_file": "file",
    "document": "file",
    "tool_use": "tool_call",
    "server_tool_use": "tool_call",
    "mcp_tool_use": "tool_call",
    "refusal": "refusal",
    "thinking": "reasoning",
    "thought": "reasoning",
    "redacted_thinking": "reasoning",
}
"""By the type of a part that is not captured, what it is counted as."""

TOOL_DEFINITION = "tool_definition"
"""The role of a tool's definition."""


@attrs.frozen
class Part:
    """One part of a request.

    Attributes:
        role: Whose words they are: ``system``, ``developer``, ``user``, ``assistant``, ``tool_definition``.
        text: The text; of a tool definition its JSON with sorted keys; None if it was not captured.
        kind: What it is if it was not captured: ``image``, ``tool_result`` and so on.
    """

    role: str
    text: str | None = None
    kind: str = ""


def read_chat(body: object) -> Iterator[Part]:
    """Read a request for chat completions."""
    for message in _list_several(_get(body, "messages")):
        role = _read_word(_get(message, "role")) or "user"
        # What a tool gave is data of the moment, no prompt: counted, never stored.
        if role in ("tool", "function") or isinstance(message, _Unreadable):
            yield Part(role, kind="unreadable" if isinstance(message, _Unreadable) else "tool_result")
            continue
        yield from _read_content(role, _get(message, "content"))
        # function_call is the field that tool_calls replaced; SDKs still send it.
        calls = _list_several(_get(message, "tool_calls")) or _list_several(_get(message, "function_call"))
        yield from (Part(role, kind="tool_call") for _ in calls)
    yield from _read_tools(_get(body, "tools"))
    yield from _read_tools(_get(body, "functions"))


def read_responses(body: object) -> Iterator[Part]:
    """Read a request for OpenAI's responses."""
    yield from _read_content("system", _get(body, "instructions"))
    if _get(body, "prompt") is not None:
        # It is stored with the provider, who renders it.
        yield Part("system", kind="stored_prompt")
    # Either one string or a list of items, of which messages are one kind.
    given = _get(body, "input")
    if isinstance(given, str):
        yield Part("user", given)
    for item in () if isinstance(given, str) else _list_several(given):
        role = _read_word(_get(item, "role"))
        # An item without either is a call, its result, or reasoning; an answer of the model that is given back has
        # content alone.
        if role or _get(item, "content") is not None:
            yield from _read_content(role or "assistant", _get(item, "content"))
        else:
            yield Part("assistant", kind=_name_kind(_read_word(_get(item, "type"))))
    yield from _read_tools(_get(body, "tools"))


def read_messages(body: object) -> Iterator[Part]:
    """Read a request for Anthropic's messages."""
    # The messages themselves have the shape of chat completions.
    yield from _read_content("system", _get(body, "system"))
    yield from read_chat(body)


def read_contents(body: object) -> Iterator[Part]:
    """Read a request for Google's ``generateContent``."""
    instruction = _get_either(body, "systemInstruction")
    for content in (*_list_several(instruction), *_list_several(_get(body, "contents"))):
        role = "system" if content is instruction else _read_word(_get(content, "role")) or "user"
        # Google's word for the assistant; recordings have one word for it.
        role = "assistant" if role == "model" else role
        for part in (content,) if isinstance(content, _Unreadable) else _list_several(_get(content, "parts")):
            text = _get(part, "text")
            # A thought has a text too, and is the model's own.
            is_said = isinstance(text, str) and not _get(part, "thought")
            yield Part(role, text) if is_said else Part(role, kind=_name_gemini_kind(part))
    for tool in _list_several(_get(body, "tools")):
        yield from _read_tools(_list_several(_get_either(tool, "functionDeclarations")) or [tool])


def read_interactions(body: object) -> Iterator[Part]:
    """Read a request for Google's interactions."""
    yield from _read_content("system", _get_either(body, "systemInstruction"))
    # One string, one part or step, or a list of them.
    for item in _list_several(_get(body, "input")):
        kind, role = _read_word(_get(item, "type")), _read_word(_get(item, "role"))
        role = _STEPS.get(role or kind, role)
        if isinstance(item, str) or not (role or kind.endswith(("_call", "_result")) or kind == "thought"):
            yield from _read_content("user", [item])
        elif role:
            yield from _read_content(role, _get(item, "content"))
        else:
            yield Part("assistant", kind=_name_kind(kind))
    yield from _read_tools(_get(body, "tools"))


_STEPS = {"user_input": "user", "model_output": "assistant", "model": "assistant"}


def _read_content(role: str, value: object) -> Iterator[Part]:
    for item in _list_several(value):
        if isinstance(item, str):
            yield Part(role, item)
            continue
        kind, text = _read_word(_get(item, "type")), _get(item, "text")
        # A part of an unknown type may carry a text that is no prompt, so only known types are taken.
        if isinstance(text, str) and (not kind or kind in _TEXTS):
            yield Part(role, text)
        else:
            yield Part(role, kind=_name_kind(kind))


def _name_kind(kind: str) -> str:
    if kind.endswith(("_output", "_result")):
        return "tool_result"
    if kind.endswith("_call"):
        return "tool_call"
    # A type that is newer than this list is counted under its own name, cut in case it is no type at all.
    return KINDS.get(kind, kind[:40] or "unreadable")


def _name_gemini_kind(part: object) -> str:
    for kind, keys in (
        ("tool_result", ("functionResponse", "codeExecutionResult")),
        ("tool_call", ("functionCall", "executableCode")),
    ):
        if any(_get_either(part, key) is not None for key in keys):
            return kind
    data = _get_either(part, "inlineData") or _get_either(part, "fileData")
    if data is not None:
        kind = _read_word(_get_either(data, "mimeType")).partition("/")[0]
        return kind if kind in ("image", "audio", "video") else "file"
    return "reasoning" if _get(part, "thought") else "unreadable"


def _get_either(thing: object, name: str) -> Any:
    # Google's API takes both ways of writing a name, and its SDK sends both.
    found = _get(thing, name)
    return found if found is not None else _get(thing, re.sub("[A-Z]", lambda match: f"_{match[0].lower()}", name))


def _read_tools(value: object) -> Iterator[Part]:
    for tool in _list_several(value):
        # Sorted and without spaces, so that the same tool has the same fingerprint whoever built it.
        plain = tool if isinstance(tool, Mapping) else _make_plain(tool)
        try:
            text = json.dumps(plain, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        except (TypeError, ValueError):
            yield Part(TOOL_DEFINITION, kind=TOOL_DEFINITION)
        else:
            yield Part(TOOL_DEFINITION, text)


def _make_plain(thing: Any) -> object:
    return thing.model_dump(mode="json", exclude_unset=True) if hasattr(thing, "model_dump") else thing


class _Unreadable:
    """Stands for what is there and cannot be read without using it up."""


def _list_several(value: object) -> list[Any] | tuple[Any, ...]:
    if isinstance(value, list | tuple):
        return value
    if value is None:
        return ()
    # One thing where the SDKs take one or several.
    if isinstance(value, str | Mapping) or hasattr(value, "model_dump"):
        return (value,)
    return (_Unreadable(),)


def _get(thing: Any, name: str) -> Any:
    # A dict most of the time, and an abstract class takes long to ask.
    is_mapping = type(thing) is dict or isinstance(thing, Mapping)
    found = thing.get(name) if is_mapping else getattr(thing, name, None)
    # The SDKs mark what was not given.
    return None if type(found).__name__ in ("Omit", "NotGiven") else found


def _read_word(value: object) -> str:
    return value if isinstance(value, str) else ""
