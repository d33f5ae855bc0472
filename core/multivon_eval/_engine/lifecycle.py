"""Before the first paid call, whether plug-ins will work and prices are known; after the last, their end."""

from __future__ import annotations

from decimal import Decimal

from ..errors import UsageError
from ..protocols import Checks, Closes, Judge
from ..questions import text_question


async def check_plugins(*plugins: object) -> None:
    """Let each plug-in that can tell say whether it will work; each is asked once.

    Raises:
        UsageError: One will not; all that will not at once.
    """
    problems: list[str] = []
    for plugin in _each_once(plugins):
        if not isinstance(plugin, Checks):
            continue
        try:
            await plugin.check()
        except UsageError as error:
            problems += error.problems
    if problems:
        raise UsageError(problems)


def check_price(judge: Judge, budget: object, asked: str) -> None:
    """See that a ceiling can be kept.

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
            "with ',price_in=USD,price_out=USD' (per million tokens), or lift the ceiling with --budget none"
        )


async def close_plugins(*plugins: object) -> None:
    """Let each plug-in that holds connections give them back."""
    for plugin in _each_once(plugins):
        if isinstance(plugin, Closes):
            await plugin.aclose()


def _each_once(plugins: tuple[object, ...]) -> list[object]:
    return list({id(plugin): plugin for plugin in plugins}.values())
