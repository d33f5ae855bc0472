"""Every module can be imported alone and first, without a warning."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

import multivon_eval
import multivon_eval_plugins

# What each needs beside the package: it is imported where that is installed.
PACKAGES = {"multivon_eval": multivon_eval, "multivon_eval_plugins": multivon_eval_plugins}


def list_modules() -> list[str]:
    """The modules of both packages, dotted."""
    found = []
    for name, package in PACKAGES.items():
        root = Path(package.__file__ or "").parent
        for path in sorted(root.rglob("*.py")):
            parts = path.relative_to(root).with_suffix("").parts
            if parts[-1] != "__main__" and "template" not in parts:
                found.append(".".join((name, *parts)).removesuffix(".__init__"))
    return found


@pytest.mark.process
@pytest.mark.parametrize("module", list_modules())
def test_a_module_is_imported_alone(module: str) -> None:
    """In a process of its own, with warnings as errors."""
    done = subprocess.run([sys.executable, "-W", "error", "-c", f"import {module}"], capture_output=True, text=True)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
