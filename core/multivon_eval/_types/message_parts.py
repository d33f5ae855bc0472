"""What a message of others holds: its text, the tools it calls, and what tools gave back."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import attrs

from ..errors import UsageError
from .json_value import freeze_json
from .message import ToolCall
from .whole_text import whole_text

_CALLS = frozenset({"tool_use", "server_tool_use", "mcp_tool_use", "tool_call", "server_tool_call"})
_THOUGHTS = frozenset({"thinking", "redacted_thinking", "reasoning"})
_NAMES = {
    "image_url": "image",
    "input_image": "image",
    "input_audio": "audio",
    "input_file": "file",
    "document": "file",
}
"""By the type of a part that is no text, what stands in its place where it is not the type itself."""
_PARTS = frozenset({"text", "input_text", "output_text", "audio", "file", "image", *_NAMES})


@attrs.define
class Parts:
    """What one message holds.

    Attributes:
        texts: Its words, and a placeholder such as ``[image]`` for each part that has none.
        calls: The tools it calls, each with the id under which its result is told; empty where it has none.
        results: What tools gave, by the id of the call.
    """

    texts: list[str] = attrs.field(factory=list)
    calls: list[tuple[str, ToolCall]] = attrs.field(factory=list)
    results: list[tuple[str, Any]] = attrs.field(factory=list)

    @property
    def text(self) -> str:
        """The texts, one below the other."""
        return whole_text("\n".join(self.texts))


def read_parts(content: object, where: str) -> Parts:
    """Read the content of a message: nothing, a string, or a list of parts.

    Args:
        content: As one of the SDKs has it: OpenAI's, Anthropic's, LangChain's.
        where: The place that errors name.

    Raises:
        UsageError: If it is none of these.
    """
    found = Parts()
    if isinstance(content, str):
        found.texts.append(content)
    elif isinstance(content, Sequence) and not isinstance(content, bytes):
        for index, part in enumerate(content):
            _read_part(part, found, f"{where}.content[{index}]")
    elif content is not None:
        raise UsageError(f"{where}.content is {type(content).__name__}; give a string, or a list of parts")
    return found


def _read_part(part: object, found: Parts, where: str) -> None:
    if isinstance(part, str):
        found.texts.append(part)
        return
    if not isinstance(part, Mapping):
        raise UsageError(f"{where} is {type(part).__name__}; give a part as an object with its type")
    kind = str(part.get("type") or "")
    if kind in _CALLS:
        found.calls.append(read_call(part, where))
    elif kind.endswith("tool_result"):
        found.results.append((str(part.get("tool_use_id")), read_result(part)))
    elif kind not in _THOUGHTS:  # what a model thought, nobody was told
        text = part.get("refusal") if kind == "refusal" else part.get("text")
        found.texts.append(text if isinstance(text, str) else _name_part(part, kind))


def _name_part(part: Mapping[str, Any], kind: str) -> str:
    """Write what stands in the place of a part that is no text."""
    inner = part.get("file")
    holders = (part, inner) if isinstance(inner, Mapping) else (part,)
    name = next((one[key] for one in holders for key in ("filename", "title") if isinstance(one.get(key), str)), "")
    return f"[{_NAMES.get(kind, kind) or 'a part without a type'}{' ' if name else ''}{name}]"


def read_call(call: object, where: str) -> tuple[str, ToolCall]:
    """Read one tool call: OpenAI's, Anthropic's, LangChain's or ours.

    Returns:
        Its id, empty where it has none, and the call.

    Raises:
        UsageError: If it is no object with a name.
    """
    if not isinstance(call, Mapping):
        raise UsageError(f"{where}.tool_calls has {type(call).__name__} in it; give objects")
    inner = call.get("function") or call.get("custom") or call
    if not isinstance(inner, Mapping) or not isinstance(inner.get("name"), str):
        raise UsageError(f"{where}.tool_calls has a call without a name; give each a name")
    given: Any = next((inner[key] for key in ("arguments", "args", "input") if inner.get(key) is not None), {})
    identity = call.get("id") if isinstance(call.get("id"), str) else ""
    return str(identity or ""), ToolCall(
        whole_text(inner["name"]), read_arguments(given), inner.get("result", call.get("result"))
    )


def read_arguments(given: Any) -> Mapping[str, Any]:
    """Read what a tool was called with: an object, or its JSON; what is neither stands under ``text`` or ``value``."""
    if isinstance(given, str):
        if not given.strip():
            return {}
        try:
            given = _parse(given)
        except ValueError:
            return {"text": given}
    return given if isinstance(given, Mapping) else {"value": given}


def read_result(row: Mapping[str, Any]) -> Any:
    """Read what a tool gave from a message or part that tells it; a failure stands under ``error``."""
    value = row.get("content") if "content" in row else row.get("output")
    if isinstance(value, list | tuple) and value and all(map(_is_part, value)):
        value = read_parts(value, "").text
    if isinstance(value, str):
        value = _decode(value)
    return {"error": value} if row.get("is_error") or row.get("status") == "error" else value


def _is_part(value: object) -> bool:
    """Whether it is a part of a content, and no value that happens to have a type."""
    return isinstance(value, Mapping) and value.get("type") in _PARTS


def write_result(value: Any) -> str:
    """Write what a tool gave as text; :func:`read_result` gives it back."""
    if isinstance(value, str) and isinstance(_decode(value), str) and _decode(value) == value:
        return value
    return json.dumps(value, ensure_ascii=False)


def _decode(text: str) -> Any:
    """Read a result that is JSON.

    Of numbers only as JSON writes them: "007" and "1.50" are words, and a quote of them must stand in the transcript.
    """
    try:
        value = _parse(text)
    except ValueError:
        return text
    is_exact = isinstance(value, dict | list) or json.dumps(value, ensure_ascii=False) == text
    return freeze_json(value) if is_exact else text


def _parse(text: str) -> Any:
    try:
        return json.loads(text, parse_constant=_refuse)
    except RecursionError:
        raise ValueError("nested too deep") from None


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON")
