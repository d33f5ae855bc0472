"""Messages as LangChain's objects."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Sequence
from typing import Any

from .._types.converter import make_plain
from .._types.message import Message
from ..errors import UsageError
from .steps import list_steps


def check_langchain() -> None:
    """Check that langchain-core is installed, without importing it.

    Raises:
        UsageError: If it is not.
    """
    try:
        is_there = importlib.util.find_spec("langchain_core") is not None
    except ValueError:  # somebody put something else in its place
        is_there = False
    if not is_there:
        raise _make_error("is not installed")


def _make_error(reason: str) -> UsageError:
    return UsageError(
        f"messages in the form of langchain need langchain-core, which {reason}; pip install langchain-core"
    )


def write_langchain(messages: Sequence[Message]) -> list[Any]:
    """Write messages as objects of ``langchain_core.messages``.

    Raises:
        UsageError: If langchain-core is not installed.
    """
    try:
        given: Any = importlib.import_module("langchain_core.messages")
    except ImportError as error:
        raise _make_error(f"cannot be imported ({error})") from error
    rows: list[Any] = []
    for step in list_steps(messages):
        if step.role == "user":
            rows.append(given.HumanMessage(step.text))
        elif step.role == "assistant":
            calls = [
                {"name": one.call.name, "args": make_plain(one.call.arguments), "id": one.id, "type": "tool_call"}
                for one in step.calls
            ]
            rows.append(given.AIMessage(step.text, tool_calls=calls))
            rows += [given.ToolMessage(one.result, tool_call_id=one.id, name=one.call.name) for one in step.calls]
        else:
            # As LangChain's own converters tell a developer's instructions from a system's.
            more = {"additional_kwargs": {"__openai_role__": step.role}} if step.role == "developer" else {}
            rows.append(given.SystemMessage(step.text, **more))
    return rows
