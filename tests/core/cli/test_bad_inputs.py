"""Every kind of mistake that was found by trying: exit code 2, what is wrong and what to do, nothing written."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from multivon_eval._cli.main import run
from support.bad_inputs import BadInput, list_bad_inputs
from support.command import clean_env

ALL = list(list_bad_inputs())
PRODUCT = "# Lamps\nLamps can be returned within 30 days.\n"


@pytest.mark.parametrize("bad", ALL, ids=[bad.name for bad in ALL])
def test_it_is_refused(
    bad: BadInput, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is spent, in words for a person, without a traceback of ours; all files are as they were."""
    files = {"PRODUCT.md": PRODUCT, "model.py": bad.model, "personas.jsonl": bad.personas, **bad.files}
    for name, content in files.items():
        (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    for name in os.environ.keys() - clean_env().keys():
        monkeypatch.delenv(name)
    for name, value in bad.env.items():
        monkeypatch.setenv(name, value)
    monkeypatch.chdir(tmp_path)
    assert run(list(bad.args)) == 2
    out, said = capsys.readouterr()
    assert bad.says in said
    assert out == ""
    assert all(line.startswith("error: ") for line in said.partition("Traceback")[0].splitlines()), said
    assert "multivon_eval/_" not in said.partition("Traceback")[2]
    left = {path.name: path.read_bytes() for path in tmp_path.iterdir() if path.name != "__pycache__"}
    assert left == {
        name: content if isinstance(content, bytes) else content.encode() for name, content in files.items()
    }


def test_there_are_as_many_as_were_tried() -> None:
    """A table that shrinks would test less and say nothing."""
    assert len(ALL) >= 240
    assert len({bad.name for bad in ALL}) == len(ALL)
