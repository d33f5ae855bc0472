"""Runs whose conversations are held on Ray, in processes of their own, against a server that logs each request."""

from __future__ import annotations

import json
import os
import select
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Callable, Collection, Mapping, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from . import killed_runs
from .command import clean_env
from .killed_runs import PRICE_IN, PRICE_OUT, Server, read, read_rows
from .ray_nodes import SETTINGS

HANGS = 120
"""Seconds, in which several whole runs end."""
MODEL = """
import os
from pathlib import Path

Path("processes").mkdir(exist_ok=True)
Path("processes", str(os.getpid())).touch()


async def model_fn(messages):
    return f"The refund window is 30 days. Press refund under your orders. ({len(messages)})"
"""


def furnish(folder: Path, personas: int, model: str = MODEL) -> None:
    """Put a model, one that leaves a file for each process, and personas into a folder."""
    killed_runs.furnish(folder, personas, model)


@attrs.frozen
class RayRun:
    """A command in a folder, the same each time it is started.

    Attributes:
        folder: Where it runs, and its files lie.
        server: Whom it asks.
        executor: What holds its conversations; empty for the command's own process.
        budget: Its ceiling, in USD.
        turns: User messages of a conversation.
        more: Further arguments.
        env: What stands in its environment.
    """

    folder: Path
    server: Server
    executor: str
    budget: str = "5.00"
    turns: int = 2
    more: Sequence[str] = ()
    env: Mapping[str, str] = attrs.field(factory=dict)

    @property
    def out(self) -> Path:
        """The results."""
        return self.folder / "results.jsonl"

    def start(self) -> subprocess.Popen[str]:
        """Go on, or begin."""
        judge = f"openai:any,base_url={self.server.url},price_in={PRICE_IN},price_out={PRICE_OUT}"
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "multivon_eval", "simulate", "--model-cmd", "model.py"),
                *("--personas", "personas.jsonl", "--max-turns", str(self.turns), "--budget", self.budget),
                *("--judge", judge, "--out", self.out.name, "--json", "--resume"),
                *(("--executor", self.executor) if self.executor else ()),
                *self.more,
            ],
            cwd=self.folder,
            env=clean_env({**SETTINGS, **self.env}),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf-8",
        )

    def finish(self, process: subprocess.Popen[str] | None = None) -> tuple[int, Any, str]:
        """Go on to the end: the exit code, what it wrote as JSON, and what it said."""
        process = process or self.start()
        out, err = process.communicate(timeout=HANGS)
        return process.returncode, json.loads(out) if out.strip() else None, err

    def rows(self) -> list[dict[str, Any]]:
        """The results."""
        return read_rows(self.out)

    def count_rows(self) -> int:
        """How many results were delivered so far."""
        return read(self.out).count(b"\n")

    def list_workers(self, process: subprocess.Popen[str]) -> list[int]:
        """The processes that loaded the model, but for the command's own, oldest first, as far as they live."""
        found = sorted((self.folder / "processes").glob("*"), key=lambda path: path.stat().st_mtime_ns)
        return [pid for path in found if (pid := int(path.name)) != process.pid and is_alive(pid)]

    def kill_worker(self, process: subprocess.Popen[str], among: Collection[int] | None = None) -> int:
        """Kill the worker that came last, of all or of some, as the system does that has no memory left."""
        pid = [pid for pid in self.list_workers(process) if among is None or pid in among][-1]
        os.kill(pid, signal.SIGKILL)
        return pid

    def count_money(self) -> Decimal:
        """What the server charged since it was asked the last time, in USD."""
        with urllib.request.urlopen(f"{self.server.url}/tally") as answer:
            tally = json.load(answer)
        return (tally["input_tokens"] * Decimal(PRICE_IN) + tally["output_tokens"] * Decimal(PRICE_OUT)) / 1_000_000


def run_python(folder: Path, script: str, *args: str, env: Mapping[str, str] | None = None) -> str:
    """Run a script in a folder to its end; returns what it printed."""
    (folder / "script.py").write_text(script, encoding="utf-8")
    done = subprocess.run(
        [sys.executable, "script.py", *args],
        cwd=folder,
        env=clean_env({**SETTINGS, **(env or {})}),
        capture_output=True,
        text=True,
        timeout=HANGS,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def wait_until(process: subprocess.Popen[str], is_time: Callable[[], bool]) -> None:
    """Wait until something holds of a run.

    Raises:
        AssertionError: If the process ended before, or several whole runs would have ended.
    """

    def look() -> bool:
        if is_time():
            return True
        if process.poll() is not None:
            out, err = process.communicate()
            raise AssertionError(f"it ended with {process.returncode} before:\n{out}\n{err}")
        return False

    wait_for(look)


def wait_for(is_time: Callable[[], bool]) -> None:
    """Wait until something holds.

    Raises:
        AssertionError: If several whole runs would have ended.
    """
    hangs_at = time.monotonic() + HANGS
    while not is_time():
        assert time.monotonic() < hangs_at, "nothing comes any more"
        select.select([], [], [], 0.002)


def is_alive(pid: int) -> bool:
    """Whether a process lives and is no zombie."""
    try:
        return Path("/proc", str(pid), "stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0] != "Z"
    except (FileNotFoundError, ProcessLookupError):
        return False
