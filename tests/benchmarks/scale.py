"""Whether memory and time of a conversation stay the same from a thousand conversations to a hundred thousand."""

from __future__ import annotations

import json
import math
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path

import attrs

from .worker import personas

HERE = Path(__file__).resolve().parent
COUNTS = (1_000, 10_000, 100_000)
SMALL = 1_000
"""Up to so many conversations the median of three runs is taken."""
FLAT = 1.2
"""So many times as much as at the smallest number counts as flat."""
MODEL = '''"""A system under test that takes no time."""


def model_fn(conversation):
    return "The refund window is 30 days. Open your orders and press refund."
'''


@attrs.frozen
class Scale:
    """What one run took.

    Attributes:
        conversations: How many there were.
        peak: MiB that the process held at most, without those that it started.
        wall: Seconds from its start to its end.
        cpu: Seconds of processor time, those that it started and waited for included.
    """

    conversations: int
    peak: float
    wall: float
    cpu: float


def write_personas(path: Path, count: int) -> Path:
    """Write personas that differ in all that may be kept of them: name, profile, goal and a criterion of their own."""
    with path.open("w", encoding="utf-8") as file:
        for number, row in enumerate(personas(count)):
            row["goal"] = f"Find out how to get a refund for order {number}, and confirm the refund window."
            row["success_criteria"] = [row["success_criteria"][0], f"The assistant named order {number}."]
            file.write(json.dumps(row) + "\n")
    return path


def run_command(folder: Path, conversations: int, trials: int, args: Sequence[str] = ()) -> Scale:
    """Run ``multivon-eval simulate`` as a process of its own.

    Args:
        folder: Where its files go.
        conversations: How many there are together.
        trials: How many each persona has.
        args: Further arguments of the command.
    """
    model, peak = folder / "model.py", folder / "peak.json"
    model.write_text(MODEL)
    people = write_personas(folder / f"personas-{conversations}.jsonl", math.ceil(conversations / trials))
    out = folder / f"results-{conversations}.jsonl"
    command = [sys.executable, str(HERE / "head.py"), str(peak), "simulate", f"--model-cmd={model}"]
    command += [f"--personas={people}", f"--trials={trials}", "--max-turns=2", "--judge=offline", f"--out={out}"]
    started, before = time.perf_counter(), os.times()
    done = subprocess.run([*command, "--overwrite", "--quiet", *args], cwd=folder, capture_output=True, text=True)
    wall, after = time.perf_counter() - started, os.times()
    if done.returncode not in (0, 1):  # with 1 a gate was missed, and the run is whole
        raise SystemExit(f"simulate ended with {done.returncode}:\n{done.stdout}{done.stderr}")
    cpu = after.children_user + after.children_system - before.children_user - before.children_system
    took = Scale(conversations, json.loads(peak.read_text())["peak_mib"], wall, cpu)
    people.unlink()
    out.unlink(missing_ok=True)
    return took


def _take_median(folder: Path, conversations: int, trials: int, args: Sequence[str]) -> Scale:
    """Run it, three times where it is small: starting takes a second more or less, a Ray above all."""
    rounds = 3 if conversations <= SMALL else 1
    runs = [run_command(folder, conversations, trials, args) for _ in range(rounds)]
    peak, wall, cpu = (statistics.median(getattr(run, name) for run in runs) for name in ("peak", "wall", "cpu"))
    return Scale(conversations, peak, wall, cpu)


def tell_scale(folder: Path, counts: Sequence[int], trials: int = 1, args: Sequence[str] = ()) -> None:
    """Print what runs of different size take for memory, and for time for each conversation, as ratios to the smallest.

    Args:
        folder: Where files go.
        counts: How many conversations each run has.
        trials: How many of them each persona has.
        args: Further arguments of ``multivon-eval simulate``, such as ``--shard 1/2``.
    """
    # What starting takes is in each run once: in the ratios it would hide what grows.
    start = _take_median(folder, trials, trials, args)
    told = " ".join(args)
    print(f"simulate --max-turns 2 --trials {trials} --judge offline {told}".rstrip())
    print(f"one persona: peak {start.peak:.0f} MiB, {start.wall:.2f} s; taken off the times below")
    print(f"{'conversations':>13}{'peak MiB':>10}{'ratio':>7}", end="")
    print(f"{'wall s':>9}{'ms each':>9}{'ratio':>7}{'CPU ms':>8}{'ratio':>7}")
    first: tuple[float, float, float] | None = None
    is_flat = True
    for count in sorted(counts):
        took = _take_median(folder, count, trials, args)
        wall, cpu = 1000 * (took.wall - start.wall) / count, 1000 * (took.cpu - start.cpu) / count
        first = first or (took.peak, wall, cpu)
        ratios = took.peak / first[0], wall / first[1], cpu / first[2]
        is_flat = is_flat and max(ratios[0], ratios[2]) <= FLAT
        print(
            f"{count:>13,}{took.peak:>10.1f}{ratios[0]:>7.2f}{took.wall:>9.1f}{wall:>9.2f}{ratios[1]:>7.2f}"
            f"{cpu:>8.2f}{ratios[2]:>7.2f}",
            flush=True,
        )
    print(f"memory and CPU of a conversation flat within {FLAT - 1:.0%}: {'yes' if is_flat else 'no'}")
