"""The account that a budget given by keyword means."""

from __future__ import annotations

from .._money.amount import read_budget
from .._money.ledger import Ledger
from .._money.shared_budget import SharedBudget


def open_ledger(budget: object) -> Ledger:
    """Open an account of its own for an amount, and one of many for a shared budget.

    Args:
        budget: An amount in USD, a :class:`SharedBudget`, or None for no ceiling.

    Raises:
        UsageError: If it is no amount, or the shared budget cannot be kept.
    """
    if not isinstance(budget, SharedBudget):
        return Ledger(read_budget(budget))
    budget.check()
    return Ledger(budget.usd, till=budget)
