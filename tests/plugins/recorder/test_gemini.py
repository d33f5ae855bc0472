"""The official SDK google-genai is asked against a real server, in every way it has."""

import asyncio

import pytest
from google import genai
from google.genai import types

pytestmark = pytest.mark.filterwarnings("ignore:Inheritance class AiohttpClientSession:DeprecationWarning")

CONFIG = types.GenerateContentConfig(system_instruction="Be brief.")
ASKED = {"model": "m", "contents": "Hello?", "config": CONFIG}
BOTH = [("system", "Be brief."), ("user", "Hello?")]


@pytest.fixture
def client(server):
    """A client for both ways."""
    made = genai.Client(api_key="k", http_options=types.HttpOptions(base_url=server.url))
    yield made
    made.close()


def generate(client):
    assert client.models.generate_content(**ASKED).text


def generate_stream(client):
    assert list(client.models.generate_content_stream(**ASKED))


def chat(client):
    assert client.chats.create(model="m", config=CONFIG).send_message("Hello?").text


@pytest.mark.parametrize("ask", [generate, generate_stream, chat])
def test_each_way_is_recorded_once(client, recording, seen, ask):
    """Whatever way a prompt goes out, it is recorded once, at the function that asked."""
    with recording:
        ask(client)
    assert seen() == {(ask.__name__, "google-genai", role, text): 1 for role, text in BOTH}
    assert recording.summary.problems == ()


async def agenerate(client):
    await client.aio.models.generate_content(**ASKED)


async def agenerate_stream(client):
    assert [chunk async for chunk in await client.aio.models.generate_content_stream(**ASKED)]


async def gathered(client):
    await asyncio.gather(client.aio.models.generate_content(**ASKED))


@pytest.mark.parametrize("ask", [agenerate, agenerate_stream, gathered])
def test_each_asynchronous_way_is_recorded_once(client, recording, seen, ask):
    """The same holds for coroutines, also for one that runs in a task of its own."""

    async def main():
        await ask(client)
        await client.aio.aclose()

    with recording:
        asyncio.run(main())
    assert seen() == {(ask.__name__, "google-genai", role, text): 1 for role, text in BOTH}
    assert recording.summary.problems == ()


def look(place: str) -> str:
    """Look somewhere."""
    return place


def test_parts(client, recording, seen):
    """Texts are captured part by part, bytes and function responses counted, functions recorded as declared."""
    parts = [
        types.Part.from_bytes(data=b"1", mime_type="image/png"),
        types.Part.from_text(text="And this?"),
        types.Part.from_function_response(name="look", response={"a": 1}),
    ]
    contents = [types.Content(role="model", parts=[types.Part(text="Well.")]), types.Content(role="user", parts=parts)]
    off = types.AutomaticFunctionCallingConfig(disable=True)
    config = types.GenerateContentConfig(tools=[look], automatic_function_calling=off)
    with recording:
        client.models.generate_content(model="m", contents=contents, config=config)
    found = {key[2:]: count for key, count in seen().items()}
    (definition,) = (text for role, text in found if role == "tool_definition")
    assert '"name":"look"' in definition and "Look somewhere." in definition
    del found["tool_definition", definition]
    assert found == {
        ("assistant", "Well."): 1,
        ("user", "image"): 1,
        ("user", "And this?"): 1,
        ("user", "tool_result"): 1,
    }


STEPS = [
    {"type": "user_input", "content": [{"type": "text", "text": "Hello?"}, {"type": "image", "uri": "gs://b/i.png"}]},
    {"type": "model_output", "content": [{"type": "text", "text": "Hello."}]},
]
INTERACTION = {"model": "m", "input": "Hello?", "system_instruction": "Be brief."}


def interact(client):
    assert client.interactions.create(**INTERACTION).id


def interact_stream(client):
    assert list(client.interactions.create(**INTERACTION, stream=True))


def interact_raw(client):
    assert client.interactions.with_raw_response.create(**INTERACTION)


async def ainteract(client):
    assert (await client.aio.interactions.create(**INTERACTION)).id


async def ainteract_stream(client):
    assert [event async for event in await client.aio.interactions.create(**INTERACTION, stream=True)]


async def ainteract_gathered(client):
    await asyncio.gather(client.aio.interactions.create(**INTERACTION))


@pytest.mark.filterwarnings("ignore:.*[Ee]xperimental")
@pytest.mark.parametrize(
    "ask", [interact, interact_stream, interact_raw, ainteract, ainteract_stream, ainteract_gathered]
)
def test_each_interaction_is_recorded_once(client, recording, seen, ask):
    """Google's interactions are heard like its models, at the function that asked; then the SDK is what it was."""
    from google.genai._gaos.basesdk import AsyncBaseSDK, BaseSDK

    before = vars(BaseSDK)["do_request"], vars(AsyncBaseSDK)["do_request_async"]

    async def main():
        await ask(client)
        await client.aio.aclose()

    with recording:
        if asyncio.iscoroutinefunction(ask):
            asyncio.run(main())
        else:
            ask(client)
    assert seen() == {(ask.__name__, "google-genai", role, text): 1 for role, text in BOTH}
    assert recording.summary.problems == ()
    assert (vars(BaseSDK)["do_request"], vars(AsyncBaseSDK)["do_request_async"]) == before


@pytest.mark.filterwarnings("ignore:.*[Ee]xperimental")
def test_the_steps_of_an_interaction(client, recording, seen):
    """Each has its role; what is no text is counted, tools are captured."""
    tool = {"type": "function", "name": "go", "description": "Goes.", "parameters": {"type": "object"}}
    with recording:
        client.interactions.create(model="m", input=STEPS, tools=[tool])
    found = {(role, what) for _, _, role, what in seen() if role != "tool_definition"}
    assert found == {("user", "Hello?"), ("user", "image"), ("assistant", "Hello.")}
    assert sum(role == "tool_definition" for _, _, role, _ in seen()) == 1
