"""Workers, nodes and heads die: each conversation is there once, and no more is spent than may be."""

from __future__ import annotations

import signal
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from multivon_eval import result_schema
from support.killed_runs import Server
from support.ray_nodes import Nodes
from support.ray_run import RayRun, furnish, is_alive, wait_for, wait_until

pytestmark = pytest.mark.process

PERSONAS = 200
DEADLY = """
import os
import signal
from pathlib import Path


def model_fn(messages, conversation_id):
    try:
        with open("deadly", "x") as file:
            file.write(conversation_id)
    except FileExistsError:
        pass
    if Path("deadly").read_text() == conversation_id:
        os.kill(os.getpid(), signal.SIGKILL)
    return "The refund window is 30 days. Press refund under your orders."
"""
"""The first conversation that talks kills whatever process it is in."""


def check_rows(rows: list[dict[str, Any]], personas: int) -> None:
    """See that each conversation is there once, and as the schema says."""
    for row in rows:
        jsonschema.validate(row, result_schema())
    assert Counter(row["persona"]["name"] for row in rows) == Counter(f"customer_{index}" for index in range(personas))


def strip(row: dict[str, Any]) -> Any:
    """A result without what differs from run to run: what was said and found, and the names of all else."""
    said = [(message["role"], message["content"]) for message in row["transcript"]]
    found = {
        key: row[key] for key in ("persona", "trial", "stop_reason", "goal_achieved", "verdict", "scores", "turns")
    }
    return said, found, sorted(row), sorted(row["metadata"])


def test_a_worker_and_a_node_die(tmp_path: Path, server: Server, nodes: Nodes) -> None:
    """200 conversations on two nodes, where a worker dies and then a node: the results are those of a run at home."""
    node = nodes.add()
    run = RayRun(tmp_path / "run", server, f"ray:{nodes.address},workers=3")
    furnish(run.folder, PERSONAS)
    process = run.start()
    wait_until(process, lambda: run.count_rows() >= PERSONAS // 5)
    # Not one of the node that dies next: its place would be filled by then, or not, as it happens.
    killed = run.kill_worker(process, nodes.list_workers())
    # By then whatever was under way in the first death is over, so that no conversation is there twice.
    early = {f"customer_{index}" for index in range(PERSONAS // 2)}
    wait_until(process, lambda: early <= {row["persona"]["name"] for row in run.rows()})
    nodes.remove(node)
    code, summary, err = run.finish(process)
    assert code == 0, err
    check_rows(run.rows(), PERSONAS)
    died = [problem["message"] for problem in summary["problems"] if "died" in problem["message"]]
    assert any(f"process {killed}" in message for message in died), summary["problems"]
    assert len(died) == 2
    assert Decimal(str(summary["spent_usd"])) <= Decimal(run.budget)
    assert run.count_money() <= Decimal(run.budget)
    home = RayRun(tmp_path / "home", server, "")
    furnish(home.folder, PERSONAS)
    assert home.finish()[0] == 0
    by_name = {row["persona"]["name"]: strip(row) for row in run.rows()}
    assert by_name == {row["persona"]["name"]: strip(row) for row in home.rows()}


def test_a_node_that_has_just_died(tmp_path: Path, server: Server, nodes: Nodes) -> None:
    """Ray still places a worker on it, which never runs: another one is asked for, and the run is none the worse."""
    nodes.remove(nodes.add())
    run = RayRun(tmp_path / "run", server, f"ray:{nodes.address},workers=3")
    furnish(run.folder, 20)
    code, summary, err = run.finish()
    assert code == 0, err
    check_rows(run.rows(), 20)
    assert not summary["problems"]


def test_a_conversation_that_kills_its_workers(tmp_path: Path, server: Server, nodes: Nodes) -> None:
    """It is given up after the second death, for the infrastructure's sake, and all others are held."""
    run = RayRun(tmp_path / "run", server, f"ray:{nodes.address},workers=2", more=("--concurrency", "4"))
    furnish(run.folder, 20, DEADLY)
    code, summary, err = run.finish()
    assert code == 0, err
    check_rows(run.rows(), 20)
    [given_up] = [row for row in run.rows() if row["stop_reason"] == "driver_error"]
    assert given_up["attribution"] == "infrastructure"
    assert given_up["goal_achieved"] is None
    assert "process ended" in given_up["metadata"]["error"]["message"]
    assert sum("died" in problem["message"] for problem in summary["problems"]) == 2


def test_the_ceiling_holds_when_a_worker_dies(tmp_path: Path, server: Server, nodes: Nodes) -> None:
    """What a dead worker held counts as spent, so that server and run agree that the budget was kept."""
    run = RayRun(tmp_path / "run", server, f"ray:{nodes.address},workers=2", budget="0.30")
    furnish(run.folder, PERSONAS)
    process = run.start()
    wait_until(process, lambda: run.count_rows() >= 10)
    run.kill_worker(process)
    code, summary, err = run.finish(process)
    assert code == 0, err
    check_rows(run.rows(), PERSONAS)
    assert any(row["stop_reason"] == "budget_exceeded" for row in run.rows())
    assert Decimal(str(summary["spent_usd"])) <= Decimal(run.budget)
    assert run.count_money() <= Decimal(run.budget)


def test_interrupted_and_resumed(tmp_path: Path, server: Server, nodes: Nodes) -> None:
    """Ctrl-C delivers what is finished and ends the workers; the same command goes on."""
    run = RayRun(tmp_path / "run", server, f"ray:{nodes.address},workers=2")
    furnish(run.folder, PERSONAS)
    process = run.start()
    wait_until(process, lambda: run.count_rows() >= 20)
    workers = run.list_workers(process)
    process.send_signal(signal.SIGINT)
    code, _, err = run.finish(process)
    assert code == 130, err
    wait_for(lambda: not any(map(is_alive, workers)))
    assert 20 <= run.count_rows() < PERSONAS
    code, _, err = run.finish()
    assert code == 0, err
    check_rows(run.rows(), PERSONAS)
    assert run.count_money() <= Decimal(run.budget)


def test_the_head_is_killed(tmp_path: Path, server: Server, nodes: Nodes) -> None:
    """Ray ends its workers, so nobody spends on; the same command goes on from the journal."""
    run = RayRun(tmp_path / "run", server, f"ray:{nodes.address},workers=2", turns=4)
    furnish(run.folder, PERSONAS)
    process = run.start()
    wait_until(process, lambda: run.count_rows() >= 20)
    workers = run.list_workers(process)
    process.kill()
    process.communicate()
    assert len(workers) == 2
    wait_for(lambda: not any(map(is_alive, workers)))
    asked = server.count()
    code, _, err = run.finish()
    assert code == 0, err
    check_rows(run.rows(), PERSONAS)
    assert server.count() > asked
    assert run.count_money() <= Decimal(run.budget)
