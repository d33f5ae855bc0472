"""The one place where conversations run side by side."""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from typing import Any, TypeVar

T = TypeVar("T")


async def run_side_by_side(jobs: Iterator[Callable[[], Coroutine[Any, Any, T]]], limit: int) -> AsyncGenerator[T, None]:
    """Run the jobs, so many at a time, and give each result when it is there.

    A new job starts when a result is taken, so a reader that is slow holds the run back, not the memory.
    """
    finished: asyncio.Queue[asyncio.Task[T]] = asyncio.Queue()
    running: set[asyncio.Task[T]] = set()

    def start(job: Callable[[], Coroutine[Any, Any, T]]) -> None:
        task = asyncio.create_task(job())
        running.add(task)
        task.add_done_callback(finished.put_nowait)

    try:
        for job in itertools.islice(jobs, limit):
            start(job)
        while running:
            task = await finished.get()
            running.discard(task)
            for job in itertools.islice(jobs, 1):
                start(job)
            yield task.result()
    finally:
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
