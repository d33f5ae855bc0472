"""The judge that asks an OpenAI-compatible endpoint: chat completions over HTTP, structured output."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from multivon_eval.sdk import JudgeError, JudgeUnavailable, KeyedJudge, Prompt, whole_text

from ._asking import LEFT_OUT, Asking, Reading, Refusable, describe_missing_answer, read_usage, write_schema_note
from ._http import JsonHttp
from ._options import is_url
from ._provider_judge import HttpJudge, keep_places

OPENAI = "https://api.openai.com/v1"
REFUSABLE = (
    # An answer's length is never left unbounded: the ceiling hangs on it.
    Refusable("max_tokens", ("max_tokens", "max_completion_tokens"), ("sent as max_completion_tokens",)),
    Refusable("temperature", ("temperature",)),
    Refusable("reasoning_effort", ("reasoning_effort",)),
    Refusable(
        "response_format",
        ("response_format", "json_schema", "json_object", "schema", "structured output"),
        ("sent as json_object", LEFT_OUT),
    ),
)

DEFAULT = KeyedJudge("openai:gpt-6-luna,reasoning_effort=none", rank=20)
"""Chosen where the key is set and nobody names a judge."""


@attrs.define(field_transformer=keep_places)
class OpenAI(HttpJudge):
    """Asks a model over ``POST {base_url}/chat/completions``.

    Answers are asked for as structured output (``response_format`` with a JSON Schema). A server that refuses
    that, or another parameter, is asked again without it once; what was left out is remembered for the run
    and noted in the results.

    Attributes:
        model: The model.
        base_url: The endpoint, ``/v1`` included.
        api_key_env: The variable that holds the key; servers of one's own may need none.
        temperature: For all questions; if not given, 0 to judge and 1 to play a persona.
        max_tokens: The most completion tokens of an answer, reasoning included; if not given, what the question needs.
        timeout: Seconds without a byte before a request is given up; the run's timeout holds beside it.
        price_in: USD per million prompt tokens, where genai-prices does not know them.
        price_out: USD per million completion tokens.
        price_cached: USD per million cached prompt tokens; ``price_in`` if not given.
        reasoning_effort: How much a reasoning model thinks, ``none`` or ``low`` say; not sent if not given.
        client: An ``httpx.AsyncClient`` to use as it is, for those who embed.

    Source: OpenAI API reference, chat completions (https://platform.openai.com/docs/api-reference/chat).
    """

    NAME = "openai"
    MODELS = "models"

    base_url: str = attrs.field(default=OPENAI, validator=is_url)
    api_key_env: str = "OPENAI_API_KEY"
    reasoning_effort: str | None = None

    def __attrs_post_init__(self) -> None:
        self._asking = Asking(self._find_tariff(self.model), REFUSABLE, self.temperature, self.max_tokens)
        self._connect("Authorization", "Bearer ")

    def _body(self, prompt: Prompt, left_out: Mapping[str, str]) -> dict[str, Any]:
        body = write_chat_body(self._asking, self.model, prompt, left_out)
        if self.reasoning_effort and "reasoning_effort" not in left_out:
            body["reasoning_effort"] = self.reasoning_effort
        return body

    async def _send(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        return await self._http.post("chat/completions", body)

    def _read(self, data: Mapping[str, Any]) -> Reading:
        return read_chat_answer(data, self.model, self._http)


def write_chat_body(asking: Asking, model: str, prompt: Prompt, left_out: Mapping[str, str]) -> dict[str, Any]:
    """Write a prompt as the body of a chat completion.

    Args:
        asking: What the judge was told of temperature and length.
        model: The model.
        prompt: What is asked.
        left_out: What the model refused, and what is done instead.
    """
    messages = [{"role": item.role, "content": whole_text(item.text)} for item in prompt.messages]
    system = whole_text(prompt.system)
    body: dict[str, Any] = {"model": model}
    if prompt.schema is not None:
        how = left_out.get("response_format", "")
        if how != LEFT_OUT:
            body["response_format"] = _JSON_OBJECT if how else _write_json_schema(prompt)
        if how:
            system += f"\n\n{write_schema_note(prompt)}"
    if system:
        messages.insert(0, {"role": "system", "content": system})
    body["messages"] = messages
    if "temperature" not in left_out:
        body["temperature"] = asking.temperature_for(prompt)
    body["max_completion_tokens" if "max_tokens" in left_out else "max_tokens"] = asking.limit_for(prompt)
    return body


def read_chat_answer(data: Mapping[str, Any], model: str, http: JsonHttp) -> Reading:
    """Read a chat completion.

    Args:
        data: The reply.
        model: The model that was asked for.
        http: What knows the secrets that a reply may echo.

    Raises:
        JudgeUnavailable: If the reply is no chat completion.
        JudgeError: If the model refuses to answer.
    """
    try:
        choice = data["choices"][0]
        message = choice["message"]
        content, refusal = message.get("content"), message.get("refusal")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise describe_missing_answer(data, "chat completion", http.clean_text) from None
    if refusal:
        raise JudgeError(f"the model refused to answer: {http.clean_text(str(refusal))}", True)
    if not isinstance(content, str | None):
        raise JudgeUnavailable(f"the answer's content is {type(content).__name__}, not text", True)
    told = data.get("usage")
    usage = told if isinstance(told, Mapping) else {}
    details = usage.get("prompt_tokens_details")
    cache = details if isinstance(details, Mapping) else {}
    return Reading(
        text=content or "",
        usage=read_usage(
            usage.get("prompt_tokens"),
            usage.get("completion_tokens"),
            cache.get("cached_tokens"),
            cache.get("cache_write_tokens"),
        ),
        model=http.clean_text(str(data.get("model") or model)),
        is_cut=choice.get("finish_reason") == "length",
    )


_JSON_OBJECT = {"type": "json_object"}


def _write_json_schema(prompt: Prompt) -> dict[str, Any]:
    named = {"name": prompt.schema_name, "strict": True, "schema": prompt.schema}
    return {"type": "json_schema", "json_schema": named}
