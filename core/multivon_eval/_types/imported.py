"""Transcripts of others: a line with ``messages`` or ``transcript``, and beside it what there is."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from ..errors import UsageError
from .conversation import Conversation
from .disclaimer import IMPORTED
from .message import Message, ToolCall
from .persona import Persona
from .persona_json import persona_from_json
from .result import SimulationResult
from .verdict import Verdict
from .whole_text import whole_text

_KNOWN = ("messages", "transcript", "persona", "goal", "success_criteria")
_UNSAID = ("profile", "goal", "success_criteria")


def is_foreign(row: object) -> bool:
    """Whether a line is no result of ours, but a transcript that may be judged."""
    return isinstance(row, Mapping) and "schema_version" not in row and ("messages" in row or "transcript" in row)


def read_foreign(row: Mapping[str, Any], number: int) -> SimulationResult:
    """Read a transcript of others; nothing has to be made up for it.

    Args:
        row: The parsed line: ``messages`` (OpenAI's form, tool calls included) or ``transcript`` (ours), and what there
            is of ``persona``, ``goal``, ``success_criteria``. Other keys, ``label`` among them, are kept as they are.
        number: Which line it is; names the conversation where nothing else does.

    Returns:
        A result without verdict and scores.

    Raises:
        UsageError: If there is no message of a user and an assistant, or a value has another type than it should have.
    """
    name = "messages" if "messages" in row else "transcript"
    messages = _read_messages(row[name], name)
    if not any(message.role == "assistant" for message in messages):
        raise UsageError(f"{name!r} has no message of the assistant; there is nothing to judge")
    given = row.get("persona") or {}
    said = {"name": given} if isinstance(given, str) else given
    if not isinstance(said, Mapping):
        raise UsageError(f"'persona' is {type(given).__name__}; give an object, a name, or leave it out")
    said = {"name": f"conversation {number}", **said}
    said |= {key: row[key] for key in ("goal", "success_criteria") if row.get(key) is not None}
    persona = read_imported_persona(said)
    text = json.dumps([number, [message.content for message in messages]], ensure_ascii=False)
    uid = hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:16]
    conversation = Conversation(messages, persona, case_uid=uid, is_imported=True)
    extra = {key: value for key, value in row.items() if key not in _KNOWN}
    return SimulationResult(conversation, Verdict(None, "not judged yet"), disclaimer=IMPORTED, extra=extra)


def read_imported_persona(row: Any) -> Persona:
    """Read what an imported line says of its user; what it does not say is empty.

    Raises:
        UsageError: If something that it says is wrong.
    """
    if not isinstance(row, Mapping):
        raise UsageError(f"'persona' is {type(row).__name__}; give an object")
    told = {key: value for key, value in row.items() if value is not None and value != ""}
    filled = persona_from_json({**dict.fromkeys(_UNSAID, "-"), **told})
    return attrs.evolve(
        filled,
        profile=filled.profile if "profile" in told else "",
        goal=filled.goal if "goal" in told else "",
        success_criteria=filled.success_criteria if "success_criteria" in told else (),
    )


def _read_messages(rows: object, name: str) -> tuple[Message, ...]:
    if not isinstance(rows, Sequence) or isinstance(rows, str):
        raise UsageError(f"{name!r} is {type(rows).__name__}; give a list of messages")
    messages: list[Message] = []
    places: dict[str, tuple[int, int]] = {}
    for index, row in enumerate(rows):
        where = f"{name}[{index}]"
        if not isinstance(row, Mapping) or not isinstance(row.get("role"), str):
            raise UsageError(f"{where} is no message; give an object with role and content")
        if row["role"] == "tool":
            _add_result(messages, places, row)
            continue
        if row["role"] not in ("user", "assistant"):
            continue  # instructions are no part of what was said
        calls = tuple(_read_call(call, where) for call in row.get("tool_calls") or ())
        text = _read_text(row.get("content"), where)
        last = messages[-1] if messages else None
        if last is not None and last.role == row["role"] == "assistant" and not last.content:
            # The calls came first, and the words after their results.
            messages[-1] = attrs.evolve(last, content=text, tool_calls=(*last.tool_calls, *calls))
        else:
            messages.append(Message(row["role"], text, calls))
        begun = len(messages[-1].tool_calls) - len(calls)
        for place, call in enumerate(row.get("tool_calls") or ()):
            if isinstance(call, Mapping) and isinstance(call.get("id"), str):
                places[call["id"]] = (len(messages) - 1, begun + place)
    return tuple(messages)


def _read_call(call: object, where: str) -> ToolCall:
    if not isinstance(call, Mapping):
        raise UsageError(f"{where}.tool_calls has {type(call).__name__} in it; give objects")
    function = call.get("function", call)
    if not isinstance(function, Mapping) or not isinstance(function.get("name"), str):
        raise UsageError(f"{where}.tool_calls has a call without a name")
    arguments: Any = function.get("arguments") or {}
    if isinstance(arguments, str):
        try:
            arguments = json.loads(arguments)
        except ValueError:
            arguments = {"text": arguments}
    given = arguments if isinstance(arguments, Mapping) else {"value": arguments}
    return ToolCall(function["name"], given, function.get("result", call.get("result")))


def _add_result(messages: list[Message], places: Mapping[str, tuple[int, int]], row: Mapping[str, Any]) -> None:
    """Put what a tool gave back into its call; a result of no known call is none of the transcript."""
    place = places.get(str(row.get("tool_call_id")))
    if place is None:
        return
    index, number = place
    calls = list(messages[index].tool_calls)
    calls[number] = attrs.evolve(calls[number], result=row.get("content"))
    messages[index] = attrs.evolve(messages[index], tool_calls=tuple(calls))


def _read_text(content: object, where: str) -> str:
    """The text of a message: a string, the texts of its parts, nothing beside tool calls."""
    if content is None:
        return ""
    if isinstance(content, str):
        return whole_text(content)
    if isinstance(content, Sequence):
        parts = (part.get("text") for part in content if isinstance(part, Mapping))
        return whole_text("\n".join(part for part in parts if isinstance(part, str)))
    raise UsageError(f"{where}.content is {type(content).__name__}; give a string, or a list of parts")
