"""What else can be found out for nothing once something is wrong, so that all of it is said at once."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence

from ..errors import UsageError
from ..protocols import PersonaSource, RunContext
from .lifecycle import find_problems
from .nobody import Nobody
from .personas import load_personas
from .plan import Plan
from .problems import Problems
from .sync import run_sync

_SECONDS = 10.0
"""How long each may take: what it says comes beside a mistake that is known already."""


async def find_persona_problems(source: PersonaSource | None, seconds: float = _SECONDS) -> tuple[str, ...]:
    """Load personas without a judge, only to say what is wrong with them.

    Args:
        source: Who gives them; None for nobody.
        seconds: How long it may take.

    Returns:
        What is wrong; nothing is known of a source that asks a judge after all.
    """
    if source is None:
        return ()
    nobody = Nobody()
    try:
        await load_personas(source, RunContext(nobody, None), seconds)
    except UsageError as error:
        return () if nobody.was_asked else error.problems
    return ()


def find_more(source: PersonaSource | None, sinks: Sequence[object]) -> tuple[str, ...]:
    """Say what is wrong with the personas and with where the results go.

    Args:
        source: Who gives the personas; None where there is nobody, or only for money.
        sinks: Where the results go.
    """

    async def find() -> tuple[str, ...]:
        looks = find_problems(sinks, _SECONDS), find_persona_problems(source)
        return tuple(message for found in await asyncio.gather(*looks) for message in found)

    return run_sync(find)


def stop_with_all(problems: Problems, plan: Plan | None) -> None:
    """Stop if anything was wrong, with what else can be found out for nothing.

    Args:
        problems: What was found to be wrong so far.
        plan: What was built; None where that failed, which looked for more itself.

    Raises:
        UsageError: If anything was wrong.
    """
    if problems.found and plan is not None:
        problems.add(*find_more(plan.free_source, tuple(plan.sinks.values())))
    problems.stop()
