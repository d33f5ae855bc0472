"""Keys come from the environment of the nodes, and stand nowhere that Ray shows or keeps."""

from __future__ import annotations

from pathlib import Path

import pytest

from on_ray.conftest import KEY
from support.chat_server import ChatServer
from support.command import multivon_eval
from support.ray_nodes import SETTINGS, Nodes
from support.ray_run import furnish

pytestmark = pytest.mark.process


def simulate(folder: Path, server: ChatServer, nodes: Nodes, variable: str) -> tuple[int, str]:
    """Run with a judge whose key stands in a variable, here and perhaps on the nodes."""
    furnish(folder, 4)
    done = multivon_eval(
        *("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--max-turns", "2"),
        *("--judge", f"openai:any,base_url={server.base_url},api_key_env={variable},price_in=1,price_out=2"),
        *("--executor", f"ray:{nodes.address},workers=2", "--out", "results.jsonl"),
        cwd=folder,
        env={**SETTINGS, variable: KEY},
    )
    return done.returncode, done.stdout + done.stderr


def test_the_key_is_nowhere(tmp_path: Path, nodes: Nodes) -> None:
    """Not in what Ray knows of actors and jobs, its logs and files, command lines, results or messages."""
    with ChatServer(api_key=KEY) as server:
        code, said = simulate(tmp_path / "run", server, nodes, "NOBODYS_API_KEY")
        commands = [path.read_bytes() for path in Path("/proc").glob("[0-9]*/cmdline") if path.exists()]
    assert code == 0, said
    assert len({headers["authorization"] for headers in server.headers}) == 1
    assert (tmp_path / "run" / "results.jsonl").read_text(encoding="utf-8").count("\n") == 4
    state = nodes.cluster.global_state
    actors, jobs = str(state.actor_table(None)), str(state.job_table())
    assert "RayWorker" in actors
    assert "Entrypoint" in jobs
    written = [path for folder in (nodes.folder, tmp_path) for path in folder.rglob("*") if path.is_file()]
    assert len(written) > 20
    assert not [path for path in written if KEY.encode() in path.read_bytes()]
    assert not [command for command in commands if KEY.encode() in command]
    assert KEY not in actors + jobs + said


def test_a_key_that_the_nodes_do_not_have(tmp_path: Path, nodes: Nodes) -> None:
    """A key here is no key there: the run says which worker lacks which variable, and asks nothing."""
    with ChatServer(api_key=KEY) as server:
        code, said = simulate(tmp_path / "run", server, nodes, "ANOTHER_API_KEY")
        assert server.requests == []
    assert code == 2, said
    assert "worker 1 (process " in said or "worker 2 (process " in said
    assert "correct the variable that api_key_env names" in said
    assert KEY not in said
