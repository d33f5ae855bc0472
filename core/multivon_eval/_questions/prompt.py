"""A question as it travels: the rendered prompt, and the typed thing it asks about."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any, Generic, NoReturn, Protocol, TypeVar

import attrs

from .._set_module import set_module
from .._types.message import Role
from ..errors import UnreadableAnswer

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)

ECHOED = 500
"""How much of an answer that could not be read is usually shown to the judge again, in characters."""

_CODE_FENCE = re.compile(r"\A\s*```[a-zA-Z]*\s*\n(.*)\n\s*```\s*\Z", re.DOTALL)


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
        max_tokens: The most tokens that a well-formed answer can need.
        temperature: What suits the question: 0 to judge, more to play a person.
    """

    system: str
    messages: tuple[PromptMessage, ...]
    schema: Mapping[str, Any] | None = None
    schema_name: str = "answer"
    max_tokens: int = 800
    temperature: float = 0.0


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


def read_object(text: str) -> dict[str, Any]:
    """Read one JSON object from an answer, also where it stands in a code fence or behind a few words.

    Raises:
        UnreadableAnswer: If there is none, or it is incomplete.
    """
    fenced = _CODE_FENCE.match(text)
    body = fenced.group(1) if fenced else text
    start = body.find("{")
    if start < 0:
        raise UnreadableAnswer(f"no JSON object in the answer {_show_text(text)}", True)
    try:
        value, _ = json.JSONDecoder(parse_constant=_refuse_constant).raw_decode(body, start)
    except (ValueError, RecursionError) as error:
        raise UnreadableAnswer(f"the JSON of the answer is broken ({error}): {_show_text(text)}", True) from None
    assert isinstance(value, dict), "what begins with a brace is an object"
    return value


def read_field(answer: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """One field of an answer, of exactly one JSON type.

    Raises:
        UnreadableAnswer: If the field is missing or of another type.
    """
    if name not in answer:
        raise UnreadableAnswer(f"the answer has no {name!r}", True)
    value = answer[name]
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UnreadableAnswer(f"{name!r} is {type(value).__name__}, not {kind.__name__}", True)
    return value


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _show_text(text: str) -> str:
    return repr(text if len(text) <= 120 else text[:117] + "...")
