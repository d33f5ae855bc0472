"""Going on with a run that was cut off, and what is refused on the way."""

from __future__ import annotations

import json
import os
import resource
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from support.command import PERSONA, clean_env, multivon_eval, workplace

ARGS = (
    *("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl"),
    *("--out", "results.jsonl", "--concurrency", "1"),
)
TWO = PERSONA + PERSONA.replace("ann", "bob").replace("refund window.", "slow return address.")
# Answers everything but what is slow; that it answers once a file is there.
MODEL = """
import pathlib, time
def model_fn(prompt):
    with open("calls.txt", "a") as file:
        file.write("call\\n")
    while "slow" in prompt.splitlines()[0] and not pathlib.Path("released").exists():
        pathlib.Path("waiting").touch()
        time.sleep(0.005)
    return f"The refund window is 30 days; the slow return address is Main Street. {len(prompt)}"
"""


@contextmanager
def waiting(path: Path, *more: str) -> Iterator[subprocess.Popen[str]]:
    """A run that has finished its first conversation and waits in its second."""
    process = subprocess.Popen(
        [sys.executable, "-m", "multivon_eval", *ARGS, *more],
        cwd=path,
        env=clean_env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        while not (path / "waiting").exists():
            assert process.poll() is None, process.communicate()
            os.sched_yield()
        yield process
    finally:
        process.kill()
        process.communicate()


def rows(path: Path) -> list[dict[str, Any]]:
    """The results."""
    return [json.loads(line) for line in (path / "results.jsonl").read_text(encoding="utf-8").splitlines()]


def cut_off(path: Path, how: signal.Signals = signal.SIGKILL) -> subprocess.CompletedProcess[str]:
    """A run that was ended in the middle."""
    workplace(path, model=MODEL, personas=TWO)
    with waiting(path) as process:
        process.send_signal(how)
        out, err = process.communicate(timeout=60)
        return subprocess.CompletedProcess([], process.returncode, out, err)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_run_that_was_cut_off_goes_on(tmp_path: Path, how: signal.Signals) -> None:
    """After Ctrl-C, SIGTERM or a kill, what is finished is not repeated and what is not goes on where it was."""
    done = cut_off(tmp_path, how)
    if how != signal.SIGKILL:
        assert done.returncode == 130
        assert "results.jsonl.journal: go on with the same command and --resume" in done.stderr
    assert [row["persona"]["name"] for row in rows(tmp_path)] == ["ann"]
    calls = (tmp_path / "calls.txt").read_text(encoding="utf-8").count("call")
    (tmp_path / "released").touch()
    done = multivon_eval(*ARGS, "--resume", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "1 of 2 conversations were finished before" in done.stdout
    ann, bob = rows(tmp_path)
    assert (ann["persona"]["name"], bob["persona"]["name"]) == ("ann", "bob")
    assert ann["metadata"]["run_id"] == bob["metadata"]["run_id"]
    assert (tmp_path / "calls.txt").read_text(encoding="utf-8").count("call") == calls + bob["turns"]
    assert not (tmp_path / "results.jsonl.journal").exists()


def test_what_changed_is_named_and_forced(tmp_path: Path) -> None:
    """Other personas, turns, judge or model file are named all at once; --force goes on all the same."""
    cut_off(tmp_path)
    (tmp_path / "released").touch()
    (tmp_path / "model.py").write_text(MODEL + "\n# changed\n", encoding="utf-8")
    (tmp_path / "personas.jsonl").write_text(TWO.replace("A customer", "Another"), encoding="utf-8")
    more = ("--resume", "--max-turns", "3", "--driver", "scripted")
    done = multivon_eval(*ARGS, *more, cwd=tmp_path)
    assert done.returncode == 2
    for part in ("the personas changed", "the model file changed", "max-turns was '8' and is '3'", "driver was"):
        assert f"--resume: {part}" in done.stderr
    assert "go on all the same with --force" in done.stderr
    assert multivon_eval(*ARGS, *more, "--force", cwd=tmp_path).returncode == 0


def test_two_runs_on_one_journal(tmp_path: Path) -> None:
    """While a run goes on, a second one on its journal is refused, resumed or begun anew."""
    workplace(tmp_path, model=MODEL, personas=TWO)
    with waiting(tmp_path):
        for word in ("--resume", "--overwrite"):
            done = multivon_eval(*ARGS, word, cwd=tmp_path)
            assert done.returncode == 2
            assert "another run is using the journal results.jsonl.journal" in done.stderr


def test_a_torn_last_line_is_taken_away(tmp_path: Path) -> None:
    """A line that the kill tore is written again whole."""
    cut_off(tmp_path)
    (tmp_path / "released").touch()
    with (tmp_path / "results.jsonl").open("a", encoding="utf-8") as file:
        file.write('{"schema_version": 1, "pers')
    assert multivon_eval(*ARGS, "--resume", cwd=tmp_path).returncode == 0
    assert [row["persona"]["name"] for row in rows(tmp_path)] == ["ann", "bob"]


@pytest.mark.parametrize(
    ("more", "message"),
    [
        (("--resume",), "there is no journal results.jsonl.journal to resume from; leave out --resume"),
        (("--resume", "--overwrite"), "--resume and --overwrite contradict each other"),
    ],
)
def test_resuming_what_is_not_there(tmp_path: Path, more: tuple[str, ...], message: str) -> None:
    """What cannot be resumed is refused with the reason."""
    done = multivon_eval(*ARGS, *more, cwd=workplace(tmp_path))
    assert (done.returncode, done.stdout) == (2, "")
    assert message in done.stderr


def test_a_journal_that_is_none(tmp_path: Path) -> None:
    """A file that is no database is named, and --overwrite begins anew."""
    workplace(tmp_path)
    (tmp_path / "results.jsonl.journal").write_bytes(b"not a database, but long enough to be looked at " * 40)
    done = multivon_eval(*ARGS, "--resume", cwd=tmp_path)
    assert done.returncode == 2
    assert "results.jsonl.journal is no journal" in done.stderr
    assert multivon_eval(*ARGS, "--overwrite", cwd=tmp_path).returncode == 0


def test_a_full_disk_ends_the_run_and_loses_nothing(tmp_path: Path) -> None:
    """When the journal cannot be written the run stops with its name and the remedy, and goes on later."""
    people = "".join(PERSONA.replace("ann", f"ann{index}") for index in range(20))
    workplace(tmp_path, personas=people)

    def small_files() -> None:
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (60_000, 60_000))

    command = [sys.executable, "-m", "multivon_eval", *ARGS]
    done = subprocess.run(
        command, cwd=tmp_path, env=clean_env(), capture_output=True, text=True, timeout=120, preexec_fn=small_files
    )
    assert done.returncode == 3, done.stderr
    assert "results.jsonl.journal cannot be written" in done.stderr or "results" in done.stdout
    again = multivon_eval(*ARGS, "--resume", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert sorted(row["persona"]["name"] for row in rows(tmp_path)) == sorted(f"ann{n}" for n in range(20))


def test_a_dry_run_touches_nothing(tmp_path: Path) -> None:
    """--dry-run calls model_fn once, prints the estimate and leaves --out and journal alone."""
    workplace(tmp_path, model=MODEL)
    done = multivon_eval(*ARGS, "--dry-run", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert "usd_most: 0" in done.stdout
    assert "model_fn answered: The refund window is 30 days" in done.stdout
    assert (tmp_path / "calls.txt").read_text(encoding="utf-8") == "call\n"
    assert not (tmp_path / "results.jsonl").exists()
    assert not (tmp_path / "results.jsonl.journal").exists()
    (tmp_path / "model.py").write_text("def model_fn(prompt):\n    return None\n", encoding="utf-8")
    assert multivon_eval(*ARGS, "--dry-run", cwd=tmp_path).returncode == 3
    refused = multivon_eval(*ARGS[:-4], "--out", "no/where.jsonl", "--dry-run", cwd=tmp_path)
    assert refused.returncode == 2
