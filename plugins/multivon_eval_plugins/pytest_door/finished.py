"""The conversations of a test, and where its reports carry their counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from multivon_eval import SimulationResult

ROWS = "multivon_eval_simulations"
"""The attribute of a report that carries the counts; xdist brings it from the workers."""


class Finished(list["SimulationResult"]):
    """The conversations that a test had, and how many of them stand in a report already."""

    counted = 0


FINISHED = pytest.StashKey[Finished]()
