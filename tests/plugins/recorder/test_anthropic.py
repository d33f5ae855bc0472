"""The official SDK of anthropic is asked against a real server, in every way it has."""

import asyncio

import anthropic
import pytest

ASKED = {"model": "m", "max_tokens": 9, "system": "Be brief.", "messages": [{"role": "user", "content": "Hello?"}]}
BOTH = [("system", "Be brief."), ("user", "Hello?")]


@pytest.fixture
def client(server):
    """A synchronous client."""
    with anthropic.Anthropic(base_url=server.url, api_key="k", max_retries=0) as made:
        yield made


def create(client):
    client.messages.create(**ASKED)


def create_stream(client):
    assert list(client.messages.create(**ASKED, stream=True))


def stream(client):
    with client.messages.stream(**ASKED) as events:
        assert events.get_final_text()


def raw(client):
    client.messages.with_raw_response.create(**ASKED).parse()


def streamed(client):
    with client.messages.with_streaming_response.create(**ASKED) as response:
        response.parse()


def beta(client):
    client.beta.messages.create(**ASKED)


@pytest.mark.parametrize("ask", [create, create_stream, stream, raw, streamed, beta])
def test_each_way_is_recorded_once(client, recording, seen, ask):
    """Whatever way a prompt goes out, it is recorded once, at the function that asked."""
    with recording:
        ask(client)
    assert seen() == {(ask.__name__, "anthropic", role, text): 1 for role, text in BOTH}
    assert recording.summary.problems == ()


async def acreate(client):
    await client.messages.create(**ASKED)


async def acreate_stream(client):
    assert [event async for event in await client.messages.create(**ASKED, stream=True)]


async def astream(client):
    async with client.messages.stream(**ASKED) as events:
        assert await events.get_final_text()


async def araw(client):
    await client.messages.with_raw_response.create(**ASKED)


async def gathered(client):
    await asyncio.gather(client.messages.create(**ASKED))


async def abeta(client):
    await asyncio.gather(client.beta.messages.create(**ASKED))


@pytest.mark.parametrize("ask", [acreate, acreate_stream, astream, araw, gathered, abeta])
def test_each_asynchronous_way_is_recorded_once(server, recording, seen, ask):
    """The same holds for coroutines, also for one that runs in a task of its own."""

    async def main():
        async with anthropic.AsyncAnthropic(base_url=server.url, api_key="k", max_retries=0) as client:
            await ask(client)

    with recording:
        asyncio.run(main())
    assert seen() == {(ask.__name__, "anthropic", role, text): 1 for role, text in BOTH}
    assert recording.summary.problems == ()


def test_blocks(client, recording, seen):
    """Blocks of text are captured one by one, with their neighbours counted; objects are read like dicts."""
    source = {"type": "base64", "media_type": "image/png", "data": "AA=="}
    image = {"type": "image", "source": source}
    result = {"type": "tool_result", "tool_use_id": "t", "content": "It is late."}
    with recording:
        said = client.messages.create(
            model="m",
            max_tokens=9,
            system=[{"type": "text", "text": "Be brief."}, {"type": "text", "text": "Be kind."}],
            messages=[{"role": "user", "content": [image, {"type": "text", "text": "And this?"}]}],
            tools=[{"name": "look", "input_schema": {"type": "object"}}],
        )
        again = [{"role": "assistant", "content": said.content}, {"role": "user", "content": [result]}]
        client.messages.create(model="m", max_tokens=9, messages=again)
    assert {key[2:]: count for key, count in seen().items()} == {
        ("system", "Be brief."): 1,
        ("system", "Be kind."): 1,
        ("user", "image"): 1,
        ("user", "And this?"): 1,
        ("tool_definition", '{"input_schema":{"type":"object"},"name":"look"}'): 1,
        ("assistant", "The refund window is 30 days."): 1,
        ("user", "tool_result"): 1,
    }


def test_counting_tokens_asks_no_model(client, recording):
    """A count of tokens is no call of a model."""
    with recording:
        client.post("/v1/messages/count_tokens", body={"model": "m", "messages": []}, cast_to=object)
    assert recording.summary.calls == 0
