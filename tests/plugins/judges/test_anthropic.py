"""What the judge ``anthropic`` sends and reads, held against the official SDK, and what its cache serves and costs."""

from __future__ import annotations

import json
from decimal import Decimal

import anthropic
import attrs
import pytest
from anthropic.types import message_create_params
from pydantic import TypeAdapter

from multivon_eval import simulate
from multivon_eval.errors import JudgeError, JudgeUnavailable
from multivon_eval.sdk import Conversation, Message, Prices, Usage, goal_question
from multivon_eval_plugins.judges.anthropic import ANTHROPIC, TOOL, Anthropic
from multivon_eval_plugins.provider.tariff import find_known_tariff
from multivon_eval_plugins.roleplay.prompt import roleplay_question
from support.chat_faults import Response
from support.openai_judge import CONVERSATION, KEY, PERSONA, completed, model_fn, questions, written
from support.provider_judges import PROVIDERS

WIRE = PROVIDERS["anthropic"]
KINDS = ["user_turn", "verdict", "answers", "text"]
SENT = TypeAdapter(message_create_params.MessageCreateParamsNonStreaming)
KNOWN = {
    name for cls in message_create_params.MessageCreateParamsNonStreaming.__orig_bases__ for name in cls.__annotations__
}
# Asked for first, and left out where a model refuses it: the newest types know it no longer, models that are served do.
GONE = {"temperature"}
REFUSALS = [(), ("temperature", "thinking"), ("tool_choice", "cache_control"), ("tools",)]


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("refuse", REFUSALS)
def test_every_request_fits_the_types_of_the_official_sdk(kind, refuse):
    """What is sent is what the official SDK would take, and holds nothing it does not know."""
    with WIRE.server(refuse=refuse) as server:
        completed(WIRE.judge_for(server), questions()[kind])
    for body in server.requests:
        read = SENT.validate_python(body)
        for message in read["messages"]:
            list(message["content"])
        list(read.get("tools", ()))
        list(read.get("system", ()))
        assert set(body) <= KNOWN | GONE


@pytest.mark.parametrize("kind", KINDS)
def test_the_official_sdk_sends_and_reads_the_same(kind):
    """Given our body, the official SDK sends it as we do; what we are answered with is a message to it too."""
    question = questions()[kind]
    with WIRE.server(api_key=KEY) as server:
        body = written(WIRE.judge_for(server), question)
        warmth = {"temperature": body.pop("temperature")}
        with anthropic.Anthropic(api_key=KEY, base_url=server.base_url, max_retries=0) as client:
            message = client.messages.create(**body, extra_body=warmth)
            assert [model.id for model in client.models.list()] == ["some-model"]
    assert server.requests == [{**body, **warmth}]
    raw = message.model_dump(mode="json")
    anthropic.types.Message.model_validate(raw, strict=True)
    judge = Anthropic("some-model", price_in=1, price_out=1)
    reading, usage = judge.read(raw), judge.read_usage(raw)
    assert question.read(reading.text)
    assert usage.input_tokens == sum(
        (message.usage.input_tokens, message.usage.cache_read_input_tokens, message.usage.cache_creation_input_tokens)
    )


def test_a_form_is_asked_for_as_a_tool_that_must_be_called():
    """The tool has the question's whole schema, which is not written out again behind the question."""
    question = questions()["verdict"]
    with WIRE.server() as server:
        completed(WIRE.judge_for(server), question)
    (body,) = server.requests
    (tool,) = body["tools"]
    assert (tool["name"], tool["input_schema"]) == (TOOL, question.prompt.schema)
    assert body["tool_choice"] == {"type": "tool", "name": TOOL}
    assert body["messages"][-1]["content"][-1]["text"].startswith("Question:")
    assert body["max_tokens"] == question.prompt.max_tokens
    assert body["thinking"] == {"type": "disabled"}


@pytest.mark.parametrize(
    ("refuse", "thinking"), [((), {"type": "adaptive"}), (("adaptive",), {"type": "enabled", "budget_tokens": 2000})]
)
def test_a_model_that_thinks_is_not_made_to_call_a_tool(refuse, thinking):
    """Anthropic takes thinking and a forced tool not together; a model without adaptive thinking is given a budget."""
    with WIRE.server(refuse=refuse) as server:
        answer = completed(WIRE.judge_for(server, thinking=2000), questions()["verdict"])
    body = server.requests[-1]
    assert (body["thinking"], body["tool_choice"]) == (thinking, {"type": "auto"})
    assert questions()["verdict"].read(answer.text).achieved


def test_fewer_tokens_to_think_with_than_anthropic_takes_are_refused():
    """When the judge is made, not by the first call."""
    with pytest.raises(ValueError, match="thinking is 500; give 1024"):
        Anthropic("some-model", thinking=500)


LONG = Conversation((*CONVERSATION.messages, Message("user", "Why?"), Message("assistant", "So. " * 2000)), PERSONA)


def test_what_nobody_will_read_is_not_stored():
    """A verdict that is asked for once and a short prompt are sent without marks: storing costs more than sending."""
    with WIRE.server() as server:
        judge = WIRE.judge_for(server)
        completed(judge, goal_question(LONG))
        completed(judge, roleplay_question(CONVERSATION))
    assert "cache_control" not in json.dumps(server.requests)


def test_a_question_that_is_asked_again_reads_what_was_stored():
    """As the judge's votes do: the first one stores instructions and transcript, the next ones read them."""
    vote = goal_question(LONG, temperature=1.0, is_repeated=True)
    with WIRE.server() as server:
        judge = WIRE.judge_for(server)
        first, second = (completed(judge, vote) for _ in range(2))
    shared = first.usage.cache_write_tokens
    assert 0 < shared < first.usage.input_tokens
    assert (first.usage.cached_tokens, second.usage.cached_tokens, second.usage.cache_write_tokens) == (0, shared, 0)


def test_a_conversation_that_grows_reads_what_came_before():
    """Each user turn stores its end, and the next one reads all of it and stores what is new."""
    longer = Conversation((*LONG.messages, Message("user", "And then?"), Message("assistant", "No.")), PERSONA)
    with WIRE.server() as server:
        judge = WIRE.judge_for(server)
        first, second = (completed(judge, roleplay_question(talk)) for talk in (LONG, longer))
    assert second.usage.cached_tokens == first.usage.cached_tokens + first.usage.cache_write_tokens > 0
    assert second.usage.cache_write_tokens > 0
    assert second.cost_usd < first.cost_usd


def test_the_cost_is_computed_from_what_was_read_and_written():
    """Tokens of the cache are counted beside the others by Anthropic, and with them by us; each has its price."""
    usage = {"input_tokens": 500, "output_tokens": 200}
    usage |= {"cache_read_input_tokens": 400, "cache_creation_input_tokens": 100}
    with WIRE.server(lambda body: Response("Fine.", usage=usage, model="claude-some-1")) as server:
        answer = completed(WIRE.judge_for(server), questions()["text"])
        stated = completed(WIRE.judge_for(server, price_cache_write=30), questions()["text"])
    assert answer.usage == Usage(1000, 200, 400, 100)
    rest = 500 * 3 + 400 * Decimal("0.3") + 200 * 15
    assert answer.cost_usd == (rest + 100 * Decimal("3.75")) / 1_000_000
    assert stated.cost_usd == (rest + 100 * 30) / 1_000_000
    assert answer.model == "claude-some-1"


def test_a_long_prompt_is_paid_at_its_own_price():
    """Where a model is dearer beyond a length, a short prompt costs the low price and the bound knows both."""
    found = find_known_tariff("claude-haiku-5-5", base_url=ANTHROPIC)
    assert found is not None and found.steps
    start, dearer = found.steps[0]
    assert found.cost(Usage(1000, 10)) == found.base.cost(Usage(1000, 10))
    assert found.cost(Usage(start + 1, 10)) == dearer.cost(Usage(start + 1, 10)) > found.base.cost(Usage(start + 1, 10))
    assert found.worst(start, 10) < found.worst(start + 1, 10) >= found.cost(Usage(start + 1, 10, 0, start + 1))
    assert found.base.cache_write > found.base.input


def test_the_price_of_writing_to_the_cache_stands_in_the_results():
    """Whoever reads a result can reckon its cost again."""
    with WIRE.server() as server:
        judge = WIRE.judge_for(server)
        talkative = attrs.evolve(PERSONA, profile="A customer who has a lot to tell. " * 200)
        (result,) = simulate(model_fn, [talkative], judge=judge, hooks=())
    assert judge.prices() == Prices(Decimal(3), Decimal(15), Decimal("0.3"), "stated in the SPEC", Decimal("3.75"))
    assert result.metadata["prices"]["cache_write"] == 3.75
    assert result.metadata["usage"]["cache_write_tokens"] > 0


@pytest.mark.parametrize(
    ("reply", "problem", "error"),
    [
        ({"type": "error", "error": {"type": "overloaded_error", "message": "Busy"}}, "Busy", JudgeUnavailable),
        ({"content": "text"}, "no message", JudgeUnavailable),
        ({"content": [7]}, "no message", JudgeUnavailable),
        ({}, "it has nothing", JudgeUnavailable),
        ({"content": [], "stop_reason": "refusal"}, "refused to answer: no reason", JudgeError),
        ({"content": [], "stop_reason": "model_context_window_exceeded"}, "another model", JudgeError),
    ],
)
def test_a_reply_that_is_no_answer_says_what_it_is(reply, problem, error):
    """With status 200 too: what came is named, and it may be charged."""
    with WIRE.server(lambda body: Response(body=reply)) as server, pytest.raises(error, match=problem) as caught:
        completed(WIRE.judge_for(server), questions()["text"])
    assert caught.value.charged
    assert isinstance(caught.value, JudgeUnavailable) == (error is JudgeUnavailable)


def test_the_blocks_of_a_thought_are_no_answer():
    """What a model thought aloud before its answer is left out."""
    content = [{"type": "thinking", "thinking": "Hm.", "signature": "x"}, {"type": "text", "text": "Fine."}]
    with WIRE.server(lambda body: Response(body={"content": content, "stop_reason": "end_turn"})) as server:
        answer = completed(WIRE.judge_for(server), questions()["text"])
    assert answer.text == "Fine."
