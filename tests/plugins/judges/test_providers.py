"""What the judges with a wire of their own have in common: answers, cost, faults, keys."""

from __future__ import annotations

import asyncio
import json
from decimal import Decimal

import attrs
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from multivon_eval import result_to_json, simulate
from multivon_eval.errors import JudgeError, JudgeUnavailable, UsageError
from multivon_eval.sdk import Message, Usage, text_question
from support.chat_faults import Response
from support.chat_server import Fault
from support.openai_judge import KEY, PERSONA, checked, completed, model_fn, questions
from support.provider_judges import PROVIDERS

KINDS = ["user_turn", "verdict", "answers", "text"]
PASSES = [Fault.RATE_LIMITED, Fault.INTERNAL, Fault.UNAVAILABLE, Fault.OVERLOADED]
BREAKS = [Fault.RESET, Fault.INVALID_UTF8, Fault.NO_JSON, Fault.NO_CHOICES]
UNCOUNTED = [Fault.NO_USAGE, Fault.NEGATIVE_USAGE]


@pytest.fixture(params=sorted(PROVIDERS))
def provider(request):
    """Each provider in turn."""
    return PROVIDERS[request.param]


@pytest.mark.parametrize("kind", KINDS)
def test_an_answer_can_be_read_by_the_question(provider, kind):
    """The answer comes back as the question's own thing, with usage, cost, model and temperature."""
    question = questions()[kind]
    with provider.server() as server:
        judge = provider.judge_for(server)
        answer = completed(judge, question)
    assert question.read(answer.text)
    assert answer.usage.input_tokens > 0 and answer.usage.output_tokens > 0
    assert 0 < answer.cost_usd <= judge.worst_cost(question)
    assert (answer.model, answer.temperature, answer.notes) == ("some-model", question.prompt.temperature, ())


def test_a_run_is_driven_judged_and_scored(provider):
    """The judge plays the persona, gives verdict and scores; quotes stand in the transcript, the check came first."""
    with provider.server() as server:
        # So long that every provider's cache takes it.
        somebody = attrs.evolve(PERSONA, profile="A customer who has a lot to tell. " * 200)
        results = simulate(
            model_fn, [somebody], judge=provider.judge_for(server), evaluators=["conversation-relevance"], hooks=()
        )
    (result,) = results
    assert (result.stop_reason, result.goal_achieved, result.turns) == ("goal_reached", True, 2)
    assert result.scores["conversation_relevance"].value == 1.0
    assert result.verdict.evidence and all(quote.found for quote in result.verdict.evidence)
    assert (result.metadata["judge_temperature"], result.metadata["driver_temperature"]) == (0.0, 1.0)
    assert result.metadata["usage"]["cached_tokens"] > 0
    assert results.report.problems == ()
    assert (server.checks, server.paths[0].partition("?")[0]) == (1, provider.check)


@pytest.mark.parametrize("fault", PASSES)
def test_overload_is_worth_repeating_and_costs_nothing(provider, fault):
    """A server that says it cannot now has done no work; too many calls are told from other trouble."""
    with provider.server(script=[f"{fault}:7"]) as server, pytest.raises(JudgeUnavailable, match=fault) as caught:
        completed(provider.judge_for(server), questions()["verdict"])
    assert (caught.value.charged, caught.value.retry_after) == (False, 7.0)
    assert caught.value.overloaded == (fault in (Fault.RATE_LIMITED, Fault.OVERLOADED))


@pytest.mark.parametrize("fault", BREAKS)
def test_a_torn_answer_is_worth_repeating_and_may_be_charged(provider, fault):
    """The model may have done its work: what it cost nobody knows."""
    with provider.server(script=[fault]) as server, pytest.raises(JudgeUnavailable) as caught:
        completed(provider.judge_for(server), questions()["verdict"])
    assert caught.value.charged


@pytest.mark.parametrize("fault", UNCOUNTED)
def test_an_answer_without_usage_is_booked_at_its_worst(provider, fault):
    """The answer counts; its cost is the most there could be, and that is noted."""
    with provider.server(script=[fault]) as server:
        judge = provider.judge_for(server)
        answer = completed(judge, questions()["verdict"])
    assert questions()["verdict"].read(answer.text).achieved
    assert answer.cost_usd == judge.worst_cost(questions()["verdict"])
    assert answer.notes == ("the provider sent no usable usage: calls are booked at their worst case",)


def test_a_refusal_is_an_error_that_stays(provider):
    """A refusal may be charged, and asking again would not help; the provider's words are told."""
    with provider.server(script=["refusal"]) as server, pytest.raises(JudgeError, match="I can't assist") as caught:
        completed(provider.judge_for(server), questions()["verdict"])
    assert not isinstance(caught.value, JudgeUnavailable)
    assert caught.value.charged


def test_an_answer_that_is_cut_says_how_to_get_more(provider):
    """Cut in the middle it is an answer with a note; cut before it began, an error with the remedy."""
    cut = [Response("One, two and", finish_reason="length"), Response("", finish_reason="length")]
    with provider.server(lambda body: cut.pop(0)) as server:
        judge = provider.judge_for(server)
        answer = completed(judge, questions()["text"])
        with pytest.raises(JudgeError, match=r"cut at its 1024 tokens .*max_tokens=N") as caught:
            completed(judge, questions()["text"])
    assert answer.text == "One, two and"
    assert answer.notes == ("an answer was cut at the limit of its tokens; give it more with ',max_tokens=N'",)
    assert caught.value.charged


@pytest.mark.parametrize("refuse", [["temperature"], ["all"]])
def test_what_a_model_refuses_is_left_out_and_noted(provider, refuse):
    """Asked again without it once; then the judge remembers, and each answer says what it had to do without."""
    every = list(provider.dialect().refusable)
    with provider.server(refuse=every if refuse == ["all"] else refuse) as server:
        judge = provider.judge_for(server)
        first = completed(judge, questions()["verdict"])
        asked = len(server.requests)
        second = completed(judge, questions()["user_turn"])
    assert len(server.requests) == asked + 1
    assert first.notes == second.notes != ()
    assert "the model refused temperature: left out" in first.notes
    assert first.temperature is second.temperature is None
    assert questions()["verdict"].read(first.text).achieved
    assert first.cost_usd <= judge.worst_cost(questions()["verdict"])


def test_calls_side_by_side_learn_together(provider):
    """Calls that are refused at the same time for the same reason take one step, not one each."""
    with provider.server(refuse=list(provider.dialect().refusable), latency=0.05) as server:
        judge, question = provider.judge_for(server), questions()["verdict"]

        async def work():
            try:
                return await asyncio.gather(*(judge.complete(question) for _ in range(6)))
            finally:
                await judge.aclose()

        assert len({answer.notes for answer in asyncio.run(work())}) == 1


@pytest.mark.parametrize("kind", ["verdict", "text"])
def test_temperature_max_tokens_and_thinking_can_be_stated(provider, kind):
    """The options win over what the question asks for; thinking is paid for beside the answer."""
    question = questions()[kind]
    with provider.server() as server:
        plain, thinks = provider.judge_for(server), provider.judge_for(server, thinking=2000)
        answer = completed(provider.judge_for(server, temperature=0.5, max_tokens=700, thinking=2000), question)
    assert answer.temperature == 0.5
    assert "2700" in json.dumps(server.requests[0])
    assert thinks.worst_cost(question) - plain.worst_cost(question) == Decimal(2000) * 15 / 1_000_000


any_text = st.text(st.characters(exclude_categories=()), min_size=1, max_size=200)


@settings(max_examples=30)
@given(
    said=st.lists(any_text, min_size=1, max_size=3),
    system=st.just("") | any_text,
    wants_schema=st.booleans(),
    cache=st.sampled_from(["none", "read", "written"]),
    name=st.sampled_from(sorted(PROVIDERS)),
    refuse=st.booleans(),
    prices=st.tuples(*[st.floats(min_value=0, max_value=1000)] * 3),
)
@example(["\ud83d"], " ", True, "none", "anthropic", True, (1.0, 1.0, 1.0))
@example(["word " * 40], "", False, "read", "gemini", False, (1.0, 1.0, 9.0))
@example(["{"], "", False, "none", "anthropic", False, (1.0, 1.0, 1.0))
@example(["{"], "", False, "none", "gemini", False, (1.0, 1.0, 1.0))
def test_the_worst_cost_bounds_what_a_tokenizer_of_bytes_would_count(
    said, system, wants_schema, cache, name, refuse, prices
):
    """Even if every byte of what is sent were a token of its own, at the dearest price, the bound holds."""
    schema = {"type": "object", "properties": {"ünï": {"type": "string"}}, "required": ["ünï"]}
    schema = {**schema, "additionalProperties": False} if wants_schema else None
    messages = [Message("user" if i % 2 == 0 else "assistant", text) for i, text in enumerate(said * 2)][:-1]
    question = text_question(messages, system=system, schema=schema, max_tokens=50)
    provider = PROVIDERS[name]

    def greedy(body):
        native = body["native"]
        texts = _texts(native) + json.dumps(
            [native.get("tools"), native.get("generationConfig", {}).get("responseSchema")]
        )
        size = len(texts.encode()) + 4
        read, written = (size if cache == kind else 0 for kind in ("read", "written"))
        if name == "gemini":
            counts = {"promptTokenCount": size, "candidatesTokenCount": 40, "thoughtsTokenCount": 10}
            return Response("x", usage={**counts, "cachedContentTokenCount": read})
        counts = {"input_tokens": size - read - written, "output_tokens": 50}
        return Response("x", usage={**counts, "cache_read_input_tokens": read, "cache_creation_input_tokens": written})

    refused = provider.dialect().refusable if refuse else ()
    with provider.server(greedy, refuse=refused) as server:
        judge = provider.judge_for(server, **dict(zip(("price_in", "price_out", "price_cached"), prices, strict=True)))
        found = completed(judge, question)
    assert found.usage.input_tokens > 0
    assert found.cost_usd <= judge.worst_cost(question)


def _texts(value):
    """All texts of a request's messages, one after another."""
    if isinstance(value, dict):
        return "".join(item if key == "text" else _texts(item) for key, item in value.items())
    return "".join(map(_texts, value)) if isinstance(value, list) else ""


@pytest.mark.parametrize(
    "usage",
    [None, [], {}, {"prompt_tokens": 0, "completion_tokens": 1}, {"prompt_tokens": -5, "completion_tokens": 1}]
    + [{"prompt_tokens": 5, "completion_tokens": bad} for bad in (-1, "1", True, 10**4000)],
)
def test_a_usage_that_cannot_be_believed_is_none(provider, usage):
    """What is missing or cannot be gives no money back."""
    with provider.server(lambda body: Response("Fine.", usage=usage)) as server:
        judge = provider.judge_for(server)
        answer = completed(judge, questions()["text"])
    assert (answer.text, answer.usage) == ("Fine.", Usage())
    assert answer.cost_usd == judge.worst_cost(questions()["text"]) > 0


def test_the_key_is_sent_in_its_header_and_stands_nowhere_else(provider, monkeypatch):
    """The key of the named variable goes with each call, never in a URL, and into no result."""
    monkeypatch.setenv("HOUSE_KEY", f" {KEY}\n")
    with provider.server(api_key=KEY) as server:
        (result,) = simulate(model_fn, [PERSONA], judge=provider.judge_for(server, api_key_env="HOUSE_KEY"), hooks=())
    assert {headers[provider.header] for headers in server.headers} == {KEY}
    assert KEY not in json.dumps([server.paths, server.requests, result_to_json(result)])


def test_a_key_that_the_server_echoes_stands_in_no_error(provider, monkeypatch):
    """Neither in the message nor in its causes nor in the judge's repr; a refused key costs nothing."""
    monkeypatch.setenv(provider.variable, KEY)
    with provider.server(script=["401"]) as server, pytest.raises(JudgeError, match=r"40[01]") as caught:
        completed(provider.judge_for(server), questions()["verdict"])
    assert not caught.value.charged
    assert len(server.requests) == 1
    chain = [caught.value, caught.value.__cause__, caught.value.__context__]
    assert KEY not in repr(chain) + str(caught.value) + repr(provider.judge_for(server))


def test_a_key_that_is_refused_is_found_before_anything_is_spent(provider, monkeypatch):
    """The check says which option names the variable, and not what is in it."""
    monkeypatch.setenv(provider.variable, KEY)
    with provider.server(api_key="sk-quite-another-key") as server:
        with pytest.raises(UsageError, match=r"refused the key .*api_key_env") as caught:
            checked(provider.judge_for(server))
        assert server.requests == []
    assert KEY not in str(caught.value)


@pytest.mark.parametrize("name", sorted(PROVIDERS))
def test_a_missing_key_names_its_variable(name):
    """The provider's own endpoint needs a key: the message names the variable, and no request is made."""
    with pytest.raises(UsageError, match=f"the variable {PROVIDERS[name].variable} is not set; set it"):
        simulate(model_fn, [PERSONA], judge=f"{name}:some-model,price_in=1,price_out=1")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"base_url": "host"}, "base_url"),
        ({"base_url": "https://ann:secret@host"}, "api_key_env"),
        ({"price_in": 1.0}, "price_in and price_out"),
        ({"price_cached": 1.0}, "price_in and price_out"),
        ({"price_in": -1.0, "price_out": 1.0}, "price_in"),
        ({"temperature": float("nan")}, "temperature"),
        ({"max_tokens": 0}, "max_tokens"),
        ({"thinking": -1}, "thinking"),
        ({"timeout": 0.0}, "timeout"),
    ],
)
def test_options_that_cannot_be_are_refused(provider, options, problem):
    """A value that would only fail, or mislead, later is refused when the judge is made; no secret is shown."""
    with pytest.raises(ValueError, match=problem) as caught:
        provider.judge("some-model", **options)
    assert "secret" not in str(caught.value)


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("fault", [*PASSES, "429:0", *BREAKS, Fault.HANG])
def test_a_fault_that_passes_is_repeated(provider, fault):
    """The first call meets the fault once, and the conversation is as if nothing had been."""
    with provider.server(script=[fault]) as server:
        (result,) = simulate(model_fn, [PERSONA], judge=provider.judge_for(server, timeout=0.3), hooks=())
    assert (result.stop_reason, result.goal_achieved) == ("goal_reached", True)
    assert len(result.metadata["judge_retries"]) == 1


@pytest.mark.parametrize("fault", [Fault.EMPTY, Fault.TRUNCATED, Fault.WRONG_TYPES])
def test_an_answer_that_cannot_be_read_is_asked_for_again(provider, fault):
    """Once more, with the reason."""
    with provider.server(script=[fault]) as server:
        (result,) = simulate(model_fn, [PERSONA], judge=provider.judge_for(server), hooks=())
    assert (result.stop_reason, result.goal_achieved) == ("goal_reached", True)
    assert "could not be read" in json.dumps(server.requests[1])
