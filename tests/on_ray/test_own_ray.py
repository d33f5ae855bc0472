"""Without an address a run starts a Ray of its own, and takes it away."""

from __future__ import annotations

import os
import signal
from pathlib import Path

import pytest

from support.killed_runs import Server
from support.ray_run import RayRun, furnish, wait_for, wait_until

pytestmark = pytest.mark.process

OURS = "/tmp/mv-ray-"


def list_processes() -> list[str]:
    """The command lines of processes that belong to a Ray of a run's own."""
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            command = path.read_bytes().decode(errors="replace").replace("\0", " ")
        except (FileNotFoundError, ProcessLookupError):
            continue
        if OURS in command:
            found.append(command)
    return found


def list_folders() -> list[Path]:
    """The folders of such a Ray."""
    return list(Path("/tmp").glob("mv-ray-*"))


@pytest.mark.parametrize("is_interrupted", [False, True])
def test_nothing_is_left(tmp_path: Path, server: Server, is_interrupted: bool) -> None:
    """No process and no file, whether the run ends or is interrupted; on standard output stands the summary alone."""
    run = RayRun(tmp_path / "run", server, "ray,workers=1", env={"RAY_ADDRESS": ""})
    furnish(run.folder, 60)
    process = run.start()
    wait_until(process, lambda: run.count_rows() >= 5)
    assert list_processes()
    assert list_folders()
    if is_interrupted:
        os.kill(process.pid, signal.SIGINT)
    code, summary, err = run.finish(process)
    assert code == (130 if is_interrupted else 0), err
    assert is_interrupted or summary["conversations"] == 60
    wait_for(lambda: not list_processes())
    assert not list_folders()
    assert "ray" not in err.lower(), err
