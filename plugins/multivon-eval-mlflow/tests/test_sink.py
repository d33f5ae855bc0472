"""The sink by the kit, and what happens when things go wrong."""

from __future__ import annotations

import asyncio
import json
import os
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import attrs
import pytest
from mlflow import MlflowClient
from mlflow.store.tracking.sqlalchemy_store import SqlAlchemyStore
from people import Judges, Talks, assessments_of, find_runs, find_traces, persona

from multivon_eval import UsageError, result_to_json, simulate
from multivon_eval.testing import SinkTests, report, result, run_info
from multivon_eval_mlflow import MlflowSink


class TestMlflow(SinkTests):
    """The standard tests of a sink."""

    name = "mlflow"

    @pytest.fixture(autouse=True)
    def _with_database(self, database: str) -> None:
        self.uri = database

    def make(self) -> MlflowSink:
        return MlflowSink("bots", self.uri, "nightly")

    def make_unusable(self) -> MlflowSink:
        return MlflowSink("bots", f"sqlite:///{self.folder / 'gone' / 'mlflow.db'}")

    def delivered(self) -> str:
        """Every conversation with what is said of it, by run; without ids and times, which differ each time."""
        rows = []
        for run in find_runs(self.uri):
            rows.append(run.data.tags["multivon_eval.disclaimer"] + "\n")
            for name, trace in find_traces(self.uri, run).items():
                said = [[span.name, span.inputs, span.outputs] for span in trace.data.spans]
                told = {one.name: str(one.value) for one in assessments_of(trace).values()}
                rows.append(json.dumps([name, said, told], ensure_ascii=False) + "\n")
        return "".join(rows)


@pytest.mark.parametrize(
    ("sink", "cause"),
    [
        ({"use": "mlflow", "experiment": " "}, "needs the name of an experiment"),
        ("mlflow:bots,tracking_uri=sqlite:////nowhere/at/all/mlflow.db", "/nowhere/at/all does not exist"),
        ("mlflow:bots,tracking_uri=http://127.0.0.1:9", "it does not answer (ConnectionError)"),
        ("mlflow:bots,tracking_uri=nonsense://here", "nonsense"),
    ],
)
def test_what_cannot_be_used_is_said_before_anything_is_spent(sink, cause, database):
    judge = Judges()

    def model_fn(prompt):
        raise AssertionError("the system was asked")

    with pytest.raises(UsageError, match="mlflow") as raised:
        simulate(model_fn, [persona("ann")], sinks=[sink], judge=judge, driver=Talks(), hooks=())
    assert cause in str(raised.value)


def test_a_deleted_experiment(database):
    """MLflow keeps its name; that is said with what to do."""
    client = MlflowClient(database)
    client.delete_experiment(client.create_experiment("bots"))
    with pytest.raises(UsageError, match="'bots' is deleted; restore it, or name another"):
        simulate(len, [persona("ann")], sinks=[f"mlflow:bots,tracking_uri={database}"], judge=Judges(), hooks=())


def test_what_fails_on_the_way_is_a_problem(database):
    """The database goes while the run goes on: the run ends all the same, and says what was not delivered."""

    def model_fn(prompt):
        Path("mlflow.db").write_bytes(b"no database any more, " * 999)
        return "Thirty days."

    sink = f"mlflow:bots,tracking_uri={database}"
    results = simulate(model_fn, [persona("ann")], sinks=[sink], judge=Judges(), driver=Talks(), hooks=(), max_turns=1)
    assert len(results) == 1 and results[0].goal_achieved is False
    assert results.report.undelivered
    assert any(
        "did not take the result of 'ann': MLflow did not take it" in one.message for one in results.report.problems
    )


QUIET = """
import logging, sys, threading
root = (list(logging.root.handlers), logging.root.level)
from multivon_eval import Persona, simulate
results = simulate(
    lambda prompt: "Hm.", [Persona("ann", "P", "G", "C")], judge="offline", max_turns=1, sinks=sys.argv[1:], hooks=()
)
assert results.report.problems == (), results.report.problems
assert (list(logging.root.handlers), logging.root.level) == root
assert logging.getLogger("mlflow").handlers == []
assert [one.name for one in threading.enumerate() if one is not threading.main_thread()] == []
"""


def run_quietly(tmp_path, uri):
    """Run a simulation in a process of its own, which nobody else has brought MLflow into."""
    done = subprocess.run(
        [sys.executable, "-c", QUIET, f"mlflow:bots,tracking_uri={uri}"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")


def test_nothing_is_printed(tmp_path):
    """Not a word, no handlers, no threads that stay, also where the database is made anew."""
    run_quietly(tmp_path, "sqlite:///mlflow.db")
    assert (tmp_path / "mlflow.db").exists()


@pytest.fixture
def server(database, tmp_path):
    """A real tracking server on this machine: its address and its process."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "mlflow", "server", "--port", str(port), "--workers", "1"]
    process = subprocess.Popen(
        [*command, "--backend-store-uri", database, "--artifacts-destination", str(tmp_path / "files")],
        cwd=tmp_path,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    uri = f"http://127.0.0.1:{port}"
    try:
        wait_for(uri)
        yield uri, process
    finally:
        stop(process)


def stop(process):
    if process.poll() is None:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(30)


def test_a_tracking_server(server, tmp_path):
    """It takes it all, and its client prints no address."""
    uri, _ = server
    run_quietly(tmp_path, uri)
    (one,) = find_runs(uri)
    assert one.info.status == "FINISHED"
    (trace,) = find_traces(uri, one).values()
    assert {"goal_achieved", "success_criteria"} <= set(assessments_of(trace))
    names = {file.path for file in MlflowClient(uri).list_artifacts(one.info.run_id)}
    assert names == {"report.html", "results.jsonl"}


def test_a_tracking_server_that_goes(server, monkeypatch):
    """The first result waits for it as long as MLflow does, the others are told at once."""
    uri, process = server
    monkeypatch.setenv("MLFLOW_HTTP_REQUEST_MAX_RETRIES", "1")

    def model_fn(prompt):
        stop(process)
        return "Thirty days."

    personas = [persona("ann"), persona("bob"), persona("cid")]
    options = {"judge": Judges(), "driver": Talks(), "hooks": (), "max_turns": 1}
    results = simulate(model_fn, personas, sinks=[f"mlflow:bots,tracking_uri={uri}"], **options)
    assert [result.goal_achieved for result in results] == [False] * 3
    first, *others = [problem.message for problem in results.report.problems]
    assert "MLflow did not take it" in first and len(others) == 3
    assert all("MLflow is not there: it does not answer" in message for message in others)


def wait_for(uri):
    """Wait until a server that was started says that it is there."""
    deadline = time.monotonic() + 120
    while True:
        try:
            return urllib.request.urlopen(f"{uri}/health", timeout=5).close()
        except OSError:
            assert time.monotonic() < deadline, "the server did not start"
            time.sleep(0.2)


DYING = """
import os, pathlib, signal

def model_fn(prompt):
    asked = pathlib.Path("asked")
    asked.write_text(asked.read_text() + "." if asked.exists() else ".")
    if len(asked.read_text()) == 3:
        os.kill(os.getpid(), signal.SIGKILL)
    return "The refund window is 30 days."
"""


def test_a_run_that_was_killed_goes_on(database, tmp_path):
    """What was delivered before the kill is there; the resumed run goes on in the same MLflow run, with all of it."""
    (tmp_path / "model.py").write_text(DYING, encoding="utf-8")
    names = ["ann", "bob", "cid", "dan"]
    row = {"profile": "P", "goal": "Learn the window.", "success_criteria": "The assistant stated the window."}
    lines = [json.dumps({"name": name, **row}) for name in names]
    (tmp_path / "personas.jsonl").write_text("\n".join(lines), encoding="utf-8")
    command = [sys.executable, "-m", "multivon_eval", "simulate", "--model-cmd=model.py", "--personas=personas.jsonl"]
    command += ["--judge=offline", "--max-turns=1", "--concurrency=1", "--out=results.jsonl", "--quiet", "--resume"]
    command += [f"--sink=mlflow:bots,tracking_uri={database}"]
    first = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert first.returncode == -signal.SIGKILL, first.stderr
    (killed,) = find_runs(database)
    assert killed.info.status == "RUNNING" and list(find_traces(database, killed)) == ["ann", "bob"]
    second = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert second.returncode == 0, second.stderr
    (one,) = find_runs(database)
    assert (one.info.run_id, one.info.status) == (killed.info.run_id, "FINISHED")
    traces = find_traces(database, one)
    assert list(traces) == names
    for trace in traces.values():
        said = [assessment.name for assessment in trace.info.assessments]
        assert len(said) == len(set(said)) and "goal_achieved" in said
    assert one.data.metrics["conversations"] == 4
    results = Path(MlflowClient(database).download_artifacts(one.info.run_id, "results.jsonl", str(tmp_path / "")))
    assert sorted(json.loads(line)["persona"]["name"] for line in results.read_text().splitlines()) == names


def test_what_is_delivered_twice_is_there_once(database):
    """A process that died between MLflow's answer and its own note of it delivers again: nothing is doubled."""
    one = result()

    async def deliver(*results, is_resumption):
        sink = MlflowSink("bots", database)
        await sink.open(attrs.evolve(run_info(), is_resumption=is_resumption))
        for each in results:
            await sink.write(each)
        await sink.close(report(*results, interrupted=not is_resumption))

    asyncio.run(deliver(one, is_resumption=False))
    # Half of what is said of it is missing, as if it had died in the middle.
    (run,) = find_runs(database)
    (trace,) = find_traces(database, run).values()
    gone = assessments_of(trace)["goal_achieved"]
    SqlAlchemyStore(database, "mlruns").delete_assessment(trace.info.trace_id, gone.assessment_id)
    asyncio.run(deliver(one, is_resumption=True))
    (run,) = find_runs(database)
    (again,) = find_traces(database, run).values()
    assert len(again.data.spans) == len(trace.data.spans)
    assert sorted(said.name for said in again.info.assessments) == sorted(said.name for said in trace.info.assessments)


def test_one_case_twice_in_a_run(database):
    """A file that holds a conversation twice, scored: the second is no error, and stands where the first does."""
    options = {"judge": Judges(), "driver": Talks(), "max_turns": 1, "hooks": ()}
    [one] = simulate(lambda prompt: "Hm.", [persona("ann")], **options)

    async def deliver():
        sink = MlflowSink("bots", database)
        await sink.open(run_info())
        await sink.write(one)
        await sink.write(one)
        await sink.close(report(one, one))

    asyncio.run(deliver())
    (run,) = find_runs(database)
    assert list(find_traces(database, run)) == ["ann"]


def test_files_of_several_runs_scored_together(database, tmp_path):
    """``score`` of results that two runs had, with the same personas: a trace for each, also for the same case."""
    options = {"judge": Judges(), "driver": Talks(), "max_turns": 1, "hooks": ()}
    rows = [result_to_json(one) for _ in range(2) for one in simulate(lambda p: "Hm.", [persona("ann")], **options)]
    (tmp_path / "both.jsonl").write_text("\n".join(map(json.dumps, rows)), encoding="utf-8")
    command = [sys.executable, "-m", "multivon_eval", "score", "both.jsonl", "--out=again.jsonl", "--judge=offline"]
    command += ["--quiet", f"--sink=mlflow:bots,tracking_uri={database}"]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=240)
    assert done.returncode == 0, done.stderr
    (one,) = find_runs(database)
    found = MlflowClient(database).search_traces(
        locations=[one.info.experiment_id], filter_string=f"request_metadata.`mlflow.sourceRun` = '{one.info.run_id}'"
    )
    assert len(found) == 2
