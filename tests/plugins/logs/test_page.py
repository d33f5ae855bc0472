"""What the page on personas from logs shows, as a real process."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from support.command import ECHO, multivon_eval, workplace

pytestmark = pytest.mark.process

PAGE = (Path(__file__).parents[3] / "docs" / "how_to" / "personas_from_logs.md").read_text(encoding="utf-8")
MODEL = """
import os, signal, threading

def model_fn(prompt):
    if not os.path.exists("released"):
        os.kill(os.getpid(), signal.SIGINT)
        threading.Event().wait()
    return "It is on its way."
"""
"""It interrupts its run, until there is a file ``released``."""
SOURCE = "personas-from-logs:chats.jsonl,n=20"


@pytest.fixture
def place(tmp_path: Path) -> Path:
    """A folder with the page's log."""
    [log] = re.findall(r"<!-- file: chats\.jsonl -->\n```json\n(.*?)```", PAGE, re.DOTALL)
    (tmp_path / "chats.jsonl").write_text(log, encoding="utf-8")
    return workplace(tmp_path, ECHO)


def test_a_dry_run_shows_what_the_page_shows(place: Path) -> None:
    """Of ``propose`` and of ``simulate``; nothing is written, and nothing personal is on the screen."""
    [shown] = re.findall(r"```text\n(.*?)```", PAGE, re.DOTALL)
    for args in (("propose", SOURCE), ("simulate", "--model-cmd", "model.py", "--personas", SOURCE)):
        done = multivon_eval(*args, "--dry-run", cwd=place)
        assert done.returncode == 0, done.stderr
        assert all(line in done.stdout for line in shown.splitlines())
        assert "Kowalski" not in done.stdout + done.stderr and "4711" not in done.stdout + done.stderr
    assert {path.name for path in place.iterdir()} == {"chats.jsonl", "model.py", "personas.jsonl"}


def test_personas_are_written_for_review_and_read_back(place: Path) -> None:
    """``propose`` takes the SPEC, its file is what ``--personas`` takes."""
    done = multivon_eval("propose", SOURCE, "--out", "kept.jsonl", cwd=place)
    assert done.returncode == 0, done.stderr
    rows = [line for line in (place / "kept.jsonl").read_text(encoding="utf-8").splitlines() if line[0] != "#"]
    assert [json.loads(row)["metadata"]["source"]["file"] for row in rows] == ["chats.jsonl"]
    args = ("simulate", "--model-cmd", "model.py", "--max-turns", "2", "--quiet")
    assert multivon_eval(*args, "--personas", "kept.jsonl", "--out", "a.jsonl", cwd=place).returncode == 0
    assert multivon_eval(*args, "--personas", SOURCE, "--out", "b.jsonl", cwd=place).returncode == 0
    first, second = (json.loads((place / name).read_text(encoding="utf-8")) for name in ("a.jsonl", "b.jsonl"))
    assert first["metadata"]["case_uid"] == second["metadata"]["case_uid"]


def test_what_is_wrong_is_told_before_anything_is_asked(place: Path) -> None:
    """A broken line with its place, a source that asks nobody, a number beside a SPEC: exit code 2."""
    (place / "chats.jsonl").write_text("{\n", encoding="utf-8")
    for args, told in (
        (("propose", SOURCE), "chats.jsonl:1: not JSON"),
        (("simulate", "--model-cmd=model.py", "--personas", SOURCE), "chats.jsonl:1: not JSON"),
        (("propose", "jsonl:personas.jsonl"), "jsonl:personas.jsonl asks no judge; --personas takes it as it is"),
        (("propose", SOURCE, "-n", "3"), "say n= in the SPEC"),
        (("propose", "personas-from-logs:chats.jsonl,per=person"), "per is 'person'"),
    ):
        done = multivon_eval(*args, cwd=place)
        assert done.returncode == 2
        assert told in done.stderr


def test_a_resume_goes_on_with_the_personas_there_were(place: Path) -> None:
    """They are not asked for again; a log that changed is named and refused."""
    (place / "model.py").write_text(MODEL, encoding="utf-8")
    args = ("simulate", "--model-cmd", "model.py", "--out", "r.jsonl", "--max-turns", "2", "--personas", SOURCE)
    assert multivon_eval(*args, cwd=place).returncode == 130
    (place / "released").touch()
    log = (place / "chats.jsonl").read_text(encoding="utf-8")
    (place / "chats.jsonl").write_text(log.replace("Monday", "Tuesday"), encoding="utf-8")
    refused = multivon_eval(*args, "--resume", cwd=place)
    assert (refused.returncode, "document, number or seed of the proposal changed" in refused.stderr) == (2, True)
    (place / "chats.jsonl").write_text(log, encoding="utf-8")
    done = multivon_eval(*args, "--resume", cwd=place)
    assert done.returncode == 0, done.stderr
    assert "personas 1, as they were proposed before the interruption" in done.stdout
