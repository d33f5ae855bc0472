"""Messages as OpenAI's completions take them."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from .._types.message import Message
from .steps import list_steps


def write_openai(messages: Sequence[Message]) -> list[dict[str, Any]]:
    """Write messages as dicts with ``role``, ``content``, ``tool_calls`` and, for results, ``tool_call_id``."""
    rows: list[dict[str, Any]] = []
    for step in list_steps(messages):
        if not step.calls:
            rows.append({"role": step.role, "content": step.text})
            continue
        calls = [
            {
                "id": one.id,
                "type": "function",
                "function": {"name": one.call.name, "arguments": json.dumps(one.call.arguments, ensure_ascii=False)},
            }
            for one in step.calls
        ]
        rows.append({"role": "assistant", "content": None, "tool_calls": calls})
        rows += [{"role": "tool", "tool_call_id": one.id, "content": one.result} for one in step.calls]
    return rows
