"""Where Ray is not installed, whoever asks for it learns how to get it."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from multivon_eval.sdk import format_install_command
from support.command import clean_env, workplace

SCRIPT = """
import sys

sys.modules["ray"] = None
from multivon_eval._cli.main import main

main()
"""
"""The command line in a Python that cannot import Ray, whether it is there or not."""


@pytest.mark.process
def test_ray_is_missing(tmp_path: Path) -> None:
    """The message has the line that installs the extra from where we came from."""
    workplace(tmp_path)
    arguments = ("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--executor", "ray,workers=2")
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *arguments],
        cwd=tmp_path,
        env=clean_env(),
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert done.returncode == 2
    assert "executor 'ray' needs ray, which cannot be imported" in done.stderr
    assert f"run: {format_install_command('ray')}" in done.stderr
