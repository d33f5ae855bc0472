"""A real Ray for the tests of this folder: where there is none, they fail."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from support.killed_runs import Server, serve
from support.ray_nodes import Nodes, start_nodes

KEY = "sk-of-nobody-0123456789abcdef"
"""What stands in the environment of the cluster's processes, as a key does."""


@pytest.fixture(scope="session")
def nodes() -> Iterator[Nodes]:
    """Ray with room for two workers on its head; tests add nodes of their own."""
    with start_nodes(2, {"NOBODYS_API_KEY": KEY}) as nodes:
        yield nodes


@pytest.fixture
def server(tmp_path: Path) -> Iterator[Server]:
    """A server for one test."""
    with serve(tmp_path) as server:
        yield server
