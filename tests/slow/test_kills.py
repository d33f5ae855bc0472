"""Runs that are killed at random moments and resumed until done: nothing twice, nothing lost, nothing overspent."""

from __future__ import annotations

import itertools
import json
import os
import random
import select
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from multivon_eval import result_schema
from support.command import clean_env

pytestmark = pytest.mark.process

SERVER = Path(__file__).resolve().parents[1] / "benchmarks" / "server.py"
PERSONAS, TURNS, CONCURRENCY = 30, 4, 8
HANGS = 120  # seconds, in which several whole runs end
KILLS = 27  # in each of the runs below that money does not end earlier
PRICE_IN, PRICE_OUT = Decimal(1), Decimal(2)
MODEL = """
import json, pathlib
async def model_fn(messages, conversation_id):
    with open("model_calls.txt", "a") as file:
        file.write(json.dumps([conversation_id, len(messages)]) + "\\n")
    return f"The refund window is 30 days. Press refund under your orders. ({len(messages)})"
"""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[tuple[str, Path]]:
    """A server in a process of its own that logs each request before it answers."""
    log = tmp_path / "requests.jsonl"
    log.touch()
    command = [sys.executable, str(SERVER), "--latency", "0.004", "--log", str(log)]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    yield process.stdout.readline().strip(), log
    process.communicate(timeout=30)


def _workplace(path: Path) -> None:
    (path / "model.py").write_text(MODEL, encoding="utf-8")
    rows = (
        {
            "name": f"customer_{index}",
            "profile": f"Customer {index} with order #{1000 + index}.",
            "goal": "Find out how to get a refund and confirm the refund window.",
            "success_criteria": ["The assistant stated the refund window."],
        }
        for index in range(PERSONAS)
    )
    (path / "personas.jsonl").write_text("".join(json.dumps(row) + "\n" for row in rows), encoding="utf-8")


def _start(path: Path, url: str, budget: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [
            *(sys.executable, "-m", "multivon_eval", "simulate", "--model-cmd", "model.py"),
            *("--personas", "personas.jsonl", "--max-turns", str(TURNS), "--budget", budget),
            *("--judge", f"openai:any,base_url={url},price_in={PRICE_IN},price_out={PRICE_OUT}"),
            *("--concurrency", str(CONCURRENCY), "--out", "results.jsonl", "--json", "--resume"),
        ],
        cwd=path,
        env=clean_env(),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def _killed_after(process: subprocess.Popen[str], log: Path, requests: int) -> bool:
    """Kill a run when the server has seen so many requests more; False if it ended before.

    Raises:
        TimeoutError: It neither ended nor asked for as much in a time that several whole runs take.
    """
    seen = log.stat().st_size
    wanted = log.read_bytes().count(b"\n") + requests
    hangs_at = time.monotonic() + HANGS
    while process.poll() is None:
        if time.monotonic() > hangs_at:
            process.kill()
            process.communicate()
            raise TimeoutError(f"the run has neither ended nor asked for more in {HANGS} seconds")
        select.select([], [], [], 0.001)
        if log.stat().st_size != seen:
            seen = log.stat().st_size
            if log.read_bytes().count(b"\n") >= wanted:
                process.kill()
                process.communicate()
                return True
    return False


def _killed_within(process: subprocess.Popen[str], seconds: float) -> bool:
    """Kill a run at a moment that no request tells: before its journal is there, or while it is being opened."""
    try:
        process.wait(seconds)
    except subprocess.TimeoutExpired:
        process.kill()
        process.communicate()
        return True
    return False


def _money(rows: list[dict[str, Any]], raw: list[bytes]) -> Decimal:
    # The server's own rule for usage; an answer's length differs a little with its kind, so the most there is.
    asked = sum(len(line) // 4 for line in raw)
    return (asked * PRICE_IN + len(rows) * 60 * PRICE_OUT) / 1_000_000


@pytest.mark.parametrize("budget", ["5.00", "6.00", "0.20"])
def test_killed_at_random_moments(tmp_path: Path, server: tuple[str, Path], budget: str, request: Any) -> None:
    """After many kills each conversation is there once, no turn is paid twice but those in flight, money holds."""
    url, log = server
    seed = int(os.environ.get("KILL_SEED", random.randrange(2**32)))
    print(f"seed {seed} for {request.node.name}; set KILL_SEED to repeat it")
    chance = random.Random(seed)
    _workplace(tmp_path)
    kills, marks, out = 0, [], ""
    while True:
        process = _start(tmp_path, url, budget)
        is_early = chance.random() < 0.2
        if kills < KILLS and (
            _killed_within(process, chance.uniform(0, 0.8))
            if is_early
            else _killed_after(process, log, chance.randrange(1, 14))
        ):
            kills += 1
            marks.append(log.read_bytes().count(b"\n"))
            continue
        out, err = process.communicate(timeout=HANGS)
        assert process.returncode == 0, err
        break
    print(f"{kills} kills, {log.read_bytes().count(bytes([10]))} requests")
    assert kills == KILLS or budget == "0.20", f"seed {seed}"
    assert not (tmp_path / "results.jsonl.journal").exists()
    summary = json.loads(out)
    results = [json.loads(line) for line in (tmp_path / "results.jsonl").read_text("utf-8").splitlines()]
    for row in results:
        jsonschema.validate(row, result_schema())
    assert sorted(row["persona"]["name"] for row in results) == sorted(f"customer_{n}" for n in range(PERSONAS))
    assert summary["conversations"] == PERSONAS
    raw = log.read_bytes().splitlines()
    requests = [json.loads(line) for line in raw]
    _check_nothing_paid_twice(requests, marks, seed)
    assert Decimal(str(summary["spent_usd"])) <= Decimal(budget)
    assert _money(requests, raw) <= Decimal(budget)
    if budget != "0.20":
        assert {row["stop_reason"] for row in results} == {"max_turns"}
        assert all(row["turns"] == TURNS and row["goal_achieved"] for row in results)
    else:
        assert "budget_exceeded" in {row["stop_reason"] for row in results}


def _check_nothing_paid_twice(requests: list[dict[str, Any]], marks: list[int], seed: int) -> None:
    """The same user turn is asked for again only where a kill stands between, and once for each such kill."""
    places: dict[str, list[int]] = {}
    for place, body in enumerate(requests):
        if body["response_format"]["json_schema"]["name"] == "user_turn":
            places.setdefault(json.dumps(body["messages"]), []).append(place)
    again = Counter[int]()
    for found in places.values():
        for earlier, later in itertools.pairwise(found):
            between = [mark for mark in marks if earlier < mark <= later]
            assert between, f"seed {seed}: a turn was paid twice without a kill between"
            again[between[0]] += 1
    # At a kill no more than the calls in flight can be lost: one for each conversation.
    assert all(count <= CONCURRENCY for count in again.values()), f"seed {seed}: {again}"
