"""Acme's distribution, installed with pip away from the environment that tests run in."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import NamedTuple

from .command import clean_env

ACME = Path(__file__).resolve().parents[1] / "third_party" / "acme_eval"


class Installed(NamedTuple):
    """Acme's distribution as pip left it.

    Attributes:
        target: Where it is installed.
        source: A copy of its sources, with its tests.
    """

    target: Path
    source: Path


def install_acme(folder: Path) -> Installed:
    """Install it below a folder."""
    source = folder / "source"
    shutil.copytree(ACME, source, ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--no-index"]
    command += ["--no-deps", "--no-build-isolation", "--target", str(folder / "target"), str(source)]
    done = subprocess.run(command, env=clean_env(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stderr
    return Installed(folder / "target", source)
