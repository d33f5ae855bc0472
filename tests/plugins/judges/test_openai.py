"""What the judge ``openai`` sends, what it reads, and what it says the answer cost."""

from __future__ import annotations

import asyncio
import json
from datetime import UTC, datetime, time
from decimal import Decimal

import attrs
import openai
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from openai.types.chat import ChatCompletion
from openai.types.chat.completion_create_params import CompletionCreateParamsNonStreaming
from pydantic import TypeAdapter

from multivon_eval import simulate
from multivon_eval.errors import JudgeError, JudgeUnavailable, UsageError
from multivon_eval.sdk import Message, Prices, Usage, text_question
from multivon_eval_plugins.judges.openai import OPENAI, OpenAI
from multivon_eval_plugins.provider.tariff import Tariff, find_known_tariff
from support.chat_faults import Response, error_body
from support.chat_server import ChatServer
from support.openai_judge import KEY, completed, judge_for, questions, written

KINDS = ["user_turn", "verdict", "answers", "text"]
SENT = TypeAdapter(CompletionCreateParamsNonStreaming)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("refuse", [(), ("json_schema", "temperature", "max_tokens"), ("response_format",)])
def test_every_request_fits_the_types_of_the_official_sdk(kind, refuse):
    """What is sent is what the official SDK would take, and holds nothing it does not know."""
    with ChatServer(refuse=refuse) as server:
        completed(judge_for(server), questions()[kind])
    for body in server.requests:
        SENT.validate_python({**body, "messages": list(body["messages"])}, strict=True)
        list(SENT.validate_python(body)["messages"])
        assert set(body) <= set(CompletionCreateParamsNonStreaming.__annotations__)


@pytest.mark.parametrize("kind", KINDS)
def test_the_server_answers_as_the_official_sdk_expects(kind):
    """What our tests are answered with is a completion for the official SDK too."""
    with ChatServer(api_key=KEY) as server:
        judge = judge_for(server)
        body = written(judge, questions()[kind])
        with openai.OpenAI(api_key=KEY, base_url=server.base_url, max_retries=0) as client:
            raw = client.chat.completions.with_raw_response.create(**body)
            assert [model.id for model in client.models.list()] == ["some-model"]
    found = ChatCompletion.model_validate_json(raw.text, strict=True)
    assert found.choices[0].finish_reason == "stop"
    assert questions()[kind].read(found.choices[0].message.content) is not None


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_can_be_read_by_the_question(kind):
    """The answer comes back as the question's own thing, with usage, cost, model and temperature."""
    question = questions()[kind]
    with ChatServer() as server:
        answer = completed(judge_for(server), question)
    assert question.read(answer.text) is not None
    assert answer.usage.input_tokens > 0
    assert answer.usage.output_tokens > 0
    assert answer.model == "some-model"
    assert answer.temperature == question.prompt.temperature
    assert answer.notes == ()


@pytest.mark.parametrize("kind", ["user_turn", "verdict", "answers"])
def test_the_schema_is_sent_as_strict_structured_output(kind):
    """The question's own schema stands in ``response_format``, strict, under its name."""
    question = questions()[kind]
    with ChatServer() as server:
        completed(judge_for(server), question)
    (body,) = server.requests
    schema = json.loads(json.dumps(question.prompt.schema))
    named = {"name": kind, "strict": True, "schema": schema}
    assert body["response_format"] == {"type": "json_schema", "json_schema": named}
    assert body["max_tokens"] == question.prompt.max_tokens
    assert body["temperature"] == question.prompt.temperature
    assert [message["role"] for message in body["messages"]][:2] == ["system", "user"]


def test_a_question_for_free_text_asks_for_no_form():
    """Without a schema there is no ``response_format``, and without instructions no system message."""
    question = text_question([Message("user", "One?"), Message("assistant", "Two."), Message("user", "Three?")])
    with ChatServer() as server:
        completed(judge_for(server), question)
    (body,) = server.requests
    assert "response_format" not in body
    assert [message["role"] for message in body["messages"]] == ["user", "assistant", "user"]


def test_temperature_and_max_tokens_can_be_stated():
    """The options win over what the question asks for."""
    with ChatServer() as server:
        answer = completed(judge_for(server, temperature=0.5, max_tokens=7), questions()["user_turn"])
    assert (server.requests[0]["temperature"], server.requests[0]["max_tokens"]) == (0.5, 7)
    assert answer.temperature == 0.5
    assert answer.usage.output_tokens <= 7


@pytest.mark.parametrize(
    ("refuse", "notes", "left"),
    [
        (("json_schema",), ("the model refused response_format: sent as json_object",), "json_object"),
        (("json_schema", "json_object"), ("the model refused response_format: left out",), None),
        (("response_format",), ("the model refused response_format: left out",), None),
    ],
)
@pytest.mark.parametrize("kind", ["user_turn", "verdict", "answers"])
def test_structured_output_that_is_refused_is_asked_for_otherwise(kind, refuse, notes, left):
    """The schema goes into the instructions; what was learnt is remembered, and noted with each answer."""
    question = questions()[kind]
    with ChatServer(refuse=refuse) as server:
        judge = judge_for(server)
        first, second = completed(judge, question), completed(judge, question)
    assert first.notes == second.notes == notes
    tried = [body.get("response_format", {}).get("type") for body in server.requests]
    assert tried == ["json_schema", *["json_object"] * (left is None), left, left]
    assert json.dumps(question.prompt.schema) in server.requests[-1]["messages"][0]["content"]
    assert question.read(second.text) == question.read(first.text)
    assert first.cost_usd <= judge.worst_cost(question)


def test_a_temperature_that_is_refused_is_left_out():
    """The answer says that none was sent."""
    with ChatServer(refuse=["temperature"]) as server:
        judge = judge_for(server)
        first, second = completed(judge, questions()["verdict"]), completed(judge, questions()["user_turn"])
    assert [("temperature" in body) for body in server.requests] == [True, False, False]
    assert first.temperature is second.temperature is None
    assert second.notes == ("the model refused temperature: left out",)


def test_max_tokens_that_is_refused_is_sent_under_its_other_name():
    """The limit stays: the ceiling hangs on it."""
    question = questions()["verdict"]
    with ChatServer(refuse=["max_tokens"]) as server:
        answer = completed(judge_for(server), question)
    assert [body.get("max_completion_tokens") for body in server.requests] == [None, question.prompt.max_tokens]
    assert answer.notes == ("the model refused max_tokens: sent as max_completion_tokens",)


def test_a_server_that_takes_no_limit_at_all_is_not_asked():
    """A request without a limit on its length is never sent."""
    said = Response(status=400, body=error_body("Unsupported: max_tokens, max_completion_tokens", "max_tokens"))
    with ChatServer(lambda body: said) as server, pytest.raises(JudgeError, match="Unsupported: max_tokens") as caught:
        completed(judge_for(server), questions()["text"])
    assert not isinstance(caught.value, JudgeUnavailable)
    assert not caught.value.charged
    assert len(server.requests) == 2
    assert all({"max_tokens", "max_completion_tokens"} & set(body) for body in server.requests)


def test_a_refusal_that_names_no_parameter_is_an_error():
    """A model that does not exist is said, not asked for again."""
    said = Response(status=404, body=error_body("The model 'some-model' does not exist", code="model_not_found"))
    with ChatServer(lambda body: said) as server, pytest.raises(JudgeError, match=r"404: .*does not exist"):
        completed(judge_for(server), questions()["text"])
    assert len(server.requests) == 1


def test_calls_side_by_side_learn_together():
    """Calls that are refused at the same time for the same reason take one step, not one each."""
    every = ["json_schema", "temperature", "max_tokens"]
    with ChatServer(refuse=every, latency=0.05) as server:
        judge, question = judge_for(server), questions()["verdict"]

        async def work():
            try:
                return await asyncio.gather(*(judge.complete(question) for _ in range(8)))
            finally:
                await judge.aclose()

        answers = asyncio.run(work())
    assert {len(answer.notes) for answer in answers} == {3}
    assert server.requests[-1]["response_format"] == {"type": "json_object"}


def test_a_server_that_refuses_everything_is_given_up():
    """Every step is taken once; then the refusal is the error."""
    words = "unsupported parameters: max_tokens, temperature, response_format"
    said = Response(status=422, body=error_body(words))
    with ChatServer(lambda body: said) as server, pytest.raises(JudgeError, match="422"):
        completed(judge_for(server), questions()["verdict"])
    assert len(server.requests) == 5


def test_the_key_comes_from_the_variable_that_is_named(monkeypatch):
    """The key of the named variable is sent; without one no header is."""
    monkeypatch.setenv("MY_KEY", f" {KEY}\n")
    monkeypatch.setenv("OPENAI_API_KEY", "sk-another")
    with ChatServer() as server:
        completed(judge_for(server, api_key_env="MY_KEY"), questions()["text"])
        completed(judge_for(server, api_key_env="NO_KEY"), questions()["text"])
    assert server.headers[0]["authorization"] == f"Bearer {KEY}"
    assert "authorization" not in server.headers[1]


def test_the_cost_is_computed_from_the_usage():
    """Prompt, cached and completion tokens have their own prices, per million."""
    usage = {"prompt_tokens": 1000, "completion_tokens": 200, "prompt_tokens_details": {"cached_tokens": 400}}
    with ChatServer(lambda body: Response("Fine.", usage=usage, model="some-model-2025-04-14")) as server:
        stated = completed(judge_for(server), questions()["text"])
        uncached = completed(judge_for(server, price_cached=None), questions()["text"])
    assert stated.usage == Usage(1000, 200, 400)
    assert stated.cost_usd == (600 * 3 + 400 * Decimal("0.3") + 200 * 15) / Decimal(1_000_000)
    assert uncached.cost_usd == (1000 * 3 + 200 * 15) / Decimal(1_000_000)
    assert stated.model == "some-model-2025-04-14"


def test_what_a_prompt_shares_with_an_earlier_one_is_cached():
    """A conversation that goes on is cheaper than one that is new: only its end is paid in full."""
    start = [Message("user", "word " * 400)]
    longer = [*start, Message("assistant", "Yes."), Message("user", "And then?")]
    with ChatServer() as server:
        judge = judge_for(server)
        first, second = completed(judge, text_question(start)), completed(judge, text_question(longer))
    assert first.usage.cached_tokens == 0
    assert second.usage.cached_tokens == first.usage.input_tokens
    assert second.cost_usd < first.cost_usd


@pytest.mark.parametrize(
    "usage",
    [
        None,
        [],
        {},
        {"prompt_tokens": 5},
        {"prompt_tokens": -5, "completion_tokens": 1},
        {"prompt_tokens": 5, "completion_tokens": -1},
        {"prompt_tokens": "5", "completion_tokens": 1},
        {"prompt_tokens": True, "completion_tokens": 1},
        {"prompt_tokens": 5.5, "completion_tokens": 1},
        {"prompt_tokens": 10**4000, "completion_tokens": 1},
        {"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": -1}},
        {"prompt_tokens": 5, "completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": "many"}},
    ],
)
def test_a_usage_that_cannot_be_believed_is_booked_at_its_worst(usage):
    """Without a usable usage the call counts as the most it can have cost, and that is noted."""
    question = questions()["text"]
    with ChatServer(lambda body: Response("Fine.", usage=usage)) as server:
        judge = judge_for(server)
        answer = completed(judge, question)
    assert answer.text == "Fine."
    assert answer.usage == Usage()
    assert answer.cost_usd == judge.worst_cost(question) > 0
    assert answer.notes == ("the provider sent no usable usage: calls are booked at their worst case",)


DEAREST = {
    "thinking in the total alone": ({"completion_tokens": 20, "total_tokens": 21_020}, Usage(1000, 20_020)),
    "thinking beside the completion": (
        {"completion_tokens": 20, "completion_tokens_details": {"reasoning_tokens": 300}},
        Usage(1000, 300),
    ),
    "a total that is too small": ({"completion_tokens": 20, "total_tokens": 5}, Usage(1000, 20)),
    "no total": ({"completion_tokens": 20, "total_tokens": None}, Usage(1000, 20)),
    "more cached than there are": (
        {"completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 5000}},
        Usage(5000, 1),
    ),
    "parts that are more than the whole": (
        {"completion_tokens": 1, "prompt_tokens_details": {"cached_tokens": 600, "cache_write_tokens": 600}},
        Usage(1000, 1),
    ),
}


@pytest.mark.parametrize(("usage", "read"), DEAREST.values(), ids=DEAREST)
def test_usage_is_read_in_the_dearest_way_that_its_figures_allow(usage, read):
    """Some gateways count thinking in the total alone, or what is cached beside the prompt; none is booked cheaper."""
    with ChatServer(lambda body: Response("Fine.", usage={"prompt_tokens": 1000, **usage})) as server:
        answer = completed(judge_for(server), questions()["text"])
    assert answer.usage == read


WITHOUT_ANSWER = {
    "a refusal": Response("", message={"content": None, "refusal": "No."}),
    "a filter": Response("", finish_reason="content_filter"),
    "a cut before it began": Response("", finish_reason="length"),
}


@pytest.mark.parametrize("response", WITHOUT_ANSWER.values(), ids=WITHOUT_ANSWER)
def test_what_is_refused_blocked_or_cut_is_booked_at_its_usage(response):
    """And not at its worst case, where the provider says what it takes."""
    usage = {"prompt_tokens": 1000, "completion_tokens": 10, "total_tokens": 1010}
    with ChatServer(lambda body: attrs.evolve(response, usage=usage)) as server:
        judge = judge_for(server)
        with pytest.raises(JudgeError) as caught:
            completed(judge, questions()["text"])
        assert caught.value.cost_usd == judge.prices().cost(Usage(1000, 10))


def test_without_prices_nothing_is_known_of_the_cost():
    """A local model has no price: no bound, no cost, and the answer all the same."""
    free = {"price_in": None, "price_out": None, "price_cached": None}
    with ChatServer() as server:
        judge = judge_for(server, **free)
        answer = completed(judge, questions()["text"])
    assert judge.prices() is None
    assert judge.worst_cost(questions()["text"]) is None
    assert answer.cost_usd == 0
    assert answer.usage.input_tokens > 0


any_text = st.text(st.characters(exclude_categories=()), min_size=1, max_size=200)


@settings(max_examples=60)
@given(
    said=st.lists(any_text, min_size=1, max_size=3),
    system=st.just("") | any_text,
    wants_schema=st.booleans(),
    is_cached=st.booleans(),
    refuse=st.sets(st.sampled_from(["json_schema", "json_object", "max_tokens", "temperature"])),
    prices=st.tuples(*[st.floats(min_value=0, max_value=1000)] * 3),
)
@example(["\ud83d"], "\udc00", True, False, {"json_schema"}, (1.0, 1.0, 1.0))
@example(["word " * 40], "", False, True, set(), (1.0, 1.0, 9.0))
def test_the_worst_cost_bounds_what_a_tokenizer_of_bytes_would_count(
    said, system, wants_schema, is_cached, refuse, prices
):
    """Even if every byte that is sent were a token of its own, at the dearest price, the bound holds."""
    schema = {"type": "object", "properties": {"ünï": {"type": "string"}}, "required": ["ünï"]}
    schema = {**schema, "additionalProperties": False} if wants_schema else None
    messages = [Message("user" if i % 2 == 0 else "assistant", text) for i, text in enumerate(said * 2)][:-1]
    question = text_question(messages, system=system, schema=schema, max_tokens=50)

    def greedy(body):
        sent = [message["content"] for message in body["messages"]]
        size = sum(len(text.encode()) + 4 for text in sent)
        size += len(json.dumps(body["response_format"].get("json_schema", {}).get("schema", "")))
        details = {"cached_tokens": size if is_cached else 0}
        usage = {"prompt_tokens": size + 3, "completion_tokens": 50, "prompt_tokens_details": details}
        return Response("x", usage=usage)

    def answer(body):
        return greedy({"response_format": {}, **body})

    with ChatServer(answer, refuse=refuse) as server:
        judge = judge_for(server, **dict(zip(("price_in", "price_out", "price_cached"), prices, strict=True)))
        found = completed(judge, question)
    assert found.cost_usd <= judge.worst_cost(question)
    assert found.usage.input_tokens > 0


def test_half_a_character_in_an_answer_is_replaced():
    """A lone surrogate, which no file can hold and no request can send, does not get out of the judge."""
    with ChatServer(lambda body: "so \ud83d") as server:
        judge = judge_for(server)
        answer = completed(judge, questions()["verdict"])
        assert answer.text == "so �"
        completed(judge, questions()["verdict"].again("so \ud83d", "no JSON"))


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"base_url": "ftp://host/v1"}, "base_url"),
        ({"base_url": "host/v1"}, "base_url"),
        ({"base_url": "https://ann:secret@host/v1"}, "api_key_env"),
        ({"price_in": 1.0}, "price_in and price_out"),
        ({"price_out": 1.0}, "price_in and price_out"),
        ({"price_cached": 1.0}, "price_in and price_out"),
        ({"price_in": float("inf"), "price_out": 1.0}, "price_in"),
        ({"price_in": -1.0, "price_out": 1.0}, "price_in"),
        ({"temperature": float("nan")}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"timeout": 0.0}, "timeout"),
    ],
)
def test_options_that_cannot_be_are_refused(options, problem):
    """A value that would only fail, or mislead, later is refused when the judge is made; no secret is shown."""
    with pytest.raises(ValueError, match=problem) as caught:
        OpenAI("some-model", **options)
    assert "secret" not in str(caught.value)


def test_options_from_a_spec_are_refused_as_plugin_options():
    """In a SPEC the same values give an error that names the judge."""
    with pytest.raises(UsageError, match=r"judge 'openai'.*price_in and price_out"):
        simulate(lambda prompt: "ok", [], judge="openai:m,price_in=1")


def test_the_price_of_a_known_model_at_its_own_endpoint_is_known():
    """genai-prices knows gpt-4.1-mini at OpenAI, and the cached price is no more than the full one."""
    found = find_known_tariff("gpt-4.1-mini", base_url=OPENAI)
    assert found is not None
    prices = found.base
    assert 0 < prices.cached <= prices.input < prices.output
    assert "gpt-4.1-mini" in prices.source
    assert OpenAI("gpt-4.1-mini").prices() == prices


@pytest.mark.parametrize(
    ("model", "base_url"),
    [("gpt-4.1-mini", "http://127.0.0.1:8000/v1"), ("gpt-4.1-mini", "http://localhost/v1"), ("no-such-model", OPENAI)],
)
def test_the_price_of_a_model_elsewhere_is_not_known(model, base_url):
    """A model's name says nothing of what another endpoint charges for it."""
    assert find_known_tariff(model, base_url=base_url) is None


def test_a_model_without_a_price_for_its_cache_pays_the_full_one():
    """OpenAI's gpt-4 has no cache: whatever it says of cached tokens costs what the others cost."""
    found = find_known_tariff("gpt-4", base_url=OPENAI)
    assert found is not None
    assert found.base.cached == found.base.input > 0


def test_stated_prices_win_over_known_ones():
    """Who states prices has them."""
    found = OpenAI("gpt-4.1-mini", price_in=7, price_out=8).prices()
    assert found == Prices(Decimal(7), Decimal(8), Decimal(7), "stated in the SPEC")


def test_prices_that_depend_on_the_hour():
    """The dearest of the day is reserved, and each call costs what it did at its time, also in the night before."""
    tariff = find_known_tariff("deepseek-chat", base_url="https://api.deepseek.com")
    by_day, by_night = (
        tariff.cost(Usage(10**6, 10**6), datetime(2026, 5, 1, hour, 45, tzinfo=UTC)) for hour in (12, 20)
    )
    assert by_day > by_night > 0
    assert tariff.cost(Usage(10**6, 10**6), datetime(2026, 5, 1, 0, 10, tzinfo=UTC)) == by_night
    assert tariff.worst(10**6, 10**6) == by_day


def test_a_day_that_begins_late_goes_on_with_the_last_hour_of_the_one_before():
    """What is not said of the hours before the first change is what counted before midnight."""
    cheap, dear = (Tariff(Prices(Decimal(price), Decimal(price), Decimal(price), "")) for price in (1, 2))
    tariff = attrs.evolve(dear, day=((time(8), dear), (time(20), cheap)))
    at = [datetime(2026, 5, 1, hour, tzinfo=UTC) for hour in (3, 8, 19, 20)]
    assert [tariff.cost(Usage(10**6, 0), when) for when in at] == [1, 2, 2, 1]
