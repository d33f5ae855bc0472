"""Which processes this one has started, and what can be read of others on this machine."""

from __future__ import annotations

import multiprocessing
import os
import threading
from pathlib import Path

_PROC = Path("/proc")
_TRIES, _PAUSE = 40, 0.05


def list_descendants() -> set[int]:
    """The processes that this one started, and those that they started; not what is there once for all of Python."""
    children = {child.pid for child in multiprocessing.active_children() if child.pid is not None}
    if not _PROC.is_dir():
        return children
    parents = {}
    for folder in _PROC.iterdir():
        if folder.name.isdigit() and (stat := _read_stat(int(folder.name))) is not None and stat[0] != "Z":
            parents[int(folder.name)] = stat[1]
    found, new = set[int](), {os.getpid()}
    while new:
        new = {pid for pid, parent in parents.items() if parent in new} - found
        found |= new
    return {pid for pid in found if "multiprocessing.resource_tracker" not in (read_command(pid) or "")}


def is_alive(pid: int) -> bool:
    """Whether a process is there; one that ended and nobody has asked how, is not."""
    multiprocessing.active_children()  # asks those that it knows
    if _PROC.is_dir():
        stat = _read_stat(pid)
        return stat is not None and stat[0] != "Z"
    try:
        os.kill(pid, 0)
    except OSError:
        return False
    return True


def read_command(pid: int) -> str | None:
    """Read with which arguments a process was started; None where that cannot be seen."""
    try:
        return (_PROC / str(pid) / "cmdline").read_text("utf-8", "replace").replace("\0", " ")
    except OSError:
        return None


def find_living(pids: set[int]) -> set[int]:
    """Find those that go on; what is about to end may do so."""
    pause = threading.Event()
    for _ in range(_TRIES):
        pids = {pid for pid in pids if is_alive(pid)}
        if not pids:
            break
        pause.wait(_PAUSE)
    return pids


def _read_stat(pid: int) -> tuple[str, int] | None:
    """The state of a process, and who started it."""
    try:
        stat = (_PROC / str(pid) / "stat").read_text("utf-8", "replace")
    except OSError:
        return None
    state, parent = stat.rpartition(")")[2].split()[:2]
    return state, int(parent)
