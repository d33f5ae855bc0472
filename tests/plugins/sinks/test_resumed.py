"""Sinks that write at the end: a run that was killed and resumed leaves the same files as one that was not."""

import json
import re
import signal
import xml.etree.ElementTree as ET

import pyarrow.parquet
import pytest

from support.command import PERSONA, multivon_eval, workplace

pytestmark = pytest.mark.process
NAMES = ("ann", "bob", "cid", "dot", "eve")
SINKS = ("junit", "markdown", "csv", "chat", "parquet")
# It kills its own process, as a system without memory does, in the conversation of one persona, once.
MODEL = """
import os, pathlib, signal

def model_fn(prompt):
    if "dot" in prompt and not pathlib.Path("killed").exists():
        pathlib.Path("killed").touch()
        os.kill(os.getpid(), signal.SIGKILL)
    if "cid" in prompt:
        raise RuntimeError("no database")
    return "The refund window is 30 days."
"""
ARGS = ("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--max-turns", "1", "--concurrency", "1")
OPTIONS = ("--out", "results.jsonl", "--quiet", *(f"--sink={name}:{name}.out" for name in SINKS))


def furnish(path):
    """A folder in which each persona says its name."""
    rows = [json.loads(PERSONA) | {"name": name, "script": [f"I am {name}."]} for name in NAMES]
    return workplace(path, MODEL, "".join(json.dumps(row) + "\n" for row in rows))


def read(path):
    """What each file says of whom, in an order of its own."""
    page = (path / "markdown.out").read_text(encoding="utf-8")
    cases = ET.parse(path / "junit.out").iter("testcase")
    chats = (path / "chat.out").read_text(encoding="utf-8").splitlines()
    return {
        "junit": sorted((case.get("name"), case.find("failure") is None) for case in cases),
        "markdown": re.findall(r"^## .+|^- \*\*(\w+)", page, re.MULTILINE),
        "csv": sorted(line.split(",")[0] for line in (path / "csv.out").read_text(encoding="utf-8").splitlines()),
        "chat": sorted(json.loads(line)["metadata"]["persona"] for line in chats),
        "parquet": sorted(row["persona"] for row in pyarrow.parquet.read_table(path / "parquet.out").to_pylist()),
    }


def test_a_killed_run_that_is_resumed_writes_all_of_it(tmp_path):
    """What was delivered before the kill stands in the files beside what came after, each once."""
    path = furnish(tmp_path)
    killed = multivon_eval(*ARGS, *OPTIONS, cwd=path)
    assert killed.returncode in (-signal.SIGKILL, 128 + signal.SIGKILL)
    assert len((path / "results.jsonl").read_text(encoding="utf-8").splitlines()) == 3
    assert not any((path / f"{name}.out").exists() for name in SINKS)
    assert multivon_eval(*ARGS, *OPTIONS, "--resume", cwd=path).returncode == 0
    told = read(path)
    assert told["junit"] == [(f"{name} #1", name != "cid") for name in NAMES]
    assert told["markdown"][1:] == ["cid"]
    assert told["csv"] == [*NAMES, "persona"]
    assert told["chat"] == ["ann", "bob", "dot", "eve"]
    assert told["parquet"] == [*NAMES]
    assert [one.name for one in path.iterdir() if one.name.startswith(".")] == []


def test_failed_conversations_that_are_had_again_take_the_place_of_the_old(tmp_path):
    """With ``--retry-failed`` the files have what was kept and what came anew, each once."""
    path = furnish(tmp_path)
    (path / "killed").touch()
    assert multivon_eval(*ARGS, *OPTIONS, cwd=path).returncode == 0
    before = read(path)
    (path / "model.py").write_text(MODEL.replace('"cid" in prompt', "False"), encoding="utf-8")
    done = multivon_eval(*ARGS, *OPTIONS, "--resume", "--retry-failed", cwd=path)
    assert done.returncode == 0, done.stderr
    told = read(path)
    assert before["chat"] == ["ann", "bob", "dot", "eve"]
    assert told["chat"] == told["parquet"] == [*NAMES]
    assert told["junit"] == [(f"{name} #1", True) for name in NAMES]
