"""The judge that asks an OpenAI-compatible endpoint: chat completions over HTTP, structured output."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

import attrs

from multivon_eval.sdk import KeyedJudge, Prompt

from ..provider.asking import Asking
from ..provider.chat import REFUSABLE
from ..provider.chat_judge import ChatJudge
from ..provider.http_judge import keep_places
from ..provider.options import is_url

OPENAI = "https://api.openai.com/v1"
# Models that think before they answer, unless they are told not to. They take no temperature.
_THINKS = re.compile(r"o\d|gpt-(?:[5-9]|\d\d)")
_THINKING = {"none": 0, "minimal": 2048, "low": 4096, "medium": 8192, "high": 16384, "xhigh": 32768}

DEFAULT = KeyedJudge("openai:gpt-6-luna,reasoning_effort=none", rank=20)
"""Chosen where the key is set and nobody names a judge."""


@attrs.define(field_transformer=keep_places)
class OpenAI(ChatJudge):
    """Asks a model over ``POST {base_url}/chat/completions``.

    Answers are asked for as structured output (``response_format`` with a JSON Schema). A server that refuses
    that, or another parameter, is asked again without it once; what was left out is remembered for the run
    and noted in the results. Models that OpenAI says think before they answer (``o3``, ``gpt-5``) are sent no
    temperature, and given tokens to think with beside those of the answer, by their ``reasoning_effort``; any other
    model that turns out to think is given more when its thoughts leave no room for the answer.

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
        extra_body: What goes into each request beside the rest, ``{top_p = 0.9}`` say.
        headers_env: Headers more, each with the variable that holds its value, ``{X-Team = "TEAM_TOKEN"}`` say.
        client: An ``httpx.AsyncClient`` to use as it is, for those who embed.

    Source: OpenAI API reference, chat completions (https://platform.openai.com/docs/api-reference/chat).
    """

    NAME = "openai"

    base_url: str = attrs.field(default=OPENAI, validator=is_url)
    api_key_env: str = "OPENAI_API_KEY"
    reasoning_effort: str | None = None

    def make_asking(self) -> Asking:
        """Make what asks the model: its prices, what it may refuse, temperature and the most tokens of an answer."""
        thinking = self._count_thinking()
        options = (self.temperature, self.max_tokens, 0 if self.max_tokens else thinking)
        return Asking(self.find_tariff(self.model), REFUSABLE, *options, keeps_temperature=not thinking)

    def _count_thinking(self) -> int:
        """Tokens that the model may think with, as far as its name tells."""
        name = self.model.rpartition("/")[2]
        if not _THINKS.match(name) or "chat" in name:
            return 0
        return _THINKING.get(self.reasoning_effort or "medium", _THINKING["medium"])

    def write_body(self, prompt: Prompt, left_out: Mapping[str, str]) -> dict[str, Any]:
        """Write the request for a prompt."""
        if self.base_url.rstrip("/") == OPENAI:
            # The only name that all models of OpenAI take.
            left_out = {"max_tokens": "", **left_out}
        body = super().write_body(prompt, left_out)
        if self.reasoning_effort and "reasoning_effort" not in left_out:
            body["reasoning_effort"] = self.reasoning_effort
        return body
