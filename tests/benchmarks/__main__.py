"""The benchmark: ratios against bare loops that make the same calls in the same minutes on the same machine."""

from __future__ import annotations

import argparse
import json
import math
import os
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from .budget import tell_budget
from .burn import tell_burning
from .merging import tell_merging
from .prompts import tell_prompts
from .recorder import tell_recording
from .report import tell_report
from .scale import COUNTS, tell_scale

HERE = Path(__file__).resolve().parent
JUDGING = 4  # verdict and three evaluators, side by side
BURNING = 1_500, 4, 3
"""Conversations, turns and rounds where the system burns its CPU: so many that starting a Ray is a small part."""


@contextmanager
def serving(latency: float, log: Path | None = None) -> Iterator[str]:
    """A server on a core of its own; gives its address."""
    command = [sys.executable, str(HERE / "server.py"), "--latency", str(latency), *_cpu(1)]
    if log:
        command += ["--log", str(log)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    try:
        yield process.stdout.readline().strip()
    finally:
        process.communicate(timeout=30)


def _cpu(number: int) -> list[str]:
    return ["--cpu", str(number)] if (os.cpu_count() or 1) > 1 else []


def measured(kind: str, url: str, folder: Path, **options: Any) -> dict[str, Any]:
    """Run one worker process and give what it took."""
    args = [f"--{name.replace('_', '-')}={value}" for name, value in options.items()]
    command = [sys.executable, str(HERE / "worker.py"), kind, f"--url={url}", *args, *_cpu(0)]
    done = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(f"{kind} failed:\n{done.stderr}")
    took: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
    return took


def bodies_of(folder: Path, turns: int, **options: Any) -> Path:
    """The request bodies of one conversation, in the order in which they were sent."""
    log = folder / f"bodies-{turns}-{'-'.join(map(str, options.values()))}.jsonl"
    with serving(0.0, log) as url:
        measured("simulation", url, folder, conversations=1, turns=turns, concurrency=1, model_latency=0, **options)
    return log


def tell_speed(folder: Path, bodies: Path, conversations: int, concurrency: int, rounds: int, turns: int = 8) -> None:
    """Print wall over ideal and CPU over the bare loops', the median of some rounds in turn."""
    latency = 0.05
    ideal = math.ceil(conversations / concurrency) * ((turns + 1) * latency + turns * latency + latency)
    shape = {"conversations": conversations, "turns": turns, "concurrency": concurrency, "bodies": bodies}
    took: dict[str, list[dict[str, Any]]] = {"simulation": [], "aiohttp": [], "httpx": []}
    with serving(latency) as url:
        for _ in range(rounds):
            for kind, found in took.items():
                found.append(measured(kind, url, folder, **shape))
    print(
        f"\n{conversations} conversations x {turns} turns, {concurrency} at once, {rounds} rounds; ideal {ideal:.2f} s"
    )
    for kind, found in took.items():
        wall = [one["wall"] / ideal for one in found]
        cpu = [1000 * one["cpu"] / conversations / turns for one in found]
        peak = max(one["peak_mib"] for one in found)
        print(
            f"{kind:<11} wall / ideal {statistics.median(wall):.2f} ({min(wall):.2f} to {max(wall):.2f})   "
            f"CPU per turn {statistics.median(cpu):.2f} ms ({min(cpu):.2f} to {max(cpu):.2f})   peak {peak:.0f} MiB"
        )
    for other in ("aiohttp", "httpx"):
        pairs = zip(took["simulation"], took[other], strict=True)
        ratios = [mine["cpu"] / bare["cpu"] for mine, bare in pairs]
        print(
            f"CPU per turn / bare {other:<8} {statistics.median(ratios):.2f} ({min(ratios):.2f} to {max(ratios):.2f})"
        )


def tell_growth(folder: Path, small: int, large: int, concurrency: int) -> None:
    """Print what ten times as many conversations take, for memory and for CPU a turn."""
    found = []
    with serving(0.005) as url:
        for count in (small, large):
            shape = {"conversations": count, "turns": 2, "concurrency": concurrency, "model_latency": 0.005}
            found.append((count, measured("simulation", url, folder, **shape)))
    print()
    for count, one in found:
        cpu = 1000 * one["cpu"] / count / 2
        print(f"{count:>6} conversations x 2 turns: peak {one['peak_mib']:.0f} MiB, CPU per turn {cpu:.2f} ms")
    (_, less), (_, more) = found
    print(f"peak memory ratio  {more['peak_mib'] / less['peak_mib']:.2f}")
    print(f"CPU per turn ratio {more['cpu'] / large / (less['cpu'] / small):.2f}")


def main() -> None:
    """Run all of it, or a quick part."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="fewer conversations, one round, no growth")
    parser.add_argument("--budget", action="store_true", help="only how usable the ceiling is, in 216 runs")
    parser.add_argument("--report", action="store_true", help="only how a report opens, in a browser")
    parser.add_argument("--burn", action="store_true", help="only how much faster two processes are, with much CPU")
    parser.add_argument(
        "--scale",
        nargs="*",
        type=int,
        metavar="N",
        help="only memory and time at so many conversations; what stands after -- is added to the command",
    )
    parser.add_argument(
        "--merge", nargs="*", type=int, metavar="N", help="only memory and time of merging so many conversations"
    )
    parser.add_argument("--trials", type=int, default=1, help="of each persona, with --scale")
    given = sys.argv[1:]
    mine = given.index("--") if "--" in given else len(given)
    options, args = parser.parse_args(given[:mine]), given[mine + 1 :]
    if options.budget:
        with serving(0.0) as url:
            return tell_budget(url, options.quick)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        if options.scale is not None:
            return tell_scale(folder, options.scale or COUNTS, options.trials, args)
        if options.merge is not None:
            return tell_merging(folder, options.merge or COUNTS)
        if options.burn:
            return tell_burning(folder, *((200, 4, 1) if options.quick else BURNING))
        if options.report:
            return tell_report(folder, 2_000, 1 if options.quick else 3)
        bodies = bodies_of(folder, turns=8)
        tell_prompts(
            {
                "verdict": bodies_of(folder, 8, scores=0),
                "verdict, three scores": bodies,
                "all of it together": bodies_of(folder, 8, judge_calls="together"),
            }
        )
        rounds, count = (1, 100) if options.quick else (3, 200)
        tell_speed(folder, bodies, count, 50, rounds)
        tell_speed(folder, bodies, count, 200, rounds)
        tell_recording(rounds=rounds * 10)
        tell_report(folder, 2_000, rounds)
        if not options.quick:
            tell_growth(folder, 2_000, 20_000, 200)
            tell_burning(folder, *BURNING)


if __name__ == "__main__":
    main()
