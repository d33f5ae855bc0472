"""Before the first paid call, whether plug-ins will work and prices are known; after the last, their end."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import asynccontextmanager
from decimal import Decimal

from .._money.price import find_worst_cost
from .._plugins.abilities import find_ability
from .._plugins.isolation import FAULTS, format_error, format_fault, raise_if_fatal
from .._plugins.stint import limit_stint
from .._questions import text_question
from .._types.log import get_logger
from .._types.report import Problem
from ..errors import JudgeError, UsageError
from ..protocols import Checks, Closes, Judge

_LOG = get_logger("plugin")


@asynccontextmanager
async def open_plugins(
    plugins: Sequence[object],
    others: Sequence[object] = (),
    seconds: float = 60.0,
    report: Callable[[Problem], None] = lambda problem: None,
    find_more: Callable[[], Awaitable[Sequence[str]]] | None = None,
) -> AsyncIterator[None]:
    """Run each plug-in's ``check()``, and close it on exit.

    Args:
        plugins: The plug-ins that are checked and closed.
        others: Those that are only checked: sinks have an end of their own.
        seconds: How long each may take to check, and to close.
        report: Called with a problem for each that cannot be closed.
        find_more: Called where one will not work, for what else is wrong.

    Raises:
        UsageError: If a plug-in will not work; with all that will not.
    """
    try:
        if problems := await find_problems((*plugins, *others), seconds):
            raise UsageError([*problems, *(await find_more() if find_more else ())])
        yield
    finally:
        for plugin in _drop_doubles(plugins):
            if (closing := find_ability(plugin, Closes)) is not None:
                await _close(closing, seconds, report)


async def _close(plugin: Closes, seconds: float, report: Callable[[Problem], None]) -> None:
    name = type(plugin).__name__
    try:
        async with limit_stint("it", seconds):
            await plugin.aclose()
    except FAULTS as error:
        raise_if_fatal(error)
        _LOG.warning("%s could not be closed", name, exc_info=error)
        report(Problem(name, f"could not be closed: {format_fault(error)}"))


async def find_problems(plugins: Sequence[object], seconds: float) -> tuple[str, ...]:
    """Let each plug-in check whether it will work, and give what is wrong.

    Args:
        plugins: Those that have a ``check()`` are asked, each once.
        seconds: How long each may take.
    """
    problems: list[str] = []
    for plugin in _drop_doubles(plugins):
        if (checking := find_ability(plugin, Checks)) is None:
            continue
        name = type(plugin).__name__
        try:
            async with asyncio.timeout(seconds) as clock:
                await checking.check()
        except UsageError as error:
            problems += error.problems
        except FAULTS as error:
            raise_if_fatal(error)
            if clock.expired():
                problems.append(
                    f"{name} could not tell within {seconds:g} seconds whether it will work; raise --timeout"
                )
            else:
                problems.append(f"{name} could not tell whether it will work: its 'check' raised {format_error(error)}")
    return tuple(problems)


def check_price(judge: Judge, budget: object, asked: str) -> None:
    """Check that a ceiling can be kept.

    Args:
        judge: Who will be paid.
        budget: The ceiling in USD; anything else is none.
        asked: The judge as it was asked for, for the message.

    Raises:
        UsageError: If there is a ceiling and the judge's price is not known.
    """
    if not isinstance(budget, Decimal):
        return
    try:
        worst = find_worst_cost(judge, text_question("How much?"))
    except JudgeError as error:
        raise UsageError(f"judge {asked!r} cannot be used: {error}") from error
    if worst is None:
        raise UsageError(
            f"the price of judge {asked!r} is not known, so a budget of ${budget} cannot be kept; state it "
            "with ',price_in=USD,price_out=USD' (per million tokens), or lift the ceiling with --budget none "
            "(budget_usd=None in Python, --simulate-budget none under pytest)"
        )


def _drop_doubles(plugins: Sequence[object]) -> list[object]:
    return list({id(plugin): plugin for plugin in plugins}.values())
