"""A runnable of LangChain, or a graph of LangGraph, as ``model_fn``."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import attrs

from ..._messages.convert import check_library, to_messages
from ..._run.threads import run_in_thread
from ..._types.message import Reply
from ...errors import UsageError
from .history import History
from .replies import read_reply
from .usage import TokenPrices

_GRAPH = "get_state"


def from_runnable(
    runnable: Any,
    *,
    make_input: Callable[[list[Any]], Any] | None = None,
    read_output: Callable[[Any], Any] | None = None,
    config: Mapping[str, Any] | None = None,
    price_in: float | str | None = None,
    price_out: float | str | None = None,
) -> Callable[..., Any]:
    """Make a ``model_fn`` of a LangChain runnable or a compiled LangGraph graph.

    Each conversation is a thread of its own: its id is ``configurable.thread_id``. A graph with a checkpointer gets the
    new message only, any other runnable all that was said, its own tool calls and their results included.

    Args:
        runnable: What has ``ainvoke`` or ``invoke``: a graph, a chain, a model of messages.
        make_input: Makes its input of messages of ``langchain_core``; ``{"messages": ...}`` for a graph and for what
            takes them by that name, else the list, if None.
        read_output: Takes what :func:`from_function` can read out of its output; if None, a message, text, or what
            stands under ``messages`` or ``output``.
        config: The config of each call, callbacks or a recursion limit say.
        price_in: What a million tokens of its prompts cost, in USD, for the costs of the system in the report.
        price_out: What a million tokens of its answers cost, in USD.

    Returns:
        A ``model_fn``. Its replies have the tool calls of the turn, and the tokens in ``metadata.usage`` where the
        model tells them.

    Raises:
        UsageError: If it is no runnable, takes no messages, langchain-core is not installed, or a price is wrong.
    """
    if not any(callable(getattr(runnable, name, None)) for name in ("ainvoke", "invoke")):
        remedy = "compile it first: graph.compile()" if hasattr(runnable, "compile") else "hand in a runnable"
        raise UsageError(f"{type(runnable).__name__} has neither ainvoke nor invoke, so it is no runnable; {remedy}")
    check_library("langchain")
    return _Runnable(
        runnable,
        make_input or _find_input(runnable),
        read_output or _give_back,
        dict(config or {}),
        TokenPrices.of(price_in, price_out),
    )


@attrs.define
class _Runnable:
    """The ``model_fn`` of a runnable."""

    runnable: Any
    make_input: Callable[[list[Any]], Any]
    read_output: Callable[[Any], Any]
    config: dict[str, Any]
    prices: TokenPrices
    _history: History = attrs.field(factory=History, init=False)
    _is_sync: bool = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._is_sync = not hasattr(self.runnable, "ainvoke")

    async def open(self) -> _Runnable:
        """Give one of its own to each conversation."""
        return attrs.evolve(self)

    async def __call__(self, messages: list[dict[str, str]], conversation_id: str) -> Any:
        configurable = {"thread_id": conversation_id, **self.config.get("configurable", {})}
        config = {**self.config, "configurable": configurable}
        if has_memory(self.runnable):
            new = messages[-1:] if await self._is_begun(config) else messages
            sent = to_messages(new, "langchain")
            return self._read(await self._call("invoke", self.make_input(sent), config))
        kept, new = self._history.find(messages)
        sent = [*(kept or ()), *to_messages(new, "langchain")]
        output = await self._call("invoke", self.make_input(sent), config)
        reply = self._read(output)
        if isinstance(reply, Reply):
            self._history.keep(messages, reply.text, _list_own(sent, output, reply))
        return reply

    def _read(self, output: Any) -> Any:
        return read_reply(self.read_output(output), self.prices)

    async def _is_begun(self, config: Mapping[str, Any]) -> bool:
        """Whether the checkpointer knows the thread: the first turn also brings what a persona's history has."""
        state = await self._call("get_state", config)
        return bool(state.values)

    async def _call(self, name: str, *args: Any) -> Any:
        if not self._is_sync:
            try:
                return await getattr(self.runnable, f"a{name}")(*args)
            except NotImplementedError:
                # A checkpointer that is only synchronous says so before anything else happens.
                self._is_sync = name == _GRAPH
                if not self._is_sync:
                    raise
        return await run_in_thread(lambda: getattr(self.runnable, name)(*args))


def has_memory(runnable: Any) -> bool:
    """Whether a graph keeps the messages of a thread by itself."""
    return hasattr(runnable, _GRAPH) and getattr(runnable, "checkpointer", None) not in (None, False)


def _list_own(sent: list[Any], output: Any, reply: Reply) -> list[Any]:
    """The messages of a conversation as the runnable has them after its reply."""
    given: Any = output.get("messages") if isinstance(output, Mapping) else output
    own: list[Any] = list(given) if isinstance(given, list | tuple) else [given]
    if own and not all(hasattr(one, "content") for one in own):
        own = to_messages([{"role": "assistant", "content": reply.text}], "langchain")
    is_whole = len(own) > len(sent) and own[0].content == sent[0].content
    return own if is_whole else [*sent, *own]


def _find_input(runnable: Any) -> Callable[[list[Any]], Any]:
    """Find out whether messages are taken by name or as they are.

    Raises:
        UsageError: If other things are asked for by name.
    """
    if hasattr(runnable, _GRAPH):
        return _name_messages
    if not (names := _list_names(runnable)):
        return _give_back
    if "messages" not in names:
        raise UsageError(
            f"{type(runnable).__name__} takes {', '.join(map(repr, names))} and no 'messages'; "
            "say with make_input= what it gets of the list of messages"
        )
    return _name_messages


def _list_names(runnable: Any) -> list[str]:
    """What a runnable takes by name; nothing where it takes one value, or cannot say."""
    try:
        schema = runnable.get_input_jsonschema()
    except Exception:  # it has none, or is made of annotations that cannot be resolved
        return []
    return list(schema.get("properties", ())) if schema.get("type") == "object" else []


def _name_messages(messages: list[Any]) -> dict[str, Any]:
    return {"messages": messages}


def _give_back(value: Any) -> Any:
    return value
