"""The judge that asks Anthropic: the Messages API over HTTP, structured output by tool use, prompts that are cached."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any, ClassVar

import attrs

from multivon_eval.sdk import AnswerWithheld, JudgeError, KeyedJudge, Prompt, PromptMessage, Usage, whole_text

from ..provider.asking import Asking
from ..provider.counted import count_bytes
from ..provider.http_judge import HttpJudge, keep_places
from ..provider.options import is_amount, is_url
from ..provider.reading import Reading, add_usage, describe_missing_answer, read_usage, write_schema_note
from ..provider.refusable import LEFT_OUT, Refusable

ANTHROPIC = "https://api.anthropic.com"
VERSION = "2023-06-01"
"""The version of the API that every model takes; the types of later ones hold no temperature."""
TOOL = "answer"
"""The tool whose input is the answer. Its schema is the question's own."""
# The instructions that Anthropic adds where there are tools: 346 tokens for most models, 675 for the newest.
_TOOL_TOKENS = 1500
_LONGEST = 4096
"""Tokens of an answer whose length nobody states: Anthropic wants a number, and every model takes this one."""
_LEAST_CACHED = 4 * 1024
"""Bytes of a prompt from which on Anthropic caches it: 1,024 tokens for the models that begin earliest."""
_LEAST_THINKING = 1024
_AS_BUDGET = "sent as a budget of tokens"
_REFUSABLE = (
    # "Thinking may not be enabled when tool_choice forces tool use" names both.
    Refusable("tool_choice", ("tool_choice",), ("left to the model",), r"tool_choice forces|forced tool use"),
    # "temperature may only be set to 1 when thinking is enabled" too.
    Refusable("temperature", ("temperature", "sampling parameters", "sampling parameter")),
    Refusable("cache_control", ("cache_control",)),
    Refusable("tools", ("tools", "tool use")),
)
_THINKS = Refusable("thinking", ("thinking", "thinking.type", "adaptive"), (_AS_BUDGET, LEFT_OUT))
_THINKS_NOT = Refusable("thinking", ("thinking", "thinking.type", "disabled"))
_CACHED = {"cache_control": {"type": "ephemeral"}}

DEFAULT = KeyedJudge("anthropic:claude-haiku-5-5", rank=10)
"""Chosen where the key is set and nobody names a judge."""


@attrs.define(field_transformer=keep_places)
class Anthropic(HttpJudge):
    """Asks a Claude model over ``POST {base_url}/v1/messages``.

    An answer that has to have a form is asked for as the input of a tool that the model must call. What the
    questions on one conversation share, and a conversation that grows, is marked for Anthropic's cache. Without
    ``thinking`` the model is asked not to think. A model that refuses one of these, or the temperature, is asked
    again without it once; what was left out is remembered for the run and noted in the results.

    Attributes:
        model: The model.
        base_url: The endpoint, without ``/v1``.
        api_key_env: The variable that holds the key.
        temperature: For all questions; if not given, 0 to judge and 1 to play a persona.
        max_tokens: The most tokens of an answer; if not given, what the question needs.
        timeout: Seconds without a byte before a request is given up; the run's timeout holds beside it.
        price_in: USD per million prompt tokens, where genai-prices does not know them.
        price_out: USD per million completion tokens.
        price_cached: USD per million cached prompt tokens; ``price_in`` if not given.
        price_cache_write: USD per million prompt tokens written to the cache; 1.25 times ``price_in`` if not given.
        thinking: Tokens beside ``max_tokens`` that the model may think with, 1024 at least; 0 to do without.
        extra_body: What goes into each request beside the rest, ``{top_p = 0.9}`` say.
        headers_env: Headers more, each with the variable that holds its value, ``{X-Team = "TEAM_TOKEN"}`` say.
        client: An ``httpx.AsyncClient`` to use as it is, for those who embed.

    Source: Anthropic API reference, Messages (https://platform.claude.com/docs/en/api/messages); prompt caching
    (https://platform.claude.com/docs/en/build-with-claude/prompt-caching).
    """

    NAME = "anthropic"
    MODELS = "v1/models"
    KEY_HEADER, KEY_SCHEME = "x-api-key", ""
    HEADERS: ClassVar[Mapping[str, str]] = {"anthropic-version": VERSION}

    base_url: str = attrs.field(default=ANTHROPIC, validator=is_url)
    api_key_env: str = "ANTHROPIC_API_KEY"
    price_cache_write: float | None = attrs.field(default=None, validator=is_amount)
    thinking: int = attrs.field(default=0, validator=attrs.validators.ge(0))

    @thinking.validator
    def _check_thinking(self, _: object, value: int) -> None:
        if 0 < value < _LEAST_THINKING:
            raise ValueError(f"thinking is {value}; give {_LEAST_THINKING} tokens at least, or 0 to do without")

    def make_asking(self) -> Asking:
        """Make what asks the model: its prices, what it may refuse, temperature and the most tokens of an answer."""
        written = self.price_cache_write
        if written is None and self.price_in is not None:
            written = 1.25 * self.price_in
        options = (self.temperature, self.max_tokens, self.thinking)
        # Behind temperature: a message that names both is about the temperature.
        refusable = (*_REFUSABLE[:2], _THINKS if self.thinking else _THINKS_NOT, *_REFUSABLE[2:])
        return Asking(self.find_tariff(self.model, written), refusable, *options, overhead=_TOOL_TOKENS)

    def write_body(self, prompt: Prompt, left_out: Mapping[str, str]) -> dict[str, Any]:
        """Write the request for a prompt."""
        # Writing to the cache costs more than reading from the prompt: it is only marked what somebody will read. The
        # tool comes first in what is cached, so questions of different schemas share nothing.
        is_read = len(prompt.messages) > 1 or prompt.is_repeated or prompt.schema is None
        size = count_bytes(prompt.system) + sum(count_bytes(message.text) for message in prompt.messages)
        is_marked = is_read and size >= _LEAST_CACHED and "cache_control" not in left_out
        mark = _CACHED if is_marked else {}
        body: dict[str, Any] = {"model": self.model, "max_tokens": prompt.max_tokens or _LONGEST + self.thinking}
        if prompt.system.strip():
            body["system"] = [{"type": "text", "text": whole_text(prompt.system), **mark}]
        body["messages"] = _write_messages(prompt, mark)
        if prompt.schema is not None:
            self._ask_for_form(body, prompt, left_out)
        if left_out.get("thinking") != LEFT_OUT:
            body["thinking"] = self._write_thinking("thinking" in left_out)
        if "temperature" not in left_out and prompt.temperature is not None:
            body["temperature"] = prompt.temperature
        return body

    def _ask_for_form(self, body: dict[str, Any], prompt: Prompt, left_out: Mapping[str, str]) -> None:
        """Ask for the answer as the input of a tool; in words where the model knows no tools."""
        if "tools" in left_out:
            body["messages"][-1]["content"].append({"type": "text", "text": write_schema_note(prompt)})
            return
        # A model that thinks cannot be made to call a tool.
        is_forced = "tool_choice" not in left_out and not self.thinking
        body["tools"] = [{"name": TOOL, "description": "Gives the answer.", "input_schema": prompt.schema}]
        body["tool_choice"] = {"type": "tool", "name": TOOL} if is_forced else {"type": "auto"}
        if not is_forced:
            text = f"Give the answer by calling the tool {TOOL!r}."
            body["messages"][-1]["content"].append({"type": "text", "text": text})

    def _write_thinking(self, is_adaptive_refused: bool) -> dict[str, Any]:
        if not self.thinking:
            return {"type": "disabled"}
        return {"type": "enabled", "budget_tokens": self.thinking} if is_adaptive_refused else {"type": "adaptive"}

    async def send(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send one request."""
        return await self._http.post("v1/messages", body)

    def read(self, data: Mapping[str, Any]) -> Reading:
        """Read the answer."""
        content, reason = data.get("content"), data.get("stop_reason")
        if not isinstance(content, list) or not all(isinstance(block, Mapping) for block in content):
            raise describe_missing_answer(data, "message", self._http.clean_text)
        text = _read_text(content)
        if reason == "refusal":
            details = data.get("stop_details")
            told = details.get("explanation") if isinstance(details, Mapping) else None
            said = self._http.clean_text(str(text or told or ""), 4000)
            reason = self._http.clean_text(str(told or text or "no reason"))
            raise AnswerWithheld(f"the model refused to answer: {reason}", said=said)
        if reason == "model_context_window_exceeded":
            raise JudgeError("the prompt and its answer do not fit the model's context; name another model", True)
        return Reading(
            text=text,
            model=self._http.clean_name(str(data.get("model") or self.model)),
            is_cut=reason == "max_tokens",
            thoughts="".join(str(block.get("thinking") or "") for block in content),
        )

    def read_usage(self, data: Mapping[str, Any]) -> Usage | None:
        """Read the tokens that a reply took."""
        return _read_usage(data.get("usage"))


def _write_messages(prompt: Prompt, mark: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Write the messages in blocks, one for each part, with marks where the cache may begin to serve."""
    messages: list[dict[str, Any]] = [
        {"role": message.role, "content": _write_blocks(message)} for message in prompt.messages
    ]
    if len(prompt.messages[0].parts) > 1:
        messages[0]["content"][0].update(mark)  # what the questions on one conversation share
    if len(messages) > 1:
        messages[-1]["content"][-1].update(mark)  # a conversation that grows
    return messages


def _write_blocks(message: PromptMessage) -> list[dict[str, Any]]:
    last = len(message.parts) - 1
    texts = [whole_text(part) + ("\n\n" if index < last else "") for index, part in enumerate(message.parts)]
    # A block without words is refused.
    return [{"type": "text", "text": text if text.strip() else "(empty)"} for text in texts]


def _read_text(content: list[Mapping[str, Any]]) -> str:
    """The input of the tool as JSON, the last one's; the text where the model called none."""
    for block in reversed(content):
        if block.get("type") == "tool_use" and (given := block.get("input")):
            return given if isinstance(given, str) else json.dumps(given, ensure_ascii=False)
    return "".join(str(block.get("text") or "") for block in content if block.get("type") == "text")


def _read_usage(data: object) -> Usage | None:
    """Read the usage: Anthropic counts what the cache served and stored beside the prompt's other tokens."""
    if not isinstance(data, Mapping):
        return None
    read, written = data.get("cache_read_input_tokens") or 0, data.get("cache_creation_input_tokens") or 0
    return read_usage(add_usage(data.get("input_tokens"), read, written), data.get("output_tokens"), read, written)
