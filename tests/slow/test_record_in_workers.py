"""Prompts that are rendered in other processes: recorded there, merged at the head."""

from __future__ import annotations

import importlib
import json
import os
import socket
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from multivon_eval import record_prompts, simulate
from multivon_eval.testing import persona
from support.pool import watch_pool
from support.sdk_server import SdkServer

pytestmark = [pytest.mark.process, pytest.mark.slow]

PEOPLE = [persona("Ann"), persona("Ben"), persona("Cai")]
MODEL = """
import functools
import os
import socket

import openai

client = openai.OpenAI(base_url=os.environ["SDK_URL"] + "/v1", api_key="k", max_retries=0)


def ask(text):
    messages = [{"role": "system", "content": text}]
    return client.chat.completions.create(model="m", messages=messages).choices[0].message.content


@functools.cache
def wait_at_gate():
    if "GATE" in os.environ:
        with socket.create_connection(("127.0.0.1", int(os.environ["GATE"])), 60) as waiting:
            waiting.recv(1)


def model_fn(messages, conversation_id):
    wait_at_gate()
    uid = conversation_id.rpartition("-")[2]
    ask("In every conversation.")
    return ask(f"You talk in {uid}.")


def die_once(messages, conversation_id):
    if len(messages) > 2 and not os.path.exists("died"):
        open("died", "x").close()
        ask("Last words.")
        os._exit(3)
    return model_fn(messages, conversation_id)
"""
JUDGE = """
import asyncio
from decimal import Decimal

import attrs

from model import ask
from support.people import SaysJudge


@attrs.frozen
class Asks(SaysJudge):
    '''Asks through the SDK, on the loop and in a thread.'''

    def worst_cost(self, question):
        '''Nothing.'''
        return Decimal(0)

    async def complete(self, question):
        '''Ask, and answer something that fits.'''
        ask("judge, on the loop")
        await asyncio.to_thread(ask, "judge, in a thread")
        return await super().complete(question)
"""
CLIENTS = """
class Completions:
    def create(self, messages, model="own"):
        return "The refund window is 30 days."


class Chat:
    completions = Completions()


class Client:
    chat = Chat()


client = Client()


def model_fn(prompt):
    return client.chat.completions.create(messages=[{"role": "user", "content": "To my own client."}])
"""


@pytest.fixture(autouse=True)
def place(server: SdkServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a system that asks through an SDK, a judge that does, and clients of somebody's own."""
    for name, text in {"model.py": MODEL, "asking.py": JUDGE, "own_clients.py": CLIENTS}.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SDK_URL", server.url)
    monkeypatch.syspath_prepend(str(tmp_path))
    return tmp_path


@pytest.fixture(scope="module")
def server() -> Iterator[SdkServer]:
    """A server that answers all SDKs."""
    with SdkServer() as running:
        yield running


@pytest.fixture
def out(tmp_path: Path) -> Path:
    """Where the recordings will lie."""
    return tmp_path / "prompt_recordings.jsonl"


@pytest.fixture
def rows(out: Path) -> Callable[..., list[dict[str, Any]]]:
    """What lies in the file."""

    def read(**wanted: object) -> list[dict[str, Any]]:
        found = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
        return [row for row in found if all(row.get(key) == value for key, value in wanted.items())]

    return read


@pytest.fixture
def gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """Keep the first conversation of each worker waiting until there are two of them."""
    with socket.create_server(("127.0.0.1", 0)) as listening:
        monkeypatch.setenv("GATE", str(listening.getsockname()[1]))

        def open_for_two() -> None:
            waiting = [listening.accept()[0] for _ in range(2)]
            for one in waiting:
                one.sendall(b"!")
                one.close()

        opening = threading.Thread(target=open_for_two, daemon=True)
        opening.start()
        yield
        opening.join(30)


@pytest.fixture
def recording(out):
    """A recording of that folder."""
    return record_prompts(".", out, record_text=True)


@pytest.fixture
def counted(rows):
    """What was recorded, without times, by text."""

    def read():
        return {
            row["text"]: (row["count"], row["case_uids"], row["fingerprint"], row["sdk"], row["site"]) for row in rows()
        }

    return read


def run(pool, model="model.py", **options):
    """Two turns of each persona."""
    return simulate(model, PEOPLE, **{"judge": "offline", "max_turns": 2, "executor": pool, **options})


def test_recorded_in_workers_as_at_home(recording, counted, out, request):
    """Counts, cases, fingerprints, call sites and the summary are those of a run in one process."""
    with recording:
        run("local", trials=2)
    at_home, summary = counted(), recording.summary
    out.unlink()
    request.getfixturevalue("gate")
    pool = watch_pool(per_worker=1)
    with record_prompts(".", out, record_text=True) as recorded:
        results = run(pool, trials=2)
    assert counted() == at_home
    assert recorded.summary == summary
    assert (summary.calls, summary.problems, len(at_home)) == (24, (), 7)
    count, cases, *_ = at_home["In every conversation."]
    assert (count, cases) == (12, {result.case_uid: 2 for result in results})
    for result in results:
        assert at_home[f"You talk in {result.case_uid}."][:2] == (2, {result.case_uid: 2})
    assert at_home["In every conversation."][4] == {"file": "model.py", "qualname": "ask", "line": 13}


def test_each_conversation_tells_its_own_and_nothing_twice(recording, rows):
    """What is caught goes to the head with each finished conversation, before its result."""
    pool = watch_pool(workers=1, per_worker=1)
    with recording:
        run(pool)
    news = list(pool.list_messages("news"))
    assert len(news) == 3
    said = Counter(
        row["fingerprint"]
        for message in news
        for told in message["news"].values()
        for one in told.values()
        for row in one["rows"]
        for _ in range(row["count"])
    )
    assert said == {row["fingerprint"]: row["count"] for row in rows()}
    kinds = [message["kind"] for message in pool.list_messages("news", "result")]
    assert kinds == ["news", "result"] * 3


def test_driver_and_judge_are_never_recorded(recording, counted):
    """What they ask in a worker through an SDK, on the loop and in a thread, is nobody's prompt."""
    with recording:
        results = run(watch_pool(), judge="asking.Asks", max_turns=1, budget_usd=None)
    assert results.report.problems == ()
    assert all(result.goal_achieved is not None for result in results)
    assert {text.partition(" in ")[0] for text in counted()} == {"You talk", "In every conversation."}


def test_two_recordings_both_get_it(recording, out, rows, tmp_path):
    """Each has its own root and keeps texts or does not."""
    with record_prompts("..", tmp_path / "second.jsonl") as second, recording:
        run(watch_pool(), max_turns=1)
    assert recording.summary.calls == second.summary.calls == 6
    first = {(row["fingerprint"], row["count"], row["site"]["file"]) for row in rows()}
    other = (tmp_path / "second.jsonl").read_text(encoding="utf-8")
    assert '"text"' not in other
    assert f'"file": "{tmp_path.name}/model.py"' in other
    assert {fingerprint for fingerprint, _, _ in first} == {
        part[:64] for part in other.split('"fingerprint": "')[1:] if len(part) > 64
    }


def test_nothing_is_recorded_where_nothing_is_on(recording):
    """A worker is told nothing, listens to nothing and tells nothing."""
    with recording:
        pass
    pool = watch_pool()
    run(pool, max_turns=1)
    assert list(pool.list_messages("news")) == []
    assert all(b"prompt-recorder" not in message or b'"told": {}' in message for message in pool.sent)
    assert recording.summary.calls == 0


def test_worker_that_dies_leaves_a_gap_that_is_told(recording, counted):
    """What it had not sent is lost and said to be; the one that takes its place records too."""
    with recording:
        results = run(watch_pool(workers=1, per_worker=1), "model.py:die_once")
    assert os.path.exists("died")
    assert [result.stop_reason for result in results] == ["max_turns"] * 3
    found = counted()
    assert "Last words." not in found
    (problem,) = recording.summary.problems
    assert problem == "worker pool-0 died, and what it recorded since its last finished conversation is lost"
    assert str(recording.summary).endswith(problem)
    seen = {uid: count for text, (count, *_) in found.items() if (uid := text.rpartition(" in ")[2][:-1])}
    # The first turn of the one that died was sent to nobody; it goes on with its second.
    assert sorted(seen[result.case_uid] for result in results) == [1, 2, 2]


def test_own_clients_are_listened_to_in_workers(out, rows):
    """Their class is found by its name in each worker."""
    own_clients = importlib.import_module("own_clients")
    with record_prompts(".", out, record_text=True, clients=[own_clients.client]) as recorded:
        run(watch_pool(), "own_clients.py", max_turns=1)
    assert recorded.summary.problems == ()
    (row,) = rows()
    assert (row["text"], row["count"], row["sdk"]) == ("To my own client.", 3, "own_clients")
    assert len(row["case_uids"]) == 3


def test_client_without_a_name_is_told(out):
    """Whose class lies in a function cannot be found in a worker, and a recording must not look whole."""

    class Client:
        def chat_completion(self, messages):
            return "Fine."

    with record_prompts(".", out, clients=[Client()]) as recorded:
        run(watch_pool(), max_turns=1)
    (problem,) = recorded.summary.problems
    assert "has no name in other processes, so its calls are not recorded in workers; define its class" in problem
    assert recorded.summary.calls == 6
