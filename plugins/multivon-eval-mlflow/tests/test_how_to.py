"""The page on MLflow does what it says."""

from __future__ import annotations

from pathlib import Path

from how_to import run_how_to


def test_how_to(tmp_path: Path) -> None:
    """Each line and each block of it runs, and prints what it shows."""
    ran = run_how_to("mlflow", tmp_path)
    assert len(ran) == 3
