"""A stranger's judge behind an HTTP API is as short as a built-in one, and has all that they have."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs
import pytest

from multivon_eval import simulate
from multivon_eval.errors import JudgeUnavailable, UsageError
from multivon_eval.sdk import Prompt, Usage, text_question
from multivon_eval_plugins.provider import (
    ChatJudge,
    HttpJudge,
    JsonHttp,
    Reading,
    describe_missing_answer,
    is_url,
    keep_places,
    read_usage,
)
from support.chat_server import ChatServer
from support.people import persona

KEY = "sk-acme-abcdefghijklmnop"


@attrs.define(field_transformer=keep_places)
class AcmeChat(ChatJudge):
    """A provider that speaks as OpenAI does."""

    NAME = "acme-chat"

    base_url: str = attrs.field(default="https://api.acme.example/v1", validator=is_url)
    api_key_env: str = "ACME_API_KEY"


@attrs.define(field_transformer=keep_places)
class AcmePlain(HttpJudge):
    """A provider with a form of its own."""

    NAME = "acme-plain"
    KEY_HEADER, KEY_SCHEME = "x-acme-key", ""

    base_url: str = attrs.field(default="https://api.acme.example", validator=is_url)
    api_key_env: str = "ACME_API_KEY"

    def write_body(self, prompt: Prompt, left_out: Mapping[str, str]) -> dict[str, Any]:
        """Write the request."""
        messages = [{"role": "system", "content": prompt.system}] if prompt.system else []
        messages += [{"role": message.role, "content": message.text} for message in prompt.messages]
        return {"model": self.model, "messages": messages, "max_tokens": prompt.max_tokens}

    async def send(self, body: Mapping[str, Any]) -> Mapping[str, Any]:
        """Send it."""
        return await self.http.post("v1/chat/completions", body)

    def read(self, data: Mapping[str, Any]) -> Reading:
        """Read the answer."""
        if "choices" not in data:
            raise describe_missing_answer(data, "answer of Acme", self.http.clean_text)
        return Reading(data["choices"][0]["message"]["content"], model=str(data["model"]))

    def read_usage(self, data: Mapping[str, Any]) -> Usage | None:
        """Read the tokens."""
        return read_usage(data["usage"]["prompt_tokens"], data["usage"]["completion_tokens"])


def make(kind: type, server: ChatServer, **options: Any) -> Any:
    """A judge at a server, which costs a dollar a million tokens."""
    base_url = server.base_url if kind is AcmeChat else server.base_url.removesuffix("/v1")
    return kind("some-model", base_url=base_url, price_in=1.0, price_out=1.0, **options)


@pytest.mark.parametrize("kind", [AcmeChat, AcmePlain])
def test_it_judges_a_run_under_a_ceiling(kind: type, monkeypatch: pytest.MonkeyPatch) -> None:
    """It plays, judges and stays within the budget; what was spent is what the server counted."""
    monkeypatch.setenv("ACME_API_KEY", KEY)
    with ChatServer(script=["429:0"]) as server:
        judge = make(kind, server)
        results = simulate(lambda prompt: "30 days.", [persona()], judge=judge, budget_usd=1, max_turns=2, hooks=())
        assert Decimal(0) < results.summary.spent_usd < Decimal(1)
        assert results[0].verdict is not None
        assert KEY not in repr(judge) + repr(results)
        assert len(server.requests) > 2


@pytest.mark.parametrize("kind", [AcmeChat, AcmePlain])
def test_its_bound_holds(kind: type) -> None:
    """What a question costs is never more than what was said beforehand, whatever the letters."""
    with ChatServer() as server:

        async def whole() -> None:
            judge = make(kind, server)
            try:
                for text in ("How long?", "你好 👩‍👩‍👧 " * 50):
                    question = text_question(text)
                    worst = judge.worst_cost(question)
                    answer = await judge.complete(question)
                    assert worst is not None and answer.cost_usd <= worst
            finally:
                await judge.aclose()

        asyncio.run(whole())


def test_the_key_is_asked_for_at_its_own_address() -> None:
    """Without the variable nothing is sent, and the message names it."""
    judge = AcmeChat("some-model")
    with pytest.raises(UsageError, match="acme-chat:some-model' has no key: the variable ACME_API_KEY is not set"):
        asyncio.run(judge.check())


def test_a_model_comes_first_whatever_a_subclass_adds() -> None:
    """``NAME:MODEL`` stays right, for the model is the first field."""
    assert [field.name for field in attrs.fields(AcmePlain)][:3] == ["model", "base_url", "api_key_env"]


def test_what_is_no_answer_is_worth_repeating() -> None:
    """A reply of another form says what it has, without secrets."""
    http = JsonHttp("http://127.0.0.1:1", {}, (KEY,))
    error = describe_missing_answer({"echo": 1, KEY: 2}, "answer of Acme", http.clean_text)
    assert isinstance(error, JudgeUnavailable)
    assert KEY not in str(error) and "no answer of Acme" in str(error)
