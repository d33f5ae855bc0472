"""Workers in processes of their own, and the head of their run, killed at random moments."""

from __future__ import annotations

import os
import select
import signal
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path

import jsonschema
import pytest

from multivon_eval import result_schema
from support.killed_runs import (
    HANGS,
    NAMES,
    PRICE_IN,
    PRICE_OUT,
    KilledRun,
    Server,
    furnish,
    seed_for,
    serve,
)

pytestmark = [pytest.mark.process, pytest.mark.slow]
ACME = Path(__file__).resolve().parents[1] / "third_party" / "acme_eval" / "src"
KILLS = 4


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server for one test."""
    with serve(tmp_path) as server:
        yield server


def _run(folder: Path, server: Server, budget: str) -> KilledRun:
    more = ("--executor", "acme_eval.pool.Pool,workers=2,per_worker=3")
    run = KilledRun(folder, server, budget, more, str(ACME))
    furnish(run.folder)
    return run


def _charge(raw: list[bytes]) -> Decimal:
    # The server's own rule for usage; an answer's length differs a little with its kind, so the most there is.
    return (sum(len(line) // 4 for line in raw) * Decimal(PRICE_IN) + len(raw) * 60 * Decimal(PRICE_OUT)) / 1_000_000


def _list_workers(head: int) -> list[int]:
    children = Path(f"/proc/{head}/task/{head}/children").read_text(encoding="ascii").split()
    commands = {int(child): Path(f"/proc/{child}/cmdline").read_bytes() for child in children}
    return [child for child, command in commands.items() if b"spawn_main" in command]


@pytest.mark.parametrize("budget", ["5.00", "0.20"])
def test_a_head_that_is_killed(tmp_path: Path, server: Server, budget: str) -> None:
    """Its workers end by themselves; a resume counts what they held, and each conversation is there once."""
    chance = seed_for(f"a head with {budget}")
    run, kills = _run(tmp_path / "run", server, budget), 0
    process = run.start()
    while kills < KILLS and run.kill_after_requests(process, chance.randrange(5, 60)):
        kills, process = kills + 1, run.start()
    _, err = process.communicate(timeout=HANGS)
    assert process.returncode == 0, err
    rows = run.rows()
    for row in rows:
        jsonschema.validate(row, result_schema())
    assert sorted(row["persona"]["name"] for row in rows) == NAMES
    assert not run.journal.exists()
    print(f"{kills} kills, {server.count()} requests")
    assert kills
    assert _charge(server.requests()) <= Decimal(budget)


def test_workers_that_are_killed(tmp_path: Path, server: Server) -> None:
    """Others take over: one result for each conversation, a note for each death, and the budget holds."""
    chance = seed_for("workers")
    run = _run(tmp_path / "run", server, "5.00")
    process = run.start()
    killed = 0
    while process.poll() is None and killed < 3:
        wanted = server.count() + chance.randrange(10, 40)
        while server.count() < wanted and process.poll() is None:
            select.select([], [], [], 0.0005)
        if process.poll() is None and (workers := _list_workers(process.pid)):
            os.kill(chance.choice(workers), signal.SIGKILL)
            killed += 1
    out, err = process.communicate(timeout=HANGS)
    assert process.returncode == 0, out + err
    rows = run.rows()
    assert sorted(row["persona"]["name"] for row in rows) == NAMES
    assert killed
    # One that came no further between two kills may be given up: nobody can tell that it was not the cause.
    failed = [row for row in rows if row["stop_reason"] == "driver_error"]
    assert all(row["attribution"] == "infrastructure" for row in failed)
    assert len(failed) < killed
    assert {row["stop_reason"] for row in rows} <= {"goal_reached", "max_turns", "driver_error"}
    assert _charge(server.requests()) <= Decimal("5.00")
