"""A pytest run as a user has it: a folder of tests, a real process, warnings as errors."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from .command import clean_env

MODEL_FN = """
import pytest

@pytest.fixture
def model_fn():
    return lambda prompt: f"The refund window is 30 days. Reply {prompt.count('USER:')}."
"""
SETTINGS = """
[pytest]
addopts = --strict-markers --strict-config -p no:cacheprovider
filterwarnings = error
"""


def pytest_run(folder: Path, *args: str, asyncio: bool = False) -> subprocess.CompletedProcess[str]:
    """Run pytest in a folder to its end.

    Args:
        folder: With the tests; settings are written to it if it has none.
        *args: Of the command line.
        asyncio: Whether pytest-asyncio takes part.
    """
    if not (folder / "pytest.ini").exists():
        setting = "asyncio_default_fixture_loop_scope = function\n" if asyncio else ""
        (folder / "pytest.ini").write_text(SETTINGS + setting, encoding="utf-8")
    # Not these: nobody asks for them, and each session would import them for longer than it takes otherwise.
    others = ("-p", "no:hypothesispytest", "-p", "no:langsmith_plugin", "-p", "no:faker")
    without = (*others, *(() if asyncio else ("-p", "no:asyncio")))
    env = {key: value for key, value in clean_env().items() if not key.startswith("PYTEST_")}
    return subprocess.run(
        [sys.executable, "-m", "pytest", *without, *args],
        cwd=folder,
        env={**env, "COLUMNS": "120", "PYTHONPATH": os.pathsep.join((str(folder), str(Path(__file__).parents[1])))},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        encoding="utf-8",
        timeout=120,
    )


def write(folder: Path, **files: str) -> Path:
    """Write files: ``personas`` is JSONL, the others are Python; there is a conftest with a system if none is given."""
    for name, text in {"conftest": MODEL_FN, **files}.items():
        (folder / f"{name}{'.jsonl' if name == 'personas' else '.py'}").write_text(text, encoding="utf-8")
    return folder


def outcomes(done: subprocess.CompletedProcess[str]) -> str:
    """The counts in the last line of a run, ``2 passed, 1 failed`` say."""
    last = done.stdout.strip().splitlines()[-1].strip("= ")
    return last.rpartition(" in ")[0]


def summary(done: subprocess.CompletedProcess[str]) -> str:
    """The line on the session's simulations."""
    (line,) = [line for line in done.stdout.splitlines() if line.startswith("simulations: ")]
    return line
