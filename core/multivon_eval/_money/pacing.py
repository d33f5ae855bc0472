"""How long to wait before a call that failed is made again."""

from __future__ import annotations

import random

FIRST = 0.5
"""The pause after a first failure, in seconds; each further one doubles it."""
LONGEST = 60.0
"""The longest pause that nobody asked for, in seconds."""
PATIENCE = 300.0
"""How long a call is repeated for in all, in seconds."""
MOST_REFUSALS = 40
"""How often a call is repeated that was one too many, however short the pauses are that the provider asks for."""


def find_pause(failures: int, asked: float | None = None) -> float:
    """Return the pause after a number of failures in a row, in seconds.

    Exponential, and half of it by chance, so that calls which failed together do not come back together.

    Source: M. Brooker, "Exponential Backoff And Jitter", AWS Architecture Blog, 2015.

    Args:
        failures: How many, from 1.
        asked: What the provider asks for, in seconds, if it does; 0 says nothing.
    """
    if asked:
        return asked
    longest = min(LONGEST, FIRST * 2.0 ** min(failures - 1, 30))
    return longest * random.uniform(0.5, 1.0)
