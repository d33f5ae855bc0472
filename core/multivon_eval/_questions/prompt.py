"""A question as it travels: the rendered prompt, and the typed thing it asks about."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Generic, Protocol, TypeVar

import attrs

from .._set_module import set_module
from .._types.message import Role

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

ECHOED = 500
"""How much of an answer that could not be read is usually shown to the judge again, in characters."""


@set_module("multivon_eval.sdk")
@attrs.frozen
class PromptMessage:
    """One message of a prompt.

    Attributes:
        role: ``user`` or ``assistant``, as the judge sees itself.
        parts: The text in parts. What several questions share comes first and in a part of its own, so that
            a provider can mark the border for its cache.
    """

    role: Role
    parts: tuple[str, ...]

    @property
    def text(self) -> str:
        """The parts as one text."""
        return "\n\n".join(self.parts)


@set_module("multivon_eval.sdk")
@attrs.frozen
class Prompt:
    """What a provider sends.

    Attributes:
        system: The instructions; the same for all questions of a kind on one conversation.
        messages: At least one; the first and the last are the user's.
        schema: The JSON Schema of the answer, with ``additionalProperties: false`` and every property
            required, as the providers' strict modes ask for; None for free text.
        schema_name: A name for it.
        max_tokens: The most tokens that a well-formed answer can need; None leaves it to the provider.
        temperature: What suits the question: 0 to judge, more to play a person; None leaves it to the provider.
        is_repeated: Whether the same question is asked several times, so that a provider's cache may serve all of it.
    """

    system: str
    messages: tuple[PromptMessage, ...]
    schema: Mapping[str, Any] | None = None
    schema_name: str = "answer"
    max_tokens: int | None = 800
    temperature: float | None = 0.0
    is_repeated: bool = False


@set_module("multivon_eval.sdk")
class Asked(Protocol[T_co]):
    """The typed thing a question asks about."""

    def read(self, text: str) -> T_co:
        """Read a judge's answer.

        Raises:
            UnreadableAnswer: If the text does not answer the question.
        """
        ...


@set_module("multivon_eval.sdk")
@attrs.frozen
class Question(Generic[T]):
    """One question to a judge.

    Attributes:
        prompt: What a provider sends.
        about: What it asks about, for judges that answer without a prompt.
        echoed: How much of an answer that could not be read is shown to the judge again, in characters.
    """

    prompt: Prompt
    about: Asked[T]
    echoed: int = ECHOED

    def read(self, text: str) -> T:
        """Read the answer; see :meth:`Asked.read`."""
        return self.about.read(text)

    def again(self, text: str, problem: str) -> Question[T]:
        """The same question once more, with the answer that could not be read and what was wrong with it."""
        complaint = (
            f"That answer could not be read: {problem}. Answer the same question again with one JSON object "
            "that fits the schema, and nothing else."
        )
        messages = (
            *self.prompt.messages,
            PromptMessage("assistant", (text[: self.echoed] or "(empty)",)),
            PromptMessage("user", (complaint,)),
        )
        return attrs.evolve(self, prompt=attrs.evolve(self.prompt, messages=messages))
