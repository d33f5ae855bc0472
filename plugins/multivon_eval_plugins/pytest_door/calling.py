"""What the fixtures ``simulate`` and ``asimulate`` give."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from multivon_eval import SimulationResults
from multivon_eval import asimulate as run_asynchronously
from multivon_eval import simulate as run_simulation

from .cases import locate_personas
from .finished import FINISHED
from .session import Session


def simulate_for(item: pytest.Item, session: Session) -> Callable[..., SimulationResults]:
    """Make the callable of the fixture ``simulate``.

    Args:
        item: The test, whose report will show the conversations.
        session: The session it belongs to.

    Returns:
        ``multivon_eval.simulate`` without ``budget_usd``: the session's is drawn on.
    """

    def simulate(model_fn: Callable[..., Any], personas: Any, **options: Any) -> SimulationResults:
        """Let personas talk to a system; see ``multivon_eval.simulate``."""
        results = run_simulation(model_fn, locate_personas(personas, item), **session.options(options))
        item.stash[FINISHED] += results
        return results

    return simulate


def asimulate_for(item: pytest.Item, session: Session) -> Callable[..., Awaitable[SimulationResults]]:
    """Make the callable of the fixture ``asimulate``; see :func:`simulate_for`."""

    async def asimulate(model_fn: Callable[..., Any], personas: Any, **options: Any) -> SimulationResults:
        """Let personas talk to a system; see ``multivon_eval.asimulate``."""
        results = await run_asynchronously(model_fn, locate_personas(personas, item), **session.options(options))
        item.stash[FINISHED] += results
        return results

    return asimulate
