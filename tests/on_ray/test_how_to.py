"""The page on Ray: its command and its script do what it says."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from support.command import multivon_eval
from support.ray_nodes import SETTINGS, Nodes
from support.ray_run import run_python

pytestmark = pytest.mark.process

PAGE = (Path(__file__).resolve().parents[2] / "docs" / "how_to" / "ray.md").read_text(encoding="utf-8")
FILE = re.compile(r"^<!-- file: (\S+) -->\n```\w+\n(.*?)^```$", re.DOTALL | re.MULTILINE)


def test_the_page_runs(tmp_path: Path, nodes: Nodes) -> None:
    """Its files, its first command and its script, on a cluster that the variable names."""
    for name, text in FILE.findall(PAGE):
        (tmp_path / name).write_text(text, encoding="utf-8")
    [command, *_] = re.findall(r"^multivon-eval (simulate .*)$", PAGE, re.MULTILINE)
    env = {**SETTINGS, "RAY_ADDRESS": nodes.address}
    done = multivon_eval(*shlex.split(command), cwd=tmp_path, env=env)
    assert done.returncode == 0, done.stderr
    processes = set(re.findall(r"in process (\d+)", (tmp_path / "results.jsonl").read_text(encoding="utf-8")))
    assert len(processes) in (1, 2)
    [script] = re.findall(r"^```python\n(from multivon_eval import simulate.*?)^```$", PAGE, re.DOTALL | re.MULTILINE)
    assert run_python(tmp_path, script, env=env) == "[True, True]\n"
