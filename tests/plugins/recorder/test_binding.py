"""In a simulation each prompt belongs to the conversation in which ``model_fn`` rendered it."""

import asyncio
import contextvars
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal

import attrs
import openai
import pytest

from multivon_eval import EvalCase, EvalSuite, asimulate, score_simulations, simulate, stream_simulations
from multivon_eval.sdk import Answer, Question
from multivon_eval.testing import persona
from support.people import SaysJudge

PEOPLE = [persona("Ann"), persona("Ben"), persona("Cai")]


@pytest.fixture
def client(server):
    """A client that many share."""
    with openai.OpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0) as made:
        yield made


def asked(client, text, role="system"):
    """Ask for a reply."""
    messages = [{"role": role, "content": text}]
    return client.chat.completions.create(model="m", messages=messages).choices[0].message.content


@attrs.frozen
class AsksAModel(SaysJudge):
    """A judge that asks through an SDK, in a thread: the worst case of the calls that are not the system's."""

    client: object = None

    async def complete(self, question: Question) -> Answer:
        """Ask, and answer something that fits."""
        asked(self.client, "judge, on the loop")
        await asyncio.to_thread(asked, self.client, "judge, in a thread")
        task = asyncio.create_task(asyncio.to_thread(asked, self.client, "judge, in a task"))
        await task
        return await SaysJudge.complete(self, question)

    def worst_cost(self, question: Question) -> Decimal:
        """Nothing."""
        return Decimal(0)


def cases(rows):
    """Who rendered which text, how often."""
    return {row["text"]: row["case_uids"] for row in rows()}


def uids(results):
    """The identities of the conversations, by name and trial."""
    return {(result.persona.name, result.trial): result.case_uid for result in results}


def test_a_synchronous_system(client, recording, rows):
    """Each conversation's prompts carry its own case_uid, in the thread of a synchronous model_fn."""

    def model_fn(messages, conversation_id):
        return asked(client, f"You talk in {conversation_id.rpartition('-')[2]}.")

    with recording:
        results = simulate(model_fn, PEOPLE, judge="offline", max_turns=2, trials=2)
    found = cases(rows)
    assert set(found) == {f"You talk in {result.case_uid}." for result in results} and len(found) == 6
    for result in results:
        assert found[f"You talk in {result.case_uid}."] == {result.case_uid: result.turns}


def test_an_asynchronous_system(server, recording, rows):
    """The same holds for coroutines, for their tasks, and for a thread pool with a copied context."""
    pool = ThreadPoolExecutor(2)

    async def model_fn(messages, conversation_id):
        uid = conversation_id.rpartition("-")[2]
        async with openai.AsyncOpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0) as client:

            async def one(what):
                messages = [{"role": "system", "content": f"{what} of {uid}"}]
                return await client.chat.completions.create(model="m", messages=messages)

            await asyncio.gather(one("task"), asyncio.create_task(one("other task")))
        with openai.OpenAI(base_url=f"{server.url}/v1", api_key="k", max_retries=0) as client:
            context = contextvars.copy_context()
            future = pool.submit(context.run, asked, client, f"pool of {uid}")
            await asyncio.wrap_future(future)
        return "Fine."

    with recording:
        results = asyncio.run(asimulate(model_fn, PEOPLE, judge="offline", max_turns=1))
    pool.shutdown()
    found = cases(rows)
    assert len(found) == 9
    for result in results:
        for what in ("task", "other task", "pool"):
            assert found[f"{what} of {result.case_uid}"] == {result.case_uid: 1}


def test_driver_and_judge_are_never_recorded(client, recording, rows):
    """What they ask through an SDK is not recorded, however they do it, in any of the doors."""
    judge = AsksAModel(client=client)

    def model_fn(prompt):
        return asked(client, "system")

    async def streamed():
        return [result async for result in stream_simulations(model_fn, PEOPLE[:1], judge=judge, max_turns=1)]

    with recording:
        results = simulate(model_fn, PEOPLE[:1], judge=judge, max_turns=1)
        asyncio.run(streamed())
        score_simulations(results, evaluators=["turn-consistency"])
        EvalSuite([EvalCase("Hello?")], ["turn-consistency"]).run(model_fn, judge=judge)
        asked(client, "afterwards")
    assert results[0].goal_achieved is not None, results[0].verdict
    (uid,) = uids(results).values()
    found = {row["text"]: (row["count"], row["case_uids"]) for row in rows()}
    assert found == {"system": (3, {uid: 2}), "afterwards": (1, {})}


def test_without_hooks_nothing_is_bound(client, recording, rows):
    """``hooks=()`` keeps the recorder out of the run: the system's prompts are recorded, and bound to nobody."""
    judge = AsksAModel(client=client)
    with recording:
        simulate(lambda prompt: asked(client, "system"), PEOPLE[:1], judge=judge, max_turns=1, hooks=())
    assert cases(rows) == {"system": {}}


def test_what_a_conversation_leaves_behind(client, recording, rows):
    """A thread that outlives its turn goes on for its own case, while others run."""
    go_on, threads = threading.Event(), []

    def later(uid):
        go_on.wait(30)
        asked(client, f"late in {uid}")

    def model_fn(messages, conversation_id):
        context = contextvars.copy_context()
        uid = conversation_id.rpartition("-")[2]
        thread = threading.Thread(target=context.run, args=(later, uid))
        threads.append(thread)
        thread.start()
        return "Fine."

    with recording:
        results = simulate(model_fn, PEOPLE, judge="offline", max_turns=1)
        go_on.set()
        for thread in threads:
            thread.join()
    assert cases(rows) == {f"late in {result.case_uid}": {result.case_uid: 1} for result in results}


@pytest.fixture
def counted():
    """How a thousand calls are made: eight threads, in each eight tasks, each with its own case."""
    return 8, 8, 16  # 8 * 8 * 16 = 1024


def test_a_thousand_calls(recording, rows, counted):
    """In eight threads and eight tasks each no count is lost and no case is on the wrong recording."""
    import httpx

    from multivon_eval_plugins.recorder.hook import conversation_scope
    from support.sdk_server import chat

    threads, tasks, calls = counted
    transport = httpx.MockTransport(lambda request: httpx.Response(200, json=chat()))

    async def one(client, uid):
        with conversation_scope(uid):
            for index in range(calls):
                said = f"Only of {uid}." if index % 2 else "Of all."
                messages = [{"role": "system", "content": said}]
                await client.chat.completions.create(model="m", messages=messages)
                await asyncio.sleep(0)

    async def loop(number):
        http = httpx.AsyncClient(transport=transport)
        async with openai.AsyncOpenAI(base_url="http://x/v1", api_key="k", http_client=http) as client:
            await asyncio.gather(*(one(client, f"{number}-{index}") for index in range(tasks)))

    def work(number):
        asyncio.run(loop(number))

    with recording:
        workers = [threading.Thread(target=work, args=(number,)) for number in range(threads)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
    everybody = [f"{number}-{index}" for number in range(threads) for index in range(tasks)]
    found = cases(rows)
    assert recording.summary.calls == threads * tasks * calls
    assert found.pop("Of all.") == dict.fromkeys(everybody, calls // 2)
    assert found == {f"Only of {uid}.": {uid: calls // 2} for uid in everybody}
