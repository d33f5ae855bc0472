"""What becomes of the files of a run: begun or gone on with, taken away under it, damaged, had again in part."""

from __future__ import annotations

import json
import os
import random
import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from multivon_eval import DISCLAIMER
from multivon_eval._cli.main import run
from support.chat_server import ChatServer
from support.command import PERSONA, clean_env, multivon_eval, workplace

NAMES = ("ann", "bob", "eve")
PERSONAS = "".join(json.dumps({**json.loads(PERSONA), "name": name}) + "\n" for name in NAMES)
# It does what the file "do" says when it answers for the second time, once.
MODEL = """
import os, pathlib
calls = 0
def model_fn(prompt):
    global calls
    calls += 1
    with open("calls.txt", "a") as file:
        file.write("call\\n")
    if calls == 2 and os.path.exists("do"):
        exec(pathlib.Path("do").read_text())
    return "The refund window is 30 days."
"""
SINK = '''
import attrs, json
from multivon_eval.sdk import DeliveryError

@attrs.define
class Listing:
    """Lists the names it was given; it breaks where a file says so."""
    path: str = "list.txt"
    is_resumption: bool = attrs.field(default=False, init=False)

    async def open(self, run):
        self.is_resumption = run.is_resumption
        if not run.is_resumption:
            open(self.path, "w").close()

    async def write(self, result):
        import os
        if os.path.exists("broken"):
            raise DeliveryError("the list is broken")
        with open(self.path, "a") as file:
            file.write(result.persona.name + "\\n")

    async def close(self, report):
        pass
'''


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A workplace, and the folder where all runs."""
    monkeypatch.chdir(workplace(tmp_path, MODEL, PERSONAS))
    (tmp_path / "listing.py").write_text(SINK, encoding="utf-8")
    return tmp_path


def simulate(*more: str, out: str = "results.jsonl") -> int:
    """Run, one conversation after another."""
    usual = ["--model-cmd", "model.py", "--personas", "personas.jsonl", "--judge", "offline", "--max-turns", "2"]
    return run(["simulate", *usual, "--concurrency", "1", "--quiet", "--out", out, *more])


def names(path: str = "results.jsonl") -> list[str]:
    """Who stands in a file of results."""
    return [json.loads(line)["persona"]["name"] for line in Path(path).read_text(encoding="utf-8").splitlines()]


def calls() -> int:
    """How often the system was asked."""
    return Path("calls.txt").read_text().count("\n") if Path("calls.txt").exists() else 0


def interrupt(folder: Path, *more: str) -> None:
    """Leave a run behind that was interrupted in the second conversation."""
    (folder / "do").write_text("os.kill(os.getpid(), 2)")
    done = multivon_eval(
        *("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--judge", "offline"),
        *("--max-turns", "1", "--concurrency", "1", "--quiet", "--out", "results.jsonl", *more),
        cwd=folder,
    )
    assert done.returncode == 130, done.stderr
    (folder / "do").unlink()


class TestResume:
    """``--resume`` in a retry loop is always right."""

    def test_with_nothing_there_it_begins(self, folder: Path) -> None:
        """The same command line for the first time and for every other."""
        assert simulate("--resume") == 0
        assert names() == list(NAMES)

    def test_a_run_that_is_complete_is_not_had_again(self, folder: Path, capsys: Any) -> None:
        """As where a run was killed after its journal was taken away: nobody is asked, and the file stays."""
        assert simulate() == 0
        before, asked = Path("results.jsonl").read_bytes(), calls()
        assert run(_plain("--resume")) == 0
        assert "already complete: 3 conversations in results.jsonl" in capsys.readouterr().err
        assert (Path("results.jsonl").read_bytes(), calls()) == (before, asked)

    def test_a_gate_holds_for_a_run_that_is_complete(self, folder: Path) -> None:
        """A retry loop must not pass a gate by waiting."""
        assert simulate("--fail-under", "conversation_relevance=1") == 1
        assert simulate("--resume", "--fail-under", "conversation_relevance=1") == 1
        assert simulate("--resume", "--fail-under", "goal_rate=0") == 0

    def test_the_summary_of_a_run_that_is_complete(self, folder: Path, capsys: Any) -> None:
        """As JSON too."""
        assert simulate("--json") == 0
        first = json.loads(capsys.readouterr().out)
        assert simulate("--json", "--resume") == 0
        assert json.loads(capsys.readouterr().out)["goal_rate"] == first["goal_rate"]

    def test_results_of_another_run_are_left_alone(self, folder: Path, capsys: Any) -> None:
        """Without a journal there is nothing to go on with, and they are somebody's work."""
        assert simulate() == 0
        before = Path("results.jsonl").read_bytes()
        Path("personas.jsonl").write_text(PERSONAS.replace("eve", "zoe"), encoding="utf-8")
        assert simulate("--resume") == 2
        assert "--resume leaves them as they are" in capsys.readouterr().err
        assert Path("results.jsonl").read_bytes() == before


def _plain(*more: str) -> list[str]:
    usual = ["--model-cmd", "model.py", "--personas", "personas.jsonl", "--judge", "offline", "--max-turns", "2"]
    return ["simulate", *usual, "--out", "results.jsonl", *more]


TAKEN = {
    "deleted": "os.unlink('results.jsonl')",
    "changed": "os.truncate('results.jsonl', 10)",
    "replaced": "os.unlink('results.jsonl'); open('results.jsonl', 'w').close()",
}


@pytest.mark.parametrize("how", TAKEN)
def test_results_that_are_taken_away_meanwhile_are_written_again(folder: Path, how: str, capsys: Any) -> None:
    """The run ends with 3 and says how to go on; the journal stays, and nobody is asked again."""
    Path("do").write_text(TAKEN[how])
    assert simulate() == 3
    told = capsys.readouterr().err
    assert f"results.jsonl was {how} while the run went on" in told
    assert "go on with the same command and --resume" in told
    Path("do").unlink()
    if how == "changed":  # the line that was cut is no line any more
        Path("results.jsonl").write_bytes(b"".join(Path("results.jsonl").read_bytes().splitlines(True)[1:]))
    asked = calls()
    assert simulate("--resume") == 0
    assert (sorted(names()), calls()) == (sorted(NAMES), asked)
    assert not list(folder.glob("*.journal*"))


@pytest.mark.process
class TestJournal:
    """A journal that is not whole is refused, with the way out."""

    def test_without_its_wal_it_is_refused(self, folder: Path, capsys: Any) -> None:
        """As a CI cache of ``*.journal`` leaves it: what the run did last is missing, and money was paid for it."""
        interrupt_hard(folder)
        before = Path("results.jsonl").read_bytes()
        Path("results.jsonl.journal-wal").rename("kept-wal")
        assert simulate("--resume", "--max-turns", "1") == 2
        assert "lacks the file beside it that ends in -wal" in capsys.readouterr().err
        assert Path("results.jsonl").read_bytes() == before
        Path("kept-wal").rename("results.jsonl.journal-wal")
        assert simulate("--resume", "--max-turns", "1") == 0
        assert sorted(names()) == sorted(NAMES)

    def test_an_older_copy_is_refused(self, folder: Path, capsys: Any) -> None:
        """The file of results holds more than it knows."""
        interrupt(folder)
        database = sqlite3.connect("results.jsonl.journal")
        for table in ("said", "ended", "judged", "reserved", "settled", "delivered"):
            database.execute(f"DELETE FROM {table}")
        database.commit()
        database.close()
        assert simulate("--resume", "--max-turns", "1") == 2
        assert "not in the journal beside it" in capsys.readouterr().err

    def test_damage_is_one_line_and_the_way_out(self, folder: Path, capsys: Any) -> None:
        """Whatever bits are turned: it goes on, or it is refused; never a traceback, never a lost result."""
        interrupt(folder)
        chance = random.Random(5)
        Path("whole").mkdir()
        for path in folder.glob("results.jsonl*"):
            shutil.copy(path, "whole")
        whole = Path("whole/results.jsonl.journal").read_bytes()
        refused = 0
        for _ in range(10):
            damaged = bytearray(whole)
            for _ in range(chance.randrange(1, 4)):
                damaged[chance.randrange(len(damaged))] ^= 1 << chance.randrange(8)
            Path("results.jsonl.journal").write_bytes(damaged)
            shutil.copy("whole/results.jsonl", "results.jsonl")
            code = simulate("--resume", "--max-turns", "1")
            told = capsys.readouterr().err
            assert code in (0, 2), told
            assert "Traceback" not in told
            refused += code == 2
            if code == 2:
                assert "--overwrite" in told or "--force" in told, told
            for path in folder.glob("results.jsonl.journal*"):
                path.unlink()
        assert refused

    def test_a_name_that_looks_like_a_uri_is_a_path(self, folder: Path) -> None:
        """Some builds of SQLite would take it for one."""
        assert simulate(out="file:r.jsonl?mode=ro") == 0
        assert names("file:r.jsonl?mode=ro") == list(NAMES)


def interrupt_hard(folder: Path) -> None:
    """Leave a run behind that was killed in the second conversation."""
    (folder / "do").write_text("os.kill(os.getpid(), 9)")
    done = multivon_eval(
        *("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--judge", "offline"),
        *("--max-turns", "1", "--concurrency", "1", "--quiet", "--out", "results.jsonl"),
        cwd=folder,
    )
    assert done.returncode == -9, done.stderr
    (folder / "do").unlink()


class TestSinks:
    """Every sink counts, not only the file of results."""

    def test_one_that_failed_is_given_its_results_again(self, folder: Path, capsys: Any) -> None:
        """The journal stays until all have all; nobody is asked again for it."""
        Path("broken").touch()
        assert simulate("--sink", "listing.Listing") == 3
        assert "the list is broken" in capsys.readouterr().err
        Path("broken").unlink()
        asked = calls()
        assert simulate("--sink", "listing.Listing", "--resume") == 0
        assert Path("list.txt").read_text().split() == list(NAMES)
        assert (names(), calls()) == (list(NAMES), asked)

    @pytest.mark.process
    def test_after_an_interruption_each_has_each_once(self, folder: Path) -> None:
        """A sink is told that it goes on; it is given what it has not taken."""
        interrupt(folder, "--sink", "listing.Listing")
        had = Path("list.txt").read_text().split()
        assert had and len(had) < len(NAMES)
        assert simulate("--sink", "listing.Listing", "--resume", "--max-turns", "1") == 0
        assert sorted(Path("list.txt").read_text().split()) == sorted(names()) == sorted(NAMES)

    @pytest.mark.process
    def test_one_that_is_new_is_given_all(self, folder: Path) -> None:
        """Named for the first time when the run is resumed."""
        interrupt(folder)
        Path("list.txt").touch()
        assert simulate("--sink", "listing.Listing", "--resume", "--max-turns", "1") == 0
        assert sorted(Path("list.txt").read_text().split()) == sorted(NAMES)


class TestRetryFailed:
    """``--retry-failed`` has again what failed, and keeps the rest byte for byte."""

    def test_only_what_failed_is_had_again(self, folder: Path) -> None:
        """Those that went well are neither asked nor written again."""
        Path("do").write_text("raise OSError('a bad moment')")
        assert simulate("--max-turns", "1", "--sink", "listing.Listing") == 0
        lines = Path("results.jsonl").read_bytes().splitlines()
        failed = [index for index, line in enumerate(lines) if json.loads(line)["stop_reason"] == "driver_error"]
        assert len(failed) == 1
        Path("do").unlink()
        asked = calls()
        assert simulate("--max-turns", "1", "--retry-failed", "--sink", "listing.Listing") == 0
        after = Path("results.jsonl").read_bytes().splitlines()
        assert after[:2] == [line for index, line in enumerate(lines) if index not in failed]
        assert (calls(), sorted(names())) == (asked + 1, sorted(NAMES))
        assert all(json.loads(line)["stop_reason"] != "driver_error" for line in after)
        # The list is told of the one that was had again, and keeps what it had.
        assert len(Path("list.txt").read_text().split()) == len(NAMES) + 1

    @pytest.mark.process
    def test_one_that_is_killed_is_gone_on_with(self, folder: Path) -> None:
        """What was kept is kept through that too."""
        Path("do").write_text("raise OSError('a bad moment')")
        assert simulate("--max-turns", "1") == 0
        Path("model.py").write_text(MODEL.replace("calls == 2", "calls == 1"))
        (folder / "do").write_text("os.kill(os.getpid(), 9)")
        done = multivon_eval(*_plain("--max-turns", "1", "--retry-failed", "--quiet"), cwd=folder)
        assert done.returncode == -9
        (folder / "do").unlink()
        assert simulate("--max-turns", "1", "--resume") == 0
        assert sorted(names()) == sorted(NAMES)
        assert not list(folder.glob("*.journal*"))

    def test_where_nothing_failed_nothing_is_asked(self, folder: Path) -> None:
        """It says so, as --resume does."""
        assert simulate() == 0
        asked = calls()
        assert simulate("--retry-failed") == 0
        assert calls() == asked

    @pytest.mark.parametrize("lies", ["", "a journal", "another run"])
    def test_where_there_is_nothing_to_have_again(self, folder: Path, lies: str, capsys: Any) -> None:
        """No results, an unfinished run, or results of other personas: asked wrongly."""
        if lies == "another run":
            assert simulate() == 0
            Path("personas.jsonl").write_text(PERSONAS.replace("eve", "zoe"), encoding="utf-8")
        if lies == "a journal":
            Path("results.jsonl.journal").touch()
        assert simulate("--retry-failed") == 2
        assert "error: " in capsys.readouterr().err


class TestScore:
    """``score`` has a journal, an estimate and a resume as ``simulate`` has."""

    @pytest.mark.process
    def test_it_goes_on_where_it_was_killed(self, folder: Path) -> None:
        """What was judged before is not paid again."""
        assert simulate() == 0
        with ChatServer(latency=0.0) as server:
            judge = f"openai:m,base_url={server.base_url},price_in=1,price_out=1"
            args = ["score", "results.jsonl", "--judge", judge, "--out", "again.jsonl", "--concurrency", "1", "--quiet"]
            Path("stop.py").write_text(STOP, encoding="utf-8")
            done = multivon_eval(*args, "--sink", "stop.Stop", cwd=folder)
            assert done.returncode == -9, done.stderr
            asked, had = len(server.requests), names("again.jsonl")
            assert len(had) == 2
            assert run([*args, "--resume"]) == 0
            assert sorted(names("again.jsonl")) == sorted(NAMES)
            assert len(server.requests) <= asked * 3 // 2
            assert run([*args, "--resume"]) == 0  # complete
            assert run(args) == 0  # a finished file is overwritten
        assert not list(folder.glob("*.journal*"))

    def test_it_says_what_it_will_take(self, folder: Path, capsys: Any) -> None:
        """The questions are known beforehand; the ceiling is told."""
        assert simulate() == 0
        with ChatServer() as server:
            judge = f"openai:m,base_url={server.base_url},price_in=1,price_out=1"
            assert run(["score", "results.jsonl", "--judge", judge, "--out", "again.jsonl"]) == 0
        told = capsys.readouterr().out
        assert f"estimate    {len(server.requests)} judge calls" in told

    def test_other_results_are_named(self, folder: Path, capsys: Any) -> None:
        """Going on with other conversations than it began with is refused."""
        assert simulate() == 0
        judge = "offline"
        Path("broken").touch()
        args = ["score", "results.jsonl", "--judge", judge, "--out", "again.jsonl", "--quiet"]
        assert run([*args, "--sink", "listing.Listing"]) == 3
        assert simulate("--max-turns", "1") == 0
        capsys.readouterr()
        assert run([*args, "--resume"]) == 2
        assert "the conversations changed" in capsys.readouterr().err


STOP = '''
import attrs, os

@attrs.define
class Stop:
    """Kills the run at its second result."""
    count: int = attrs.field(default=0, init=False)

    async def open(self, run):
        pass

    async def write(self, result):
        self.count += 1
        if self.count == 2:
            os.kill(os.getpid(), 9)

    async def close(self, report):
        pass
'''


@pytest.mark.process
class TestStandardOutput:
    """What a program reads is all that stands on standard output."""

    def test_results_go_to_standard_output(self, folder: Path) -> None:
        """Everything else goes to standard error, what the model file prints too."""
        Path("model.py").write_text("print('imported')\nimport os\n" + MODEL.replace("calls += 1", PRINTS))
        done = multivon_eval(*_plain()[:-2], "--out", "-", cwd=folder)
        assert done.returncode == 0, done.stderr
        rows = [json.loads(line) for line in done.stdout.splitlines()]
        assert [row["disclaimer"] for row in rows] == [DISCLAIMER] * 3
        for word in ("imported", "asked", "from a process", "verdicts"):
            assert word in done.stderr
        assert not list(folder.glob("*.journal*"))

    def test_json_stands_alone(self, folder: Path) -> None:
        """The model file's prints do not stand before it."""
        Path("model.py").write_text("print('imported')\nimport os\n" + MODEL.replace("calls += 1", PRINTS))
        done = multivon_eval(*_plain(), "--json", cwd=folder)
        assert json.loads(done.stdout)["conversations"] == 3
        assert "imported" in done.stderr and "from a process" in done.stderr

    def test_what_cannot_be_said_together(self, folder: Path, capsys: Any) -> None:
        """Two things on one output, or a resume of what is in no file."""
        assert simulate("--json", out="-") == 2
        assert simulate("--resume", out="-") == 2
        assert simulate("--retry-failed", out="-") == 2
        told = capsys.readouterr().err
        assert "both write to standard output" in told
        assert told.count("needs --out with a file") == 2

    @pytest.mark.parametrize(
        "env",
        [{"PYTHONIOENCODING": "cp1252"}, {"LC_ALL": "C", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"}],
        ids=["cp1252", "C"],
    )
    def test_a_screen_that_cannot_show_it_ends_nothing(self, folder: Path, env: dict[str, str]) -> None:
        """Replacement characters on the screen, UTF-8 in the file, escapes in JSON."""
        Path("model.py").write_text("# encoding: utf-8\ndef model_fn(prompt): return '你好 — 30'\n", encoding="utf-8")
        Path("personas.jsonl").write_text(PERSONAS.replace("ann", "安娜"), encoding="utf-8")
        command = [sys.executable, "-m", "multivon_eval", *_plain()]
        for more in (["--sink", "terminal,transcripts=true"], ["--json"]):
            done = subprocess.run([*command, *more], cwd=folder, env=clean_env(env), capture_output=True, timeout=60)
            assert done.returncode == 0, done.stderr
        assert "安娜" in Path("results.jsonl").read_text(encoding="utf-8")
        assert json.loads(done.stdout.decode("utf-8"))["conversations"] == 3


PRINTS = "calls += 1; print('asked'); os.system('echo from a process')"


@pytest.mark.parametrize("name", ["x" * 256, "x" * 5000, "a/" * 3000, "nul\0byte"])
def test_a_name_that_no_file_can_have(folder: Path, name: str, capsys: Any) -> None:
    """It is refused before anything is asked, in one line."""
    assert simulate(out=name) == 2
    assert "Traceback" not in capsys.readouterr().err
    assert calls() == 0


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="this system has no named pipes")
def test_a_pipe_that_nobody_reads_is_refused(folder: Path, capsys: Any) -> None:
    """It would be waited for, and nothing could interrupt that."""
    os.mkfifo("pipe")
    assert simulate(out="pipe") == 2
    assert "cannot be written" in capsys.readouterr().err
    reader = os.open("pipe", os.O_RDONLY | os.O_NONBLOCK)
    try:
        assert simulate(out="pipe") == 0
        assert os.read(reader, 1_000_000).count(b"\n") == 3
    finally:
        os.close(reader)
