"""``ray`` on the kit that ships for everybody's executors, on a cluster that goes on beside it."""

from __future__ import annotations

import pytest

from multivon_eval.testing import ExecutorTests
from multivon_eval_plugins.ray_executor.executor import RayExecutor
from support.ray_nodes import Nodes

pytestmark = pytest.mark.process


class TestRay(ExecutorTests):
    """``ray`` is an executor."""

    name = "ray"
    patience = 180.0

    @pytest.fixture(autouse=True)
    def _joined(self, nodes: Nodes) -> None:
        self.nodes = nodes

    def make(self) -> RayExecutor:
        return RayExecutor(self.nodes.address, workers=1)
