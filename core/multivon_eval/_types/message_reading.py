"""Messages of others as ours: OpenAI's (completions and responses), Anthropic's, LangChain's, dicts or objects."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs

from ..errors import UsageError
from .message import Message, ToolCall
from .message_parts import Parts, read_arguments, read_call, read_parts, read_result

INSTRUCTIONS = "instructions"
"""The key of a message's ``metadata`` under which the instructions before it are kept."""
_INSTRUCTING = ("system", "developer")
_ROLES = {
    "human": "user",
    "ai": "assistant",
    "model": "assistant",
    "HumanMessageChunk": "user",
    "AIMessageChunk": "assistant",
    "SystemMessageChunk": "system",
    "ToolMessageChunk": "tool",
}
"""The words of LangChain and Google for roles."""


@attrs.frozen
class Instruction:
    """What a system was told to do, which nobody said in the conversation.

    Attributes:
        role: ``system`` or ``developer``.
        content: Its text.
        before: The index of the message that it stands before.
    """

    role: str
    content: str
    before: int


@attrs.frozen
class Said:
    """What a list of messages holds.

    Attributes:
        messages: What user and assistant said.
        instructions: What the system was told, in order.
    """

    messages: tuple[Message, ...]
    instructions: tuple[Instruction, ...]


def read_said(given: object, name: str = "messages") -> Said:
    """Read messages in any of the forms that SDKs have.

    Calls that stand before the words they were made for belong to these words: an assistant's message without text
    and the next one become one.

    Args:
        given: The messages, or what holds them under ``messages`` (and ``system`` beside it, as Anthropic has it).
        name: What errors call them.

    Raises:
        UsageError: If something is no message, with its place.
    """
    held = _as_row(given) if not isinstance(given, Sequence) else None
    rows = held["messages"] if held and "messages" in held else given
    if isinstance(rows, str | bytes | Mapping) or not isinstance(rows, Iterable):
        raise UsageError(f"{name!r} is {type(rows).__name__}; give a list of messages")
    reader = _Reader()
    if held and held.get("system"):
        reader.instruct("system", held["system"], "system")
    for index, row in enumerate(rows):
        reader.read(row, f"{name}[{index}]")
    return Said(tuple(reader.messages), tuple(reader.instructions))


def read_messages(value: Iterable[Message | Mapping[str, Any]]) -> tuple[Message, ...]:
    """Messages that a person wrote down, for a persona's history or a fixed case.

    Raises:
        UsageError: If something is no message, or an instruction: these are the system's own.
    """
    said = read_said(value)
    if said.instructions:
        role = said.instructions[0].role
        raise UsageError(
            f"a message has the role {role!r}, which is no part of what was said; give it to the system under test "
            "in model_fn, or read the messages with from_messages, which keeps it in their metadata"
        )
    return said.messages


class _Reader:
    """Goes through messages and knows which calls still wait for their results or their words."""

    def __init__(self) -> None:
        self.messages: list[Message] = []
        self.instructions: list[Instruction] = []
        self._places: dict[str, tuple[int, int]] = {}
        self._is_open = False

    def read(self, given: object, where: str) -> None:
        if isinstance(given, Message):
            self.messages.append(given)
            self._is_open = False
            return
        row = _as_row(given)
        if row is None:
            raise UsageError(f"{where} is no message; give an object with role and content")
        role = _find_role(row)
        if role in _INSTRUCTING:
            self.instruct(role, row.get("content"), where)
        elif role in ("tool", "function"):
            self._add_result(str(row.get("tool_call_id") or row.get("name")), read_result(row))
        elif role == "user":
            self._add_user(read_parts(row.get("content"), where))
        elif role == "assistant":
            self._add_assistant(row, where)
        elif isinstance(kind := row.get("type"), str) and "role" not in row:
            self._add_item(row, kind, where)
        else:
            what = "is no message" if "role" not in row else f"has the role {row['role']!r}"
            raise UsageError(f"{where} {what}; give role and content: user, assistant, system, developer or tool")

    def instruct(self, role: str, content: object, where: str) -> None:
        self.instructions.append(Instruction(role, read_parts(content, where).text, len(self.messages)))

    def _add_user(self, parts: Parts) -> None:
        for identity, result in parts.results:
            self._add_result(identity, result)
        # With Anthropic a message that only carries results is the user's too.
        if parts.texts or not parts.results:
            self.messages.append(Message("user", parts.text))
            self._is_open = False

    def _add_assistant(self, row: Mapping[str, Any], where: str) -> None:
        parts = read_parts(row.get("content"), where)
        known = {identity for identity, _ in parts.calls if identity}
        several = (*(row.get("tool_calls") or ()), *(row.get("invalid_tool_calls") or ()))
        listed = [read_call(call, where) for call in several]
        if function := row.get("function_call"):  # what tool_calls replaced
            _, call = read_call(function, where)
            listed.append((call.name, call))
        # LangChain tells a call twice: as a part of the content and beside it.
        calls = parts.calls + [one for one in listed if one[0] not in known]
        text = parts.text or _find_other_words(row)
        self._add_reply(text, calls)
        for identity, result in parts.results:  # those of tools that run with the provider
            self._add_result(identity, result)

    def _add_reply(self, text: str, calls: Sequence[tuple[str, ToolCall]]) -> None:
        if self._is_open:
            last = self.messages[-1]
            begun = len(last.tool_calls)
            called = (*last.tool_calls, *(call for _, call in calls))
            self.messages[-1] = attrs.evolve(last, content=text, tool_calls=called)
        else:
            begun = 0
            self.messages.append(Message("assistant", text, [call for _, call in calls]))
        self._is_open = bool(calls) and not text
        for number, (identity, _) in enumerate(calls, begun):
            if identity:
                self._places[identity] = (len(self.messages) - 1, number)

    def _add_item(self, row: Mapping[str, Any], kind: str, where: str) -> None:
        """Read an item of OpenAI's responses that is no message."""
        if kind.endswith("_output"):
            self._add_result(str(row.get("call_id")), read_result(row))
        elif kind in ("function_call", "custom_tool_call"):
            _, call = read_call({**row, "id": ""}, where)
            self._add_reply("", [(str(row.get("call_id") or ""), call)])
        elif kind.endswith("_call"):  # a tool that runs with the provider
            told = {key: value for key, value in row.items() if key not in _ABOUT and value is not None}
            self._add_reply("", [("", ToolCall(kind.removesuffix("_call"), read_arguments(told)))])
        elif kind != "reasoning":
            raise UsageError(
                f"{where} is of the type {kind!r}, which is no message; give an object with role and content"
            )

    def _add_result(self, identity: str, result: Any) -> None:
        """Put what a tool gave back into its call; a result of no known call is none of the transcript."""
        if (place := self._places.get(identity)) is None:
            return
        index, number = place
        calls = list(self.messages[index].tool_calls)
        calls[number] = attrs.evolve(calls[number], result=result)
        self.messages[index] = attrs.evolve(self.messages[index], tool_calls=calls)


_ABOUT = frozenset({"id", "call_id", "type", "status"})


def _find_role(row: Mapping[str, Any]) -> str:
    """The role of a message in our words; empty where it has none that is known."""
    said = row["role"] if isinstance(row.get("role"), str) else row.get("type")
    if said == "system" and isinstance(more := row.get("additional_kwargs"), Mapping):
        said = more.get("__openai_role__", said)  # LangChain has no class for a developer's instructions
    role = _ROLES.get(str(said), str(said))
    return role if role in ("user", "assistant", "tool", "function", *_INSTRUCTING) else ""


def _find_other_words(row: Mapping[str, Any]) -> str:
    """What an assistant said where its content is empty: a refusal, or what was heard."""
    audio = row.get("audio")
    for words in (row.get("refusal"), audio.get("transcript") if isinstance(audio, Mapping) else None):
        if isinstance(words, str):
            return words
    return ""


def _as_row(given: object) -> Mapping[str, Any] | None:
    """A message as a mapping, whichever class it has; None if it is none."""
    if isinstance(given, Mapping):
        # As LangChain writes messages to a file.
        inner = given.get("data")
        return {"type": given.get("type"), **inner} if isinstance(inner, Mapping) and "content" in inner else given
    if isinstance(given, tuple) and len(given) == 2 and all(isinstance(one, str) for one in given):
        return {"role": given[0], "content": given[1]}
    dump = getattr(given, "model_dump", None)
    if callable(dump) and not isinstance(given, type):
        row = dump()
        return row if isinstance(row, Mapping) else None
    found = {name: getattr(given, name) for name in _ATTRIBUTES if hasattr(given, name)}
    return found if "messages" in found or "content" in found else None


_ATTRIBUTES = ("role", "type", "content", "tool_calls", "tool_call_id", "name", "messages", "system")
