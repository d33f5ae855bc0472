"""``multivon-eval simulate`` and its neighbours, as real processes."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from multivon_eval import DISCLAIMER, result_schema
from support.command import PERSONA, clean_env, multivon_eval, workplace

pytestmark = pytest.mark.process

SEED = (
    *("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl"),
    *("--max-turns", "8", "--budget", "1.00", "--out", "results.jsonl"),
)


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    for row in rows:
        jsonschema.validate(row, result_schema())
    return rows


def test_the_seeds_own_example(tmp_path: Path) -> None:
    """The contract's command line runs as it stands and says what it did."""
    done = multivon_eval(*SEED, cwd=workplace(tmp_path))
    assert done.returncode == 0, done.stderr
    (row,) = _rows(tmp_path / "results.jsonl")
    assert row["disclaimer"] == DISCLAIMER
    assert row["turns"] > 1
    assert row["metadata"]["judge_model"] == "offline"
    assert row["metadata"]["sources"]["max_turns"] == "command line"
    assert row["metadata"]["sources"]["concurrency"] == "default"
    assert set(row["scores"]) == {"conversation_relevance", "knowledge_retention", "turn_consistency"}
    said = " ".join(done.stdout.split())
    for part in (
        "judge offline (no key in the environment",
        DISCLAIMER,
        "achieved ann",
        "1 achieved, 0 not achieved, 0 not decided, by words alone",
        "budget",
    ):
        assert part in said
    assert not (tmp_path / "results.jsonl.journal").exists()


MODELS = {
    "neighbours, dataclasses and postponed annotations": (
        "from __future__ import annotations\n"
        "from dataclasses import dataclass\n"
        "import neighbour\n"
        "@dataclass\nclass Bot:\n    name: str\n    other: Bot | None = None\n"
        "def model_fn(prompt: str) -> str:\n    return neighbour.TEXT + Bot('x').name\n"
    ),
    "async": "async def model_fn(prompt):\n    return 'The refund window is 30 days.'\n",
    "messages": "def model_fn(messages):\n    return 'Said: ' + messages[-1]['content'] + ' The refund window.'\n",
    "an object": "class Bot:\n    def __call__(self, p):\n        return 'The refund window.'\nmodel_fn = Bot()\n",
}


@pytest.mark.parametrize("kind", MODELS)
def test_model_files(tmp_path: Path, kind: str) -> None:
    """A model file is imported as if it were imported normally."""
    workplace(tmp_path, model=MODELS[kind])
    (tmp_path / "neighbour.py").write_text("TEXT = 'The refund window is 30 days. '\n", encoding="utf-8")
    done = multivon_eval(*SEED, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (row,) = _rows(tmp_path / "results.jsonl")
    assert row["metadata"]["error"] is None
    assert "refund window" in row["transcript"][1]["content"]


@pytest.mark.parametrize("asked", ["package.inner:answer", "model.py:answer", "inner:answer"])
def test_names_of_modules_and_functions(tmp_path: Path, asked: str) -> None:
    """``model.py:name`` and ``package.module:name`` name a function."""
    source = "def answer(prompt):\n    return 'The refund window is 30 days.'\n"
    workplace(tmp_path, model=source)
    (tmp_path / "package").mkdir()
    (tmp_path / "package" / "inner.py").write_text(source, encoding="utf-8")
    (tmp_path / "inner.py").write_text(source, encoding="utf-8")
    args = list(SEED)
    args[args.index("model.py")] = asked
    assert multivon_eval(*args, cwd=tmp_path).returncode == 0


def test_json_and_quiet(tmp_path: Path) -> None:
    """``--json`` prints one JSON object with the summary and the sources; ``--quiet`` prints nothing."""
    workplace(tmp_path)
    done = multivon_eval(*SEED, "--json", "--seed", "7", cwd=tmp_path, env={"MULTIVON_EVAL_TRIALS": "2"})
    summary = json.loads(done.stdout)
    assert summary["conversations"] == 2
    assert summary["disclaimer"] == DISCLAIMER
    assert (
        summary["sources"] | {"trials": "environment", "seed": "command line", "judge": "default"} == summary["sources"]
    )
    assert multivon_eval(*SEED, "--quiet", cwd=tmp_path).stdout == ""
    assert [row["metadata"]["seed"] for row in _rows(tmp_path / "results.jsonl")] == [None]


def test_gates_and_strict(tmp_path: Path) -> None:
    """A gate that is not met gives exit code 1, missing evidence never passes one, strict gives 3."""
    workplace(tmp_path)
    ok = multivon_eval(*SEED, "--fail-under", "goal_rate=0.9", "--max-error-rate", "0", cwd=tmp_path)
    assert ok.returncode == 0, ok.stderr
    low = multivon_eval(*SEED, "--fail-under", "turn-consistency=0.99", cwd=tmp_path)
    assert low.returncode == 1
    assert "gate not met: turn_consistency >= 0.99: it has no value" in low.stderr
    none = multivon_eval(*SEED, "--fail-under", "conversation_completeness=0", cwd=tmp_path)
    assert none.returncode == 2
    assert "conversation_completeness: nothing measures it" in none.stderr
    (tmp_path / "model.py").write_text("def model_fn(prompt):\n    raise OSError('down')\n", encoding="utf-8")
    assert multivon_eval(*SEED, cwd=tmp_path).returncode == 0
    assert multivon_eval(*SEED, "--strict", cwd=tmp_path).returncode == 3
    failed = multivon_eval(*SEED, "--max-error-rate", "0.5", cwd=tmp_path)
    assert failed.returncode == 1
    assert "1 of 1 conversations failed, more than 0.5" in failed.stderr
    crashed = multivon_eval(*SEED, "--fail-under", "goal_rate=0.9", cwd=tmp_path)
    assert crashed.returncode == 1
    assert "goal_rate >= 0.9: 0.000 is less than 0.9" in crashed.stderr
    assert "the system crashed in 1" in " ".join(crashed.stdout.split())


def test_a_gate_wants_most_of_the_run_to_have_measured_something(tmp_path: Path) -> None:
    """One conversation of five that went well says little where four failed for other reasons."""
    people = "".join(PERSONA.replace('"ann"', f'"p{number}"') for number in range(5))
    (tmp_path / "says.py").write_text(HALTS, encoding="utf-8")
    workplace(tmp_path, personas=people)
    gated = (*SEED, "--driver", "says.Halts", "--fail-under", "goal_rate=0.5")
    done = multivon_eval(*gated, cwd=tmp_path)
    assert done.returncode == 1
    assert "4 of 5 conversations measured nothing, more than 0.2, too little to go by" in done.stderr
    assert multivon_eval(*gated, "--max-unmeasured", "0.8", cwd=tmp_path).returncode == 0
    assert multivon_eval(*SEED, "--max-unmeasured", "x", cwd=tmp_path).returncode == 2


HALTS = """
import attrs
from multivon_eval.sdk import UserTurn

@attrs.frozen
class Halts:
    async def next_message(self, conversation, context):
        if conversation.persona.name != "p0":
            raise RuntimeError("lost its words")
        return UserTurn("What is the refund window?", conversation.turns > 0)
"""


PAID = """
from decimal import Decimal

import attrs

from multivon_eval.sdk import Answer
from multivon_eval.testing import fitting_answer


@attrs.frozen
class Paid:
    def worst_cost(self, question):
        return Decimal("0.10")

    async def complete(self, question):
        return Answer(fitting_answer(question), cost_usd=Decimal("0.10"))
"""


def test_strict_tells_a_run_that_the_budget_cut(tmp_path: Path) -> None:
    """With ``--strict`` a run of which the budget cut something ends with 4; its summary counts it in any case."""
    workplace(tmp_path)
    (tmp_path / "paid.py").write_text(PAID, encoding="utf-8")
    args = (*SEED, "--judge", "paid.Paid", "--json", "--budget")
    assert [json.loads(multivon_eval(*args, usd, cwd=tmp_path).stdout)["cut"] for usd in ("0.20", "5")] == [1, 0]
    assert [multivon_eval(*args, usd, "--strict", cwd=tmp_path).returncode for usd in ("0.20", "5")] == [4, 0]


def test_score_judges_saved_transcripts_again(tmp_path: Path) -> None:
    """``score`` writes results with the same transcripts and other scores, and never calls ``model_fn``."""
    workplace(tmp_path)
    assert multivon_eval(*SEED, cwd=tmp_path).returncode == 0
    (tmp_path / "model.py").unlink()
    args = ("score", "results.jsonl", "--out", "again.jsonl", "--evaluator", "conversation-completeness")
    done = multivon_eval(*args, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    (before,), (after,) = _rows(tmp_path / "results.jsonl"), _rows(tmp_path / "again.jsonl")
    assert after["transcript"] == before["transcript"]
    assert after["metadata"]["case_uid"] == before["metadata"]["case_uid"]
    assert list(after["scores"]) == ["conversation_completeness"]
    assert after["metadata"]["rescored_from"]["run_id"] == before["metadata"]["run_id"]


def test_init_gives_files_that_run(tmp_path: Path) -> None:
    """``init`` writes files that a simulation runs with at once, and keeps what is there."""
    made = multivon_eval("init", "start", cwd=tmp_path)
    assert made.returncode == 0, made.stderr
    assert multivon_eval(*SEED, cwd=tmp_path / "start").returncode == 0
    goals = {row["persona"]["name"]: row["goal_achieved"] for row in _rows(tmp_path / "start" / "results.jsonl")}
    # Words alone cannot show that something was not done.
    assert goals == {"returner": True, "planner": True, "chancer": None}
    again = multivon_eval("init", "start", cwd=tmp_path)
    assert again.returncode == 2
    assert "say --force to overwrite, or name another directory" in again.stderr
    assert multivon_eval("init", "start", "--force", cwd=tmp_path).returncode == 0


WAITING = """
import pathlib
def model_fn(prompt, messages):
    if "slow" in messages[0]["content"]:
        pathlib.Path("waiting").touch()
        while True:
            pathlib.Path("released").exists() or __import__("time").sleep(0.01)
    return "The refund window is 30 days."
"""


def test_ctrl_c_delivers_what_is_finished(tmp_path: Path) -> None:
    """An interrupted run ends with 130; what is finished is in the file, and a line says what happened."""
    slow = PERSONA.replace("ann", "bob").replace("Find out", "Find out slow")
    workplace(tmp_path, model=WAITING, personas=PERSONA + slow)
    process = subprocess.Popen(
        [sys.executable, "-m", "multivon_eval", *SEED, "--concurrency", "1"],
        cwd=tmp_path,
        env=clean_env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    for line in process.stdout:  # the first conversation is delivered before it is printed
        if "ann" in line:
            break
    while not (tmp_path / "waiting").exists():
        assert process.poll() is None
        os.sched_yield()
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)
    assert process.returncode == 130, err
    assert [row["persona"]["name"] for row in _rows(tmp_path / "results.jsonl")] == ["ann"]
    assert "interrupted" in err
    assert "interrupted after 1 of 2 conversations" in out


def test_a_terminal_sees_colours_and_no_line_too_long(tmp_path: Path) -> None:
    """On a terminal the output is coloured and fits the width."""
    workplace(tmp_path)
    parent, child = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "multivon_eval", *SEED],
        cwd=tmp_path,
        env=clean_env({"TERM": "xterm-256color", "COLUMNS": "80"}),
        stdout=child,
        stdin=subprocess.DEVNULL,
    )
    os.close(child)
    chunks = []
    while True:
        try:
            chunk = os.read(parent, 65536)
        except OSError:  # Linux says so when the other end is closed
            break
        if not chunk:
            break
        chunks.append(chunk)
    os.close(parent)
    assert process.wait(timeout=60) == 0
    text = b"".join(chunks).decode()
    assert "\x1b[" in text
    plain = __import__("re").sub(r"\x1b\[[0-9;]*m", "", text)
    assert max(len(line) for line in plain.splitlines()) <= 80
