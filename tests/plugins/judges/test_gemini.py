"""What the judge ``gemini`` sends and reads, held against the official SDK."""

from __future__ import annotations

import json
from decimal import Decimal

import jsonschema
import pytest
from google import genai
from google.genai import types

from multivon_eval.errors import JudgeError, JudgeUnavailable
from multivon_eval.sdk import Message, Usage, text_question
from multivon_eval_plugins.judges._gemini_schema import convert_schema
from multivon_eval_plugins.judges.gemini import GEMINI, Gemini
from multivon_eval_plugins.provider.tariff import find_known_tariff
from support.chat_faults import Response
from support.gemini_dialect import GenerateContent, json_schema
from support.openai_judge import KEY, completed, questions, written
from support.provider_judges import PROVIDERS

WIRE = PROVIDERS["gemini"]
KINDS = ["user_turn", "verdict", "answers", "text"]
REFUSALS = [(), ("temperature", "thinkingBudget"), ("responseSchema", "systemInstruction"), ("json", "thinkingConfig")]


def config_of(body):
    """A request's configuration as the official SDK holds it."""
    found = types.GenerateContentConfig.model_validate(body["generationConfig"])
    found.system_instruction = body.get("systemInstruction") and types.Content.model_validate(
        {**body["systemInstruction"], "role": "user"}
    )
    # As a field it may be any mapping; its own type is strict.
    found.response_schema = found.response_schema and types.Schema.model_validate(found.response_schema)
    return found


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("refuse", REFUSALS)
def test_every_request_fits_the_types_of_the_official_sdk(kind, refuse):
    """What is sent is what the official SDK would take; its types forbid what they do not know."""
    with WIRE.server(refuse=refuse) as server:
        completed(WIRE.judge_for(server), questions()[kind])
    for body in server.requests:
        assert config_of(body).max_output_tokens
        assert [types.Content.model_validate(content).role for content in body["contents"]][-1] == "user"


@pytest.mark.parametrize("kind", KINDS)
def test_the_official_sdk_sends_and_reads_the_same(kind):
    """Given what we send, the official SDK sends it as we do; what we are answered with is a response to it too."""
    question = questions()[kind]
    with WIRE.server(api_key=KEY) as server:
        body = written(WIRE.judge_for(server), question)
        contents = [types.Content.model_validate(content) for content in body["contents"]]
        options = types.HttpOptions(base_url=server.base_url, api_version="v1beta")
        with genai.Client(api_key=KEY, http_options=options, vertexai=False) as client:
            found = client.models.generate_content(model="some-model", contents=contents, config=config_of(body))
            assert [model.name for model in client.models.list()] == ["models/some-model"]
    sent = server.requests[0]
    assert (sent["contents"], config_of(sent)) == (body["contents"], config_of(body))
    assert server.paths[0] == "/v1beta/models/some-model:generateContent"
    assert question.read(found.text)
    raw = found.model_dump(mode="json", by_alias=True, exclude_none=True)
    types.GenerateContentResponse.model_validate(raw)
    judge = Gemini("some-model", price_in=1, price_out=1)
    reading, usage = judge.read(raw), judge.read_usage(raw)
    assert reading.text == found.text
    assert usage.input_tokens == found.usage_metadata.prompt_token_count


@pytest.mark.parametrize("kind", ["user_turn", "verdict", "answers"])
def test_the_schema_is_sent_as_a_response_schema(kind):
    """It says what the question's schema says, and the order in which the answer is written."""
    schema = questions()[kind].prompt.schema
    with WIRE.server() as server:
        answer = completed(WIRE.judge_for(server), questions()[kind])
    config = server.requests[0]["generationConfig"]
    assert config["responseMimeType"] == "application/json"
    assert config["responseSchema"] == convert_schema(schema)
    assert config["responseSchema"]["propertyOrdering"] == list(schema["properties"])
    assert config["thinkingConfig"] == {"thinkingBudget": 0}
    jsonschema.validate(json.loads(answer.text), schema)


@pytest.mark.parametrize(
    ("schema", "found"),
    [
        ({"type": ["string", "null"]}, {"type": "STRING", "nullable": True}),
        ({"enum": ["a", "b"]}, {"type": "STRING", "enum": ["a", "b"]}),
        ({"const": "a"}, {"type": "STRING", "enum": ["a"]}),
        ({"oneOf": [{"type": "integer"}, {"type": "number"}]}, {"anyOf": [{"type": "INTEGER"}, {"type": "NUMBER"}]}),
        ({"type": "array", "items": {"type": "string"}, "minItems": 1}, None),
        ({"$ref": "#/$defs/a"}, "none"),
        ({"type": ["string", "integer"]}, "none"),
        ({"enum": [1, 2]}, "none"),
        ({"type": "object", "properties": {"a": {"allOf": []}}}, "none"),
        ({"type": "array", "items": {"$ref": "#"}}, "none"),
    ],
)
def test_a_schema_is_turned_or_given_up(schema, found):
    """What means the same is said in Google's words; what cannot be said is not said in part."""
    turned = convert_schema(schema)
    if found == "none":
        assert turned is None
        return
    assert turned == (found or {"type": "ARRAY", "items": {"type": "STRING"}, "minItems": 1})
    types.Schema.model_validate(turned)
    json_schema(turned)


def test_a_schema_that_cannot_be_said_stands_behind_the_question():
    """The answer is asked for as JSON all the same, and nothing was refused."""
    schema = {"type": "object", "properties": {"a": {"$ref": "#/$defs/b"}}, "required": ["a"]}
    question = text_question("Hello?", schema={**schema, "$defs": {"b": {"type": "string"}}})
    with WIRE.server() as server:
        answer = completed(WIRE.judge_for(server), question)
    (body,) = server.requests
    assert "responseSchema" not in body["generationConfig"]
    assert "$defs" in body["contents"][0]["parts"][-1]["text"]
    assert (answer.text, answer.notes) == ('{"a": "text"}', ())


def test_roles_are_named_as_google_names_them():
    """What the judge said before is the model's."""
    question = text_question([Message("user", "One?"), Message("assistant", "Two."), Message("user", "Three?")])
    with WIRE.server() as server:
        completed(WIRE.judge_for(server), question)
    assert [content["role"] for content in server.requests[0]["contents"]] == ["user", "model", "user"]


def test_thoughts_are_counted_and_paid_for():
    """They are counted beside the answer's tokens, and cost what those cost."""
    with WIRE.server(dialect=GenerateContent(thoughts=700)) as server:
        judge = WIRE.judge_for(server, thinking=1000)
        answer = completed(judge, questions()["verdict"])
    assert server.requests[0]["generationConfig"]["thinkingConfig"] == {"thinkingBudget": 1000}
    assert answer.usage.output_tokens > 700
    assert answer.cost_usd > Decimal(700) * 15 / 1_000_000
    assert "So it must be." not in answer.text


def test_the_cost_is_computed_from_the_usage():
    """The prompt's tokens hold the cached ones; each has its price."""
    usage = {"promptTokenCount": 1000, "candidatesTokenCount": 150, "thoughtsTokenCount": 50}
    usage |= {"cachedContentTokenCount": 400}
    with WIRE.server(lambda body: Response("Fine.", usage=usage, model="gemini-some-001")) as server:
        answer = completed(WIRE.judge_for(server), questions()["text"])
    assert answer.usage == Usage(1000, 200, 400)
    assert answer.cost_usd == (600 * 3 + 400 * Decimal("0.3") + 200 * 15) / Decimal(1_000_000)
    assert answer.model == "gemini-some-001"


@pytest.mark.parametrize(
    ("reply", "problem", "error"),
    [
        ({"promptFeedback": {"blockReason": "SAFETY"}}, r"blocked the prompt \(SAFETY\)", JudgeError),
        ({"candidates": [{"finishReason": "SAFETY"}]}, r"withheld the answer \(SAFETY\)", JudgeError),
        ({"candidates": [{"finishReason": "PROHIBITED_CONTENT"}]}, "PROHIBITED_CONTENT", JudgeError),
        ({"candidates": [{"finishReason": "RECITATION", "content": {"parts": [{"text": "x"}]}}]}, "REC", JudgeError),
        ({"candidates": []}, "no generated content", JudgeUnavailable),
        ({"error": {"code": 503, "message": "Busy"}}, "Busy", JudgeUnavailable),
        ({}, "it has nothing", JudgeUnavailable),
    ],
)
def test_a_reply_that_is_no_answer_says_what_it_is(reply, problem, error):
    """What was blocked stays so; what was torn is worth repeating; both may be charged."""
    with WIRE.server(lambda body: Response(body=reply)) as server, pytest.raises(error, match=problem) as caught:
        completed(WIRE.judge_for(server), questions()["text"])
    assert caught.value.charged
    assert isinstance(caught.value, JudgeUnavailable) == (error is JudgeUnavailable)


def test_a_model_that_cannot_do_without_thinking_is_asked_for_little():
    """First for none, then for the least there is, then for nothing."""
    with WIRE.server(refuse=["thinkingBudget"]) as server:
        answer = completed(WIRE.judge_for(server), questions()["verdict"])
    sent = [body["generationConfig"]["thinkingConfig"] for body in server.requests]
    assert sent == [{"thinkingBudget": 0}, {"thinkingLevel": "MINIMAL"}]
    assert answer.notes == ("the model refused thinkingConfig: sent as thinkingLevel MINIMAL",)


@pytest.mark.parametrize("model", ["gemini-3.5-flash-lite", "models/gemini-3.5-flash-lite"])
def test_the_price_of_a_known_model_is_known(model):
    """Under its name and its resource name."""
    found = find_known_tariff("gemini-3.5-flash-lite", base_url=GEMINI)
    assert found is not None
    assert Gemini(model).prices() == found.base
