"""The judge ``openai`` behind the public doors: ``simulate`` and the command ``multivon-eval``."""

from __future__ import annotations

import json

import pytest

from multivon_eval import Persona, UsageError, result_from_json, score_simulations, simulate
from support.chat_server import ChatServer, server_process
from support.command import multivon_eval, workplace
from support.openai_judge import KEY, PERSONA, judge_for, model_fn

PRICED = "price_in=3,price_out=15"


def never(prompt: str) -> str:
    """A system under test that nobody may call."""
    raise AssertionError("the system was called")


def test_a_run_is_driven_judged_and_scored_over_http():
    """The judge plays the persona, gives the verdict and the scores; quotes stand in the transcript."""
    evaluators = ["conversation-relevance", "knowledge-retention", "turn-consistency", "conversation-completeness"]
    with ChatServer() as server:
        results = simulate(
            model_fn, [PERSONA], judge=f"openai:some-model,base_url={server.base_url},{PRICED}", evaluators=evaluators
        )
    (result,) = results
    assert (result.stop_reason, result.goal_achieved, result.turns) == ("goal_reached", True, 2)
    assert [score.value for score in result.scores.values()] == [1.0] * 4
    assert result.verdict.evidence
    assert all(quote.found for quote in result.verdict.evidence)
    assert result.driver_faults == ()
    assert result.metadata["judge_model"] == result.metadata["driver_model"] == "some-model"
    assert (result.metadata["judge_temperature"], result.metadata["driver_temperature"]) == (0.0, 1.0)
    assert result.metadata["usage"]["cached_tokens"] > 0
    assert 0 < result.cost_usd < 1
    assert results.report.problems == ()
    assert server.checks == 1


def test_what_a_server_refused_is_noted_once_in_each_result():
    """The notes of a run that had to do without tell what was left out."""
    with ChatServer(refuse=["response_format", "temperature", "max_tokens"]) as server:
        (result,) = simulate(model_fn, [PERSONA], judge=judge_for(server), evaluators=["conversation-relevance"])
    assert sorted(result.metadata["notes"]) == [
        "the model refused max_tokens: sent as max_completion_tokens",
        "the model refused response_format: left out",
        "the model refused temperature: left out",
    ]
    assert result.goal_achieved
    assert result.metadata["judge_temperature"] is None


def test_one_judge_serves_several_runs():
    """The connections of one run are closed at its end, and opened anew for the next."""
    with ChatServer() as server:
        judge = judge_for(server)
        first = simulate(model_fn, [PERSONA], judge=judge)
        simulate(model_fn, [PERSONA], judge=judge)
        summary = score_simulations(first, evaluators=["conversation-completeness"])
    assert summary.scores["conversation_completeness"].mean == 1.0
    assert server.checks == 3


def test_conversations_side_by_side_ask_side_by_side():
    """Many conversations have many requests under way at once, and each its own answers."""
    people = [Persona(f"p{i}", "A customer.", "Find out.", f"Criterion {i}.") for i in range(12)]
    with ChatServer(latency=0.1) as server:
        results = simulate(model_fn, people, judge=judge_for(server), concurrency=12)
    assert server.most_at_once > 1
    assert [result.verdict.criteria[0].criterion for result in results] == [f"Criterion {i}." for i in range(12)]
    assert all(result.goal_achieved for result in results)


def test_a_key_that_is_refused_is_a_usage_error(monkeypatch):
    """Found before anything is spent; the message says which variable and not what is in it."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ChatServer(api_key="sk-another-key-altogether") as server:
        with pytest.raises(UsageError, match=r"refused the key \(401 .*api_key_env") as caught:
            simulate(never, [PERSONA], judge=judge_for(server))
        assert server.requests == []
    assert KEY not in str(caught.value)


def test_a_key_that_is_taken_is_sent_with_every_request(monkeypatch):
    """The key of the named variable goes with each call, and into no result."""
    monkeypatch.setenv("HOUSE_KEY", KEY)
    with ChatServer(api_key=KEY) as server:
        (result,) = simulate(model_fn, [PERSONA], judge=judge_for(server, api_key_env="HOUSE_KEY"))
    assert {headers["authorization"] for headers in server.headers} == {f"Bearer {KEY}"}
    assert result.goal_achieved
    assert KEY not in repr(result)


def test_an_endpoint_that_nobody_serves_is_a_usage_error():
    """Found before anything is spent, with the address and what to do."""
    with ChatServer() as server:
        pass
    with pytest.raises(UsageError, match=r"127\.0\.0\.1.* cannot be reached .*start it or correct base_url"):
        simulate(never, [PERSONA], judge=judge_for(server))


def test_an_endpoint_that_hangs_is_a_usage_error():
    """An endpoint that takes the connection and says nothing does not keep the run from ending."""
    with ChatServer(models="hang") as server, pytest.raises(UsageError, match="start it or correct base_url"):
        simulate(never, [PERSONA], judge=judge_for(server, timeout=0.2))


@pytest.mark.parametrize("variable", ["OPENAI_API_KEY", "HOUSE_KEY"])
def test_a_missing_key_names_its_variable(variable):
    """OpenAI's own endpoint needs a key: the message names the variable, and no request is made."""
    with pytest.raises(UsageError, match=f"the variable {variable} is not set; set it"):
        simulate(never, [PERSONA], judge=f"openai:gpt-4.1-mini,api_key_env={variable}")


@pytest.mark.parametrize(
    "key", ["sk-one-two-three-four\nsk-five-six-seven", "sk-schlüssel-nicht-ascii", "sk-a\x01bcdef"]
)
def test_a_key_that_no_header_can_carry_is_a_usage_error(key, monkeypatch):
    """A line break or a character beyond ASCII is said of the variable, and the key is not shown."""
    monkeypatch.setenv("OPENAI_API_KEY", key)
    with ChatServer() as server:
        with pytest.raises(UsageError, match="the variable OPENAI_API_KEY holds") as caught:
            simulate(never, [PERSONA], judge=judge_for(server))
        assert (server.checks, server.requests) == (0, [])
    assert not any(part in str(caught.value) for part in key.split())


@pytest.mark.parametrize("role", ["judge", "driver_judge"])
def test_a_budget_without_a_price_is_refused_with_the_remedy(role):
    """Nobody knows what the model costs, so no ceiling can be kept: state the price or lift the ceiling."""
    with ChatServer() as server:
        spec = f"openai:some-model,base_url={server.base_url}"
        options = {"judge": "offline", role: spec}
        with pytest.raises(UsageError, match=r"price of judge .*price_in=USD,price_out=USD.*--budget none"):
            simulate(never, [PERSONA], **options)
        (result,) = simulate(model_fn, [PERSONA], budget_usd=None, **options)
    assert result.cost_usd == 0
    assert result.verdict.criteria and not result.verdict.failed


@pytest.mark.process
def test_the_command_runs_against_a_server_in_another_process(tmp_path):
    """The command line asks the endpoint of its SPEC, repeats a 429, and delivers results that can be read."""
    log = tmp_path / "requests.jsonl"
    options = ["--log", str(log), "--api-key", KEY, "--script", "429:0,ok,429:0", "--goal-after", "1"]
    with server_process(*options) as base_url:
        done = multivon_eval(
            *("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--out", "results.jsonl"),
            *("--judge", f"openai:some-model,base_url={base_url},{PRICED}", "--json"),
            cwd=workplace(tmp_path),
            env={"OPENAI_API_KEY": KEY},
        )
    assert done.returncode == 0, done.stderr
    (line,) = (tmp_path / "results.jsonl").read_text(encoding="utf-8").splitlines()
    result = result_from_json(json.loads(line))
    assert (result.stop_reason, result.goal_achieved) == ("goal_reached", True)
    assert len(result.metadata["judge_retries"]) == 2
    asked = [json.loads(entry) for entry in log.read_text(encoding="utf-8").splitlines()]
    assert len(asked) == result.metadata["judge_calls"]
    assert [entry["status"] for entry in asked[:3]] == [429, 200, 429]
    assert json.loads(done.stdout)["spent_usd"] == float(result.cost_usd)
    assert KEY not in done.stdout + done.stderr + line


@pytest.mark.process
@pytest.mark.parametrize("environment", [{}, {"OPENAI_API_KEY": KEY}])
def test_the_command_refuses_before_anything_is_spent(environment, tmp_path):
    """No key or the wrong one: exit code 2, one line that says what to do, no traceback, no request."""
    log = tmp_path / "requests.jsonl"
    with server_process("--log", str(log), "--api-key", "sk-quite-another-key") as base_url:
        done = multivon_eval(
            *("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl"),
            *("--judge", f"openai:some-model,base_url={base_url},{PRICED}"),
            cwd=workplace(tmp_path),
            env=environment,
        )
    assert done.returncode == 2
    assert "error: " in done.stderr and "api_key_env" in done.stderr
    assert "Traceback" not in done.stderr
    assert KEY not in done.stdout + done.stderr
    assert not log.exists()


@pytest.mark.process
def test_the_command_refuses_a_budget_it_cannot_keep(tmp_path):
    """The default budget and a model whose price nobody knows: exit code 2, the remedy, no request."""
    with ChatServer() as server:
        done = multivon_eval(
            *("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl"),
            *("--judge", f"openai:some-model,base_url={server.base_url}"),
            cwd=workplace(tmp_path),
            env={"OPENAI_API_KEY": KEY},
        )
    assert done.returncode == 2
    assert "price_in=USD,price_out=USD" in done.stderr
    assert server.requests == []
