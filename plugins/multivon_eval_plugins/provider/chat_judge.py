"""A judge behind an OpenAI-compatible endpoint."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, ClassVar

import attrs

from multivon_eval.sdk import Prompt, Usage

from .chat import REFUSABLE, read_chat_answer, read_chat_usage, write_chat_body
from .http_judge import HttpJudge, keep_places
from .reading import Reading
from .refusable import Refusable


@attrs.define(field_transformer=keep_places)
class ChatJudge(HttpJudge):
    """Asks a model over ``POST {base_url}/chat/completions``.

    A subclass for a provider that speaks this gives ``base_url`` and ``api_key_env`` their defaults, and its ``NAME``.

    Source: OpenAI API reference, chat completions (https://platform.openai.com/docs/api-reference/chat).
    """

    REFUSABLE: ClassVar[tuple[Refusable, ...]] = REFUSABLE

    def write_body(self, prompt: Prompt, left_out: Mapping[str, str]) -> dict[str, Any]:
        """Write the request for a prompt."""
        return write_chat_body(self.model, prompt, left_out)

    async def send(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send one request."""
        return await self.http.post("chat/completions", body)

    def read(self, data: Mapping[str, Any]) -> Reading:
        """Read the answer."""
        return read_chat_answer(data, self.model, self.http)

    def read_usage(self, data: Mapping[str, Any]) -> Usage | None:
        """Read the tokens that a reply took."""
        return read_chat_usage(data)
