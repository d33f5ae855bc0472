"""The sentence that every result and every report carries."""

from __future__ import annotations

DISCLAIMER = "simulated personas — measures behavior under synthetic users, not real traffic"
"""The sentence that every result and every report carries."""
