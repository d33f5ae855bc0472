"""What shards buy where the system under test is heavy itself, and what merging them takes."""

from __future__ import annotations

import copy
import hashlib
import json
import subprocess
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from multivon_eval._run.shard import find_shard

from .scale import FLAT, HERE, write_personas

BURNS = '''"""A system under test that takes 20 ms of processor time for each reply."""

import time


def model_fn(prompt):
    ends = time.thread_time() + 0.02
    while time.thread_time() < ends:
        pass
    return "The refund window is 30 days. Open your orders and press refund."
'''
WANTED = 1.7
"""So many times as fast two shards on two cores are to be as one process."""


def _start(folder: Path, *args: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "multivon_eval", *args, "--quiet"]
    return subprocess.Popen(command, cwd=folder, stdout=subprocess.DEVNULL)


def _end(*processes: subprocess.Popen[bytes]) -> None:
    for process in processes:
        if process.wait():
            raise SystemExit(f"{' '.join(map(str, process.args))} ended with {process.returncode}")


def tell_shards(folder: Path, conversations: int = 200, rounds: int = 3) -> None:
    """Print how much faster two shards at once are than one process, merging included.

    Args:
        folder: Where files go.
        conversations: How many there are.
        rounds: How often each is measured; the fastest counts.
    """
    (folder / "burns.py").write_text(BURNS)
    write_personas(folder / "burns.jsonl", conversations)
    run = ("simulate", "--model-cmd=burns.py", "--personas=burns.jsonl", "--max-turns=4", "--judge=offline")
    took: dict[str, list[float]] = {"one process": [], "two shards": [], "merge": []}
    for _ in range(rounds):
        began = time.perf_counter()
        _end(_start(folder, *run, "--out=one.jsonl"))
        took["one process"].append(time.perf_counter() - began)
        began = time.perf_counter()
        _end(*(_start(folder, *run, f"--shard={index}/2", f"--out=part-{index}.jsonl") for index in (1, 2)))
        shards = time.perf_counter() - began
        _end(_start(folder, "merge", "part-1.jsonl", "part-2.jsonl", "--out=merged.jsonl"))
        took["two shards"].append(time.perf_counter() - began)
        took["merge"].append(time.perf_counter() - began - shards)
    best = {name: min(found) for name, found in took.items()}
    print(f"\n{conversations} conversations, 20 ms of processor time for each reply, judge offline, {rounds} rounds")
    one, two, merge = best["one process"], best["two shards"], best["merge"]
    print(f"one process {one:.1f} s, two shards {two:.1f} s, of which merging {merge:.1f} s")
    print(f"two shards are {one / two:.2f} times as fast; wanted {WANTED}")


def tell_merging(folder: Path, counts: Sequence[int]) -> None:
    """Print what merging two shards of different size takes for memory, and for time for each conversation.

    Args:
        folder: Where files go.
        counts: How many conversations the runs have.
    """
    header, row = _make_sample(folder)
    # What starting takes is in each merge once: in the ratios it would hide what grows.
    _, start = _measure_merge(folder, header, row, 10)
    print(f"\nmerge of two shards; starting takes {start:.2f} s, taken off the times below")
    print(f"{'conversations':>13}{'peak MiB':>10}{'ratio':>7}{'ms each':>9}{'ratio':>7}")
    first: tuple[float, float] | None = None
    is_flat = True
    for count in sorted(counts):
        held, took = _measure_merge(folder, header, row, count)
        each = 1000 * (took - start) / count
        first = first or (held, each)
        is_flat = is_flat and held / first[0] <= FLAT and each / first[1] <= FLAT
        print(f"{count:>13,}{held:>10.1f}{held / first[0]:>7.2f}{each:>9.2f}{each / first[1]:>7.2f}", flush=True)
    print(f"memory and time of a conversation flat within {FLAT - 1:.0%}: {'yes' if is_flat else 'no'}")


def _measure_merge(folder: Path, header: dict[str, Any], row: dict[str, Any], count: int) -> tuple[float, float]:
    """Merge two shards of so many conversations: MiB that the process held at most, and seconds."""
    _write_shards(folder, header, row, count)
    peak = folder / "peak.json"
    command = [sys.executable, str(HERE / "head.py"), str(peak), "merge", "big-1.jsonl", "big-2.jsonl"]
    began = time.perf_counter()
    subprocess.run([*command, "--out=big.jsonl", "--quiet"], cwd=folder, check=True)
    took = time.perf_counter() - began
    for name in ("big-1.jsonl", "big-2.jsonl", "big.jsonl"):
        (folder / name).unlink()
    return json.loads(peak.read_text())["peak_mib"], took


def _make_sample(folder: Path) -> tuple[dict[str, Any], dict[str, Any]]:
    """The header of a shard, and one of its lines."""
    (folder / "burns.py").write_text(BURNS)
    write_personas(folder / "burns.jsonl", 8)
    run = ("simulate", "--model-cmd=burns.py", "--personas=burns.jsonl", "--max-turns=2", "--judge=offline")
    _end(_start(folder, *run, "--shard=1/2", "--out=sample.jsonl"))
    header, row = (json.loads(line) for line in (folder / "sample.jsonl").read_text().splitlines()[:2])
    return header, row


def _write_shards(folder: Path, header: dict[str, Any], row: dict[str, Any], count: int) -> None:
    """Write two shards of so many conversations, which differ in their persona."""
    uids = [hashlib.sha256(str(place).encode()).hexdigest()[:16] for place in range(count)]
    owners = [find_shard(uid, 2) for uid in uids]
    counts = [owners.count(1), owners.count(2)]
    for index in (1, 2):
        head = copy.deepcopy(header)
        head["shard"] |= {"index": index, "conversations": counts[index - 1]}
        head["manifest"]["conversations"] = counts
        line = copy.deepcopy(row)
        line["metadata"]["part"] = {"of": 2, "shards": [index], "conversations": count}
        with (folder / f"big-{index}.jsonl").open("w", encoding="utf-8") as file:
            file.write(json.dumps(head) + "\n")
            for place in (place for place, owner in enumerate(owners) if owner == index):
                line["persona"]["name"] = f"customer {place}"
                line["metadata"] |= {"case_uid": uids[place], "place": place}
                file.write(json.dumps(line, ensure_ascii=False) + "\n")
