"""What runs in a worker process: an actor that holds conversations and carries messages."""

from __future__ import annotations

import asyncio
import importlib
import os
import platform
from collections.abc import AsyncGenerator, Sequence
from importlib.metadata import version
from typing import Any

from multivon_eval.sdk import run_worker

from .pace import Pace

_MOST_WAITING = 1_000
"""Messages that wait for the head before the worker waits too."""


class RayWorker:
    """An actor; the head gives it messages with :meth:`receive` and reads its own from :meth:`work`."""

    def __init__(self) -> None:
        self._inbox: asyncio.Queue[bytes] = asyncio.Queue()
        self._outbox: asyncio.Queue[bytes | None] = asyncio.Queue(_MOST_WAITING)

    async def describe(self) -> dict[str, str]:
        """Say which process of which machine this is, and what is installed there."""
        return {"process": str(os.getpid()), "machine": platform.node(), "multivon-eval": version("multivon-eval")}

    async def work(self, setup: bytes) -> AsyncGenerator[list[bytes], None]:
        """Hold conversations until told to stop.

        Args:
            setup: What the desk gave for its workers.

        Yields:
            What the worker has to say, in order; all that waits in one go, because each one costs the same.
        """
        task = asyncio.create_task(self._run(setup))
        is_over, pace = False, Pace()
        while not is_over:
            waiting = [await self._outbox.get()]
            await pace.wait()
            while not self._outbox.empty():
                waiting.append(self._outbox.get_nowait())
            is_over = None in waiting
            yield [message for message in waiting if message is not None]
            pace.end()
        await task

    async def receive(self, messages: Sequence[bytes]) -> None:
        """Take messages of the head, in order."""
        for message in messages:
            self._inbox.put_nowait(message)

    async def _run(self, setup: bytes) -> None:
        try:
            await run_worker(setup, self._inbox.get, self._outbox.put, folder=_find_copy())
        finally:
            await self._outbox.put(None)


def _find_copy() -> str | None:
    """Find the copy of a folder that Ray put this process into, if it was told to."""
    ray: Any = importlib.import_module("ray")
    return os.getcwd() if ray.get_runtime_context().runtime_env.get("working_dir") else None
