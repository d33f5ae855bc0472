"""Runs that are killed at random moments and resumed until done: nothing twice, nothing lost, nothing overspent."""

from __future__ import annotations

import itertools
import json
import os
import random
import shutil
from collections import Counter
from collections.abc import Callable, Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from multivon_eval import result_schema
from support.killed_runs import (
    CONCURRENCY,
    HANGS,
    NAMES,
    PERSONAS,
    PRICE_IN,
    PRICE_OUT,
    TURNS,
    KilledRun,
    Server,
    furnish,
    kill_within,
    seed_for,
    serve,
)

pytestmark = pytest.mark.process

SETS = range(int(os.environ.get("KILL_SETS", "1")))
"""How often each test is had; `nox -s explore` has it more often."""
KILLS = 27
"""In each run that money does not end earlier."""
ROUNDS = 12
"""In each of the others."""


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server for one test."""
    with serve(tmp_path) as server:
        yield server


def _check_results(run: KilledRun) -> list[dict[str, Any]]:
    """See that each conversation is there once and as the schema says."""
    rows = run.rows()
    for row in rows:
        jsonschema.validate(row, result_schema())
    assert sorted(row["persona"]["name"] for row in rows) == NAMES
    assert not run.journal.exists()
    return rows


def _money(raw: list[bytes]) -> Decimal:
    # The server's own rule for usage; an answer's length differs a little with its kind, so the most there is.
    return (sum(len(line) // 4 for line in raw) * Decimal(PRICE_IN) + len(raw) * 60 * Decimal(PRICE_OUT)) / 1_000_000


def _delete(path: Path, chance: random.Random) -> None:
    path.unlink(missing_ok=True)


def _cut(path: Path, chance: random.Random) -> None:
    if path.exists():
        os.truncate(path, chance.randrange(path.stat().st_size + 1))


def _replace(path: Path, chance: random.Random) -> None:
    if path.exists():
        lines = path.read_bytes().splitlines(keepends=True)
        path.unlink()
        path.write_bytes(b"".join(lines[: chance.randrange(len(lines) + 1)]))


def _tear(path: Path, chance: random.Random) -> None:
    if path.exists():
        with path.open("ab") as file:
            file.write(b'{"schema_version": 1, "persona": {"na')


def _flip(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    data[chance.randrange(len(data))] ^= 1 << chance.randrange(8)
    path.write_bytes(data)


def _blank(path: Path, chance: random.Random) -> None:
    data = bytearray(path.read_bytes())
    begin = chance.randrange(0, len(data), 4096)
    data[begin : begin + 4096] = bytes(len(data[begin : begin + 4096]))
    path.write_bytes(data)


@pytest.mark.parametrize("number", SETS)
@pytest.mark.parametrize("budget", ["5.00", "6.00", "0.20"])
def test_killed_at_random_moments(tmp_path: Path, server: Server, budget: str, number: int) -> None:
    """After many kills each conversation is there once, no turn is paid twice but those in flight, money holds.

    Between kills the results are deleted, cut, replaced or torn: what is missing is written again.
    """
    chance = seed_for(f"budget {budget}")
    run = KilledRun(tmp_path / "run", server, budget)
    furnish(run.folder)
    marks: list[int] = []
    while True:
        process = run.start()
        is_early = chance.random() < 0.2
        if len(marks) < KILLS and (
            kill_within(process, chance.uniform(0, 0.3))
            if is_early
            else run.kill_after_requests(process, chance.randrange(1, 14))
        ):
            marks.append(server.count())
            if chance.random() < 0.3:
                chance.choice([_delete, _cut, _replace, _tear])(run.out, chance)
            continue
        out, err = process.communicate(timeout=HANGS)
        assert process.returncode == 0, err
        break
    print(f"{len(marks)} kills, {server.count()} requests")
    assert len(marks) == KILLS or budget == "0.20"
    results, summary = _check_results(run), json.loads(out)
    assert summary["conversations"] == PERSONAS
    raw = server.requests()
    _check_nothing_paid_twice([json.loads(line) for line in raw], marks)
    assert Decimal(str(summary["spent_usd"])) <= Decimal(budget)
    assert _money(raw) <= Decimal(budget)
    if budget != "0.20":
        assert {row["stop_reason"] for row in results} == {"max_turns"}
        assert all(row["turns"] == TURNS and row["goal_achieved"] for row in results)
    else:
        assert "budget_exceeded" in {row["stop_reason"] for row in results}


def _check_nothing_paid_twice(requests: list[dict[str, Any]], marks: list[int]) -> None:
    """The same user turn is asked for again only where a kill stands between, and once for each such kill."""
    places: dict[str, list[int]] = {}
    for place, body in enumerate(requests):
        if body["response_format"]["json_schema"]["name"] == "user_turn":
            places.setdefault(json.dumps(body["messages"]), []).append(place)
    again = Counter[int]()
    for found in places.values():
        for earlier, later in itertools.pairwise(found):
            between = [mark for mark in marks if earlier < mark <= later]
            assert between, "a turn was paid twice without a kill between"
            again[between[0]] += 1
    # At a kill no more than the calls in flight can be lost: one for each conversation.
    assert all(count <= CONCURRENCY for count in again.values()), again


def _bring_to(run: KilledRun, lines: int) -> None:
    """Bring a run so far that so many results are there, and kill it."""
    furnish(run.folder)
    assert run.kill_after_lines(run.start(), lines)


def _copy(run: KilledRun, name: str) -> KilledRun:
    folder = run.folder.with_name(name)
    shutil.copytree(run.folder, folder)
    return KilledRun(folder, run.server, run.budget)


@pytest.mark.parametrize("number", SETS)
def test_killed_during_the_last_write_and_the_end(tmp_path: Path, server: Server, number: int) -> None:
    """Once the last result is written nothing is paid any more, wherever the kill falls, and nothing is missing."""
    chance = seed_for("the end")
    before = KilledRun(tmp_path / "before", server)
    _bring_to(before, PERSONAS - 2)
    killed = 0
    for round in range(ROUNDS):
        run = _copy(before, f"round {round}")
        killed += run.kill_after_lines(run.start(), PERSONAS, chance.uniform(0, 0.03))
        for _ in range(chance.randrange(2)):
            again = run.start()
            if not kill_within(again, chance.uniform(0, 1.0)):
                again.communicate(timeout=HANGS)
        requests = server.count()
        code, _, err = run.finish()
        assert code == 0, err
        _check_results(run)
        assert server.count() == requests, "what was finished was paid for again"
    print(f"{killed} of {ROUNDS} killed before they had ended")
    assert killed


DAMAGES: list[tuple[str, Callable[[Path, random.Random], None]]] = [
    *(("", damage) for damage in (_delete, _cut, _flip, _flip, _blank)),
    *(("-wal", damage) for damage in (_delete, _cut, _flip, _blank)),
]


@pytest.mark.parametrize("number", SETS)
def test_a_damaged_journal(tmp_path: Path, server: Server, number: int) -> None:
    """It is refused in plain words before anything is paid, or gone on with; results that are there stay there."""
    chance = seed_for("damage")
    refused = 0
    for round in range(ROUNDS):
        run = KilledRun(tmp_path / f"round {round}", server)
        _bring_to(run, chance.randrange(1, PERSONAS - 2))
        suffix, damage = DAMAGES[round % len(DAMAGES)]
        file = run.journal.with_name(run.journal.name + suffix)
        if not file.exists():
            continue
        damage(file, chance)
        had, requests = {row["metadata"]["case_uid"]: row for row in run.rows()}, server.count()
        code, _, err = run.finish()
        what = f"{damage.__name__} {file.name}: {code} {err}"
        assert "Traceback" not in err, what
        after = {row["metadata"]["case_uid"]: row for row in run.rows()}
        assert had.items() <= after.items(), what
        if code == 0:
            _check_results(run)
            continue
        assert code in (2, 3), what
        assert all(line.startswith("error: ") for line in err.splitlines()), what
        assert "--overwrite" in err or "give --out another file" in err, what
        assert server.count() == requests or code == 3, what
        refused += 1
    print(f"{refused} of {ROUNDS} were refused")
    assert refused
