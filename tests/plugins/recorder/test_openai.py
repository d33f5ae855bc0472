"""The official SDK of openai is asked against a real server, in every way it has."""

import asyncio

import openai
import pydantic
import pytest

SYSTEM, USER = {"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello?"}
CHAT = {"model": "m", "messages": [SYSTEM, USER]}
RESPONSE = {"model": "m", "instructions": "Be brief.", "input": "Hello?"}
BOTH = [("system", "Be brief."), ("user", "Hello?")]


class Answer(pydantic.BaseModel):
    text: str


@pytest.fixture
def client(server):
    """A synchronous client."""
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0) as made:
        yield made


def create(client):
    client.chat.completions.create(**CHAT)


def create_stream(client):
    assert list(client.chat.completions.create(**CHAT, stream=True))


def stream(client):
    with client.chat.completions.stream(**CHAT) as events:
        assert list(events)


def parse(client):
    client.chat.completions.parse(**CHAT)


def raw(client):
    client.chat.completions.with_raw_response.create(**CHAT).parse()


def streamed(client):
    with client.chat.completions.with_streaming_response.create(**CHAT) as response:
        response.parse()


def post(client):
    client.post("/chat/completions", body=CHAT, cast_to=object)


def respond(client):
    client.responses.create(**RESPONSE)


def respond_stream(client):
    with client.responses.stream(**RESPONSE) as events:
        assert list(events)


def respond_parse(client):
    client.responses.parse(**RESPONSE)


def respond_raw(client):
    client.responses.with_raw_response.create(**RESPONSE).parse()


SYNC = [create, create_stream, stream, parse, raw, streamed, post, respond, respond_stream, respond_parse, respond_raw]


@pytest.mark.parametrize("ask", SYNC)
def test_each_way_is_recorded_once(client, recording, seen, ask):
    """Whatever way a prompt goes out, it is recorded once, at the function that asked."""
    with recording:
        ask(client)
    assert seen() == {(ask.__name__, "openai", role, text): 1 for role, text in BOTH}
    assert (recording.summary.calls, recording.summary.parts, recording.summary.problems) == (1, 2, ())


async def acreate(client):
    await client.chat.completions.create(**CHAT)


async def acreate_stream(client):
    assert [chunk async for chunk in await client.chat.completions.create(**CHAT, stream=True)]


async def astream(client):
    async with client.chat.completions.stream(**CHAT) as events:
        assert [event async for event in events]


async def aparse(client):
    await client.chat.completions.parse(**CHAT)


async def araw(client):
    (await client.chat.completions.with_raw_response.create(**CHAT)).parse()


async def astreamed(client):
    async with client.chat.completions.with_streaming_response.create(**CHAT) as response:
        await response.parse()


async def gathered(client):
    await asyncio.gather(client.chat.completions.create(**CHAT))


async def in_a_task(client):
    task = asyncio.create_task(client.responses.create(**RESPONSE))
    await asyncio.wait({task})
    task.result()


async def arespond(client):
    await client.responses.create(**RESPONSE)


async def arespond_stream(client):
    async with client.responses.stream(**RESPONSE) as events:
        assert [event async for event in events]


async def arespond_parse(client):
    await asyncio.wait_for(client.responses.parse(**RESPONSE), 30)


ASYNC = [acreate, acreate_stream, astream, aparse, araw, astreamed, gathered, in_a_task, arespond, arespond_stream]


@pytest.mark.parametrize("ask", [*ASYNC, arespond_parse])
def test_each_asynchronous_way_is_recorded_once(server, recording, seen, ask):
    """The same holds for coroutines, also for one that runs in a task of its own."""

    async def main():
        async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0) as client:
            await ask(client)

    with recording:
        asyncio.run(main())
    assert seen() == {(ask.__name__, "openai", role, text): 1 for role, text in BOTH}
    assert recording.summary.problems == ()


def test_methods_that_were_bound_before(client, recording, seen):
    """What a client has in its cache, or somebody holds in a variable, is recorded all the same."""
    bound, cached = client.chat.completions.create, client.chat.completions.with_raw_response
    with recording:
        bound(**CHAT)
        cached.create(**CHAT).parse()
    assert seen()["test_methods_that_were_bound_before", "openai", "user", "Hello?"] == 2


def test_methods_that_are_kept_are_not_recorded_afterwards(client, recording, rows):
    """What was taken hold of while the recording was on records nothing once it is over."""
    with recording:
        bound, cached = client.chat.completions.create, client.chat.completions.with_raw_response
    bound(**CHAT)
    cached.create(**CHAT).parse()
    assert recording.summary.calls == 0


def test_a_call_that_fails_is_recorded(recording, seen):
    """The prompt is recorded before its call, so it is there when nobody answers."""
    client = openai.OpenAI(base_url="http://127.0.0.1:9", api_key="k", max_retries=0)
    with recording, pytest.raises(openai.APIConnectionError):
        create(client)
    client.close()
    assert seen() == {("create", "openai", role, text): 1 for role, text in BOTH}


def test_retries_are_one_call(recording, seen):
    """What the SDK sends again by itself is recorded once."""
    client = openai.OpenAI(base_url="http://127.0.0.1:9", api_key="k", max_retries=1)
    with recording, pytest.raises(openai.APIConnectionError):
        create(client)
    client.close()
    assert set(seen().values()) == {1}


def test_other_requests_are_no_prompts(client, recording, out):
    """Embeddings and the like are no prompts, and nothing is written where nothing was recorded."""
    with recording:
        client.post("/embeddings", body={"model": "m", "input": "Hello?"}, cast_to=object)
    assert recording.summary.calls == 0 and not out.exists()


def test_objects_and_answers_given_back(client, recording, seen):
    """Messages may be the SDK's own objects, such as an answer that is sent back."""
    with recording:
        said = client.chat.completions.create(**CHAT).choices[0].message
        client.chat.completions.create(model="m", messages=[said, USER])
    name = "test_objects_and_answers_given_back"
    assert seen()[name, "openai", "assistant", "The refund window is 30 days."] == 1
    assert seen()[name, "openai", "user", "Hello?"] == 2


def test_what_is_counted_and_not_captured(client, recording, seen):
    """Images, tool results and tool calls are counted; tool definitions have fingerprints."""
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64,AA=="}}
    call = {"id": "t", "type": "function", "function": {"name": "look", "arguments": "{}"}}
    messages = [
        {"role": "developer", "content": [{"type": "text", "text": "Look."}]},
        {"role": "user", "content": [{"type": "text", "text": "This?"}, image]},
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "t", "content": "A cat."},
    ]
    tools = [{"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}]
    with recording:
        client.chat.completions.create(model="m", messages=messages, tools=tools)
    definition = '{"function":{"name":"look","parameters":{"properties":{},"type":"object"}},"type":"function"}'
    assert {key[2:]: count for key, count in seen().items()} == {
        ("developer", "Look."): 1,
        ("user", "This?"): 1,
        ("user", "image"): 1,
        ("assistant", "tool_call"): 1,
        ("tool", "tool_result"): 1,
        ("tool_definition", definition): 1,
    }
    assert recording.summary.not_captured == {"image": 1, "tool_call": 1, "tool_result": 1}


def test_the_body_that_is_sent_is_what_counts(client, server, recording, seen):
    """What ``extra_body`` changes is recorded as it goes out."""
    with recording:
        client.chat.completions.create(**CHAT, extra_body={"messages": [{"role": "user", "content": "Other."}]})
    assert [key[3] for key in seen()] == ["Other."]
    assert server.bodies[-1]["messages"] == [{"role": "user", "content": "Other."}]
