"""The judge ``litellm``: the extra, the key, and a model behind an OpenAI-compatible server, asked through litellm."""

from __future__ import annotations

import asyncio
import gc
import os
import sys

import pytest

from multivon_eval import simulate
from multivon_eval.errors import JudgeError, JudgeUnavailable, UsageError
from multivon_eval.testing import JudgeTests
from multivon_eval_plugins.judges.litellm import LiteLLM
from multivon_eval_plugins.provider.tariff import find_known_tariff
from support.chat_server import ChatServer
from support.openai_judge import KEY, PERSONA, PRICES, model_fn, questions

# litellm keeps its connections for other callers; here they end with the event loop.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:litellm.*"),
    # Of its types, which it imports when a call is made for the first time, whichever test makes it.
    pytest.mark.filterwarnings("ignore:Items 'device_code':UserWarning"),
]


class TestLiteLLM(JudgeTests):
    """``litellm`` is a judge."""

    name = "litellm"

    @pytest.fixture(autouse=True)
    def _served(self, request):
        if request.node.name in ("test_leaves_nothing_behind", "test_a_whole_run_leaves_nothing_behind"):
            # A known fault: the library has a logging worker and a cache of clients for the whole process.
            reason = "LiteLLM keeps a task and connections of its own, which 'aclose' does not reach"
            request.applymarker(pytest.mark.xfail(reason=reason, strict=False))
        with ChatServer() as self.server:
            yield

    def make(self):
        return judge_for(self.server, temperature=0.5)


def judge_for(server, **options):
    """A judge with prices that asks this server through litellm."""
    return LiteLLM(**{"model": "openai/some-model", "base_url": server.base_url, **PRICES, **options})


def completed(judge, question):
    """Check and ask once."""

    async def work():
        await judge.check()
        return await judge.complete(question)

    return asyncio.run(work())


@pytest.fixture(autouse=True)
def key(monkeypatch):
    """The key that litellm looks for; what it keeps open is gone before another test."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    yield
    if package := sys.modules.get("litellm"):
        package.in_memory_llm_clients_cache.flush_cache()
    gc.collect()


@pytest.mark.parametrize("kind", ["user_turn", "verdict", "text"])
def test_an_answer_can_be_read_by_the_question(kind):
    """Structured output, temperature and limit reach the server; usage, cost and model come back."""
    question = questions()[kind]
    with ChatServer(api_key=KEY) as server:
        judge = judge_for(server)
        answer = completed(judge, question)
    (body,) = server.requests
    assert question.read(answer.text)
    assert ("response_format" in body) == (question.prompt.schema is not None)
    assert (body["temperature"], body["max_tokens"]) == (question.prompt.temperature, question.prompt.max_tokens)
    assert 0 < answer.cost_usd <= judge.worst_cost(question)
    assert (answer.model, answer.notes) == ("some-model", ())


def test_what_a_model_refuses_is_left_out_and_noted():
    """Litellm's errors are read like the provider's."""
    with ChatServer(refuse=["temperature", "json_schema"]) as server:
        answer = completed(judge_for(server), questions()["verdict"])
    assert set(answer.notes) == {
        "the model refused temperature: left out",
        "the model refused response_format: sent as json_object",
    }
    assert answer.temperature is None


@pytest.mark.parametrize(
    ("fault", "charged", "pause"),
    [("429:7", False, 7.0), ("503:2", False, 2.0), ("500", False, None), ("reset", True, None), ("hang", True, None)],
)
def test_what_passes_is_for_the_run_to_repeat(fault, charged, pause):
    """Litellm does not repeat by itself; whether the call may be charged and how long to wait is passed on."""
    with ChatServer(script=[fault]) as server, pytest.raises(JudgeUnavailable) as caught:
        completed(judge_for(server, timeout=0.5), questions()["verdict"])
    assert len(server.requests) == 1
    assert (caught.value.charged, caught.value.retry_after) == (charged, pause)
    assert caught.value.overloaded == fault.startswith("429")


@pytest.mark.parametrize(
    ("fault", "problem", "charged"), [("401", r"\*\*\*", False), ("refusal", "I can't assist", True)]
)
def test_what_stays_is_an_error(fault, problem, charged):
    """A refused key and a model's refusal are told, without the key."""
    with ChatServer(script=[fault]) as server, pytest.raises(JudgeError, match=problem) as caught:
        completed(judge_for(server), questions()["verdict"])
    assert not isinstance(caught.value, JudgeUnavailable)
    assert caught.value.charged == charged
    assert KEY not in str(caught.value) + repr([caught.value.__cause__, judge_for(server)])


def test_an_answer_that_was_not_counted_is_booked_at_its_worst():
    """Litellm makes noughts of a missing usage; they are not believed."""
    with ChatServer(script=["no-usage"]) as server:
        judge = judge_for(server)
        answer = completed(judge, questions()["text"])
    assert answer.cost_usd == judge.worst_cost(questions()["text"]) > 0


def test_a_run_is_driven_and_judged():
    """From the SPEC to a verdict, with the key of a variable of one's own."""
    os.environ["HOUSE_KEY"] = KEY
    try:
        with ChatServer(api_key=KEY) as server:
            spec = f"litellm:openai/some-model,base_url={server.base_url},api_key_env=HOUSE_KEY,price_in=3,price_out=15"
            (result,) = simulate(model_fn, [PERSONA], judge=spec, hooks=())
    finally:
        del os.environ["HOUSE_KEY"]
    assert (result.stop_reason, result.goal_achieved) == ("goal_reached", True)
    assert "LITELLM_LOCAL_MODEL_COST_MAP" not in os.environ


def test_without_the_extra_the_command_is_said_before_anything_is_spent(monkeypatch):
    """The message holds the line that installs it."""
    monkeypatch.setitem(sys.modules, "litellm", None)
    with pytest.raises(UsageError, match=r"needs the package litellm .*pip install .*\[litellm\]"):
        simulate(model_fn, [PERSONA], judge="litellm:groq/some-model,price_in=1,price_out=1")


@pytest.mark.parametrize(
    ("options", "problem"),
    [
        ({"model": "groq/some-model"}, "has no key: not set: GROQ_API_KEY; set"),
        ({"model": "groq/some-model", "api_key_env": "HOUSE_KEY"}, "the variable HOUSE_KEY is not set"),
        ({"model": "some-unheard-of-model"}, "no provider that litellm knows .*PROVIDER/MODEL"),
    ],
)
def test_what_is_missing_is_named_before_anything_is_spent(options, problem):
    """A key by its variable, a provider by how to name it."""
    with pytest.raises(UsageError, match=problem):
        asyncio.run(LiteLLM(**options, price_in=1, price_out=1).check())


def test_a_price_is_known_where_litellm_asks_the_provider_itself():
    """At another endpoint, or with a provider of unknown prices, it is not."""
    found = find_known_tariff("gpt-6-luna", provider="openai")
    assert found is not None
    assert LiteLLM("openai/gpt-6-luna").prices() == found.base
    assert LiteLLM("openai/gpt-6-luna", base_url="http://127.0.0.1:1/v1").prices() is None
    assert LiteLLM("bedrock/gpt-6-luna").prices() is None
    assert LiteLLM("gpt-6-luna").prices() is None
