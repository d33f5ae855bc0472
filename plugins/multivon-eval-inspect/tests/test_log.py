"""Logs of any task as transcripts to judge."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from evals import ANN, BOB, answers, run, says, usage
from inspect_ai import Task
from inspect_ai import eval as run_eval
from inspect_ai.dataset import Sample
from inspect_ai.model import ModelOutput
from inspect_ai.scorer import includes
from inspect_ai.solver import generate, use_tools
from inspect_ai.tool import Tool, tool

from multivon_eval import load_results
from multivon_eval.sdk import UsageError
from multivon_eval.testing import ScriptedJudge
from multivon_eval_inspect import read_log, simulated_user


@tool
def add() -> Tool:
    async def execute(x: int, y: int) -> str:
        """Add two numbers.

        Args:
            x: One.
            y: The other.
        """
        return str(x + y)

    return execute


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The log of a task that knows nothing of us, with tools, a failure, and a score."""

    def answer(messages: Any, *_: Any) -> ModelOutput:
        text = messages[-1].text
        if "fail" in text:
            raise RuntimeError("no")
        if text == "1+1":
            output = ModelOutput.for_tool_call("mockllm/model", "add", {"x": 1, "y": 1}, content="")
        else:
            output = ModelOutput.from_content("mockllm/model", "It is 2.")
        output.usage = usage()
        return output

    samples = [
        Sample("1+1", target="2", id="sum", metadata={"success_criteria": "The assistant said 2.", "goal": "Know it."}),
        Sample("fail", target="x", id="fails"),
        Sample("Hello", target="Goodbye", id=3),
    ]
    task = Task(dataset=samples, solver=[use_tools(add()), generate()], scorer=includes(), name="sums")
    folder = tmp_path_factory.mktemp("logs")
    (log,) = run_eval(task, model=answers(answer), log_dir=str(folder), display="none", fail_on_error=False)
    return Path(log.location)


def score(log: Path, folder: Path, *options: str) -> list[Any]:
    """What the two command lines make of a log."""
    for args in (
        ["inspect-log", str(log), *options, "--out", "transcripts.jsonl"],
        ["score", "transcripts.jsonl", "--judge", "offline", "--out", "judged.jsonl", "--quiet"],
    ):
        done = subprocess.run(
            [sys.executable, "-W", "error", "-m", "multivon_eval", *args],
            cwd=folder,
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stderr
    return list(load_results(folder / "judged.jsonl"))


def test_a_log_of_another_task_is_judged(foreign: Path, tmp_path: Path) -> None:
    """Tool calls with what came back, goal and criteria, and the label that its score is."""
    found = {result.persona.name: result for result in score(foreign, tmp_path, "--label", "includes")}
    assert set(found) == {"sum", "3"}, "what has no reply cannot be judged"
    sums = found["sum"]
    (call,) = sums.transcript[1].tool_calls
    assert (call.name, dict(call.arguments), call.result) == ("add", {"x": 1, "y": 1}, 2)
    assert [message.content for message in sums.transcript] == ["1+1", "It is 2."]
    assert (sums.persona.goal, sums.persona.criteria) == ("Know it.", ("The assistant said 2.",))
    assert sums.goal_achieved is True and sums.extra["label"] is True and found["3"].extra["label"] is False
    assert sums.extra["inspect"]["task"] == "sums" and sums.extra["inspect"]["scores"] == {"includes": "C"}
    assert found["3"].persona.criteria == ()


def test_our_own_log_is_judged_again(tmp_path: Path) -> None:
    """Personas come back whole, and trials are told apart."""
    user = simulated_user(judge=ScriptedJudge(), max_turns=2)
    log = run(tmp_path, user=user, model=says("On Friday."), personas=(ANN, BOB), epochs=2)
    rows = list(read_log(log.location, label="conversation_scores/turn_consistency"))
    assert {row["persona"]["name"] for row in rows} == {"Ann #1", "Ann #2", "Bob #1", "Bob #2"}
    assert all(row["label"] is True for row in rows)
    (bob,) = [one for one in score(Path(log.location), tmp_path) if one.persona.name == "Bob #2"]
    assert bob.persona.criteria == BOB.criteria and bob.persona.profile == BOB.profile
    assert bob.turns == 2


def test_standard_output(foreign: Path) -> None:
    """``--out -`` writes nothing but the lines."""
    done = subprocess.run(
        [sys.executable, "-m", "multivon_eval", "inspect-log", str(foreign), "--out", "-"],
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert [json.loads(line)["inspect"]["sample"] for line in done.stdout.splitlines()] == [3, "sum"]


def test_an_unknown_score_is_named(foreign: Path) -> None:
    """With what was perhaps meant."""
    with pytest.raises(UsageError, match="did you mean 'includes'"):
        list(read_log(foreign, label="include"))


def test_no_log(tmp_path: Path) -> None:
    """What is none is named."""
    with pytest.raises(UsageError, match="is no file"):
        list(read_log(tmp_path / "missing.eval"))
    (tmp_path / "torn.eval").write_text("nothing", encoding="utf-8")
    with pytest.raises(UsageError, match="cannot be read as a log"):
        list(read_log(tmp_path / "torn.eval"))
