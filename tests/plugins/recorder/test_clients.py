"""Clients of other SDKs are recorded by one argument, in whichever way their methods are made."""

import asyncio
from functools import cached_property
from types import SimpleNamespace

import openai
import pytest

from multivon_eval import Persona, UsageError, record_prompts, simulate

HELLO = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Hello?"}]
BOTH = [("system", "Be brief."), ("user", "Hello?")]


class Completions:
    """As many SDKs have it: asked by keyword."""

    def create(self, *, messages, model="m", stream=False):
        if not messages:
            raise ValueError("nothing was asked")
        return iter(["30", " days."]) if stream else "30 days."


class AsyncCompletions:
    async def create(self, messages, model="m"):
        await asyncio.sleep(0)
        return "30 days."


class Client:
    """A client that makes its parts anew each time that they are asked for."""

    completions = Completions

    @property
    def chat(self):
        return SimpleNamespace(completions=self.completions())

    @cached_property
    def responses(self):
        return SimpleNamespace(create=lambda **asked: "30 days.")


class AsyncClient(Client):
    completions = AsyncCompletions


def ask(client):
    return client.chat.completions.create(messages=HELLO)


def stream(client):
    return list(client.chat.completions.create(messages=HELLO, stream=True))


def respond(client):
    return client.responses.create(instructions="Be brief.", input="Hello?")


@pytest.mark.parametrize("call", [ask, stream, respond])
def test_a_client_of_ones_own(out, seen, call):
    """It is heard at its call site, once, and only while the recording is on; then its methods are what they were."""
    client = Client()
    before = vars(Completions)["create"], client.responses.create
    with record_prompts(".", out, record_text=True, clients=[client]) as recording:
        call(client)
    call(client)
    assert seen() == {(call.__name__, "tests", role, text): 1 for role, text in BOTH}
    assert recording.summary.problems == ()
    assert (vars(Completions)["create"], client.responses.create) == before


def test_an_asynchronous_client(out, seen):
    """By position too; also from a task of its own."""
    client = AsyncClient()

    async def both():
        await client.chat.completions.create(HELLO)
        await asyncio.gather(client.chat.completions.create(messages=HELLO))

    with record_prompts(".", out, record_text=True, clients=[client]):
        asyncio.run(both())
    assert {(role, text): count for (_, _, role, text), count in seen().items()} == dict.fromkeys(BOTH, 2)


def test_what_was_asked_is_recorded_before_the_call(out, recording, rows):
    """So a call that fails is recorded too, and its error is the caller's."""
    client = Client()
    client.chat_completion = Completions().create
    with record_prompts(".", out, record_text=True, clients=[client]), pytest.raises(TypeError, match="colour"):
        client.chat.completions.create(messages=HELLO, colour="red")
    assert len(rows()) == 2


def test_in_a_simulation_it_carries_its_case(out, rows):
    """As the known SDKs do; what a judge of ours asks is none of it."""
    client = Client()
    ann = Persona("ann", "A customer.", "Find out the window.", "It was said.")
    with record_prompts(".", out, clients=[client]):
        (result,) = simulate(lambda messages: ask(client), [ann], judge="offline", max_turns=1)
    assert all(row["case_uids"] == {result.case_uid: 1} for row in rows())


def test_as_a_decorator_and_twice(out, rows):
    """Recordings of the same client may lie in each other."""
    client = Client()
    before = vars(Completions)["create"]
    run = record_prompts(".", out, clients=[client])(lambda: ask(client))
    with record_prompts(".", out, clients=[client]):
        run()
        assert vars(Completions)["create"] is not before
    assert vars(Completions)["create"] is before
    assert {row["count"] for row in rows()} == {2}


def test_a_client_that_is_heard_anyway_is_heard_once(server, out, seen):
    """OpenAI's own client may be named without harm."""
    client = openai.OpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0)
    with client, record_prompts(".", out, record_text=True, clients=[client]):
        client.chat.completions.create(model="m", messages=HELLO)
    assert list(seen().values()) == [1, 1]
    assert {sdk for _, sdk, _, _ in seen()} == {"openai"}


def test_what_carries_no_prompts_is_refused():
    """When the recording is made, with what a client needs."""
    with pytest.raises(UsageError, match=r"object has no method that carries prompts \(chat.completions.create, resp"):
        record_prompts(clients=[object()])


def test_a_client_that_stands_in_no_list():
    """It is told to be put into one."""
    with pytest.raises(UsageError, match=r"clients is Client; give the clients in a list, clients=\[client\]"):
        record_prompts(clients=Client())
