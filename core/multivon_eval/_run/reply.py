"""What may come back from ``model_fn``: text, or a Reply; anything else is an error that names it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping
from decimal import Decimal, InvalidOperation
from typing import Any

import attrs

from .._types.message import Reply, ToolCall
from .._types.rendering import whole_text
from ..errors import ModelFnError


def checked_reply(returned: Any) -> Reply:
    """Take what ``model_fn`` gave back.

    Raises:
        ModelFnError: If it is no text; the message names what came back.
    """
    if inspect.isawaitable(returned):
        if inspect.iscoroutine(returned):
            returned.close()
        raise ModelFnError(f"model_fn returned a {type(returned).__name__} that nobody awaited; make it 'async def'")
    reply = Reply(returned) if isinstance(returned, str) else returned
    if not isinstance(reply, Reply):
        raise ModelFnError(f"model_fn returned {_describe_value(returned)}; return the reply as a string, or a Reply")
    if problem := _find_problem(reply):
        raise ModelFnError(f"model_fn returned {problem}")
    text = whole_text(reply.text)
    return reply if text == reply.text else attrs.evolve(reply, text=text)


def _find_problem(reply: Reply) -> str:
    if not isinstance(reply.text, str):
        return f"a Reply whose text is {_describe_value(reply.text)}; give it a string"
    if not reply.text.strip():
        return f"an empty string ({reply.text!r}); return the reply as text"
    if not _is_amount(reply.cost_usd):
        return f"a Reply whose cost_usd is {_format_amount(reply.cost_usd)}; give USD, 0 or more, or None"
    if not isinstance(reply.metadata, Mapping):
        return f"a Reply whose metadata is {_describe_value(reply.metadata)}; give a dict"
    for call in reply.tool_calls:
        if not isinstance(call, ToolCall) or not isinstance(call.name, str):
            return f"a Reply whose tool_calls hold {_describe_value(call)}; give ToolCall objects"
        if not isinstance(call.arguments, Mapping):
            return f"a Reply whose tool_calls have the arguments {_describe_value(call.arguments)}; give a dict"
    return ""


def _is_amount(cost: Any) -> bool:
    if cost is None:
        return True
    if not isinstance(cost, int | float | Decimal) or isinstance(cost, bool):
        return False
    try:
        amount = Decimal(str(cost))
    except (InvalidOperation, ValueError):
        return False
    # Beyond this no reply costs, and no number of JSON holds it.
    return amount.is_finite() and 0 <= amount <= 10**9


def _format_amount(value: Any) -> str:
    return str(value)[:80] if isinstance(value, int | float | Decimal) else _describe_value(value)


def _describe_value(value: Any) -> str:
    if value is None:
        return "None"
    try:
        shown = repr(value)
    except Exception:
        return f"{type(value).__name__} (which has no repr)"
    return f"{type(value).__name__} ({shown if len(shown) <= 80 else shown[:77] + '...'})"
