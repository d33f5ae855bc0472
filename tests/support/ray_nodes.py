"""A real Ray with nodes on this machine, every one of them at 127.0.0.1."""

from __future__ import annotations

import importlib
import os
import shutil
import signal
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import attrs

HOST = "127.0.0.1"
SETTINGS = {
    # The only way to have Ray keep 127.0.0.1: it takes the address of the machine in its place otherwise.
    "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
    "RAY_USAGE_STATS_ENABLED": "0",
}


@attrs.frozen
class Nodes:
    """A cluster.

    Attributes:
        cluster: Ray's own for tests.
        folder: Where all that its processes write is kept.
    """

    cluster: Any
    folder: Path

    @property
    def address(self) -> str:
        """Where its head listens."""
        address: str = self.cluster.address
        return address

    def add(self, num_gpus: int = 0) -> Any:
        """Add a node with one CPU, and GPUs that Ray takes our word for."""
        return self.cluster.add_node(num_cpus=1, num_gpus=num_gpus, node_ip_address=HOST)

    def list_workers(self, node: Any = None) -> list[int]:
        """The worker processes of a node; of the cluster's head where none is given."""
        return list_children((node or self.cluster.head_node).all_processes["raylet"][0].process.pid)

    def remove(self, node: Any) -> None:
        """Kill all of a node's processes at once, its workers with them."""
        workers = self.list_workers(node)
        self.cluster.remove_node(node, allow_graceful=False)
        # They would live on for some seconds, which those of a machine that is lost do not.
        for pid in workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def list_children(pid: int) -> list[int]:
    """The processes that a process has started."""
    found = []
    for path in Path("/proc").glob("[0-9]*/stat"):
        with suppress(FileNotFoundError, ProcessLookupError):
            parent = path.read_text(encoding="utf-8").rpartition(")")[2].split()[1]
            if int(parent) == pid:
                found.append(int(path.parent.name))
    return found


@contextmanager
def start_nodes(num_cpus: int, env: Mapping[str, str] | None = None) -> Iterator[Nodes]:
    """Run a Ray whose head has so many CPUs.

    Args:
        num_cpus: Of the head's own node.
        env: What stands in the environment of its processes beside what stands in ours.
    """
    os.environ.update(SETTINGS)
    cluster_utils = importlib.import_module("ray.cluster_utils")
    # Names of sockets are short, and pytest's folders are not.
    folder = Path(tempfile.mkdtemp(prefix="nodes-", dir="/tmp"))
    before = {name: os.environ.get(name) for name in env or {}}
    os.environ.update(env or {})
    # Ray's own for tests writes there where its head listens, and expects somebody to have made it.
    Path(tempfile.gettempdir(), "ray").mkdir(exist_ok=True)
    cluster = None
    try:
        head = {"node_ip_address": HOST, "num_cpus": num_cpus, "include_dashboard": False, "temp_dir": str(folder)}
        cluster = cluster_utils.Cluster(initialize_head=True, head_node_args=head)
        yield Nodes(cluster, folder)
    finally:
        for name, value in before.items():
            os.environ.pop(name) if value is None else os.environ.update({name: value})
        if cluster is not None:
            cluster.shutdown()
        shutil.rmtree(folder, ignore_errors=True)
