"""What workers record, in the journal of the head: their calls numbered on, what they spent booked."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from .._journal.journal import Journal
from .._money.leases import Leases


class Records:
    """Takes the rows that workers make for the journal.

    Args:
        journal: The run's.
        leases: What workers hold of the budget: what a call did cost is taken from that.
    """

    def __init__(self, journal: Journal, leases: Leases) -> None:
        self._journal = journal
        self._leases = leases
        # By worker, the number here of each of its calls that is under way.
        self._calls: dict[str, dict[int, int]] = {}

    def take(self, worker: str, rows: Sequence[Sequence[Any]]) -> int:
        """Keep rows of a worker, in one transaction.

        Args:
            worker: Its name in the record.
            rows: Each with its table before it.

        Returns:
            How many calls have ended by that.

        Raises:
            JournalError: If they cannot be written.
        """
        calls, spent, kept = self._calls.setdefault(worker, {}), Decimal(0), []
        for table, *row in rows:
            if table == "reserved":
                call, case_uid, role, amount = row[:4]
                calls[call] = self._journal.number_call()
                row = [calls[call], case_uid, role, amount, worker]
            elif table == "settled":
                call, cost, said = row
                spent += Decimal(cost)
                row = [calls.pop(call), cost, said]
            kept.append([table, *row])
        self._journal.take_rows(kept)
        self._leases.settle(worker, spent)
        return sum(row[0] == "settled" for row in kept)

    def lose(self, worker: str) -> None:
        """A worker died: its calls that are under way are never settled."""
        self._calls.pop(worker, None)
