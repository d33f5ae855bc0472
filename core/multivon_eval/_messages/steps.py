"""A conversation in the steps that SDKs have messages for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import attrs

from .._types.message import Message, ToolCall
from .._types.message_parts import write_result
from .._types.message_reading import INSTRUCTIONS


@attrs.frozen
class Call:
    """A tool call with the id under which its result is told.

    Attributes:
        id: Unique in the conversation.
        call: The call.
    """

    id: str
    call: ToolCall

    @property
    def result(self) -> str:
        """What came back, as text; ``null`` where that is not known, for each call needs a result."""
        return write_result(self.call.result)


@attrs.frozen
class Step:
    """One message of an SDK, or the calls of one and their results.

    Attributes:
        role: ``system``, ``developer``, ``user`` or ``assistant``.
        text: What it says; empty where it only calls.
        calls: The tools that it calls.
    """

    role: str
    text: str
    calls: tuple[Call, ...] = ()


def list_steps(messages: Sequence[Message]) -> Iterator[Step]:
    """Take messages apart: instructions, calls before the words they were made for, words."""
    count = 0
    for index, message in enumerate(messages):
        for told in message.metadata.get(INSTRUCTIONS, ()):
            yield Step(told["role"], told["content"])
        calls = tuple(Call(f"call_{count + number}", call) for number, call in enumerate(message.tool_calls, 1))
        count += len(calls)
        if calls:
            yield Step("assistant", "", calls)
        # Calls without words stand alone, unless the next message would be taken for their words.
        is_followed = index + 1 < len(messages) and messages[index + 1].role == "assistant"
        if message.content or not calls or is_followed:
            yield Step(message.role, message.content)
