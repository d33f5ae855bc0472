"""Interrupting, resuming and rehearsing a run, as real processes."""

from __future__ import annotations

import json
import os
import re
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from multivon_eval import result_schema
from support.chat_server import ChatServer
from support.command import PERSONA, clean_env, multivon_eval, workplace

pytestmark = pytest.mark.process

USUAL = ("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--out", "results.jsonl")
ARGS = (*USUAL, "--concurrency", "1", "--max-turns", "3")


def _scripted(name: str, first: str) -> str:
    return json.dumps({**json.loads(PERSONA), "name": name, "script": [first]}) + "\n"


BOB = _scripted("bob", "Slowly, please: what is the refund window?")
TROUBLED = _scripted("eve", "There is trouble with my order.")

# Until there is a file "released" it stops at Bob's second turn: interrupted as STOP says, or waiting for the file.
MODEL = """
import os, signal, threading
def model_fn(messages):
    turn = sum(message["role"] == "user" for message in messages)
    who = next((name for name in ("slowly", "trouble") if name in messages[0]["content"].lower()), "ann")
    with open("calls.txt", "a") as file:
        file.write(f"{who} {turn}\\n")
    if who == "trouble":
        raise OSError("the trouble is here")
    if who == "slowly" and turn == 2 and not os.path.exists("released"):
        if os.environ.get("STOP"):
            os.kill(os.getpid(), getattr(signal, os.environ["STOP"]))
            threading.Event().wait()
        open("waiting", "w").close()
        while not os.path.exists("released"):
            os.sched_yield()
    return f"I have to look into that, {who}, part {turn} of it."
"""


def _rows(path: Path) -> list[dict[str, Any]]:
    rows = [json.loads(line) for line in (path / "results.jsonl").read_text(encoding="utf-8").split("\n")[:-1]]
    for row in rows:
        jsonschema.validate(row, result_schema())
    return rows


def _names(path: Path) -> list[str]:
    return [row["persona"]["name"] for row in _rows(path)]


def _calls(path: Path) -> list[str]:
    return (path / "calls.txt").read_text(encoding="utf-8").splitlines()


def _journal(path: Path) -> Path:
    return path / "results.jsonl.journal"


def _in_journal(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(_journal(path))) as database:
        return [value for (value,) in database.execute(query)]


def _judge(server: ChatServer) -> tuple[str, str]:
    return "--judge", f"openai:any,base_url={server.base_url},price_in=1,price_out=2"


def _interrupted(path: Path, *args: str, stop: str = "SIGINT", personas: str = PERSONA + BOB) -> str:
    """Run until Bob's second turn, where the run interrupts itself; give what it said."""
    workplace(path, MODEL, personas)
    done = multivon_eval(*ARGS, *args, cwd=path, env={"STOP": stop})
    assert done.returncode == 130, done.stderr
    (path / "released").touch()
    return done.stderr


def _refused(path: Path, *args: str, env: dict[str, str] | None = None) -> str:
    """Run, see that it was refused and changed nothing, and give what was said."""
    before = {file.name: file.read_bytes() for file in path.glob("results.jsonl*")}
    done = multivon_eval(*args, cwd=path, env=env)
    assert done.returncode == 2, done.stdout + done.stderr
    assert "Traceback" not in done.stderr
    assert {file.name: file.read_bytes() for file in path.glob("results.jsonl*")} == before
    return done.stderr


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a run that was interrupted, for tests that need only that."""
    path = tmp_path_factory.mktemp("once")
    _interrupted(path)
    return path


@pytest.fixture
def unfinished(once: Path, tmp_path: Path) -> Path:
    """A copy of that folder, to be changed."""
    return Path(shutil.copytree(once, tmp_path / "unfinished"))


@pytest.fixture
def waiting(tmp_path: Path) -> Iterator[subprocess.Popen[str]]:
    """A run that is under way, waiting in Bob's second turn."""
    workplace(tmp_path, MODEL, PERSONA + BOB)
    command = [sys.executable, "-m", "multivon_eval", *ARGS]
    process = subprocess.Popen(
        command, cwd=tmp_path, env=clean_env(), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        while not (tmp_path / "waiting").exists():
            assert process.poll() is None
            os.sched_yield()
        yield process
    finally:
        process.kill()
        process.communicate()


@pytest.mark.parametrize("stop", ["SIGINT", "SIGTERM"])
def test_an_interrupted_run_is_gone_on_with_where_it_was(stop: str, tmp_path: Path) -> None:
    """It ends with 130 and says how to go on; what was said is in the journal and is not said again."""
    said = _interrupted(tmp_path, stop=stop)
    assert "interrupted; everything finished so far is delivered" in said
    assert "the rest is in results.jsonl.journal: go on with the same command and --resume" in said
    assert _names(tmp_path) == ["ann"]
    (bob,) = set(_in_journal(tmp_path, "SELECT case_uid FROM said")) - set(
        _in_journal(tmp_path, "SELECT case_uid FROM ended")
    )
    kept = _in_journal(tmp_path, f"SELECT message FROM said WHERE case_uid = '{bob}' ORDER BY place")
    assert [json.loads(row)["message"]["role"] for row in kept] == ["user", "assistant", "user"]

    before = _calls(tmp_path)
    done = multivon_eval(*ARGS, "--resume", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert _names(tmp_path) == ["ann", "bob"]
    assert _calls(tmp_path)[len(before) :][0] == "slowly 2"
    assert "slowly 1" not in _calls(tmp_path)[len(before) :]
    assert len({row["metadata"]["run_id"] for row in _rows(tmp_path)}) == 1
    assert list(tmp_path.glob("*.journal*")) == []


def test_resuming_twice_interrupted(tmp_path: Path) -> None:
    """A run that is resumed may be interrupted again."""
    _interrupted(tmp_path)
    (tmp_path / "released").unlink()
    again = multivon_eval(*ARGS, "--resume", cwd=tmp_path, env={"STOP": "SIGTERM"})
    assert again.returncode == 130, again.stderr
    assert "--resume" in again.stderr
    (tmp_path / "released").touch()
    assert multivon_eval(*ARGS, "--resume", cwd=tmp_path).returncode == 0
    assert _names(tmp_path) == ["ann", "bob"]


def test_what_resume_cannot_be_asked_with(unfinished: Path, tmp_path: Path) -> None:
    """With --overwrite, without --out, or with neither where a journal lies: exit code 2."""
    both = _refused(unfinished, *ARGS, "--resume", "--overwrite")
    assert "--resume and --overwrite contradict each other; say one of them" in both
    assert "--resume needs --out with a file: the journal lies beside it" in _refused(unfinished, *ARGS[:5], "--resume")
    neither = _refused(unfinished, *ARGS)
    assert "go on with it with --resume, begin anew with --overwrite, or give --out another file" in neither
    assert multivon_eval(*ARGS, "--overwrite", cwd=unfinished).returncode == 0
    assert _names(unfinished) == ["ann", "bob"]
    assert list(unfinished.glob("*.journal*")) == []


@pytest.mark.parametrize(
    ("more", "code"), [(("--evaluator", "no-such-evaluator"), 2), (("--dry-run",), 0)], ids=["a mistake", "a dry run"]
)
def test_a_journal_is_taken_away_only_by_a_run_that_begins(more: tuple[str, ...], code: int, unfinished: Path) -> None:
    """``--overwrite`` with a mistake beside it, or in a dry run, leaves the unfinished run as it was."""
    before = (unfinished / "results.jsonl").read_bytes()
    assert multivon_eval(*ARGS, "--overwrite", *more, cwd=unfinished).returncode == code
    assert (unfinished / "results.jsonl").read_bytes() == before
    assert multivon_eval(*ARGS, "--resume", cwd=unfinished).returncode == 0
    assert _names(unfinished) == ["ann", "bob"]


def test_all_that_changed_is_named_at_once(unfinished: Path) -> None:
    """Turns, trials, seed, personas, model file and judge; --force goes on all the same."""
    (unfinished / "personas.jsonl").write_text(PERSONA + BOB + TROUBLED, encoding="utf-8")
    (unfinished / "model.py").write_text(MODEL + "\n# changed\n", encoding="utf-8")
    changed = (*USUAL, "--max-turns", "4", "--seed", "7")
    with ChatServer(goal_after=9) as server:
        said = _refused(unfinished, *changed, *_judge(server), "--resume")
        assert server.requests == []
        for part in (
            "--resume: max-turns was '3' and is '4'",
            "--resume: seed was 'None' and is '7'",
            "--resume: the personas changed",
            "--resume: the model file changed",
            "offline' and is 'openai:any,base_url=",
            "go back to that, or go on all the same with --force",
        ):
            assert part in said
        assert "driver was" not in said
        done = multivon_eval(*changed, *_judge(server), "--resume", "--force", cwd=unfinished)
        assert done.returncode == 0, done.stderr
    assert sorted(_names(unfinished)) == ["ann", "bob", "eve"]
    assert list(unfinished.glob("*.journal*")) == []


def test_two_runs_cannot_use_one_journal(waiting: subprocess.Popen[str], tmp_path: Path) -> None:
    """While the first runs, a second is refused whatever it says, and harms nothing."""
    for more, told in (
        (("--resume",), "another run is using the journal results.jsonl.journal; wait for it, or give --out another"),
        (("--overwrite",), "another run is using the journal results.jsonl.journal; wait for it"),
        ((), "is the journal of a run that did not finish"),
    ):
        assert told in _refused(tmp_path, *ARGS, *more)
    (tmp_path / "released").touch()
    _, err = waiting.communicate()
    assert waiting.returncode == 0, err
    assert _names(tmp_path) == ["ann", "bob"]
    assert list(tmp_path.glob("*.journal*")) == []


TORN: dict[str, Callable[[bytes], bytes]] = {
    "half of a second line": lambda text: text + text[: len(text) // 2],
    "half of the first line": lambda text: text[: len(text) // 2],
}


@pytest.mark.parametrize("torn", TORN)
def test_a_torn_last_line_is_written_again(torn: str, unfinished: Path) -> None:
    """What was not delivered whole is delivered from the journal, without another call."""
    out = unfinished / "results.jsonl"
    out.write_bytes(TORN[torn](out.read_bytes()))
    before = _calls(unfinished)
    done = multivon_eval(*ARGS, "--resume", cwd=unfinished)
    assert done.returncode == 0, done.stderr
    assert _names(unfinished) == ["ann", "bob"]
    assert {call.split()[0] for call in _calls(unfinished)[len(before) :]} == {"slowly"}


def test_a_result_file_that_is_gone_is_written_again(unfinished: Path) -> None:
    """Without ``--out`` the journal still knows all that was said and judged."""
    (unfinished / "results.jsonl").unlink()
    done = multivon_eval(*ARGS, "--resume", cwd=unfinished)
    assert done.returncode == 0, done.stderr
    assert _names(unfinished) == ["ann", "bob"]


@pytest.mark.parametrize("line", ["no JSON", "{}", "the line of another run"])
def test_result_files_that_do_not_belong_to_the_journal(line: str, unfinished: Path) -> None:
    """A line that cannot be read, or is of another run, is named with its number; nothing is overwritten."""
    out = unfinished / "results.jsonl"
    if line == "the line of another run":
        row = json.loads(out.read_text(encoding="utf-8"))
        row["metadata"]["run_id"] = "another"
        line = json.dumps(row)
    out.write_text(line + "\n", encoding="utf-8")
    said = _refused(unfinished, *ARGS, "--resume")
    assert "results.jsonl:1" in said
    assert "begin anew with --overwrite" in said


def test_every_line_that_does_not_belong_to_the_journal_is_named(unfinished: Path) -> None:
    """All of them at once; a last line that is torn, even within a character, is none of them."""
    out = unfinished / "results.jsonl"
    out.write_bytes(b"no JSON\n" + out.read_bytes() + b'{}\n{"persona": "\xc3')
    said = _refused(unfinished, *ARGS, "--resume")
    assert "results.jsonl:1: not JSON" in said
    assert "results.jsonl:3: schema_version is None" in said
    assert "results.jsonl:2" not in said
    assert "results.jsonl:4" not in said


@pytest.mark.parametrize("content", [b"this is no database\n" * 100, b"SQLite format 3\0" + bytes(range(256)) * 40])
def test_a_journal_that_is_no_database(content: bytes, tmp_path: Path) -> None:
    """It is refused with the remedy, and the remedy works."""
    workplace(tmp_path, MODEL)
    _journal(tmp_path).write_bytes(content)
    said = _refused(tmp_path, *ARGS, "--resume")
    assert "results.jsonl.journal" in said
    assert "begin anew with --overwrite" in said
    assert multivon_eval(*ARGS, "--overwrite", cwd=tmp_path).returncode == 0
    assert list(tmp_path.glob("*.journal*")) == []


def test_a_journal_of_another_version(unfinished: Path) -> None:
    """It is not guessed at."""
    with closing(sqlite3.connect(_journal(unfinished))) as database, database:
        database.execute("UPDATE run SET version = 99")
    assert "version 99" in _refused(unfinished, *ARGS, "--resume")


_TEXTS = [
    ("run", "made_with"),
    ("run", "run_id"),
    ("said", "message"),
    ("said", "case_uid"),
    ("reserved", "amount"),
    ("settled", "cost"),
    ("judged", "answer"),
    ("ended", "ending"),
    ("delivered", "case_uid"),
]


@pytest.mark.parametrize(("table", "column"), _TEXTS)
def test_a_text_that_is_not_what_was_written(table: str, column: str, unfinished: Path) -> None:
    """It is called damage, and never taken for what was said, paid, or changed by the user."""
    with closing(sqlite3.connect(_journal(unfinished))) as database, database:
        (text,) = database.execute(f"SELECT {column} FROM {table} ORDER BY rowid DESC LIMIT 1").fetchone()
        # One bit of one digit or letter: it still reads as what it is.
        other = re.sub(r"[0-9b-y]", lambda found: chr(ord(found[0]) ^ 1), text, count=1)
        assert other != text
        database.execute(f"UPDATE {table} SET {column} = ? WHERE {column} = ?", (other, text))
    said = _refused(unfinished, *ARGS, "--resume")
    assert f"a row of {table!r} is damaged" in said
    assert "begin anew with --overwrite" in said


def test_a_journal_with_nothing_in_it(tmp_path: Path) -> None:
    """A run that was killed while it made its journal is begun anew by --resume: nothing had been spent."""
    workplace(tmp_path, MODEL)
    _journal(tmp_path).touch()
    done = multivon_eval(*ARGS, "--resume", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert _names(tmp_path) == ["ann"]
    assert list(tmp_path.glob("*.journal*")) == []


def test_a_budget_smaller_than_what_is_spent_pays_nothing_more(tmp_path: Path) -> None:
    """The rest of the run ends with budget_exceeded, and what was spent is told."""
    with ChatServer(goal_after=9) as server:
        _interrupted(tmp_path, *_judge(server))
        asked = len(server.requests)
        args = (*ARGS, *_judge(server), "--resume", "--budget", "0.000001")
        done = multivon_eval(*args, "--json", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
        assert len(server.requests) == asked
    ann, bob = _rows(tmp_path)
    assert (ann["persona"]["name"], ann["goal_achieved"]) == ("ann", True)
    assert (bob["stop_reason"], bob["goal_achieved"], bob["verdict"]["cut"]) == ("budget_exceeded", None, True)
    summary = json.loads(done.stdout)
    assert summary["spent_usd"] >= ann["cost_usd"] + bob["cost_usd"] - 1e-9 > 0.000001
    assert summary["conversations"] == 2
    assert list(tmp_path.glob("*.journal*")) == []


def test_a_conversation_that_was_begun_goes_on_before_another_begins(tmp_path: Path) -> None:
    """Where the money is held for one of two at a time, it is first held for the one that was paid for before."""
    with ChatServer(goal_after=9) as server:
        _interrupted(tmp_path, *_judge(server), personas=BOB + PERSONA)
        spent = sum(map(float, _in_journal(tmp_path, "SELECT cost FROM settled")))
        args = (*USUAL, "--max-turns", "3", "--concurrency", "2", *_judge(server), "--resume")
        done = multivon_eval(*args, "--budget", f"{spent + 0.1:.6f}", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    bob = next(row for row in _rows(tmp_path) if row["persona"]["name"] == "bob")
    assert (bob["stop_reason"], bob["turns"], bob["verdict"]["cut"]) == ("max_turns", 3, False)


def test_a_model_that_raised_before_is_not_asked_again(tmp_path: Path) -> None:
    """A conversation that ended with an error has ended; its result stands in the file as it was."""
    _interrupted(tmp_path, personas=TROUBLED + PERSONA + BOB)
    assert _names(tmp_path) == ["eve", "ann"]
    done = multivon_eval(*ARGS, "--resume", "--json", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    eve, _, _ = _rows(tmp_path)
    assert (eve["stop_reason"], eve["metadata"]["error"]["source"]) == ("driver_error", "model_fn")
    assert "the trouble is here" in eve["metadata"]["error"]["message"]
    assert _calls(tmp_path).count("trouble 1") == 1
    assert json.loads(done.stdout)["errors"] == 1


FULL = """
import resource, runpy, sys
resource.setrlimit(resource.RLIMIT_FSIZE, (int(sys.argv[1]), resource.RLIM_INFINITY))
sys.argv[:2] = ["multivon-eval"]
runpy.run_module("multivon_eval", run_name="__main__")
"""


@pytest.mark.unmeasured
@pytest.mark.parametrize("room", [20_000, 40_000])
def test_a_journal_that_cannot_be_written_ends_the_run(room: int, tmp_path: Path) -> None:
    """Exit code 3 and the remedy instead of a run that could not be resumed; with room again it goes on."""
    workplace(tmp_path, MODEL, PERSONA + BOB)
    (tmp_path / "released").touch()
    with ChatServer(goal_after=9) as server:
        args = (*ARGS, *_judge(server))
        full = subprocess.run(
            [sys.executable, "-c", FULL, str(room), *args],
            cwd=tmp_path,
            env=clean_env(),
            capture_output=True,
            text=True,
            timeout=60,
        )
        assert full.returncode == 3, full.stderr
        assert "error: the journal results.jsonl.journal cannot be written: " in full.stderr
        assert "make room and go on with --resume" in full.stderr
        assert "Traceback" not in full.stderr
        done = multivon_eval(*args, "--resume", cwd=tmp_path)
        assert done.returncode == 0, done.stderr
    assert sorted(_names(tmp_path)) == ["ann", "bob"]
    assert list(tmp_path.glob("*.journal*")) == []


def test_a_dry_run_asks_no_judge_and_leaves_all_as_it_was(tmp_path: Path) -> None:
    """It prints the estimate, calls model_fn once, and the judge's endpoint sees only the look whether it is there."""
    workplace(tmp_path, MODEL, PERSONA + BOB)
    (tmp_path / "results.jsonl").write_text("of another run\n", encoding="utf-8")
    with ChatServer() as server:
        done = multivon_eval(*ARGS, *_judge(server), "--dry-run", cwd=tmp_path)
        assert (server.checks, server.requests) == (1, [])
    assert done.returncode == 0, done.stderr
    for part in ("dry run: 2 personas, 2 conversations, nothing is spent", "judge: any", "budget_usd: 1.00", "I have"):
        assert part in done.stdout
    assert _calls(tmp_path) == ["ann 1"]
    assert (tmp_path / "results.jsonl").read_text(encoding="utf-8") == "of another run\n"
    assert list(tmp_path.glob("*.journal*")) == []


def test_a_dry_run_of_a_resume(unfinished: Path) -> None:
    """It says whether the run could go on, and leaves it as it was."""
    before = (unfinished / "results.jsonl").read_bytes()
    calls = len(_calls(unfinished))
    done = multivon_eval(*ARGS, "--resume", "--dry-run", cwd=unfinished)
    assert done.returncode == 0, done.stderr
    assert len(_calls(unfinished)) == calls + 1
    assert (unfinished / "results.jsonl").read_bytes() == before
    assert multivon_eval(*ARGS, "--resume", cwd=unfinished).returncode == 0
    assert _names(unfinished) == ["ann", "bob"]


def test_a_dry_run_finds_a_model_that_fails(tmp_path: Path) -> None:
    """Exit code 3, and what it raised."""
    workplace(tmp_path, MODEL, TROUBLED)
    done = multivon_eval(*ARGS, "--dry-run", cwd=tmp_path)
    assert done.returncode == 3, done.stderr
    assert "the trouble is here" in done.stderr
    assert _calls(tmp_path) == ["trouble 1"]


@pytest.mark.parametrize("out", [".", "no/such/folder/results.jsonl"])
def test_a_dry_run_finds_a_file_that_cannot_be_written(out: str, tmp_path: Path) -> None:
    """Exit code 2 before model_fn is called."""
    workplace(tmp_path, MODEL)
    args = list(ARGS)
    args[args.index("results.jsonl")] = out
    said = _refused(tmp_path, *args, "--dry-run")
    assert "cannot be written" in said
    assert not (tmp_path / "calls.txt").exists()


def test_score_overwrites_a_journal_that_was_left_behind(tmp_path: Path) -> None:
    """``score --overwrite`` takes an old journal away, and without the word it is refused."""
    workplace(tmp_path)
    args = ("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--out", "first.jsonl", "--quiet")
    assert multivon_eval(*args, cwd=tmp_path).returncode == 0
    (tmp_path / "again.jsonl.journal").write_bytes(b"")
    again = ("score", "first.jsonl", "--out", "again.jsonl", "--quiet")
    assert multivon_eval(*again, cwd=tmp_path).returncode == 2
    assert multivon_eval(*again, "--overwrite", cwd=tmp_path).returncode == 0
    assert not (tmp_path / "again.jsonl.journal").exists()
