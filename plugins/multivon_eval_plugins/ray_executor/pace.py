"""How often messages are passed on: seldom enough that it takes little of the time."""

from __future__ import annotations

import asyncio
import time

_SHARE = 4
"""So many times as long as it took to pass messages on, others gather for the next time."""
_MOST = 0.05
"""Seconds that a message is held back at most."""


class Pace:
    """Holds messages back where many come: to pass ten on takes as long as to pass one on.

    What comes after a while in which nothing came is passed on at once.
    """

    def __init__(self) -> None:
        self._began = self._next = 0.0

    async def wait(self) -> None:
        """Wait for the time to pass messages on."""
        if (pause := self._next - time.monotonic()) > 0:
            await asyncio.sleep(pause)
        self._began = time.monotonic()

    def end(self) -> None:
        """Messages were passed on."""
        now = time.monotonic()
        self._next = now + min(_SHARE * (now - self._began), _MOST)
