"""The page on recording prompts is a project: its files are written, its commands run, and they print what it shows."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from multivon_eval_plugins.recorder import store
from multivon_eval_plugins.recorder.call_site import CallSite
from multivon_eval_plugins.recorder.capture import KINDS, Part
from multivon_eval_plugins.recorder.points import SDKS
from multivon_eval_plugins.recorder.proposals import propose
from multivon_eval_plugins.recorder.tally import Tally
from support.command import clean_env
from support.sdk_server import SdkServer

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how_to" / "record_prompts.md"
BLOCK = re.compile(r"(?:^<!-- (file|results): (\S+) -->\n)?^```(\w+)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
# The page's commands as arguments of this Python, wherever its scripts lie.
PROGRAMS = {"pytest": ["-m", "pytest"], "multivon-eval": ["-m", "multivon_eval"], "python": []}


class Project:
    """The project of the page, as far as somebody who reads it from the top has come."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder = folder
        self.said: list[str] = []
        self.shown = 0
        options = "-p no:asyncio -p no:cacheprovider -p no:langsmith_plugin -p no:faker -W error"
        self.env = clean_env({"OPENAI_BASE_URL": f"{url}/v1", "OPENAI_API_KEY": "k", "PYTEST_ADDOPTS": options})
        for name in ("PYTEST_CURRENT_TEST", "PYTEST_XDIST_WORKER", "COLUMNS"):
            self.env.pop(name, None)

    def do(self, marker: str, name: str, language: str, body: str) -> None:
        """Do what a block of the page says."""
        if marker == "file":
            (self.folder / name).parent.mkdir(exist_ok=True)
            (self.folder / name).write_text(body, encoding="utf-8")
        elif marker == "results":
            for row in self.rows("results.jsonl"):
                for key in name.split("."):
                    row = row[key]
                assert row == json.loads(body)
        else:
            {"sh": self.run, "text": self.show, "diff": self.change}[language](body)

    def run(self, body: str) -> None:
        """Run the commands of a block."""
        self.said = []
        for line in body.splitlines():
            program, *args = shlex.split(line)
            command = [sys.executable, *PROGRAMS[program], *args]
            done = subprocess.run(
                command, cwd=self.folder, env=self.env, capture_output=True, text=True, encoding="utf-8", timeout=120
            )
            assert done.returncode == 0, done.stdout + done.stderr
            self.said += done.stdout.splitlines()

    def show(self, body: str) -> None:
        """See that the lines of a block were printed one below the other."""
        assert f"\n{body}" in "\n".join(["", *self.said, ""]), "\n".join(self.said)
        self.shown += 1

    def change(self, body: str) -> None:
        """Make a change of one line."""
        head, taken, given = body.splitlines()
        path = self.folder / head.removeprefix("--- ")
        text = path.read_text(encoding="utf-8")
        assert text.count(taken[1:]) == 1
        path.write_text(text.replace(taken[1:], given[1:]), encoding="utf-8")

    def rows(self, name: str) -> Iterator[dict]:
        """The lines of a JSONL file."""
        return map(json.loads, (self.folder / name).read_text(encoding="utf-8").splitlines())


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty folder, with a provider at hand that answers from this machine."""
    with SdkServer() as server:
        yield Project(tmp_path, server.url)


@pytest.mark.process
def test_the_page_is_what_happens(project: Project) -> None:
    """From the bot to the proposals, the targets in the results and the report: all of it as the page shows it."""
    for block in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        project.do(*block)
    assert project.shown == 6
    texts = [row["text"] for row in project.rows("by_hand.jsonl") if row["role"] == "system"]
    assert texts == ["You answer questions on refunds for a shop. Be brief and kind."]
    assert all("text" not in row for row in project.rows("prompt_recordings.jsonl"))


def test_every_field_and_kind_is_described(tmp_path: Path) -> None:
    """Every field of a recording and of a target, and every kind of what is not captured, stands in the reference."""
    told = (PAGE.parents[1] / "reference" / "recordings.md").read_text(encoding="utf-8")
    tally = Tally(tmp_path, record_text=True)
    tally.case = "case"
    tally.add("openai", [Part("system", "Be brief."), Part("user", kind="image")], CallSite("bot.py", "model_fn", 9))
    path = tmp_path / "recordings.jsonl"
    store.merge(path, tally.take())
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
    (proposal,) = propose(rows).made
    words = set().union(*rows, rows[0]["site"], proposal.target()) | set(KINDS.values()) | {sdk.name for sdk in SDKS}
    assert "loose_fingerprint" in words and "image" in words
    assert sorted(word for word in words if f"`{word}`" not in told) == []
