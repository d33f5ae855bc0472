"""What can be asked wrongly is said before anything is spent."""

from __future__ import annotations

import socket
from pathlib import Path

import pytest

from support.killed_runs import Server
from support.ray_nodes import Nodes
from support.ray_run import RayRun, furnish

pytestmark = pytest.mark.process


def refuse(tmp_path: Path, server: Server, executor: str) -> str:
    """Run with an executor that cannot be had; returns what is said."""
    run = RayRun(tmp_path / "run", server, executor)
    furnish(run.folder, 2)
    code, _, err = run.finish()
    assert code == 2, err
    assert server.count() == 0
    assert not run.out.exists()
    return err


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ("workers=0", "workers"),
        ("per_worker=0", "per_worker"),
        ("num_gpus=-1", "num_gpus is -1.0; give a number from 0 on"),
        ("wait=0", "wait"),
        ("worker=2", "did you mean 'workers'"),
        ("address=ray://10.0.0.1:10001", "give that of the cluster's head, as 10.0.0.1:6379"),
        ("address=somewhere", "give that of the cluster's head"),
        ("runtime_env=missing.yaml", "cannot read runtime_env missing.yaml"),
        ("working_dir=missing", "there is no such folder"),
    ],
)
def test_wrong_options(tmp_path: Path, server: Server, options: str, said: str) -> None:
    """Each is named, with its reason and the remedy, and Ray is not even started."""
    assert said in refuse(tmp_path, server, f"ray,{options}")


def test_nobody_listens(tmp_path: Path, server: Server) -> None:
    """An address that nobody answers at is told at once, and not after the minutes that Ray would try."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
    assert f"cannot reach 127.0.0.1:{port}" in refuse(tmp_path, server, f"ray:127.0.0.1:{port}")


def test_more_than_the_cluster_has(tmp_path: Path, server: Server, nodes: Nodes) -> None:
    """Workers and GPUs that are not there are all named."""
    err = refuse(tmp_path, server, f"ray:{nodes.address},workers=3,num_gpus=0.5")
    assert "3 workers with 1 CPU each take 3, and the cluster has 2" in err
    assert "3 workers with 0.5 GPU each take 1.5, and the cluster has 0" in err


def test_no_place_is_found(tmp_path: Path, server: Server, nodes: Nodes) -> None:
    """Who says how long nodes may take to come waits so long and no longer."""
    err = refuse(tmp_path, server, f"ray:{nodes.address},num_cpus=3,workers=1,wait=1")
    assert "found no place for a worker for 1 seconds" in err


def test_secrets_in_the_runtime_environment(tmp_path: Path, server: Server) -> None:
    """Ray's dashboard shows the environment of a job to everybody."""
    (tmp_path / "env.yaml").write_text("env_vars: {SOME_API_KEY: abc, LEVEL: debug}\n", encoding="utf-8")
    err = refuse(tmp_path, server, "ray,runtime_env=../env.yaml")
    assert "env_vars in ../env.yaml sets SOME_API_KEY, and Ray's dashboard shows it" in err
    assert "abc" not in err
