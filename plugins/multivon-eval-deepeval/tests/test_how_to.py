"""The page on DeepEval does what it says."""

from __future__ import annotations

from pathlib import Path

from how_to import run_how_to


def test_how_to(tmp_path: Path) -> None:
    """Each block of it runs, and prints what it shows."""
    assert run_how_to("deepeval", tmp_path) == ["python"] * 4
