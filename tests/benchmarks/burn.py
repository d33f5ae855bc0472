"""How much faster two processes are with a system that burns its CPU: two shards, and two workers on Ray."""

from __future__ import annotations

import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from support.ray_nodes import start_nodes

from .scale import write_personas

WANTED = 1.7
"""So many times as fast as one process two should be, or better."""
BURNED = 0.020
"""Seconds of CPU for each reply."""
MODEL = f'''"""A system under test that computes for a while, as a small local model does."""

import itertools
import os
import time

# Each process keeps to a core: threads that hand Python's lock to each other are moved about otherwise, and two
# processes then stand on one core while the other has nothing to do.
for number in itertools.count():
    try:
        os.close(os.open(f"core-{{number}}", os.O_CREAT | os.O_EXCL))
    except FileExistsError:
        continue
    cores = sorted(os.sched_getaffinity(0))
    os.sched_setaffinity(0, {{cores[number % len(cores)]}})
    break


def model_fn(conversation):
    end = time.thread_time() + {BURNED}
    while time.thread_time() < end:
        sum(range(500))
    return "The refund window is 30 days. Open your orders and press refund."
'''
_COMMAND = [sys.executable, "-m", "multivon_eval"]


def _run(folder: Path, turns: int, name: str, *args: str) -> subprocess.Popen[bytes]:
    command = [*_COMMAND, "simulate", "--model-cmd=model.py", "--personas=personas.jsonl", f"--max-turns={turns}"]
    command += ["--judge=offline", f"--out={name}.jsonl", "--overwrite", "--quiet", *args]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)


def _finish(processes: Sequence[subprocess.Popen[bytes]]) -> None:
    for process in processes:
        said, _ = process.communicate()
        if process.returncode:
            raise SystemExit(f"{process.args!r} ended with {process.returncode}:\n{said.decode()}")


def _time(folder: Path, work: Callable[[], None]) -> float:
    for core in folder.glob("core-*"):
        core.unlink()
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def tell_burning(folder: Path, conversations: int, turns: int, rounds: int) -> None:
    """Print how long one process takes, two shards with their merge, and two workers on a Ray that runs already.

    Args:
        folder: Where files go.
        conversations: How many there are.
        turns: How many each has at most.
        rounds: How often each way is measured, in turn.
    """
    (folder / "model.py").write_text(MODEL)
    write_personas(folder / "personas.jsonl", conversations)

    def shard() -> None:
        _finish([_run(folder, turns, f"shard-{index}", f"--shard={index}/2") for index in (1, 2)])
        merge = [*_COMMAND, "merge", "shard-1.jsonl", "shard-2.jsonl", "--out=merged.jsonl", "--quiet"]
        _finish([subprocess.Popen(merge, cwd=folder, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)])

    with start_nodes(2) as nodes:
        ways = {
            "one process": lambda: _finish([_run(folder, turns, "one")]),
            "two shards, merged": shard,
            "two workers on Ray": lambda: _finish([_run(folder, turns, "ray", f"--executor=ray:{nodes.address}")]),
        }
        took: dict[str, list[float]] = {name: [] for name in ways}
        for _ in range(rounds):
            for name, way in ways.items():
                took[name].append(_time(folder, way))
    print(f"{conversations} conversations x {turns} turns, {BURNED * 1000:.0f} ms of CPU a reply, {rounds} rounds")
    alone = took.pop("one process")
    print(f"{'one process':<20}{statistics.median(alone):>8.1f} s")
    for name, found in took.items():
        ratios = [one / other for one, other in zip(alone, found, strict=True)]
        middle = statistics.median(ratios)
        print(
            f"{name:<20}{statistics.median(found):>8.1f} s   {middle:.2f} times as fast "
            f"({min(ratios):.2f} to {max(ratios):.2f}); {WANTED} or more: {'yes' if middle >= WANTED else 'no'}"
        )
