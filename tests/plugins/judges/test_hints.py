"""How long a provider asks to wait, wherever it says so, and what no pause helps."""

import asyncio
import json

import httpx
import pytest

from multivon_eval.errors import JudgeError, JudgeUnavailable
from multivon_eval_plugins.provider.hints import find_hint
from multivon_eval_plugins.provider.json_http import JsonHttp

GOOGLE = json.dumps(
    {
        "error": {
            "code": 429,
            "status": "RESOURCE_EXHAUSTED",
            "details": [{"@type": "type.googleapis.com/google.rpc.RetryInfo", "retryDelay": "12.5s"}],
        }
    }
)
HINTS = [
    ({"retry-after-ms": "1500"}, "", 1.5),
    ({"retry-after-ms": "0"}, "", None),
    ({"retry-after": "3"}, "", 3.0),
    ({"retry-after": "0"}, "", None),
    ({"retry-after": "Thu, 01 Jan 1970 00:00:00 GMT"}, "", None),
    ({"retry-after": "soon"}, "", None),
    ({}, GOOGLE, 12.5),
    ({}, GOOGLE.replace("12.5s", "0s"), None),
    ({}, "slow down", None),
    ({}, "", None),
]


@pytest.mark.parametrize(("headers", "body", "seconds"), HINTS, ids=[str(number) for number in range(len(HINTS))])
def test_hint_is_found(headers, body, seconds):
    """In milliseconds, seconds, as a date or in Google's body; one that has passed says nothing."""
    assert find_hint(headers, body) == seconds


def refused(status, body):
    """What a call raises whose answer is an error."""

    async def play():
        transport = httpx.MockTransport(lambda request: httpx.Response(status, text=body))
        async with httpx.AsyncClient(transport=transport) as client:
            await JsonHttp("http://127.0.0.1:1", {}, client=client).post("x", {})

    with pytest.raises(JudgeError) as caught:
        asyncio.run(play())
    return caught.value


@pytest.mark.parametrize("code", ["insufficient_quota", "billing_hard_limit_reached"])
def test_no_pause_brings_money(code):
    """An account without money answers 429 too, and is not asked again and again."""
    assert not isinstance(refused(429, json.dumps({"error": {"code": code}})), JudgeUnavailable)
    assert isinstance(refused(429, json.dumps({"error": {"code": "rate_limit_exceeded"}})), JudgeUnavailable)


@pytest.mark.parametrize("status", [401, 402, 403, 404])
def test_what_stays_is_not_repeated(status):
    """A key, a bill or a model that is missing."""
    assert not isinstance(refused(status, "no"), JudgeUnavailable)
