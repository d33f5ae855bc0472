"""``simulate --propose-from``, as a real process: one proposal, paid once."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from multivon_eval import result_schema
from support.chat_answers import default_answer
from support.chat_server import ChatServer
from support.command import multivon_eval, workplace

pytestmark = pytest.mark.process

EXAMPLES = Path(__file__).parents[3] / "docs" / "examples"
USUAL = ("simulate", "--model-cmd", "model.py", "--out", "results.jsonl", "--max-turns", "3", "--concurrency", "1")
ARGS = (*USUAL, "--propose-from", "PRODUCT.md", "--n-personas", "3", "--seed", "5")
# The run interrupts itself when it is called for the second time, until there is a file "released".
MODEL = """
import os, signal, threading
calls = []
def model_fn(prompt):
    calls.append(prompt)
    if len(calls) == 2 and not os.path.exists("released"):
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait()
    return f"It takes {len(calls)} days."
"""


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with a model and the description of a product, whose run is not interrupted."""
    (tmp_path / "PRODUCT.md").write_text((EXAMPLES / "PRODUCT.md").read_text(encoding="utf-8"), encoding="utf-8")
    (tmp_path / "released").touch()
    return workplace(tmp_path, MODEL)


def _judge(server: ChatServer) -> tuple[str, str]:
    return "--judge", f"openai:any,base_url={server.base_url},price_in=1,price_out=2"


def _proposals(server: ChatServer) -> list[dict[str, Any]]:
    return [body for body in server.requests if "<document " in body["messages"][1]["content"]]


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (path / "results.jsonl").read_text(encoding="utf-8").splitlines()]
    for row in rows:
        jsonschema.validate(row, result_schema())
    return rows


def _other_names(server_calls: list[int]) -> Callable[[dict[str, Any]], str]:
    """Answer like the server, but propose users of other names each time."""

    def answer(body: dict[str, Any]) -> str:
        if "<document " not in body["messages"][1]["content"]:
            return default_answer(body, 2)
        server_calls.append(1)
        return default_answer(body, 2).replace('"name": "user_', f'"name": "time_{len(server_calls)}_user_')

    return answer


def test_the_contracts_own_example(place: Path) -> None:
    """The judge is asked once for the personas; the money is in the sum, the seed in each."""
    with ChatServer() as server:
        done = multivon_eval(*ARGS, *_judge(server), "--json", cwd=place)
        assert done.returncode == 0, done.stderr
        assert len(_proposals(server)) == 1
        assert server.requests[0] == _proposals(server)[0]
    rows, summary = _rows(place), json.loads(done.stdout)
    assert [row["persona"]["name"] for row in rows] == ["user_1", "user_2", "user_3"]
    assert [row["persona"]["metadata"]["proposed"]["seed"] for row in rows] == [5] * 3
    assert {row["metadata"]["seed"] for row in rows} == {5}
    use = {"kind": "persona source", "name": "product-md", "spec": "multivon-eval/product-md:PRODUCT.md,n=3"}
    assert any(use.items() <= one.items() for one in rows[0]["metadata"]["plugins"])
    in_results = sum(row["cost_usd"] for row in rows)
    assert summary["spent_usd"] > in_results > 0
    tokens = sum(row["metadata"]["usage"]["input_tokens"] for row in rows)
    assert summary["usage"]["input_tokens"] > tokens
    assert list(place.glob("*.journal*")) == []


def test_the_estimate_is_told_before_the_proposal_is_paid(place: Path) -> None:
    """First what the run will take with personas of usual length, then with those that came."""
    done = multivon_eval(*ARGS, cwd=place)
    assert done.returncode == 0, done.stderr
    first = done.stdout.splitlines()[0]
    assert first.startswith("personas 3, to be proposed in one judge call; with personas of usual length the run takes")
    assert "judge calls" in done.stdout.splitlines()[1]
    assert "estimate" in done.stdout
    assert "personas from PRODUCT.md: built by rule from the headings and sentences of the document" in done.stderr


@pytest.mark.parametrize("how", ["--json", "--quiet"])
def test_json_and_quiet(how: str, place: Path) -> None:
    """With --json the output is one object and notices stay on standard error; with --quiet nothing is told."""
    done = multivon_eval(*ARGS, how, cwd=place)
    assert done.returncode == 0, done.stderr
    if how == "--json":
        assert json.loads(done.stdout)["conversations"] == 3
        assert "built by rule" in done.stderr
    else:
        assert (done.stdout, done.stderr) == ("", "")


@pytest.mark.parametrize("seed", ["1", "2"])
def test_offline_personas_can_talk_to_the_example(seed: str, tmp_path: Path) -> None:
    """The offline driver runs with them against the refund bot: nothing fails, some goal is met, the rest has turns."""
    args = ("--model-cmd", str(EXAMPLES / "refund_bot.py"), "--propose-from", str(EXAMPLES / "PRODUCT.md"))
    done = multivon_eval(
        "simulate", *args, "--seed", seed, "--out", "results.jsonl", "--strict", "--quiet", cwd=tmp_path
    )
    assert done.returncode == 0, done.stderr
    rows = _rows(tmp_path)
    assert len(rows) == 5
    assert any(row["goal_achieved"] for row in rows)
    assert all(row["turns"] and row["stop_reason"] in ("goal_reached", "max_turns") for row in rows)
    assert {row["metadata"]["judge_model"] for row in rows} == {"offline"}


def test_a_run_that_is_resumed_has_the_same_personas_and_does_not_pay_twice(place: Path) -> None:
    """The personas come from the journal, though the judge would propose others now; what they cost still counts."""
    (place / "released").unlink()
    calls: list[int] = []
    with ChatServer(_other_names(calls)) as server:
        cut = multivon_eval(*ARGS, *_judge(server), cwd=place)
        assert cut.returncode == 130, cut.stderr
        with closing(sqlite3.connect(place / "results.jsonl.journal")) as database:
            [(kept,)] = database.execute("SELECT personas FROM proposed")
            [(case, paid)] = database.execute(
                "SELECT case_uid, cost FROM reserved JOIN settled USING (call) ORDER BY call LIMIT 1"
            )
        (place / "released").touch()
        done = multivon_eval(*ARGS, *_judge(server), "--resume", "--json", cwd=place)
        assert done.returncode == 0, done.stderr
        assert len(_proposals(server)) == len(calls) == 1
    rows = _rows(place)
    assert case == ""
    assert [row["persona"]["name"] for row in rows] == [f"time_1_user_{number}" for number in (1, 2, 3)]
    assert [row["persona"] for row in rows] == json.loads(kept)
    in_results = sum(row["cost_usd"] for row in rows)
    assert json.loads(done.stdout)["spent_usd"] == pytest.approx(in_results + float(paid))
    assert list(place.glob("*.journal*")) == []


def test_a_run_that_ended_before_its_personas_were_there_asks_again(place: Path) -> None:
    """What the first proposals cost counts on: the resume asks only for as long as the ceiling reaches."""
    bad = ChatServer(lambda body: default_answer(body, 2).replace('"adversarial"', '"stubborn"'))
    with bad, ChatServer() as good:
        failed = multivon_eval(*ARGS, *_judge(bad), cwd=place)
        assert failed.returncode == 3
        assert "the judge was asked twice" in failed.stderr
        assert not (place / "results.jsonl").exists()
        refused = multivon_eval(*ARGS, *_judge(good), cwd=place)
        assert refused.returncode == 2
        assert "go on with it with --resume" in refused.stderr
        low = multivon_eval(*ARGS, *_judge(good), "--resume", "--force", "--budget", "0.005", cwd=place)
        assert low.returncode == 2
        assert "the proposal of personas may cost up to" in low.stderr
        assert good.requests == []
        done = multivon_eval(*ARGS, *_judge(good), "--resume", "--force", "--json", cwd=place)
        assert done.returncode == 0, done.stderr
        assert len(_proposals(good)) == 1
    assert json.loads(done.stdout)["spent_usd"] > sum(row["cost_usd"] for row in _rows(place))
    assert len(_rows(place)) == 3


@pytest.mark.parametrize(
    "changed",
    [("--n-personas", "4"), ("--seed", "6"), "the document"],
    ids=["another number", "another seed", "another document"],
)
def test_a_resume_with_another_proposal_is_refused(changed: Any, place: Path) -> None:
    """Number, seed and document are held to what the run began with; with --force it goes on with its personas."""
    (place / "released").unlink()
    assert multivon_eval(*ARGS, cwd=place).returncode == 130
    (place / "released").touch()
    args = list(ARGS)
    if changed == "the document":
        (place / "PRODUCT.md").write_text("# Another shop\n\nIt sells tea.\n", encoding="utf-8")
    else:
        args[args.index(changed[0]) + 1] = changed[1]
    refused = multivon_eval(*args, "--resume", cwd=place)
    assert refused.returncode == 2
    assert "--resume: the document, number or seed of the proposal changed" in refused.stderr
    assert multivon_eval(*args, "--resume", "--force", cwd=place).returncode == 0
    assert len(_rows(place)) == 3


@pytest.mark.parametrize("cents", ["0.01", "0.03"])
def test_the_proposal_is_under_the_same_ceiling(cents: str, place: Path) -> None:
    """Proposal and conversations together stay below it; what did not fit says so."""
    with ChatServer() as server:
        done = multivon_eval(*ARGS, *_judge(server), "--budget", cents, "--json", cwd=place)
    assert done.returncode == 0, done.stderr
    assert 0 < json.loads(done.stdout)["spent_usd"] <= float(cents)
    assert len(_rows(place)) == 3


def test_a_dry_run_asks_nobody(place: Path) -> None:
    """It reckons with personas of usual length and says so; the document is checked all the same."""
    with ChatServer() as server:
        done = multivon_eval(*ARGS, *_judge(server), "--dry-run", cwd=place)
        assert (server.checks, server.requests) == (1, [])
    assert done.returncode == 0, done.stderr
    for part in (
        "the personas are not proposed in a dry run; the numbers are reckoned with personas of usual length",
        "dry run: 3 personas, 3 conversations, nothing is spent",
        "model_fn answered: It takes 1 days.",
    ):
        assert part in done.stdout
    assert list(place.glob("results.jsonl*")) == []
    (place / "PRODUCT.md").unlink()
    assert multivon_eval(*ARGS, "--dry-run", cwd=place).returncode == 2


def test_a_dry_run_of_a_resume_knows_the_personas(place: Path) -> None:
    """They are in the journal, which stays as it was."""
    (place / "released").unlink()
    assert multivon_eval(*ARGS, cwd=place).returncode == 130
    (place / "released").touch()
    done = multivon_eval(*ARGS, "--resume", "--dry-run", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "not proposed" not in done.stdout
    resumed = multivon_eval(*ARGS, "--resume", cwd=place)
    assert resumed.returncode == 0, resumed.stderr
    assert resumed.stdout.startswith("personas 3, as they were proposed before the interruption\n")
    assert "built by rule" not in resumed.stderr


WRONG = {
    "both": (
        ("--personas", "personas.jsonl", "--propose-from", "PRODUCT.md"),
        "--personas and --propose-from contradict each other; say one of them",
    ),
    "neither": ((), "--personas is missing, and so is --propose-from; say one of them"),
    "a number of nothing": (
        ("--personas", "personas.jsonl", "--n-personas", "3"),
        "--n-personas says how many personas to make of a document, and none is named; add --propose-from",
    ),
    "no number": (("--propose-from", "PRODUCT.md", "--n-personas", "x"), "n-personas is 'x'; give a whole number"),
    "none": (("--propose-from", "PRODUCT.md", "--n-personas", "0"), "the number of personas is 0; give 1 to 30"),
    "no document": (("--propose-from", "no.md"), "no.md: no such file; give the description of the product"),
}


@pytest.mark.parametrize("kind", WRONG)
def test_what_is_asked_wrongly_is_refused_before_anybody_is_asked(kind: str, place: Path) -> None:
    """Exit code 2 with the reason and the remedy, and nothing is written."""
    args, told = WRONG[kind]
    with ChatServer() as server:
        done = multivon_eval(*USUAL, *args, *_judge(server), cwd=place)
        assert (server.checks, server.requests) == (0, [])
    assert done.returncode == 2, done.stdout + done.stderr
    assert told in done.stderr
    assert list(place.glob("results.jsonl*")) == []


def test_a_result_file_that_cannot_be_written_is_found_before_the_proposal(place: Path) -> None:
    """Nothing is paid for a run that could not deliver."""
    args = list(ARGS)
    args[args.index("results.jsonl")] = "."
    with ChatServer() as server:
        assert multivon_eval(*args, *_judge(server), cwd=place).returncode == 2
        assert server.requests == []


def test_the_command_line_beats_the_environment(place: Path) -> None:
    """Whoever has a default for the personas in a variable can still say the other option."""
    proposed = multivon_eval(*ARGS, cwd=place, env={"MULTIVON_EVAL_SIMULATE_PERSONAS": "personas.jsonl"})
    assert proposed.returncode == 0, proposed.stderr
    assert len(_rows(place)) == 3
    variables = {"MULTIVON_EVAL_SIMULATE_PROPOSE_FROM": "PRODUCT.md", "MULTIVON_EVAL_SIMULATE_N_PERSONAS": "2"}
    given = multivon_eval(*USUAL, "--personas", "personas.jsonl", cwd=place, env=variables)
    assert given.returncode == 0, given.stderr
    assert [row["persona"]["name"] for row in _rows(place)] == ["ann"]
    assert multivon_eval(*USUAL, cwd=place, env=variables).returncode == 0
    assert len(_rows(place)) == 2
    both = {**variables, "MULTIVON_EVAL_SIMULATE_PERSONAS": "personas.jsonl"}
    assert "contradict each other" in multivon_eval(*USUAL, cwd=place, env=both).stderr
