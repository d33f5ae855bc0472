"""Which recordings are on; light, because the hook looks here in every run."""

from __future__ import annotations

RUNNING: dict[int, object] = {}
"""The recordings of this process that are on, by their id."""
