"""The doors: messages of others as ours, and ours as those of others."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Literal

import attrs

from .._types.conversation import Conversation
from .._types.eval_case import EvalCase
from .._types.message import Message
from .._types.message_reading import INSTRUCTIONS, read_said
from .._types.result import SimulationResult
from ..errors import UsageError, did_you_mean
from .anthropic_form import write_anthropic
from .langchain_form import check_langchain, write_langchain
from .openai_form import write_openai

MessageStyle = Literal["openai", "anthropic", "langchain"]
_WRITERS = {"openai": write_openai, "anthropic": write_anthropic, "langchain": write_langchain}


def from_messages(messages: Any) -> tuple[Message, ...]:
    """Read messages in the form of OpenAI (completions or responses), Anthropic or LangChain; the form is found out.

    Args:
        messages: A list of dicts, of the SDKs' own objects, or of both; or what holds it under ``messages``: a request
            (with ``system`` beside it, as Anthropic has it) or the state of a LangGraph graph.

    Returns:
        What user and assistant said. A tool's result stands in its call, and a call with the words that were said after
        it. Instructions (``system``, ``developer``) are kept in the metadata of the message that they stand before,
        under ``instructions``. A part that is no text leaves a placeholder, such as ``[image]``.

    Raises:
        UsageError: If something is no message, with its place.
    """
    said = read_said(messages)
    told: dict[int, list[dict[str, str]]] = {}
    for one in said.instructions:
        # What stands at the end is told before the next message, and there is none: the last one keeps it.
        place = min(one.before, len(said.messages) - 1)
        told.setdefault(place, []).append({"role": one.role, "content": one.content})
    return tuple(
        attrs.evolve(message, metadata={**message.metadata, INSTRUCTIONS: told[index]}) if index in told else message
        for index, message in enumerate(said.messages)
    )


def to_messages(
    said: SimulationResult | Conversation | EvalCase | Iterable[Message | Mapping[str, Any]],
    style: MessageStyle = "openai",
) -> list[Any]:
    """Write messages in the form of an SDK, tool calls and their results included.

    Args:
        said: A result, a conversation, a fixed case, or messages.
        style: ``openai`` for dicts as its completions take them, ``anthropic`` for those of Anthropic's messages,
            ``langchain`` for objects of ``langchain_core.messages``.

    Returns:
        The messages. Those with tool calls become several, the calls, their results, the words. Instructions that
        :func:`from_messages` kept stand where they stood; Anthropic takes them beside the messages, so with this style
        they are left out.

    Raises:
        UsageError: If there is no such style, langchain-core is not installed, or something is no message.
    """
    check_style(style)
    if isinstance(said, SimulationResult):
        return _WRITERS[style](said.transcript)
    if isinstance(said, Conversation | EvalCase):
        return _WRITERS[style](said.messages)
    return _WRITERS[style](from_messages(said))


def check_library(style: MessageStyle) -> None:
    """Check that the library whose objects the messages of a style are is installed; it is not imported.

    Raises:
        UsageError: If it is not.
    """
    if style == "langchain":
        check_langchain()


def check_style(style: object) -> None:
    """See that there is a form of messages of a name.

    Raises:
        UsageError: If there is none.
    """
    if style not in _WRITERS:
        raise UsageError(f"no form of messages is named {style!r}; {did_you_mean(str(style), _WRITERS)}")
