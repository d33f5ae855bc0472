"""Messages as Anthropic's API takes them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .._types.converter import make_plain
from .._types.message import Message
from .steps import list_steps


def write_anthropic(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Write messages as dicts with blocks ``tool_use`` and ``tool_result``; instructions are left out."""
    rows: list[dict[str, Any]] = []
    for step in list_steps(messages):
        if step.role not in ("user", "assistant"):
            continue
        if not step.calls:
            rows.append({"role": step.role, "content": step.text})
            continue
        asked = [
            {"type": "tool_use", "id": one.id, "name": one.call.name, "input": make_plain(one.call.arguments)}
            for one in step.calls
        ]
        given = [{"type": "tool_result", "tool_use_id": one.id, "content": one.result} for one in step.calls]
        rows += [{"role": "assistant", "content": asked}, {"role": "user", "content": given}]
    return rows
