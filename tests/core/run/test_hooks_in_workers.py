"""Hooks of a run whose workers hold the conversations: each knows where it is, and they tell each other things."""

from __future__ import annotations

import importlib
import json
from pathlib import Path
from typing import Any

import pytest

from multivon_eval import Persona, SimulationResults, record_prompts, result_to_json, simulate
from multivon_eval.testing import persona, write_distribution
from support.near_workers import NearWorkers

PEOPLE = [persona(name) for name in ("Ann", "Ben", "Cai", "Dan")]
TALKS = """
import json
import os
from contextlib import contextmanager

from multivon_eval.sdk import hookimpl

SAID = []
PLACES = {}  # a worker would have a module of its own


@hookimpl
def tell_workers(run):
    SAID.append((run.worker, "tell_workers"))
    return {"says": "the head", "of": [run.run_id, None]}


@hookimpl
def head_told(run, told):
    SAID.append((run.worker, "head_told", told))


@hookimpl
def run_started(run):
    SAID.append((run.worker, "run_started"))


@hookimpl
def conversation_finished(result):
    PLACES.setdefault(result.run_id, []).append(result.persona.name)


@hookimpl
def tell_head(run):
    news, PLACES[run.run_id] = PLACES.get(run.run_id), []
    SAID.append((run.worker, "tell_head"))
    return news or None


@hookimpl
def worker_told(run, worker, told):
    SAID.append((run.worker, "worker_told", worker, told))


@hookimpl
def worker_lost(run, worker, why):
    SAID.append((run.worker, "worker_lost", worker, why))


@hookimpl
def run_finished(report):
    SAID.append((report.info.worker, "run_finished", report.summary.conversations))
"""
QUIET = """
from multivon_eval.sdk import hookimpl

SAID = []


@hookimpl
def head_told(told):
    SAID.append(told)


@hookimpl
def worker_told(told):
    SAID.append(told)
"""
RAISES = """
from multivon_eval.sdk import hookimpl


@hookimpl
def tell_head():
    raise RuntimeError("nothing to say")
"""
NO_JSON = """
from multivon_eval.sdk import hookimpl


@hookimpl
def tell_workers():
    return {1, 2}
"""


def bot(prompt: str) -> str:
    """Answer something."""
    return "Order 4711 arrives on Friday."


def run(executor: object, people: list[Persona] = PEOPLE, **options: Any) -> SimulationResults:
    """Simulate with whatever hooks are installed."""
    given = {"judge": "offline", "driver": "scripted", "max_turns": 1, "concurrency": 2}
    return simulate(bot, people, executor=executor, **{**given, **options})


def install(folder: Path, monkeypatch: pytest.MonkeyPatch, **hooks: str) -> Any:
    """Install a distribution with these hooks, and give their modules' names."""
    names = {name: f"{folder.name.replace('-', '_')}_{name}" for name in hooks}
    write_distribution(
        folder,
        "acme-hooks",
        entry_points={"multivon_eval.hooks": {f"acme-{name}": module for name, module in names.items()}},
        modules={names[name]: source for name, source in hooks.items()},
    )
    monkeypatch.syspath_prepend(str(folder))
    return {name: importlib.import_module(module) for name, module in names.items()}


@pytest.fixture
def said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Any]:
    """What the hook was told, in its order."""
    found: list[Any] = install(tmp_path, monkeypatch, talks=TALKS)["talks"].SAID
    return found


def test_hooks_know_where_they_are(said: list[Any]) -> None:
    """The head and each worker begin and end once; a worker knows its name, and counts its own conversations."""
    run(NearWorkers(2))
    assert [worker for worker, what, *_ in said if what == "run_started"] == ["", "near-0", "near-1"]
    ended = {worker: rest for worker, what, *rest in said if what == "run_finished"}
    assert ended[""] == [4]
    assert ended["near-0"][0] + ended["near-1"][0] == 4
    assert said[-1] == ("", "run_finished", 4)


def test_worker_stands_in_no_result(said: list[Any]) -> None:
    """Results are those of one process, wherever they were held."""
    lines = json.dumps([result_to_json(result) for result in run(NearWorkers(2))])
    assert "near-0" not in lines
    assert "near-1" not in lines
    assert '"worker"' not in lines


def test_head_tells_each_worker(said: list[Any]) -> None:
    """What the head says arrives before a worker's run begins, as JSON."""
    results = run(NearWorkers(2))
    told = {"says": "the head", "of": [results[0].run_id, None]}
    for worker in ("near-0", "near-1"):
        mine = [(what, *rest) for who, what, *rest in said if who == worker]
        assert mine[:2] == [("head_told", told), ("run_started",)]
    assert [who for who, what, *_ in said if what == "tell_workers"] == [""]


def test_each_conversation_tells_the_head_once(said: list[Any]) -> None:
    """What a worker says arrives at the head once, with the worker's name, before the run is over."""
    run(NearWorkers(2))
    news = [rest for _, what, *rest in said if what == "worker_told"]
    assert sorted(name for _, told in news for name in told) == ["Ann", "Ben", "Cai", "Dan"]
    assert {worker for worker, _ in news} <= {"near-0", "near-1"}
    asked = [who for who, what, *_ in said if what == "tell_head"]
    # Once for each conversation, and once at the end of each worker.
    assert len(asked) == 6
    assert "" not in asked


def test_worker_that_joins_later_is_told_the_same(said: list[Any]) -> None:
    """One dies, the head hears of it, and the one that takes its place begins as the first did."""
    workers = NearWorkers(1, dies=lambda number, message: workers.deaths == 0 and b'"kind":"result"' in message)
    results = run(workers)
    assert len(results) == 4
    assert [rest for _, what, *rest in said if what == "worker_lost"] == [["near-0", "the test killed it"]]
    told = [(who, rest) for who, what, *rest in said if what == "head_told"]
    assert [who for who, _ in told] == ["near-0", "near-1"]
    assert told[0][1] == told[1][1]


def test_at_home_nobody_is_told(said: list[Any]) -> None:
    """In one process the hooks are called as ever, and none of these."""
    run("local")
    assert said == [("", "run_started"), ("", "run_finished", 4)]


def test_hook_that_tells_nothing_is_told_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Each hears its own kind only."""
    modules = install(tmp_path, monkeypatch, talks=TALKS, quiet=QUIET)
    assert run(NearWorkers(2)).report.problems == ()
    assert modules["quiet"].SAID == []
    assert any(what == "worker_told" for _, what, *_ in modules["talks"].SAID)


def test_hook_that_raises_in_a_worker_is_left_out_there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The report says so, the others go on, and no conversation is lost."""
    modules = install(tmp_path, monkeypatch, fails=RAISES, talks=TALKS)
    results = run(NearWorkers(1))
    assert len(results) == 4
    (problem,) = results.report.problems
    assert problem.where.startswith("hook 'acme-fails'")
    assert problem.message.startswith("raised RuntimeError: nothing to say in tell_head; left out")
    assert sum(what == "worker_told" for _, what, *_ in modules["talks"].SAID) == 4


def test_what_is_no_json_is_left_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It is told at the side that said it."""
    install(tmp_path, monkeypatch, fails=NO_JSON)
    (problem,) = run(NearWorkers(1)).report.problems
    assert "raised TypeError: Object of type set is not JSON serializable in tell_workers; left out" in problem.message


class Completions:
    """As many SDKs have it."""

    def create(self, messages: object) -> str:
        """Answer."""
        return "It arrives on Friday."


class Chat:
    """Its place."""

    completions = Completions()


class Client:
    """A client of somebody's own."""

    chat = Chat()


def asking(prompt: str) -> str:
    """Ask through a client."""
    return Client().chat.completions.create(messages=[{"role": "user", "content": "Hello?"}])


def test_workers_in_the_process_of_a_recording_are_heard_once(tmp_path: Path) -> None:
    """An executor may have its workers in this very process, where the recording hears them already."""
    out = tmp_path / "recordings.jsonl"
    with record_prompts(".", out, record_text=True, clients=[Client()]) as recording:
        results = simulate(asking, PEOPLE, judge="offline", driver="scripted", max_turns=1, executor=NearWorkers(2))
    assert results.report.problems == ()
    (row,) = [json.loads(line) for line in out.read_text(encoding="utf-8").splitlines()]
    assert (row["count"], recording.summary.calls) == (4, 4)
    assert row["case_uids"] == {result.case_uid: 1 for result in results}
