"""Runs in processes of their own that are killed at chosen moments, against a server that logs each request."""

from __future__ import annotations

import json
import os
import random
import select
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import attrs

from .command import clean_env

SERVER = Path(__file__).resolve().parents[1] / "benchmarks" / "server.py"
PERSONAS, TURNS, CONCURRENCY = 30, 4, 8
HANGS = 120  # seconds, in which several whole runs end
PRICE_IN, PRICE_OUT = 1, 2
NAMES = sorted(f"customer_{index}" for index in range(PERSONAS))
MODEL = """
async def model_fn(messages):
    return f"The refund window is 30 days. Press refund under your orders. ({len(messages)})"
"""


@attrs.frozen
class Server:
    """A server in another process.

    Attributes:
        url: Where it listens.
        log: A file with one line for each request.
    """

    url: str
    log: Path

    def count(self) -> int:
        """How many requests came so far."""
        return self.log.read_bytes().count(b"\n")

    def requests(self, since: int = 0) -> list[bytes]:
        """The bodies of the requests."""
        return self.log.read_bytes().splitlines()[since:]


@contextmanager
def serve(folder: Path) -> Iterator[Server]:
    """Run a server that logs each request before it answers."""
    log = folder / "requests.jsonl"
    log.touch()
    command = [sys.executable, str(SERVER), "--latency", "0.004", "--log", str(log)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield Server(process.stdout.readline().strip(), log)
    process.communicate(timeout=30)


def furnish(folder: Path, personas: int = PERSONAS, model: str = MODEL) -> None:
    """Put a model and personas into a folder."""
    folder.mkdir(exist_ok=True)
    (folder / "model.py").write_text(model, encoding="utf-8")
    rows = (
        {
            "name": f"customer_{index}",
            "profile": f"Customer {index} with order #{1000 + index}.",
            "goal": "Find out how to get a refund and confirm the refund window.",
            "success_criteria": ["The assistant stated the refund window."],
        }
        for index in range(personas)
    )
    (folder / "personas.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


@attrs.frozen
class KilledRun:
    """A command in a folder, the same each time it is started.

    Attributes:
        folder: Where it runs, and its files lie.
        server: Whom it asks.
        budget: Its ceiling, in USD.
        more: Further arguments.
        path: Where Python looks for modules beside those that are installed.
    """

    folder: Path
    server: Server
    budget: str = "5.00"
    more: tuple[str, ...] = ()
    path: str = ""

    @property
    def out(self) -> Path:
        """The results."""
        return self.folder / "results.jsonl"

    @property
    def journal(self) -> Path:
        """What survives a kill."""
        return self.folder / "results.jsonl.journal"

    def start(self) -> subprocess.Popen[str]:
        """Go on, or begin."""
        judge = f"openai:any,base_url={self.server.url},price_in={PRICE_IN},price_out={PRICE_OUT}"
        return subprocess.Popen(
            [
                *(sys.executable, "-m", "multivon_eval", "simulate", "--model-cmd", "model.py"),
                *("--personas", "personas.jsonl", "--max-turns", str(TURNS), "--budget", self.budget),
                *("--judge", judge, "--concurrency", str(CONCURRENCY), "--out", "results.jsonl", "--json", "--resume"),
                *self.more,
            ],
            cwd=self.folder,
            env=clean_env({"PYTHONPATH": self.path} if self.path else {}),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def finish(self) -> tuple[int, str, str]:
        """Go on to the end: the exit code, what it wrote and what it said."""
        process = self.start()
        out, err = process.communicate(timeout=HANGS)
        return process.returncode, out, err

    def rows(self) -> list[dict[str, Any]]:
        """The results, each a whole line."""
        return read_rows(self.out)

    def kill_after_requests(self, process: subprocess.Popen[str], requests: int) -> bool:
        """Kill it when the server has seen so many requests more; False if it ended before."""
        wanted = self.server.count() + requests
        return kill_when(process, self.server.log, lambda: self.server.count() >= wanted)

    def kill_after_lines(self, process: subprocess.Popen[str], lines: int, seconds: float = 0.0) -> bool:
        """Kill it so many seconds after its file has so many lines; False if it ended before."""
        return kill_when(process, self.out, lambda: read(self.out).count(b"\n") >= lines, seconds)


def kill_when(process: subprocess.Popen[str], file: Path, is_time: Callable[[], bool], seconds: float = 0.0) -> bool:
    """Kill a process when something holds, looked at each time that a file has grown; False if it ended before.

    Raises:
        TimeoutError: It neither ended nor came so far in a time that several whole runs take.
    """
    size, hangs_at = -1, time.monotonic() + HANGS
    while process.poll() is None:
        if time.monotonic() > hangs_at:
            kill(process)
            raise TimeoutError(f"the run has neither ended nor come so far in {HANGS} seconds")
        now = len(read(file))
        if now != size and (size := now) and is_time():
            return kill_within(process, seconds)
        select.select([], [], [], 0.0005)
    return False


def read_rows(path: Path) -> list[dict[str, Any]]:
    """The results in a file that may be written to: a last line without its line feed is none yet."""
    return [json.loads(line) for line in read(path).split(b"\n")[:-1]]


def read(path: Path) -> bytes:
    """What a file holds; nothing where none is."""
    try:
        return path.read_bytes()
    except FileNotFoundError:
        return b""


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a process as the system does that has no memory left."""
    process.kill()
    process.communicate()


def kill_within(process: subprocess.Popen[str], seconds: float) -> bool:
    """Kill a process after a time, at a moment that nothing tells; False if it ended before."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        kill(process)
        return True
    return False


def seed_for(name: str) -> random.Random:
    """Chance that can be had again: the seed is printed, and KILL_SEED sets it."""
    seed = int(os.environ.get("KILL_SEED", random.randrange(2**32)))
    print(f"seed {seed} for {name}; set KILL_SEED to repeat it")
    return random.Random(seed)
