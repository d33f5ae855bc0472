"""What is to be sent to the other side, in its order."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from .wire import Message, pack


class Post:
    """What is to be sent, in its order; what gathers while a message is on its way goes out together."""

    def __init__(self, send: Callable[[bytes], Awaitable[None]]) -> None:
        self._send = send
        self._waiting: list[Message] = []
        self._is_there = asyncio.Event()
        self._is_empty = asyncio.Event()

    def put(self, message: Message) -> None:
        """Send a message when it is its turn."""
        self._waiting.append(message)
        self._is_there.set()
        self._is_empty.clear()

    async def run(self) -> None:
        """Send for as long as there is something to send."""
        while True:
            await self._is_there.wait()
            # What is put in this moment by others goes with it.
            await asyncio.sleep(0)
            messages, self._waiting = self._waiting, []
            self._is_there.clear()
            await self._send(pack(messages))
            if not self._waiting:
                self._is_empty.set()

    async def drain(self) -> None:
        """Wait until all is sent."""
        if self._waiting or self._is_there.is_set():
            await self._is_empty.wait()
