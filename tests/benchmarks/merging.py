"""What merging the shards of a run takes, from a thousand conversations to a hundred thousand."""

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

MODEL = '''"""A system under test that takes no time."""


def model_fn(prompt):
    return "The refund window is 30 days. Open your orders and press refund."
'''


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
    (folder / "model.py").write_text(MODEL)
    write_personas(folder / "few.jsonl", 8)
    run = ("simulate", "--model-cmd=model.py", "--personas=few.jsonl", "--max-turns=2", "--judge=offline", "--quiet")
    command = [sys.executable, "-m", "multivon_eval", *run, "--shard=1/2", "--out=sample.jsonl"]
    subprocess.run(command, cwd=folder, check=True)
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
