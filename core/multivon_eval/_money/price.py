"""What a judge says of its prices, checked: the ceiling rests on it."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from .._plugins.abilities import find_ability
from .._plugins.isolation import FAULTS, format_error, format_value, raise_if_fatal
from .._questions import Question
from .._types.answer import Prices
from ..errors import JudgeError, PluginBroken
from ..protocols import Judge, Priced


def find_worst_cost(judge: Judge, question: Question[Any]) -> Decimal | None:
    """Return the most that one request for a question can cost, in USD; None where the judge does not know.

    Raises:
        JudgeError: If the judge raises, or gives something else than an amount of money.
    """
    name = type(judge).__qualname__
    try:
        worst: object = judge.worst_cost(question)
    except FAULTS as error:
        raise_if_fatal(error)
        raise JudgeError(f"judge {name} raised {format_error(error)} in its 'worst_cost'") from error
    if worst is None:
        return None
    if not isinstance(worst, Decimal) or not worst.is_finite() or worst < 0:
        raise JudgeError(
            f"judge {name} gave {format_value(worst)} as its 'worst_cost'; give USD as a Decimal, 0 or more, or None"
        )
    return worst


def find_prices(judge: Judge) -> Prices | None:
    """Return what a judge's tokens cost; None where it does not say.

    Raises:
        PluginBroken: If the judge raises, or gives something else than prices.
    """
    if (priced := find_ability(judge, Priced)) is None:
        return None
    name = type(judge).__qualname__
    try:
        prices: object = priced.prices()
    except FAULTS as error:
        raise_if_fatal(error)
        raise PluginBroken(f"judge {name} raised {format_error(error)} in its 'prices'") from error
    if prices is None:
        return None
    if not isinstance(prices, Prices):
        raise PluginBroken(f"judge {name} gave {format_value(prices)} as its prices; give Prices or None")
    for amount in (prices.input, prices.output, prices.cached, prices.cache_write or Decimal(0)):
        if not isinstance(amount, Decimal) or not amount.is_finite() or amount < 0:
            raise PluginBroken(f"judge {name} gave a price of {format_value(amount)}; give a Decimal, 0 or more")
    return prices
