"""The conversations of a run, as its executor gets them."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable

import attrs

from .._types.result import SimulationResult
from .._workers.desk import RunDesk


@attrs.frozen(eq=False)
class RunWork:
    """The conversations of a run; see :class:`~multivon_eval.sdk.Work`.

    Attributes:
        concurrency: How many conversations are to talk at once.
        run_here: Holds them in this process.
        open_desk: Makes the desk for workers.
    """

    concurrency: int
    run_here: Callable[[], AsyncGenerator[SimulationResult | None, None]]
    open_desk: Callable[[], RunDesk]
