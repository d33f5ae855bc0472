"""The judges with a wire of their own, beside the servers that speak it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import attrs

from multivon_eval_plugins.judges.anthropic import Anthropic
from multivon_eval_plugins.judges.gemini import Gemini

from .anthropic_dialect import Messages
from .chat_server import ChatServer
from .dialects import Dialect
from .gemini_dialect import GenerateContent
from .openai_judge import PRICES


@attrs.frozen
class Provider:
    """A judge and its wire.

    Attributes:
        judge: The judge's class.
        dialect: Makes what its server speaks.
        variable: The variable of its key.
        header: The header in which it sends the key.
        check: The path that its check asks for.
    """

    judge: Callable[..., Any]
    dialect: Callable[[], Dialect]
    variable: str
    header: str
    check: str

    def server(self, *args: Any, **options: Any) -> ChatServer:
        """A server that speaks this wire."""
        return ChatServer(*args, **{"dialect": self.dialect(), **options})

    def judge_for(self, server: ChatServer, **options: Any) -> Any:
        """A judge with prices that asks this server."""
        return self.judge(**{"model": "some-model", "base_url": server.base_url, **PRICES, **options})


PROVIDERS = {
    "anthropic": Provider(Anthropic, Messages, "ANTHROPIC_API_KEY", "x-api-key", "/v1/models"),
    "gemini": Provider(Gemini, GenerateContent, "GEMINI_API_KEY", "x-goog-api-key", "/v1beta/models"),
}
