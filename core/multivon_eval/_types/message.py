"""A message, a reply of the system under test, and the tools that it called."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

import attrs

from .._set_module import set_module
from ..errors import UsageError
from .json_value import freeze_json, freeze_mapping
from .safe_json import safe_json

Role = Literal["user", "assistant"]


def _calls(value: Iterable[ToolCall]) -> tuple[ToolCall, ...]:
    return tuple(value)


def _check_role(_: object, __: object, value: object) -> None:
    if value not in ("user", "assistant"):
        raise UsageError(
            f"a message has the role {value!r}, and user and assistant alone say something; "
            "read messages with others with from_messages"
        )


def _check_content(_: object, __: object, value: str) -> None:
    if not isinstance(value, str):
        raise UsageError(
            f"a message has {type(value).__name__} as its content, and it is one string; "
            "read lists of parts with from_messages"
        )


@set_module("multivon_eval")
@attrs.frozen
class ToolCall:
    """A tool that the system under test called while it made a reply.

    Attributes:
        name: The tool.
        arguments: What it was called with.
        result: What came back, any JSON value, or None.
    """

    name: str
    arguments: Mapping[str, Any] = attrs.field(factory=dict, converter=freeze_mapping)
    result: Any = attrs.field(default=None, converter=freeze_json)


@set_module("multivon_eval")
@attrs.frozen
class Reply:
    """What ``model_fn`` may return instead of a string.

    Attributes:
        text: The reply, not empty.
        tool_calls: The tools called for it; the judge sees them, the driver does not.
        cost_usd: What the reply cost, in USD, where the system knows; None where it does not.
        metadata: Anything else worth keeping, JSON values.
    """

    text: str
    tool_calls: tuple[ToolCall, ...] = attrs.field(default=(), converter=_calls)
    cost_usd: float | Decimal | None = None
    metadata: Mapping[str, Any] = attrs.field(factory=dict)


@set_module("multivon_eval")
@attrs.frozen
class Message:
    """One side of a turn.

    Attributes:
        role: ``user`` or ``assistant``.
        content: The text.
        tool_calls: What an assistant called for it.
        seconds: How long ``model_fn`` (assistant) or the driver (user) took; None where nobody measured.
        metadata: What a ``Reply`` carried beside its text, JSON values; of messages that ``from_messages`` read, the
            ``instructions`` before it.

    Raises:
        UsageError: If the role is another, or the content no string.
    """

    role: Role = attrs.field(validator=_check_role)
    content: str = attrs.field(validator=_check_content)
    tool_calls: tuple[ToolCall, ...] = attrs.field(default=(), converter=_calls)
    seconds: float | None = None
    metadata: Mapping[str, Any] = attrs.field(factory=dict, converter=freeze_mapping)

    @cached_property
    def as_json(self) -> str:
        """The message as one line of JSON for a judge: role, content and tool calls; see :func:`safe_json`."""
        row: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.tool_calls:
            row["tool_calls"] = [
                {"name": call.name, "arguments": dict(call.arguments), "result": call.result}
                for call in self.tool_calls
            ]
        return safe_json(row)
