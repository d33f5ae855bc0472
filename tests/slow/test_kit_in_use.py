"""The kit at work: on what is installed, and on the judge of the page that says how to write one."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from multivon_eval.testing import problems
from support.command import clean_env

PAGE = Path(__file__).resolve().parents[2] / "docs" / "how_to" / "write_a_judge.md"


@pytest.mark.process
@pytest.mark.parametrize("spec", ["scripted", "offline", "turn-consistency", "refusals", "prompt-recorder", "show"])
def test_problems_of_what_is_installed(spec: str) -> None:
    """A SPEC of each kind is found by its name, a hook and a command too."""
    assert problems(spec) == ()


@pytest.mark.process
def test_the_judge_of_its_page_passes_the_kit(tmp_path: Path) -> None:
    """The page on judges runs from top to bottom, and its judge passes the tests that it shows."""
    code = "\n".join(re.findall(r"^```python\n(.*?)^```$", PAGE.read_text(encoding="utf-8"), re.DOTALL | re.MULTILINE))
    (tmp_path / "test_plain.py").write_text(code, encoding="utf-8")
    command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-p", "no:asyncio", str(tmp_path)]
    done = subprocess.run(command, cwd=tmp_path, env=clean_env(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout
    assert re.search(r"^3\d passed", done.stdout, re.MULTILINE), done.stdout
