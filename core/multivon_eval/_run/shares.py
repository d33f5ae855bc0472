"""The budget of a run divided among its shards beforehand, so that the ceiling holds without a word between them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction

_DIGITS = 9
"""Decimals of a share: what is rounded off is no cent, and a float gives it back as it is."""


def divide_budget(budget: Decimal | None, costs: Sequence[Decimal], counts: Sequence[int]) -> tuple[Decimal, ...]:
    """Divide a budget in proportion to what each shard is expected to cost.

    Args:
        budget: The ceiling of the whole run, in USD; None for none.
        costs: What each shard is expected to cost, in USD.
        counts: Number of conversations of each; it decides where nothing is expected to cost anything.

    Returns:
        The ceiling of each shard, in USD, rounded down, so that their sum is never above the budget; empty without one.
    """
    if budget is None:
        return ()
    weights = [Fraction(cost) for cost in costs] if any(costs) else [Fraction(count) for count in counts]
    total = sum(weights)
    scale = 10**_DIGITS
    parts = [int(Fraction(budget) * weight / total * scale) if total else 0 for weight in weights]
    return tuple(Decimal(part).scaleb(-_DIGITS) for part in parts)
