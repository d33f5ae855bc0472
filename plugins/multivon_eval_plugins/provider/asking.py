"""What all judges behind a provider share: from a question to one request, its cost and its bound.

A provider's judge says how a prompt becomes a body, how the body is sent and how the reply is read
(:class:`Wire`). What it may cost, what a model refuses and what is said of the answer stands here, once.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, Protocol

import attrs

from multivon_eval.sdk import Answer, JudgeError, JudgeUnavailable, Prices, Prompt, Question, Usage, whole_text

from .counted import Counted, count_bytes
from .failures import RequestRefused
from .reading import Reading
from .refusable import Refusable, find_refused
from .tariff import Tariff

_PER_REQUEST = 64
"""Tokens that a chat format adds for the reply's beginning, at most."""
_SCHEMAS = 64
"""How many schemas are remembered by their size."""
_MORE = (4096, 16384)
"""Tokens that a model which turns out to think is given beside those of its answer, one step after another."""


class Wire(Protocol):
    """How one provider is asked."""

    model: str

    def write_body(self, prompt: Prompt, left_out: Mapping[str, str]) -> dict[str, Any]:
        """Write the request for a prompt.

        Args:
            prompt: What is sent, its temperature and most tokens included.
            left_out: The parameters that the model refused, each with what is done instead.
        """
        ...

    async def send(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send one request.

        Raises:
            RequestRefused: If the server refuses it as it stands.
            JudgeUnavailable: If it fails in a way that often passes.
            JudgeError: If it fails in another way.
        """
        ...

    def read(self, data: Mapping[str, Any]) -> Reading:
        """Read the answer; its usage is read apart.

        Raises:
            AnswerWithheld: If the model or a filter refused to answer.
            JudgeUnavailable: If there is no answer, and asking again may help.
        """
        ...

    def read_usage(self, data: Mapping[str, Any]) -> Usage | None:
        """Read the tokens that a reply took; None where it does not say, or says what cannot be."""
        ...


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
        keeps_temperature: Whether the temperature of the question is sent.
        extra: What goes into each request beside what is asked.
        refused: What was refused, and what is done instead.
    """

    tariff: Tariff | None
    refusable: tuple[Refusable, ...]
    temperature: float | None = None
    max_tokens: int | None = None
    thinking: int = 0
    overhead: int = 0
    keeps_temperature: bool = True
    extra: Mapping[str, Any] = attrs.field(factory=dict)
    refused: dict[str, str] = attrs.field(factory=dict)
    _more: int = attrs.field(default=0, init=False)
    _counted: Counted = attrs.field(factory=Counted, init=False, repr=False)
    _sizes: dict[int, tuple[Mapping[str, Any], int]] = attrs.field(factory=dict, init=False, repr=False)

    @property
    def prices(self) -> Prices | None:
        """What tokens of a short prompt cost, if that is known."""
        return self.tariff.base if self.tariff else None

    def fix_prompt(self, prompt: Prompt) -> Prompt:
        """Fix what one request is sent with: the most tokens of its answer, thinking included, and the temperature."""
        limit = self.max_tokens or prompt.max_tokens
        temperature = prompt.temperature if self.keeps_temperature else None
        return attrs.evolve(
            prompt,
            max_tokens=None if limit is None else limit + self.thinking + self._more,
            temperature=temperature if self.temperature is None else self.temperature,
        )

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """Bound the cost of one request: a token is at least a byte of what no provider has counted yet."""
        return self._bound_cost(self.fix_prompt(question.prompt))

    def _bound_cost(self, prompt: Prompt) -> Decimal | None:
        if self.tariff is None or prompt.max_tokens is None:
            return None
        size = self._counted.bound(prompt) + _PER_REQUEST
        if prompt.schema is not None:
            # Twice: a provider may write it out in words of its own.
            size += 2 * self._measure_schema(prompt.schema) + self.overhead
        if self.extra:
            size += count_bytes(json.dumps(self.extra, default=str))
        return self.tariff.worst(size, prompt.max_tokens)

    def _measure_schema(self, schema: Mapping[str, Any]) -> int:
        """The size of a schema in bytes; there are few of them, and one is sent with every request."""
        known, size = self._sizes.get(id(schema), (None, 0))
        if known is not schema:
            if len(self._sizes) >= _SCHEMAS:
                self._sizes.clear()  # somebody makes a new one for each question
            size = count_bytes(repr(schema))  # as long as its JSON, and quicker
            self._sizes[id(schema)] = schema, size
        return size

    async def complete(self, question: Question[Any], wire: Wire) -> Answer:
        """Ask once; what is refused is asked for otherwise.

        Raises:
            JudgeUnavailable: If the call failed and is worth repeating.
            JudgeError: If the call failed and repeating it would not help.
        """
        # Fixed for all that is sent below: what it may cost was reserved, and another call may learn meanwhile that the
        # model thinks.
        prompt, more, left_out = self.fix_prompt(question.prompt), self._more, dict(self.refused)
        while True:
            sent_at = datetime.now(UTC)
            body = _merge(wire.write_body(prompt, left_out), self.extra)
            try:
                data = await wire.send(body)
            except RequestRefused as error:
                if error.told.generated:
                    # The answer is there; that it does not fit is for the question to say.
                    return self._answer(Reading(error.told.generated, wire.model), prompt, left_out, more, sent_at)
                left_out = self._adapt(error, left_out, body)
                continue
            # Not before: what did not help is not given up for the run.
            self._learn(left_out)
            usage = wire.read_usage(data)
            try:
                return self._answer(attrs.evolve(wire.read(data), usage=usage), prompt, left_out, more, sent_at)
            except JudgeError as error:
                if usage is not None:
                    # Refused, blocked or cut: the provider says all the same what it charges.
                    error.cost_usd = self._compute_cost(usage, prompt, sent_at)
                raise

    def _adapt(self, error: RequestRefused, left_out: Mapping[str, str], body: Mapping[str, Any]) -> dict[str, str]:
        """Ask for one thing otherwise; for what others have learned meanwhile first."""
        for item in find_refused(error.told, self.refusable, "\n".join(_list_texts(body))):
            taken = item.count_steps(left_out)
            if taken < len(item.steps):
                known = max(taken + 1, item.count_steps(self.refused))
                return {**left_out, item.parameter: item.steps[known - 1]}
        raise error.final from error

    def _learn(self, left_out: Mapping[str, str]) -> None:
        for item in self.refusable:
            if item.count_steps(left_out) > item.count_steps(self.refused):
                self.refused[item.parameter] = left_out[item.parameter]

    def _answer(
        self, reading: Reading, prompt: Prompt, left_out: Mapping[str, str], more: int, sent_at: datetime
    ) -> Answer:
        text = reading.text
        if reading.usage is not None:
            self._counted.learn(prompt, reading.usage.input_tokens)
        if not text and not reading.is_cut and prompt.schema is not None:
            # Some put the answer where only thoughts should be.
            text = reading.thoughts
        if reading.is_cut and not text:
            raise self._make_cut_error(reading, prompt, more)
        return Answer(
            text=whole_text(text),
            usage=reading.usage or Usage(),
            cost_usd=self._compute_cost(reading.usage, prompt, sent_at),
            model=reading.model,
            temperature=None if "temperature" in left_out else prompt.temperature,
            notes=tuple(self._list_notes(reading, left_out, more)),
        )

    def _list_notes(self, reading: Reading, left_out: Mapping[str, str], more: int) -> Iterator[str]:
        for item in self.refusable:
            if item.parameter in left_out:
                yield f"the model refused {item.parameter}: {left_out[item.parameter]}"
        if more:
            yield f"the model thinks: its answers may take {more} tokens more"
        if reading.usage is None:
            yield "the provider sent no usable usage: calls are booked at their worst case"
        if reading.is_cut:
            yield "an answer was cut at the limit of its tokens; give it more with ',max_tokens=N'"

    def _make_cut_error(self, reading: Reading, prompt: Prompt, more: int) -> JudgeError:
        """The error of an answer that was cut before it began; one that thinks is given more, and asked again."""
        message = f"the answer was cut at its {prompt.max_tokens} tokens before it began, thinking counted"
        steps = [step for step in _MORE if step > more]
        if self.max_tokens is None and steps and (reading.has_thought or reading.thoughts):
            # A call of its own: what it may cost is reserved anew.
            self._more = max(self._more, steps[0])
            return JudgeUnavailable(f"{message}; it is asked again with {self._more} more", True)
        return JudgeError(f"{message}; give it more with ',max_tokens=N'", True)

    def _compute_cost(self, usage: Usage | None, prompt: Prompt, sent_at: datetime) -> Decimal:
        if self.tariff is None:
            return Decimal(0)
        return self.tariff.cost(usage, sent_at) if usage else self._bound_cost(prompt) or Decimal(0)


def _merge(body: dict[str, Any], extra: Mapping[str, Any]) -> dict[str, Any]:
    for key, value in extra.items():
        known = body.get(key)
        body[key] = {**known, **value} if isinstance(known, Mapping) and isinstance(value, Mapping) else value
    return body


def _list_texts(value: object) -> Iterator[str]:
    """The texts of a request."""
    if isinstance(value, str):
        yield value
    elif isinstance(value, Mapping | list):
        for item in value.values() if isinstance(value, Mapping) else value:
            yield from _list_texts(item)
