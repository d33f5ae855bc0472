"""Secrets reach workers through their own environment: nothing that is sent to one has any in it."""

from __future__ import annotations

import base64
import sys
from urllib.parse import quote

import attrs
import pytest

from multivon_eval import UsageError, simulate
from multivon_eval.testing import persona
from support.chat_server import ChatServer
from support.near_workers import NearWorkers
from support.people import SaysJudge
from support.pool import Watched

KEYS = {
    "ANTHROPIC_API_KEY": "sk-ant-0123456789abcdefABCDEF",
    "OPENAI_API_KEY": "sk-0123456789abcdefABCDEF/+42",
    "SHOP_TOKEN": "a shop's own words, 77/42",
}
PEOPLE = [persona(name) for name in ("Ann", "Ben", "Cai")]


@attrs.frozen
class Keyed(SaysJudge):
    """A judge of a stranger that takes its key as an option."""

    api_key: str = ""
    region: str = "eu"
    max_tokens: int = 100


def leaking(prompt: str) -> str:
    """Say every key there is: a system under test may do anything."""
    return f"It arrives on Friday. {' '.join(KEYS.values())}"


@pytest.fixture(autouse=True)
def set_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    """Keys in the environment."""
    for name, value in KEYS.items():
        monkeypatch.setenv(name, value)
    monkeypatch.setitem(sys.modules, "support_keyed", sys.modules[__name__])


def list_found(data: bytes) -> list[str]:
    """The keys that stand in something, in any of their forms."""
    text = data.decode()
    forms = {name: (key, quote(key, safe=""), base64.b64encode(key.encode()).decode()) for name, key in KEYS.items()}
    return [name for name, several in forms.items() if any(form in text for form in several)]


def test_no_key_is_sent_to_a_worker() -> None:
    """Not in what it is started with, not in a message to it, also where one dies and its transcript is told on."""
    near = NearWorkers(2, dies=lambda number, message: near.deaths == 0 and b'"kind":"result"' in message)
    watched = Watched(near)
    with ChatServer(api_key=KEYS["SHOP_TOKEN"]) as server:
        judge = f"openai:m,base_url={server.base_url},api_key_env=SHOP_TOKEN,price_in=1,price_out=2"
        results = simulate(leaking, PEOPLE, judge=judge, max_turns=2, executor=watched, hooks=())
        asked = server.headers
    assert near.deaths == 1
    assert [result.conversation.error for result in results] == [None] * 3
    # The worker had the key all the same.
    assert {headers["authorization"] for headers in asked} == {f"Bearer {KEYS['SHOP_TOKEN']}"}
    assert len(watched.sent) > 10
    assert [list_found(data) for data in watched.sent if list_found(data)] == []
    assert b"SHOP_TOKEN" in watched.sent[0]
    # Nor does a worker send one.
    assert [list_found(data) for data in watched.received if list_found(data)] == []


SECRETS = [
    "support_keyed.Keyed,api_key=hunter2",
    {"use": "support_keyed.Keyed", "api_key": "hunter2"},
    {"use": "support_keyed.Keyed", "region": "sk-ant-abcdefghijklmnop"},
    "support_keyed.Keyed,region=sk-ant-abcdefghijklmnop",
]


@pytest.mark.parametrize("judge", SECRETS)
def test_option_with_a_secret_is_refused(judge: object) -> None:
    """By its name or by how it looks, before anything is spent; the message has it not."""
    watched = Watched(NearWorkers(1))
    with pytest.raises(UsageError) as caught:
        simulate(leaking, PEOPLE, judge=judge, executor=watched, hooks=())
    said = str(caught.value)
    assert said.startswith("judge: it carries a secret, which would be sent to workers and may stand in their logs")
    assert "leave it to a variable that is set in each worker" in said
    assert "hunter2" not in said
    assert watched.sent == []


def test_option_that_is_none_is_sent() -> None:
    """Counts of tokens, and names of variables, are no secrets."""
    judge = {"use": "support_keyed.Keyed", "max_tokens": 77}
    results = simulate(
        leaking, PEOPLE[:1], judge=judge, executor=NearWorkers(1), max_turns=1, hooks=(), budget_usd=None
    )
    assert len(results) == 1
