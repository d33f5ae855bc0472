"""An agent of OpenAI's Agents SDK as ``model_fn``."""

from __future__ import annotations

import importlib
import json
from collections.abc import Callable
from typing import Any

import attrs

from ..._types.message import Reply
from ..._types.message_reading import read_said
from ...errors import UsageError
from .history import History
from .usage import TokenPrices, sum_usage


def from_agent(
    agent: Any,
    *,
    price_in: float | str | None = None,
    price_out: float | str | None = None,
    **run_options: Any,
) -> Callable[..., Any]:
    """Make a ``model_fn`` of an ``Agent`` of OpenAI's Agents SDK.

    A conversation goes on with all items of its earlier turns, tool calls included, and with the agent that answered
    last, also after a handoff.

    Args:
        agent: The agent that answers first.
        price_in: What a million tokens of its prompts cost, in USD, for the costs of the system in the report.
        price_out: What a million tokens of its answers cost, in USD.
        **run_options: Handed to ``Runner.run``: ``context``, ``max_turns``, ``run_config`` and so on. ``session`` is a
            function of the conversation's id; then the session remembers, and the agent gets the new message only.

    Returns:
        A ``model_fn``. Its replies have the tool calls of the turn, and the tokens in ``metadata.usage``.

    Raises:
        UsageError: If the SDK is not installed, it is no agent, or a price is wrong.
    """
    try:
        sdk: Any = importlib.import_module("agents")
        runner = sdk.Runner
    except (ImportError, AttributeError) as error:
        raise UsageError(
            f"from_agent needs the Agents SDK of OpenAI, which cannot be imported ({error}); pip install openai-agents"
        ) from error
    if not all(hasattr(agent, name) for name in ("name", "instructions", "handoffs")):
        raise UsageError(f"from_agent got {type(agent).__name__}, which is no agent; hand in an agents.Agent")
    session = run_options.pop("session", None)
    if session is not None and not callable(session):
        raise UsageError(
            "session is one for all conversations, which would mix them; give a function of the conversation's id, "
            "session=SQLiteSession say"
        )
    return _Agent(agent, runner.run, TokenPrices.of(price_in, price_out), run_options, session)


@attrs.define
class _Agent:
    """The ``model_fn`` of an agent."""

    agent: Any
    run: Callable[..., Any]
    prices: TokenPrices
    options: dict[str, Any]
    session: Callable[[str], Any] | None
    _history: History = attrs.field(factory=History, init=False)

    async def open(self) -> _Agent:
        """Give one of its own to each conversation."""
        return attrs.evolve(self)

    async def __call__(self, messages: list[dict[str, str]], conversation_id: str) -> Reply:
        kept, new = self._history.find(messages)
        agent, items = kept or (self.agent, [])
        options, given = dict(self.options), [*items, *new]
        if self.session is not None:
            options["session"] = session = self.session(conversation_id)
            given = messages[-1:] if await session.get_items(limit=1) else messages
        # A session takes one message as text; a list it does not take everywhere.
        result = await self.run(agent, given[0]["content"] if len(given) == 1 else given, **options)
        made = [item.to_input_item() for item in result.new_items if hasattr(item, "to_input_item")]
        calls = [call for message in read_said(made).messages for call in message.tool_calls]
        usage = sum_usage([getattr(getattr(result, "context_wrapper", None), "usage", None)])
        text = _write_output(result.final_output)
        self._history.keep(messages, text, (result.last_agent, result.to_input_list()))
        return Reply(text, calls, self.prices.cost(usage), {"usage": usage} if usage else {})


def _write_output(output: Any) -> str:
    """The final output as text: an agent with an output type gives an object."""
    if isinstance(output, str):
        return output
    dump = getattr(output, "model_dump_json", None)
    return str(dump()) if callable(dump) else json.dumps(output, ensure_ascii=False, default=str)
