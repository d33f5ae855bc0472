"""Before the first paid call, whether plug-ins will work and prices are known; after the last, their end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

from .._plugins.abilities import find_ability
from .._questions import text_question
from ..errors import UsageError
from ..protocols import Checks, Closes, Judge


@asynccontextmanager
async def ready(plugins: Sequence[object], others: Sequence[object] = (), seconds: float = 60.0) -> AsyncIterator[None]:
    """Let each plug-in that can tell say whether it will work, and in the end give back what it holds.

    Args:
        plugins: Who is asked, and closed in the end.
        others: Who is only asked: sinks have an end of their own.
        seconds: How long each may take to tell.

    Raises:
        UsageError: One will not work; all that will not at once.
    """
    try:
        await _check(_drop_doubles((*plugins, *others)), seconds)
        yield
    finally:
        for plugin in _drop_doubles(plugins):
            if (closing := find_ability(plugin, Closes)) is not None:
                await closing.aclose()


async def _check(plugins: Sequence[object], seconds: float) -> None:
    problems: list[str] = []
    for plugin in plugins:
        if (checking := find_ability(plugin, Checks)) is None:
            continue
        try:
            async with asyncio.timeout(seconds):
                await checking.check()
        except TimeoutError:
            name = type(plugin).__name__
            problems.append(f"{name} could not tell within {seconds:g} seconds whether it will work; raise --timeout")
        except UsageError as error:
            problems += error.problems
    if problems:
        raise UsageError(problems)


def check_price(judge: Judge, budget: object, asked: str) -> None:
    """Check that a ceiling can be kept.

    Args:
        judge: Who will be paid.
        budget: The ceiling in USD; anything else is none.
        asked: The judge as it was asked for, for the message.

    Raises:
        UsageError: There is a ceiling, and nobody knows what the judge costs.
    """
    if isinstance(budget, Decimal) and judge.worst_cost(text_question("How much?")) is None:
        raise UsageError(
            f"the price of judge {asked!r} is not known, so a budget of ${budget} cannot be kept; state it "
            "with ',price_in=USD,price_out=USD' (per million tokens), or lift the ceiling with --budget none "
            "(budget_usd=None in Python, --simulate-budget none under pytest)"
        )


def _drop_doubles(plugins: Sequence[object]) -> list[object]:
    return list({id(plugin): plugin for plugin in plugins}.values())
