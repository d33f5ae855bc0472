"""Any function of messages as ``model_fn``, whichever messages it takes and gives."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

import attrs

from ..._messages.convert import MessageStyle, check_library, check_style, to_messages
from ..._run.threads import is_asynchronous, run_in_thread
from ...errors import UsageError
from .replies import read_reply
from .usage import TokenPrices


def from_function(
    function: Callable[..., Any],
    style: MessageStyle | None = None,
    *,
    price_in: float | str | None = None,
    price_out: float | str | None = None,
) -> Callable[..., Any]:
    """Make a ``model_fn`` of a function that takes a list of messages and gives messages, an SDK's answer or text.

    A function that takes ``messages`` by this name and gives a string or a :class:`Reply` needs none of this.

    Args:
        function: Takes the messages first; sync or async. What it names ``conversation_id`` it gets too.
        style: The form of the messages that it gets; dicts of role and content if None.
        price_in: What a million tokens of its prompts cost, in USD, for the costs of the system in the report.
        price_out: What a million tokens of its answers cost, in USD.

    Returns:
        A ``model_fn``. What the function gives may be text, a message or an answer of OpenAI, Anthropic or LangChain,
        or a list of messages that ends with the reply; tool calls and tokens are read where they stand in it.

    Raises:
        UsageError: If it is no function of messages, there is no such style, the style's library is not installed, or a
            price is wrong.
    """
    if not callable(function):
        raise UsageError(f"from_function got {type(function).__name__}; give a function of a list of messages")
    if style is not None:
        check_style(style)
        check_library(style)
    try:
        parameters = inspect.signature(function).parameters
        inspect.signature(function).bind([], **({"conversation_id": ""} if "conversation_id" in parameters else {}))
    except TypeError as error:
        raise UsageError(
            f"the function cannot be called with a list of messages ({error}); give one that takes them first, and "
            "nothing else but conversation_id"
        ) from None
    return _Function(function, style, TokenPrices.of(price_in, price_out), "conversation_id" in parameters)


@attrs.define
class _Function:
    """The ``model_fn`` of a function."""

    function: Callable[..., Any]
    style: MessageStyle | None
    prices: TokenPrices
    wants_id: bool

    async def __call__(self, messages: list[dict[str, str]], conversation_id: str) -> Any:
        given = messages if self.style is None else to_messages(messages, self.style)
        named = {"conversation_id": conversation_id} if self.wants_id else {}
        if is_asynchronous(self.function):
            output = await self.function(given, **named)
        else:
            output = await run_in_thread(lambda: self.function(given, **named))
        return read_reply(await output if inspect.isawaitable(output) else output, self.prices)
