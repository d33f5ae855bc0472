"""What stands in Retry-After, and what is kept out of messages."""

from __future__ import annotations

import asyncio
import gc
import gzip
import pickle
from datetime import UTC, datetime

import httpx
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from multivon_eval.errors import JudgeError, JudgeUnavailable, UsageError
from multivon_eval_plugins.provider.failures import RequestRefused
from multivon_eval_plugins.provider.hints import retry_after
from multivon_eval_plugins.provider.json_http import JsonHttp
from support.chat_faults import Response, error_body, http_date
from support.chat_server import ChatServer

KEY = "sk-proj-abcdefghijklmnop"


@given(st.integers(min_value=0, max_value=10**9))
def test_whole_seconds_are_read_as_they_are(seconds):
    """A number of seconds is given back."""
    assert retry_after(str(seconds)) == seconds


@given(st.floats(min_value=0, max_value=1e9, allow_nan=False))
def test_parts_of_a_second_are_read(seconds):
    """Some providers send fractions; they are kept."""
    assert retry_after(repr(seconds)) == seconds


@given(st.floats(max_value=0, allow_nan=False, allow_infinity=False))
def test_less_than_nothing_is_no_wait(seconds):
    """Negative seconds mean now."""
    assert retry_after(repr(seconds)) == 0.0


@pytest.mark.parametrize("header", [None, "", "soon", "nan", "inf", "-inf", "1e999", "Wed, 99 Foo 2015"])
def test_what_says_neither_is_none(header):
    """What is neither seconds nor a date gives None."""
    assert retry_after(header) is None


@given(st.integers(min_value=5, max_value=10**6))
def test_a_date_to_come_is_the_time_until_then(seconds):
    """An HTTP date in the future gives the seconds until then; it has whole seconds only."""
    found = retry_after(http_date(seconds))
    assert found is not None
    assert seconds - 5 <= found <= seconds


@given(st.datetimes(max_value=datetime(2020, 1, 1), timezones=st.just(UTC)))
def test_a_date_that_has_passed_is_no_wait(date):
    """An HTTP date in the past gives 0."""
    days, months = "Mon Tue Wed Thu Fri Sat Sun".split(), "Jan Feb Mar Apr May Jun Jul Aug Sep Oct Nov Dec".split()
    header = (
        f"{days[date.weekday()]}, {date.day:02} {months[date.month - 1]} {date.year:04} "
        f"{date.hour:02}:{date.minute:02}:{date.second:02} GMT"
    )
    if date.year >= 1000:  # two-digit years are this century's or the last one's
        assert retry_after(header) == 0.0


def test_a_date_without_a_zone_is_utc():
    """A date that ends in -0000 is taken as UTC."""
    assert retry_after("Wed, 21 Oct 2015 07:28:00 -0000") == 0.0


@given(st.text() | st.from_regex(r"\w{3}, \d{1,2} \w{3} \d{1,6} \d{1,3}:\d\d:\d\d( GMT| [+-]\d{2,6})?", fullmatch=True))
@example("Mon, 01 Jan 0001 00:00:00 +2359")
@example("Fri, 31 Dec 9999 23:59:59 -2359")
def test_whatever_the_header_holds_no_exception_escapes(header):
    """Any text gives None or a number of seconds from 0 on."""
    found = retry_after(header)
    assert found is None or found >= 0


def http(url: str = "http://127.0.0.1:9/v1", **options) -> JsonHttp:
    """An endpoint with a key."""
    return JsonHttp(url, {"Authorization": f"Bearer {KEY}"}, (KEY,), **options)


@given(st.text(), st.text(), st.integers(min_value=1, max_value=600))
def test_the_key_is_kept_out_of_what_is_told(before, after, limit):
    """Wherever the key stands in what a server said, it is replaced, and also not shown in part by the cut."""
    told = http().clean_text(f"{before}{KEY}{after}", max(limit, 4))
    assert KEY not in told
    assert KEY[:12] not in told or KEY[:12] in before + after


@given(st.text(), st.integers(min_value=4, max_value=300))
def test_what_is_told_is_one_line_of_limited_length(text, limit):
    """No line break and no length gets into a message."""
    told = http().clean_text(text, limit)
    assert len(told) <= limit
    assert len(told.splitlines()) <= 1


@pytest.mark.parametrize(
    "key",
    ["sk-abcdefghijklmnopqrst", "sk_live_abcdefghijklmno", "pk-abcdefghijklmnopqrst", "AIzaSyA0123456789abcdef"],
)
def test_what_looks_like_a_key_is_replaced_too(key):
    """Another's key, known by its beginning, is kept out as well."""
    assert http().clean_text(f"invalid key {key}!") == "invalid key ***!"


@pytest.mark.parametrize("words", ["skywork-reward-llama-3.1-8b", "keyboard-interrupted", "sketchbook_illustration"])
def test_words_that_begin_like_a_key_are_kept(words):
    """A model's name is needed to understand the message."""
    assert http().clean_text(f"no such model: {words}") == f"no such model: {words}"


BODY = {"model": "m", "messages": [{"role": "user", "content": "Hello"}], "max_tokens": 5}


def posted(endpoint: JsonHttp) -> object:
    """Post once, on an event loop of its own, and close the connections."""

    async def work() -> object:
        try:
            return await endpoint.post("chat/completions", BODY)
        finally:
            await endpoint.aclose()

    return asyncio.run(work())


@pytest.mark.parametrize("status", [400, 404, 422])
def test_a_refused_request_keeps_what_was_said_without_the_key(status):
    """The whole of what the server said stands in the exception, the key does not, also after pickling."""
    said = Response(status=status, body=error_body("temperature " * 60 + KEY))
    with ChatServer(lambda body: said) as server, pytest.raises(RequestRefused) as caught:
        posted(http(server.base_url))
    error = pickle.loads(pickle.dumps(caught.value))
    assert error.status == status
    assert error.body.count("temperature") == 60
    assert KEY not in str(error) + error.body + repr(error)


@pytest.mark.parametrize("status", [408, 409, 429, 500, 502, 503, 529, 599])
def test_what_often_passes_is_unavailable_and_not_charged(status):
    """Overload and the server's own errors are worth repeating and cost nothing."""
    with (
        ChatServer(lambda body: Response(status=status, body=b"")) as server,
        pytest.raises(JudgeUnavailable, match=str(status)) as caught,
    ):
        posted(http(server.base_url))
    assert not caught.value.charged


@pytest.mark.parametrize("status", [301, 402, 403, 405, 413])
def test_every_other_status_is_an_error_that_stays(status):
    """Repeating the request would not help, and nothing was charged."""
    with (
        ChatServer(lambda body: Response(status=status, body=b"no")) as server,
        pytest.raises(JudgeError, match=f"{status}: no") as caught,
    ):
        posted(http(server.base_url))
    assert not isinstance(caught.value, JudgeUnavailable | RequestRefused)
    assert not caught.value.charged


def test_an_endpoint_that_nobody_serves_was_not_charged():
    """Where no connection came about nothing can cost."""
    with ChatServer() as server:
        gone = server.base_url
    with pytest.raises(JudgeUnavailable, match="cannot be reached") as caught:
        posted(http(gone))
    assert not caught.value.charged


def test_a_check_that_is_never_answered_ends():
    """The check has a limit also where the client has none: an endpoint that hangs is a usage error."""

    async def work(url: str) -> None:
        async with httpx.AsyncClient(timeout=None) as client:
            await http(url, client=client, timeout=0.2).check("models")

    with ChatServer(models="hang") as server, pytest.raises(UsageError, match=r"did not answer within 0\.2 seconds"):
        asyncio.run(work(server.base_url))


@pytest.mark.parametrize("models", [None, "500", "429", "no-json", "drip:0.1"])
def test_a_check_takes_any_answer_that_is_not_about_the_key(models):
    """Servers without a list of models, or with a bad moment, are taken as they are."""

    async def work(url: str) -> None:
        endpoint = http(url)
        try:
            await endpoint.check("models")
        finally:
            await endpoint.aclose()

    with ChatServer(models=models) as server:
        asyncio.run(work(server.base_url))
        assert server.checks == 1
        assert not server.requests


@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_one_endpoint_serves_one_event_loop_after_another():
    """A new loop gets connections of its own, also where nobody closed those of the last one."""
    with ChatServer() as server:
        endpoint = http(server.base_url)
        asyncio.run(endpoint.post("chat/completions", BODY))
        posted(endpoint)
        assert len(server.requests) == 2
    gc.collect()


def test_a_client_that_was_handed_in_stays_open():
    """Who hands in a client closes it."""

    async def work(url: str) -> bool:
        async with httpx.AsyncClient() as client:
            endpoint = http(url, client=client)
            await endpoint.post("chat/completions", BODY)
            await endpoint.aclose()
            return client.is_closed

    with ChatServer() as server:
        assert asyncio.run(work(server.base_url)) is False


BOMB = b"[" + b"1," * 15_000_000 + b"1]"
HUGE = {
    "declared": Response(body=BOMB),
    "compressed": Response(body=gzip.compress(BOMB, 1), headers={"Content-Encoding": "gzip"}),
}


@pytest.mark.parametrize("by_proxy", [False, True], ids=["directly", "by a proxy"])
@pytest.mark.parametrize("answer", HUGE.values(), ids=HUGE)
def test_an_answer_larger_than_any_is_not_read_whole(answer, by_proxy, monkeypatch):
    """Neither one that says how large it is nor one that grows when it is unpacked; a usual one is read either way."""
    answers = [answer, Response('{"fine": true}')]
    with ChatServer(lambda body: answers[len(server.requests) - 1]) as server:
        if by_proxy:
            monkeypatch.setenv("HTTP_PROXY", server.base_url.removesuffix("/v1"))
            endpoint = http("http://provider.test/v1")
        else:
            endpoint = http(server.base_url)
        with pytest.raises(JudgeUnavailable, match="the answer is larger than 20 MB"):
            posted(endpoint)
        assert posted(endpoint)["choices"][0]["message"]["content"] == '{"fine": true}'
        assert server.paths[0].startswith("http://provider.test/v1" if by_proxy else "/v1")
