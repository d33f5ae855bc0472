"""What all judges behind a provider share: from a question to one request, its cost and its bound.

A provider's judge says how a prompt becomes a body, how the body is sent and how the reply is read
(:class:`Wire`). What it may cost, what a model refuses and what is said of the answer stands here, once.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any, Protocol

import attrs

from multivon_eval.sdk import Answer, JudgeError, JudgeUnavailable, Prices, Prompt, Question, Usage, whole_text

from ._http import RequestRefused
from ._prices import Tariff

LEFT_OUT = "left out"
# A chat format adds a few tokens for each part of a message, and a few for the reply's beginning.
_PER_PART, _PER_REQUEST = 16, 64
_SCHEMAS = 64
"""How many schemas are remembered by their size."""
# No call has so many tokens: a usage that says so is none.
_MOST_TOKENS = 10**9


@attrs.frozen
class Refusable:
    """A parameter that a model may refuse.

    Attributes:
        parameter: What it is called in the notes.
        words: What the refusal says of it, lower case.
        steps: What is done instead, one after another.
    """

    parameter: str
    words: tuple[str, ...]
    steps: tuple[str, ...] = (LEFT_OUT,)


@attrs.frozen
class Reading:
    """What was read from a provider's reply.

    Attributes:
        text: The answer.
        usage: The tokens it took; None where the provider's figures are missing or cannot be.
        model: The model that the provider says it used.
        is_cut: Whether the answer ended at the limit of its tokens.
    """

    text: str
    usage: Usage | None
    model: str
    is_cut: bool = False


class Wire(Protocol):
    """How one provider is asked."""

    def _body(self, prompt: Prompt, left_out: Mapping[str, str]) -> dict[str, Any]: ...

    async def _send(self, body: Mapping[str, Any]) -> Mapping[str, Any]: ...

    def _read(self, data: Mapping[str, Any]) -> Reading: ...


@attrs.define(eq=False)
class Asking:
    """Asks one provider's model, and remembers for the run what it refused.

    Attributes:
        tariff: What its tokens cost, if that is known.
        refusable: What it may refuse, in the order in which a refusal is held against them.
        temperature: For all questions; None leaves it to the question.
        max_tokens: The most tokens of an answer; None leaves it to the question.
        thinking: Tokens beside them that a model may think with.
        overhead: Tokens that the provider adds to a prompt that asks for structured output.
        refused: What was refused, and what is done instead.
    """

    tariff: Tariff | None
    refusable: tuple[Refusable, ...]
    temperature: float | None = None
    max_tokens: int | None = None
    thinking: int = 0
    overhead: int = 0
    refused: dict[str, str] = attrs.field(factory=dict)
    _sizes: dict[int, tuple[Mapping[str, Any], int]] = attrs.field(factory=dict, init=False, repr=False)

    @property
    def prices(self) -> Prices | None:
        """What tokens of a short prompt cost, if that is known."""
        return self.tariff.base if self.tariff else None

    def limit_for(self, prompt: Prompt) -> int:
        """The most tokens of the answer, thinking included."""
        return (self.max_tokens or prompt.max_tokens) + self.thinking

    def temperature_for(self, prompt: Prompt) -> float:
        """The temperature to send."""
        return prompt.temperature if self.temperature is None else self.temperature

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """Bound the cost of one request: a token is at least a byte of the prompt."""
        if self.tariff is None:
            return None
        prompt = question.prompt
        parts = [prompt.system, *(part for message in prompt.messages for part in message.parts)]
        size = sum(_count_bytes(part) + _PER_PART for part in parts) + _PER_REQUEST
        if prompt.schema is not None:
            # Twice: a provider may write it out in words of its own.
            size += 2 * self._measure_schema(prompt.schema) + self.overhead
        return self.tariff.worst(size, self.limit_for(prompt))

    def _measure_schema(self, schema: Mapping[str, Any]) -> int:
        """The size of a schema in bytes; there are few of them, and one is sent with every request."""
        known, size = self._sizes.get(id(schema), (None, 0))
        if known is not schema:
            if len(self._sizes) >= _SCHEMAS:
                self._sizes.clear()  # somebody makes a new one for each question
            size = _count_bytes(repr(schema))  # as long as its JSON, and quicker
            self._sizes[id(schema)] = schema, size
        return size

    async def complete(self, question: Question[Any], wire: Wire) -> Answer:
        """Ask once; what is refused is asked for otherwise.

        Raises:
            JudgeUnavailable: If the call failed and is worth repeating.
            JudgeError: If the call failed and repeating it would not help.
        """
        while True:
            left_out = dict(self.refused)
            try:
                data = await wire._send(wire._body(question.prompt, left_out))
            except RequestRefused as error:
                self._adapt(error, left_out)
                continue
            return self._answer(wire._read(data), question, left_out)

    def _adapt(self, error: RequestRefused, left_out: Mapping[str, str]) -> None:
        # Many answers may come back refused for one and the same reason at once: only the first has to learn.
        if self.refused != left_out:
            return
        said = error.body.lower()
        for item in self.refusable:
            name, steps = item.parameter, item.steps
            taken = steps.index(self.refused[name]) + 1 if name in self.refused else 0
            if any(word in said for word in item.words) and taken < len(steps):
                self.refused[name] = steps[taken]
                return
        raise error

    def _answer(self, reading: Reading, question: Question[Any], left_out: Mapping[str, str]) -> Answer:
        limit = self.limit_for(question.prompt)
        if reading.is_cut and not reading.text:
            raise JudgeError(
                f"the answer was cut at its {limit} tokens before it began, thinking counted; "
                "give it more with ',max_tokens=N'",
                True,
            )
        notes = [f"the model refused {parameter}: {how}" for parameter, how in left_out.items()]
        if reading.usage is None:
            notes.append("the provider sent no usable usage: calls are booked at their worst case")
        if reading.is_cut:
            notes.append("an answer was cut at the limit of its tokens; give it more with ',max_tokens=N'")
        return Answer(
            text=whole_text(reading.text),
            usage=reading.usage or Usage(),
            cost_usd=self._compute_cost(reading.usage, question),
            model=reading.model,
            temperature=None if "temperature" in left_out else self.temperature_for(question.prompt),
            notes=tuple(notes),
        )

    def _compute_cost(self, usage: Usage | None, question: Question[Any]) -> Decimal:
        if self.tariff is None:
            return Decimal(0)
        return self.tariff.cost(usage) if usage else self.worst_cost(question) or Decimal(0)


def _count_bytes(text: str) -> int:
    return len(text) if text.isascii() else len(whole_text(text).encode())


def read_usage(asked: object, answered: object, cached: object = 0, written: object = 0) -> Usage | None:
    """Read a provider's figures; None where they are missing or cannot be.

    Args:
        asked: All prompt tokens, those of the cache included.
        answered: All completion tokens, thinking included.
        cached: Those read from the cache; None for none.
        written: Those written to it; None for none.
    """
    counts = [_count(asked), _count(answered), _count(cached or 0), _count(written or 0)]
    if None in counts:
        return None
    total, answer, read, wrote = (count or 0 for count in counts)
    if not total:
        return None  # no prompt has none: it is how some say that they did not count
    # They are a part of the prompt's tokens, whatever the provider says: no money is given back.
    wrote = min(wrote, total)
    return Usage(total, answer, min(read, total - wrote), wrote)


def add_usage(*counts: object) -> int | None:
    """Add figures of a provider; None where one of them cannot be."""
    read = [_count(count) for count in counts]
    return None if None in read else sum(count or 0 for count in read)


def _count(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= _MOST_TOKENS else None


def write_schema_note(prompt: Prompt) -> str:
    """The schema in words, for a model that does not get it as structured output."""
    return f"The JSON Schema of the answer:\n{json.dumps(prompt.schema, ensure_ascii=False)}"


def describe_missing_answer(data: Mapping[str, Any], what: str, said: Callable[[str], str]) -> JudgeUnavailable:
    """The error for a reply that is not what it should be: it is worth repeating, and may be charged."""
    shape = f"the error {data['error']}" if data.get("error") else ", ".join(sorted(map(str, data))) or "nothing"
    return JudgeUnavailable(f"the answer is no {what} (it has {said(shape)})", True)
