"""The journal as a worker has it: what it records goes to the head, what was before comes from there."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from .._journal.journal import VERSION, Journal
from .._journal.past import Past, PastCase, restore_case
from .wire import Message


class FarJournal(Journal):
    """Records at the head of a run.

    Args:
        post: Sends a message to the head.
        learned: What the run had learned of its costs.
        run_id: The run's.
    """

    def __init__(self, post: Callable[[Message], None], learned: Mapping[str, Any], run_id: str) -> None:
        super().__init__()
        self._post = post
        self._cases: dict[str, PastCase] = {}
        self.past = Past(run_id, cases=self._cases, learned=learned)

    @property
    def is_open(self) -> bool:
        """Always: the head holds the file."""
        return True

    def restore(self, case_uid: str, rows: Sequence[Sequence[Any]]) -> None:
        """Take in what the head knows of a conversation that is held from here on."""
        if rows:
            self._cases[case_uid] = restore_case(rows, case_uid, VERSION)

    def flush(self) -> None:
        """Send what waits for the next row."""
        self.take_rows([])

    def forget(self, case_uid: str) -> None:
        """Forget a conversation that is over."""
        self._cases.pop(case_uid, None)

    def take_rows(self, rows: Sequence[Sequence[Any]]) -> None:
        """Send rows to the head, with the settlements that wait."""
        settled, self._settled = self._settled, []
        if settled or rows:
            self._post({"kind": "rows", "rows": [*(("settled", *row) for row in settled), *rows]})

    def _write(self, table: str, *values: Any) -> None:
        self.take_rows([(table, *values)])
