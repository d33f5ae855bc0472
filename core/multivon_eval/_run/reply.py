"""What may come back from ``model_fn``: text, or a Reply; anything else is an error that names it."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from decimal import Decimal, InvalidOperation
from typing import Any

import attrs

from .._plugins.isolation import format_value
from .._types.hide_secrets import hide_known_secrets
from .._types.json_value import exact_text
from .._types.message import Reply, ToolCall
from ..errors import ModelFnError

MOST_TOOL_CALLS = 1000


def check_reply(returned: Any, most: int, secrets: Sequence[str] = ()) -> Reply:
    """Take what ``model_fn`` gave back.

    Args:
        returned: Whatever it is.
        most: Characters of text that are kept; a longer one is cut and says so, in its metadata too
            (``cut_characters``).
        secrets: What is hidden in it: a reply goes to a judge, and into files.

    Raises:
        ModelFnError: If it is no text; the message names what came back.
    """
    if inspect.isawaitable(returned):
        if inspect.iscoroutine(returned):
            returned.close()
        raise ModelFnError(f"model_fn returned a {type(returned).__name__} that nobody awaited; make it 'async def'")
    reply = Reply(returned) if isinstance(returned, str) else returned
    if not isinstance(reply, Reply):
        is_message = isinstance(returned, Mapping | list) or hasattr(type(returned), "model_dump")
        more = ", or hand in from_function(model_fn), which reads messages and answers of SDKs" if is_message else ""
        raise ModelFnError(f"model_fn returned {format_value(returned)}; return the reply as a string or a Reply{more}")
    if problem := _find_problem(reply):
        raise ModelFnError(f"model_fn returned {problem}")
    plain = attrs.evolve(_cut(reply, most), tool_calls=tuple(map(_name_exactly, reply.tool_calls)))
    return _hide_secrets(plain, secrets) if secrets else plain


def _hide_secrets(reply: Reply, known: Sequence[str]) -> Reply:
    hidden: list[ToolCall] = [
        attrs.evolve(
            call,
            name=hide_known_secrets(call.name, known),
            arguments=hide_known_secrets(call.arguments, known),
            result=hide_known_secrets(call.result, known),
        )
        for call in reply.tool_calls
    ]
    return attrs.evolve(
        reply,
        text=hide_known_secrets(reply.text, known),
        metadata=hide_known_secrets(reply.metadata, known),
        tool_calls=tuple(hidden),
    )


def _cut(reply: Reply, most: int) -> Reply:
    text, more = exact_text(reply.text[:most]), len(reply.text) - most
    if more <= 0:
        return attrs.evolve(reply, text=text)
    return attrs.evolve(
        reply,
        text=f"{text}\n[cut here: the reply has {more} more characters]",
        metadata={**reply.metadata, "cut_characters": more},
    )


def _name_exactly(call: ToolCall) -> ToolCall:
    return attrs.evolve(call, name=exact_text(call.name))


def _find_problem(reply: Reply) -> str:
    if not isinstance(reply.text, str):
        return f"a Reply whose text is {format_value(reply.text)}; give it a string"
    if not reply.text.strip():
        return f"an empty string ({reply.text!r}); return the reply as text"
    if not _is_amount(reply.cost_usd):
        return f"a Reply whose cost_usd is {_format_amount(reply.cost_usd)}; give USD, 0 or more, or None"
    if not isinstance(reply.metadata, Mapping):
        return f"a Reply whose metadata is {format_value(reply.metadata)}; give a dict"
    if len(reply.tool_calls) > MOST_TOOL_CALLS:
        return f"a Reply with {len(reply.tool_calls)} tool calls; give {MOST_TOOL_CALLS} at most"
    for call in reply.tool_calls:
        if not isinstance(call, ToolCall) or not isinstance(call.name, str):
            return f"a Reply whose tool_calls hold {format_value(call)}; give ToolCall objects"
        if not isinstance(call.arguments, Mapping):
            return f"a Reply whose tool_calls have the arguments {format_value(call.arguments)}; give a dict"
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
    return str(value)[:80] if isinstance(value, int | float | Decimal) else format_value(value)
