"""The judge that asks an OpenAI-compatible endpoint: chat completions over HTTP, structured output."""

from __future__ import annotations

import json
import math
import os
from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any
from urllib.parse import urlsplit

import attrs
import httpx

from multivon_eval.sdk import (
    Answer,
    JudgeError,
    JudgeUnavailable,
    Prices,
    Prompt,
    Question,
    Usage,
    UsageError,
    whole_text,
)

from ._http import JsonHttp, RequestRefused
from ._prices import known_prices, stated_prices

OPENAI = "https://api.openai.com/v1"
# A chat format adds a few tokens for each message, and a few for the reply's beginning.
_PER_MESSAGE, _PER_REQUEST = 16, 64
# No call has so many tokens: a usage that says so is none.
_MOST_TOKENS = 10**9


def _is_url(_: object, __: object, value: str) -> None:
    parts = urlsplit(value)
    if "@" in parts.netloc:
        # It would stand in every message and result.
        raise ValueError("base_url carries a user or a password; put the key into the variable that api_key_env names")
    if parts.scheme not in ("http", "https") or not parts.netloc:
        raise ValueError(f"base_url is {value!r}; give it as http://host/v1 or https://host/v1")


def _is_amount(_: object, attribute: Any, value: float | None) -> None:
    if value is not None and not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{attribute.name} is {value}; give a number from 0 on")


@attrs.define
class OpenAI:
    """Asks a model over ``POST {base_url}/chat/completions``.

    Answers are asked for as structured output (``response_format`` with a JSON Schema). A server that refuses
    that, or another parameter, is asked again without it once; what was left out is remembered for the run
    and noted in the results.

    Attributes:
        model: The model.
        base_url: The endpoint, ``/v1`` included.
        api_key_env: The variable that holds the key; servers of one's own may need none.
        temperature: For all questions; if not given, 0 to judge and 1 to play a persona.
        max_tokens: The most completion tokens of an answer; if not given, what the question needs.
        timeout: Seconds without a byte before a request is given up; the run's timeout holds beside it.
        price_in: USD per million prompt tokens, where genai-prices does not know them.
        price_out: USD per million completion tokens.
        price_cached: USD per million cached prompt tokens; ``price_in`` if not given.
        client: An ``httpx.AsyncClient`` to use as it is, for those who embed.

    Source: OpenAI API reference, chat completions (https://platform.openai.com/docs/api-reference/chat).
    """

    model: str
    base_url: str = attrs.field(default=OPENAI, validator=_is_url)
    api_key_env: str = "OPENAI_API_KEY"
    temperature: float | None = attrs.field(default=None, validator=_is_amount)
    max_tokens: int | None = attrs.field(default=None, validator=attrs.validators.optional(attrs.validators.ge(1)))
    timeout: float | None = attrs.field(default=None, validator=attrs.validators.optional(attrs.validators.gt(0)))
    price_in: float | None = attrs.field(default=None, validator=_is_amount)
    price_out: float | None = attrs.field(default=None, validator=_is_amount)
    price_cached: float | None = attrs.field(default=None, validator=_is_amount)
    client: httpx.AsyncClient | None = attrs.field(
        default=None, kw_only=True, repr=False, eq=False, metadata={"option": False}
    )
    _prices: Prices | None = attrs.field(init=False, repr=False, eq=False)
    _http: JsonHttp = attrs.field(init=False, repr=False, eq=False)
    _is_key_unfit: bool = attrs.field(init=False, repr=False, eq=False)
    _refused: dict[str, str] = attrs.field(init=False, repr=False, eq=False, factory=dict)

    def __attrs_post_init__(self) -> None:
        given = {self.price_in, self.price_out, self.price_cached} - {None}
        if given and None in (self.price_in, self.price_out):
            raise ValueError("a price is missing; give price_in and price_out together")
        stated = stated_prices(self.price_in, self.price_out, self.price_cached)
        self._prices = stated or known_prices(self.model, self.base_url)
        key = os.environ.get(self.api_key_env, "").strip()
        # What no header can carry is not even tried: the error would show it.
        self._is_key_unfit = not (key.isascii() and key.isprintable())
        headers = {"Authorization": f"Bearer {key}"} if key and not self._is_key_unfit else {}
        self._http = JsonHttp(self.base_url, headers, (key,) if key else (), self.timeout, self.client)

    def prices(self) -> Prices | None:
        """Give the prices, or None where they are not known."""
        return self._prices

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """Bound the cost of one request: a token is at least a byte of the prompt."""
        if self._prices is None:
            return None
        prompt = question.prompt
        texts = [prompt.system, *(message.text for message in prompt.messages)]
        size = sum(len(whole_text(text).encode()) + _PER_MESSAGE for text in texts) + _PER_REQUEST
        size += len(repr(prompt.schema).encode())  # as long as its JSON, and quicker
        dearest = max(self._prices.input, self._prices.cached)
        return (size * dearest + self._limit(prompt) * self._prices.output) / 1_000_000

    async def check(self) -> None:
        """See that there is a key where one is needed, and that the endpoint answers and takes it.

        Raises:
            UsageError: No.
        """
        if self._is_key_unfit:
            raise UsageError(
                f"judge 'openai:{self.model}' cannot send its key: the variable {self.api_key_env} holds a line break "
                "or characters beyond ASCII; set it to the key alone"
            )
        if not self._http.headers and self.base_url.rstrip("/") == OPENAI:
            raise UsageError(
                f"judge 'openai:{self.model}' has no key: the variable {self.api_key_env} is not set; set it, or "
                "name another variable with ',api_key_env=NAME'"
            )
        await self._http.check("models")

    async def aclose(self) -> None:
        """Give the connections back."""
        await self._http.aclose()

    async def complete(self, question: Question[Any]) -> Answer:
        """Send the question's prompt as one chat completion; see the protocol."""
        while True:
            left_out = dict(self._refused)
            body = self._body(question.prompt, left_out)
            try:
                data = await self._http.post("chat/completions", body)
            except RequestRefused as error:
                self._adapt(error, left_out)
                continue
            return self._answer(data, body, question, left_out)

    def _adapt(self, error: RequestRefused, left_out: Mapping[str, str]) -> None:
        # Many answers may come back refused for one and the same reason at once: only the first has to learn.
        if self._refused != left_out:
            return
        said = error.body.lower()
        for parameter, words in _REFUSABLE:
            steps = _STEPS[parameter]
            taken = steps.index(self._refused[parameter]) + 1 if parameter in self._refused else 0
            if any(word in said for word in words) and taken < len(steps):
                self._refused[parameter] = steps[taken]
                return
        raise error

    def _body(self, prompt: Prompt, left_out: Mapping[str, str]) -> dict[str, Any]:
        messages = [{"role": item.role, "content": whole_text(item.text)} for item in prompt.messages]
        system = whole_text(prompt.system)
        body: dict[str, Any] = {"model": self.model}
        if prompt.schema is not None:
            how = left_out.get("response_format", "")
            if how != LEFT_OUT:
                body["response_format"] = _JSON_OBJECT if how else _json_schema(prompt)
            if how:
                system += f"\n\nThe JSON Schema of the answer:\n{json.dumps(prompt.schema, ensure_ascii=False)}"
        if system:
            messages.insert(0, {"role": "system", "content": system})
        body["messages"] = messages
        if "temperature" not in left_out:
            body["temperature"] = self._temperature(prompt)
        body["max_completion_tokens" if "max_tokens" in left_out else "max_tokens"] = self._limit(prompt)
        return body

    def _limit(self, prompt: Prompt) -> int:
        return self.max_tokens or prompt.max_tokens

    def _temperature(self, prompt: Prompt) -> float:
        return prompt.temperature if self.temperature is None else self.temperature

    def _answer(
        self,
        data: Mapping[str, Any],
        body: Mapping[str, Any],
        question: Question[Any],
        left_out: Mapping[str, str],
    ) -> Answer:
        usage, is_known = _usage(data.get("usage"))
        if self._prices is None:
            cost = Decimal(0)
        else:
            cost = self._prices.cost(usage) if is_known else self.worst_cost(question) or Decimal(0)
        notes = [f"the model refused {parameter}: {how}" for parameter, how in left_out.items()]
        if not is_known:
            notes.append("the provider sent no usable usage: calls are booked at their worst case")
        return Answer(
            text=_content(data, self._http.said),
            usage=usage,
            cost_usd=cost,
            model=self._http.said(str(data.get("model") or self.model)),
            temperature=body.get("temperature"),
            notes=tuple(notes),
        )


_JSON_OBJECT = {"type": "json_object"}
LEFT_OUT = "left out"
# What is done instead, step by step. An answer's length is never left unbounded: the ceiling hangs on it.
_STEPS = {
    "max_tokens": ("sent as max_completion_tokens",),
    "temperature": (LEFT_OUT,),
    "response_format": ("sent as json_object", LEFT_OUT),
}
_REFUSABLE = (
    ("max_tokens", ("max_tokens", "max_completion_tokens")),
    ("temperature", ("temperature",)),
    ("response_format", ("response_format", "json_schema", "json_object", "schema", "structured output")),
)


def _json_schema(prompt: Prompt) -> dict[str, Any]:
    named = {"name": prompt.schema_name, "strict": True, "schema": prompt.schema}
    return {"type": "json_schema", "json_schema": named}


def _content(data: Mapping[str, Any], said: Callable[[str], str]) -> str:
    try:
        message = data["choices"][0]["message"]
        content, refusal = message.get("content"), message.get("refusal")
    except (KeyError, IndexError, TypeError, AttributeError):
        shape = f"the error {data['error']}" if data.get("error") else ", ".join(sorted(map(str, data))) or "nothing"
        raise JudgeUnavailable(f"the answer is no chat completion (it has {said(shape)})", True) from None
    if refusal:
        raise JudgeError(f"the model refused to answer: {said(str(refusal))}", True)
    if content is None:
        return ""
    if not isinstance(content, str):
        raise JudgeUnavailable(f"the answer's content is {type(content).__name__}, not text", True)
    return whole_text(content)


def _usage(data: Any) -> tuple[Usage, bool]:
    """Read the usage, and whether it can be believed."""
    if not isinstance(data, Mapping):
        return Usage(), False
    details = data.get("prompt_tokens_details")
    cached = details.get("cached_tokens") if isinstance(details, Mapping) else None
    counts = [
        count
        for count in (data.get("prompt_tokens"), data.get("completion_tokens"), cached or 0)
        if isinstance(count, int) and not isinstance(count, bool) and 0 <= count <= _MOST_TOKENS
    ]
    if len(counts) < 3:
        return Usage(), False
    asked, answered, kept = counts
    return Usage(asked, answered, min(kept, asked)), True
