"""One worker, as the head sees it: messages both ways, in order, until it ends or dies."""

from __future__ import annotations

import asyncio
import contextlib
import re
from collections.abc import Callable
from typing import Any

from multivon_eval.sdk import make_one_line

from .pace import Pace

FAREWELL = 5.0
"""Seconds in which a worker that has said goodbye ends by itself."""
_MOST = 300
"""Characters of what Ray says."""
_ADVICE = re.compile(r"Some common causes|There are some potential root causes")
"""What a page of guesses begins with."""


class Link:
    """The messages of one worker.

    Ray keeps the order of what an actor yields, but not of calls that are under way together. So there is one call at
    a time, and it takes all that waits.

    Args:
        ray: The module.
        actor: The worker's handle.
    """

    def __init__(self, ray: Any, actor: Any) -> None:
        self._ray, self._actor = ray, actor
        self._waiting: list[bytes] = []
        self._wake = asyncio.Event()

    def send(self, message: bytes) -> None:
        """Pass a message on, when it is its turn."""
        self._waiting.append(message)
        self._wake.set()

    async def run(self, setup: bytes, receive: Callable[[bytes], None]) -> str:
        """Let it work until it ends.

        Args:
            setup: What it is started with.
            receive: Takes each of its messages.

        Returns:
            Why it died; empty if it ended by itself.
        """
        sending = asyncio.create_task(self._send_all())
        try:
            async for some in self._actor.work.options(num_returns="streaming").remote(setup):
                for message in await some:
                    receive(message)
            await self._end()
        except self._ray.exceptions.RayError as error:
            return describe_end(error)
        finally:
            sending.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await sending
            # One that only cannot be reached would go on and spend.
            self.kill()
        return ""

    def kill(self) -> None:
        """End the process, and whatever is under way in it."""
        self._ray.kill(self._actor)

    async def _end(self) -> None:
        """Let the process end as any Python does, with what the system under test has registered for that."""
        with contextlib.suppress(self._ray.exceptions.RayError, TimeoutError):
            async with asyncio.timeout(FAREWELL):
                await self._actor.__ray_terminate__.remote()

    async def _send_all(self) -> None:
        pace = Pace()
        while True:
            await self._wake.wait()
            await pace.wait()
            self._wake.clear()
            some, self._waiting = self._waiting, []
            try:
                await self._actor.receive.remote(some)
            except self._ray.exceptions.RayError:
                # It may live and have lost this: it is of no use any more, and its stream will say that it died.
                self.kill()
                return
            pace.end()


def describe_end(error: BaseException | None) -> str:
    """Say in one line what became of a worker."""
    text = str(error)
    detail = text.partition("Worker exit detail:")[2]
    if detail:
        return f"its process ended: {make_one_line(_ADVICE.split(detail)[0])}"[:_MOST]
    # What happened stands last, after the actor's identity or a traceback.
    lines = [line for line in text.splitlines() if line.strip()]
    return make_one_line(lines[-1] if lines else type(error).__name__)[:_MOST]
