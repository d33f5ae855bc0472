"""Reading an amount of money, and keeping sums of them exact."""

from __future__ import annotations

from decimal import ROUND_CEILING, ROUND_FLOOR, Decimal, InvalidOperation

from ..errors import UsageError

_DIGITS = 12
_STEP = Decimal(1).scaleb(-_DIGITS)
"""USD to which amounts are rounded. A third of a dollar has as many digits as a number can have, so that each sum with
it is rounded, and what was taken and given back leaves a rest."""


def read_budget(value: object) -> Decimal | None:
    """Read a budget in USD.

    Args:
        value: A number, its text, or None or ``"none"`` for no ceiling.

    Raises:
        UsageError: If the value is no amount of money.
    """
    if value is None or (isinstance(value, str) and value.strip().lower() == "none"):
        return None
    try:
        # By way of its text: Decimal(0.1) is not a tenth, and a ceiling is what a person wrote down.
        amount = Decimal(str(value).strip().removeprefix("$"))
    except InvalidOperation:
        amount = Decimal("NaN")
    # True is 1 in Python, and nobody means a dollar by it.
    if isinstance(value, bool) or not amount.is_finite() or amount < 0:
        raise UsageError(f"the budget is {value!r}; give USD as a number from 0 on, or 'none' for no ceiling")
    return _round(amount, ROUND_FLOOR)


def round_up(amount: Decimal) -> Decimal:
    """Round an amount that was calculated up to a trillionth of a dollar, so that sums with it are exact."""
    return _round(amount, ROUND_CEILING)


def _round(amount: Decimal, how: str) -> Decimal:
    exponent = amount.as_tuple().exponent
    if not isinstance(exponent, int) or exponent >= -_DIGITS:
        return amount
    try:
        return amount.quantize(_STEP, how)
    except InvalidOperation:
        return amount  # so large that no number has room for a trillionth beside it
