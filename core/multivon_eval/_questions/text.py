"""A question of one's own: any prompt, any schema, the answer as text."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import attrs

from .._set_module import set_module
from .._types.message import Message
from .prompt import Prompt, PromptMessage, Question


def text_question(
    messages: Sequence[Message] | str,
    *,
    system: str = "",
    schema: Mapping[str, Any] | None = None,
    max_tokens: int | None = 1024,
    temperature: float | None = 0.0,
) -> Question[str]:
    """Ask anything.

    Args:
        messages: The prompt, as one text or as messages that begin and end with the user's.
        system: Instructions before it.
        schema: A JSON Schema for the answer; None for free text.
        max_tokens: The most tokens the answer may have; None leaves it to the provider, and its cost without a bound.
        temperature: What is sent; None leaves it to the provider.

    Returns:
        A question whose answer is read as the text it is.
    """
    said = (Message("user", messages),) if isinstance(messages, str) else tuple(messages)
    prompt = Prompt(
        system=system,
        messages=tuple(PromptMessage(message.role, (message.content,)) for message in said),
        schema=schema,
        max_tokens=max_tokens,
        temperature=temperature,
    )
    return Question(prompt, TextAsked(said))


@set_module("multivon_eval.sdk")
@attrs.frozen
class TextAsked:
    """The text that is asked for.

    Attributes:
        messages: The prompt, which begins and ends with the user's message.
    """

    messages: tuple[Message, ...]

    def read(self, text: str) -> str:
        """The text as it is."""
        return text
