"""A whole simulation, read back with MLflow's own client."""

from __future__ import annotations

import json
from pathlib import Path

import mlflow
import pytest
from mlflow import MlflowClient
from mlflow.entities import AssessmentSourceType
from people import Judges, Rates, Talks, assessments_of, find_runs, find_traces, persona

from multivon_eval import Reply, ToolCall, read_results, simulate
from multivon_eval.sdk import DISCLAIMER

TWO = ("The assistant stated the window.", "The assistant was polite.")
PERSONAS = [persona("ann-yes"), persona("bob-no", TWO), persona("cid-broken")]


def reply(prompt):
    return Reply("Thirty days.", [ToolCall("look_up", {"order": 1}, {"days": 30})], cost_usd=0.5)


@pytest.fixture(params=["sqlite", "file"])
def uri(request, database, tmp_path, monkeypatch):
    """Both stores that need no server; MLflow wants to be told that the second is wanted."""
    if request.param == "file":
        monkeypatch.setenv("MLFLOW_ALLOW_FILE_STORE", "true")
        return (tmp_path / "files").as_uri()
    return database


def run(uri, **options):
    given = {"driver": Talks(), "judge": Judges(), "evaluators": [Rates()], "max_turns": 2, "hooks": ()}
    sink = f"mlflow:bots,tracking_uri={uri},run_name=nightly"
    return simulate(reply, PERSONAS, sinks=[sink], seed=7, **{**given, **options})


def test_a_simulation_is_a_run(uri):
    """Parameters, numbers with their intervals and tags are there; what the process as a whole logs to is as it was."""
    before = mlflow.get_tracking_uri()
    results = run(uri)
    assert results.report.problems == ()
    assert mlflow.get_tracking_uri() == before and mlflow.active_run() is None
    (one,) = find_runs(uri)
    assert (one.info.run_name, one.info.status) == ("nightly", "FINISHED") and one.info.end_time
    params, metrics, tags = one.data.params, one.data.metrics, one.data.tags
    assert (params["seed"], params["judge_model"], params["max_turns"]) == ("7", "fake-large", "2")
    assert params["sink/mlflow"].startswith(f"mlflow:bots,tracking_uri={uri}"[:20])
    assert "version/multivon-eval" in params
    summary = results.summary
    assert metrics["goal_rate"] == summary.goal_rate.value == 0.5
    assert (metrics["goal_rate_low"], metrics["goal_rate_high"]) == (summary.goal_rate.low, summary.goal_rate.high)
    assert (metrics["conversations"], metrics["judged"], metrics["unmeasured/judge"]) == (3, 2, 1)
    score = summary.scores["rates"]
    told = (metrics["score/rates"], metrics["score/rates_low"], metrics["score/rates_high"])
    assert told == (score.mean, score.low, score.high)
    assert metrics["spent_usd"] == pytest.approx(float(summary.spent_usd))
    assert {name for name in metrics if name.startswith("cost_usd/")} == {f"cost_usd/{name}" for name in summary.costs}
    assert metrics["system_cost_usd"] == 3.0
    assert tags["multivon_eval.run_id"] == results.report.info.run_id
    assert tags["multivon_eval.disclaimer"] == DISCLAIMER
    assert DISCLAIMER in tags["mlflow.note.content"] and summary.headline in tags["mlflow.note.content"]
    assert "mlflow.user" in tags


def test_results_and_report_are_files_of_it(uri, tmp_path):
    results = run(uri)
    (one,) = find_runs(uri)
    client = MlflowClient(uri)
    assert {file.path for file in client.list_artifacts(one.info.run_id)} == {"report.html", "results.jsonl"}
    folder = Path(client.download_artifacts(one.info.run_id, "", str(tmp_path)))
    read = read_results(folder / "results.jsonl")
    assert sorted(row.case_uid for row in read) == sorted(row.case_uid for row in results)
    page = (folder / "report.html").read_text(encoding="utf-8")
    assert page.startswith("<!") and "ann-yes" in page


def test_each_conversation_is_a_trace(uri):
    """With what was said as inputs and outputs, a span for each turn, one for each tool."""
    results = run(uri)
    (one,) = find_runs(uri)
    traces = find_traces(uri, one)
    assert list(traces) == ["ann-yes", "bob-no", "cid-broken"]
    trace = traces["ann-yes"]
    names = [(span.name, span.span_type) for span in trace.data.spans]
    turns = [("turn 1", "CHAIN"), ("look_up", "TOOL"), ("turn 2", "CHAIN"), ("look_up", "TOOL")]
    assert sorted(names) == sorted([("ann-yes", "AGENT"), *turns])
    by_name = {span.name: span for span in trace.data.spans}
    root, first = by_name["ann-yes"], by_name["turn 1"]
    said = [*root.inputs["messages"], root.outputs["choices"][0]["message"]]
    assert [row["content"] for row in said] == [message.content for message in results[0].transcript]
    assert first.inputs == {"messages": [{"role": "user", "content": "ann-yes asks, 1"}]}
    assert first.outputs["choices"][0]["message"]["tool_calls"][0]["function"]["name"] == "look_up"
    assert (by_name["look_up"].inputs, by_name["look_up"].outputs) == ({"order": 1}, {"days": 30})
    assert first.parent_id == root.span_id and root.parent_id is None
    assert root.start_time_ns <= first.start_time_ns <= first.end_time_ns <= root.end_time_ns
    tags = trace.info.tags
    assert (tags["multivon_eval.persona"], tags["multivon_eval.verdict"]) == ("ann-yes", "achieved")
    assert tags["multivon_eval.case_uid"] == results[0].case_uid
    assert trace.info.request_preview == "ann-yes asks, 1"


def test_verdict_and_scores_are_assessments(uri):
    """With the judge as their source and the reason; what was expected stands beside them."""
    run(uri)
    (one,) = find_runs(uri)
    traces = find_traces(uri, one)
    ann, bob, cid = (assessments_of(traces[name]) for name in ("ann-yes", "bob-no", "cid-broken"))
    goal = ann["goal_achieved"]
    assert (goal.value, goal.source.source_type) == (True, AssessmentSourceType.LLM_JUDGE)
    assert goal.source.source_id == "fake-large-0613"
    assert "as it stands there" in goal.rationale and "Turn 2: “Thirty days.”" in goal.rationale
    assert (ann["rates"].value, ann["rates"].rationale) == (0.75, "three of four")
    assert ann["success_criteria"].value == ["The assistant stated the refund window."]
    assert bob["goal_achieved"].value is False
    assert (bob["criterion_2"].value, bob["criterion_2"].metadata["criterion"]) == ("no", TWO[1])
    assert cid["goal_achieved"].value is None and cid["goal_achieved"].error.error_code == "JUDGE_FAILED"


def test_without_a_model_there_is_no_rate(uri):
    """A rule in the place of a judge is said to be one, and no rate is made of it."""
    simulate(reply, [persona("ann")], sinks=[f"mlflow:bots,tracking_uri={uri}"], judge="offline", max_turns=1, hooks=())
    (one,) = find_runs(uri)
    assert "goal_rate" not in one.data.metrics and "smoke test" in one.data.tags["multivon_eval.judge_rule"]
    (trace,) = find_traces(uri, one).values()
    assert assessments_of(trace)["goal_achieved"].source.source_type == AssessmentSourceType.CODE


def test_a_system_that_crashes(uri):
    """Its trace is an error that says why."""

    def broken(prompt):
        raise ConnectionError("no database")

    simulate(
        broken, [persona("ann")], sinks=[f"mlflow:bots,tracking_uri={uri}"], judge=Judges(), driver=Talks(), hooks=()
    )
    (one,) = find_runs(uri)
    (trace,) = find_traces(uri, one).values()
    assert trace.info.state.value == "ERROR"
    assert "no database" in json.dumps([span.to_dict()["status"] for span in trace.data.spans])
