"""The executor ``local``, the default."""

from __future__ import annotations

from collections.abc import AsyncGenerator

import attrs

from multivon_eval.sdk import SimulationResult, Work


@attrs.frozen
class Local:
    """Holds all conversations in the process of the run, ``--concurrency`` at once."""

    def execute(self, work: Work) -> AsyncGenerator[SimulationResult | None, None]:
        """Hold them, and give each result as it is finished."""
        return work.run_here()
