"""Shards as processes of their own that run at once, one of them killed: merged they are what one run gives."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest

from support.command import clean_env, multivon_eval
from support.killed_runs import HANGS, PRICE_IN, PRICE_OUT, Server, furnish, kill_when, read, serve
from support.shards import read_rows, strip_times

pytestmark = [pytest.mark.process, pytest.mark.slow]

SHARDS = 3
MONEY = ("cost_usd", "costs", "judge_calls", "usage")


@attrs.frozen
class ShardedRun:
    """A run in a folder, whose judge is a server that logs each request.

    Attributes:
        folder: Where it runs, and its files lie.
        server: Whom it asks.
        budget: Its ceiling, in USD.
    """

    folder: Path
    server: Server
    budget: str = "5.00"

    def out(self, index: int) -> Path:
        """The file of a shard."""
        return self.folder / f"shard-{index}.jsonl"

    def list_arguments(self, *more: str) -> list[str]:
        """The command line."""
        judge = f"openai:any,base_url={self.server.url},price_in={PRICE_IN},price_out={PRICE_OUT}"
        return [
            *("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--max-turns", "4"),
            *("--budget", self.budget, "--judge", judge, "--concurrency", "1", "--quiet", *more),
        ]

    def start(self, index: int, *more: str) -> subprocess.Popen[str]:
        """Start a shard."""
        asked = self.list_arguments("--shard", f"{index}/{SHARDS}", "--out", self.out(index).name, *more)
        return subprocess.Popen(
            [sys.executable, "-m", "multivon_eval", *asked],
            cwd=self.folder,
            env=clean_env(),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def merge(self, *more: str) -> subprocess.CompletedProcess[str]:
        """Merge all shards."""
        names = [self.out(index).name for index in range(1, SHARDS + 1)]
        return multivon_eval("merge", *names, "--out", "merged.jsonl", *more, cwd=self.folder)

    def paid(self) -> Decimal:
        """What the server charges for all requests, by its own rule for usage, an answer at its longest."""
        raw = self.server.requests()
        asked = sum(len(line) // 4 for line in raw)
        return (asked * Decimal(PRICE_IN) + len(raw) * 60 * Decimal(PRICE_OUT)) / 1_000_000


@pytest.fixture
def run(tmp_path: Path) -> Iterator[ShardedRun]:
    """A run with a server of its own."""
    folder = tmp_path / "run"
    furnish(folder)
    with serve(tmp_path) as server:
        yield ShardedRun(folder, server)


def _end(process: subprocess.Popen[str]) -> None:
    _, err = process.communicate(timeout=HANGS)
    assert process.returncode == 0, err


def _drop_money(row: dict[str, Any]) -> str:
    metadata = {key: value for key, value in row["metadata"].items() if key not in MONEY}
    return json.dumps({**row, "cost_usd": 0, "metadata": metadata})


def test_three_at_once_one_killed_and_resumed_are_one_run(run: ShardedRun) -> None:
    """The merged lines are those of one run; only the call that was under way at the kill is paid for twice."""
    first, killed, third = (run.start(index) for index in (1, 2, 3))
    assert kill_when(killed, run.out(2), lambda: read(run.out(2)).count(b"\n") >= 3)
    for process in (first, third):
        _end(process)
    done_before = {row["metadata"]["case_uid"] for row in read_rows(run.out(2))[1:]}
    refused = run.merge("--quiet")
    assert refused.returncode == 2
    assert "shard-2.jsonl: shard 2 of 3 is not finished" in refused.stderr
    as_another = run.list_arguments("--shard", "1/3", "--out", "shard-2.jsonl", "--resume")
    other = multivon_eval(*as_another, cwd=run.folder)
    assert other.returncode == 2
    assert "shard was '2/3' and is '1/3'" in other.stderr

    _end(run.start(2, "--resume"))
    assert run.paid() <= Decimal(run.budget)
    merged = run.merge("--quiet", "--fail-under", "goal_rate=1")
    assert merged.returncode == 0, merged.stderr
    one = multivon_eval(*run.list_arguments("--out", "merged.jsonl"), cwd=_copy(run.folder))
    assert one.returncode == 0, one.stderr
    ours, theirs = strip_times(run.folder / "merged.jsonl"), strip_times(run.folder.parent / "copy" / "merged.jsonl")
    assert len(ours) == len(theirs) == 30
    differing = [(json.loads(a), json.loads(b)) for a, b in zip(ours, theirs, strict=True) if a != b]
    assert len(differing) <= 1
    for mine, other_row in differing:
        assert mine["metadata"]["case_uid"] not in done_before
        assert _drop_money(mine) == _drop_money(other_row)
        assert mine["cost_usd"] >= other_row["cost_usd"]


def _copy(folder: Path) -> Path:
    copy = folder.parent / "copy"
    furnish(copy)
    return copy


def test_the_ceiling_holds_over_shards_at_once(run: ShardedRun) -> None:
    """With a third of what the run takes all three together stay below it, and merge says what was cut."""
    run = attrs.evolve(run, budget="0.05")
    for process in [run.start(index) for index in range(1, SHARDS + 1)]:
        _end(process)
    assert run.server.count() > 0
    assert run.paid() <= Decimal(run.budget)
    done = run.merge("--json", "--strict")
    told = json.loads(done.stdout)
    assert told["cut"] > 0
    assert told["spent_usd"] <= float(run.budget)
    assert done.returncode == 4
