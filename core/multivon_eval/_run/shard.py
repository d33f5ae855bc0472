"""Which shard of a run a conversation belongs to."""

from __future__ import annotations

import hashlib

import attrs


@attrs.frozen
class Shard:
    """One shard of a run.

    Attributes:
        index: Which one, from 1.
        of: How many there are.
    """

    index: int
    of: int

    def __str__(self) -> str:
        return f"{self.index}/{self.of}"

    def holds(self, case_uid: str) -> bool:
        """Whether a conversation belongs to it."""
        return find_shard(case_uid, self.of) == self.index


def find_shard(case_uid: str, of: int) -> int:
    """Find the shard that a conversation belongs to.

    It depends on nothing else, so every machine finds the same, and personas that are added move none that were there.

    Args:
        case_uid: The identity of persona and trial.
        of: Number of shards, 1 or more.

    Returns:
        From 1 to ``of``.
    """
    return 1 + int.from_bytes(hashlib.sha256(case_uid.encode()).digest()[:8]) % of
