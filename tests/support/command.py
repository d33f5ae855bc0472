"""The command line as a user has it: a real process."""

from __future__ import annotations

import functools
import os
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path

from .warm import Warm

ECHO = 'def model_fn(prompt: str) -> str:\n    return "The refund window is 30 days. " + str(prompt.count("USER:"))\n'
PERSONA = (
    '{"name": "ann", "profile": "A customer.", "goal": "Find out the refund window.", '
    '"success_criteria": "The assistant stated the refund window."}\n'
)


def clean_env(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment without anybody's keys and options."""
    kept = {
        key: value
        for key, value in os.environ.items()
        if not key.endswith("_API_KEY") and not key.startswith("MULTIVON_EVAL")
    }
    return {**kept, **(extra or {})}


def multivon_eval(*args: str, cwd: Path, env: Mapping[str, str] | None = None) -> subprocess.CompletedProcess[str]:
    """Run ``multivon-eval`` to its end."""
    # What Python reads when it starts, and what `nox -s coverage` measures, needs a start of its own.
    needs_a_start = any(name.startswith("PYTHON") for name in env or ()) or "COVERAGE_FILE" in os.environ
    if hasattr(os, "fork") and not needs_a_start:
        return find_warm().run(args, cwd, clean_env(env))
    return subprocess.run(
        [sys.executable, "-m", "multivon_eval", *args],
        cwd=cwd,
        env=clean_env(env),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=120,
    )


@functools.cache
def find_warm() -> Warm:
    """The one of this process of tests."""
    return Warm()


def workplace(path: Path, model: str = ECHO, personas: str = PERSONA) -> Path:
    """A folder with a ``model.py`` and a ``personas.jsonl``."""
    (path / "model.py").write_text(model, encoding="utf-8")
    (path / "personas.jsonl").write_text(personas, encoding="utf-8")
    return path
