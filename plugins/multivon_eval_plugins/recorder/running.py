"""Which recordings are on, and who records for them in workers; light, because the hook looks here in every run."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .in_workers import HeadRecordings, WorkerRecordings
    from .recording import Recording

RUNNING: dict[int, Recording] = {}
"""The recordings of this process that are on, by their id."""

AT_HEAD: dict[str, HeadRecordings] = {}
"""By run, the recordings at the head of one whose workers record."""

IN_WORKER: dict[tuple[str, str], WorkerRecordings] = {}
"""By run and worker, what is recorded in this process for a head elsewhere."""
