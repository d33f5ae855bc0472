"""Reading a reply from what a system gives: text, a message, several, or what holds them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ..._types.message import Reply
from ..._types.message_reading import read_said
from ...errors import ModelFnError, UsageError
from .usage import TokenPrices, sum_usage


def read_reply(output: Any, prices: TokenPrices) -> Any:
    """Read a reply.

    Args:
        output: A string or a :class:`Reply`, a message of OpenAI, Anthropic or LangChain, a list of messages whose end
            is the reply, an answer of an SDK, or a mapping with ``messages`` or ``output``.
        prices: What tokens cost.

    Returns:
        The reply; what is no message at all as it is, for the run to say so.

    Raises:
        ModelFnError: If there are messages and none of them is the assistant's.
    """
    found = _take_out(output)
    if isinstance(found, str | Reply) or found is None:
        return found
    messages = list(found) if isinstance(found, list | tuple) else [found]
    tail = cut_tail(messages)
    try:
        said = read_said(tail).messages
    except UsageError:
        return output
    texts = [message.content for message in said if message.content]
    calls = [call for message in said for call in message.tool_calls]
    if not texts:
        doing = f"only calls of tools: {', '.join(call.name for call in calls)}" if calls else "no message"
        raise ModelFnError(f"the system under test answered with {doing}; let it end with a message of the assistant")
    # An answer tells its tokens itself, beside the message in it or as the message.
    tellers = tail if found is output else [*tail, output]
    usage = sum_usage(_get(one, name) for one in tellers for name in ("usage_metadata", "usage"))
    return Reply(texts[-1], calls, prices.cost(usage), {"usage": usage} if usage else {})


def cut_tail(messages: Sequence[Any]) -> list[Any]:
    """Leave out what was said up to the last message of the user."""
    for index in range(len(messages) - 1, -1, -1):
        if (_get(messages[index], "role") or _get(messages[index], "type")) in ("user", "human"):
            return list(messages[index + 1 :])
    return list(messages)


def _take_out(output: Any) -> Any:
    """Take the messages out of what holds them."""
    if isinstance(output, Mapping):
        if output.get("__interrupt__"):
            raise ModelFnError(
                "the graph was interrupted to ask a person, which a simulated user cannot answer; "
                "compile it without the interrupt, or resume it in a model_fn of your own"
            )
        for key in ("messages", "output"):
            if key in output and "role" not in output:
                return output[key]
    choices = _get(output, "choices")  # an answer of OpenAI's completions
    if isinstance(choices, Sequence) and choices and not isinstance(choices, str):
        return _get(choices[0], "message")
    items = _get(output, "output")  # of its responses
    return items if isinstance(items, list) else output


def _get(thing: object, name: str) -> Any:
    return thing.get(name) if isinstance(thing, Mapping) else getattr(thing, name, None)
