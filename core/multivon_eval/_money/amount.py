"""Reading an amount of money."""

from __future__ import annotations

from decimal import Decimal, InvalidOperation

from ..errors import UsageError


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
    return amount
