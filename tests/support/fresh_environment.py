"""An environment of its own with the core's wheel in it, as a stranger has it who begins to write a plug-in.

Nothing is fetched: the libraries are those of the environment that tests run in, without our own.
"""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
import sysconfig
import tempfile
import venv
from pathlib import Path

import attrs

from .command import clean_env

ROOT = Path(__file__).resolve().parents[2]
QUIET = {
    "PIP_NO_INDEX": "1",
    # The word is pip's, and it means the opposite: builds get no environment of their own, which would fetch hatchling.
    "PIP_NO_BUILD_ISOLATION": "0",
    "PIP_DISABLE_PIP_VERSION_CHECK": "1",
    "PIP_QUIET": "1",
    "PIP_NO_INPUT": "1",
    "PYTHONDONTWRITEBYTECODE": "1",
    # Plug-ins of pytest among the libraries, which a new environment has not; the first warns if it is not configured.
    "PYTEST_ADDOPTS": "-p no:asyncio -p no:anyio -p no:hypothesispytest -p no:playwright -p no:xdist",
}


@attrs.frozen
class FreshEnvironment:
    """A folder with ``.venv`` in it, in which a shell runs.

    Attributes:
        folder: The folder.
        wheel: The wheel of the core.
    """

    folder: Path
    wheel: Path

    def run(self, script: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
        """Run lines of a shell with the environment activated; they stop at the first that fails."""
        path = os.pathsep.join([str(self.folder / ".venv" / "bin"), os.environ["PATH"]])
        kept = {key: value for key, value in clean_env().items() if not key.startswith(("PYTEST_", "PYTHON"))}
        env = {**kept, **QUIET, "PATH": path, "MULTIVON_EVAL": str(self.wheel)}
        # Sessions of pytest side by side clear away each other's folders if they share a place for them.
        env["PYTEST_DEBUG_TEMPROOT"] = tempfile.mkdtemp(prefix="pytest-", dir=self.wheel.parent)
        return subprocess.run(
            ["bash", "--noprofile", "--norc", "-euo", "pipefail", "-c", script],
            cwd=cwd or self.folder,
            env=env,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            encoding="utf-8",
            timeout=300,
        )


def build_wheel(folder: Path) -> Path:
    """Build the wheel of the core from the sources as they are."""
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    done = subprocess.run(command, cwd=ROOT, env=clean_env(), capture_output=True, text=True, timeout=300)
    assert done.returncode == 0, done.stdout + done.stderr
    (wheel,) = folder.glob("*.whl")
    return wheel


def make_environment(folder: Path) -> FreshEnvironment:
    """Make an environment that has the libraries and not the core, and build the core's wheel."""
    wheel = build_wheel(folder / "vendor")
    home = folder / ".venv"
    venv.create(home, symlinks=True)
    places = {"base": str(home), "platbase": str(home)}
    site = Path(sysconfig.get_path("purelib", "venv", places))
    libraries = home / "libraries"
    libraries.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        # pip installs no wheel of a version that it finds already.
        if "multivon" not in entry.name and entry.suffix != ".pth":
            (libraries / entry.name).symlink_to(entry)
    (site / "libraries.pth").write_text(f"{libraries}\n", encoding="utf-8")
    # The commands of these two, as an installation writes them; installing pip anew would take seconds.
    for module in ("pip", "pytest"):
        script = home / "bin" / module
        text = f'#!/bin/sh\nexec {shlex.quote(str(home / "bin" / "python"))} -m {module} "$@"\n'
        script.write_text(text, encoding="utf-8")
        script.chmod(0o755)
    return FreshEnvironment(folder, wheel)
