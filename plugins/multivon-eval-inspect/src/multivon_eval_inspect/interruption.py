"""What Inspect ends a sample with, carried through a simulation that would take it for a failure of its own."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from contextvars import ContextVar
from typing import Any, NoReturn, TypeVar

import anyio
import attrs

from multivon_eval.sdk import UsageError

T = TypeVar("T")


@attrs.define(eq=False)
class _Running:
    """A simulation under way: its task, and what it is to end with."""

    task: asyncio.Task[Any] | None = None
    error: BaseException | None = None


_running: ContextVar[_Running | None] = ContextVar("multivon_eval_inspect_running", default=None)


async def run_interruptible(job: Coroutine[Any, Any, T]) -> T:
    """Run a simulation that ends at once where something in it calls :func:`interrupt`.

    Args:
        job: The simulation.

    Returns:
        What it gives.

    Raises:
        UsageError: If Inspect runs on another loop than asyncio's.
        BaseException: What ``interrupt`` was called with, or what the simulation raises.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        job.close()
        raise UsageError("multivon-eval runs on asyncio; leave INSPECT_ASYNC_BACKEND at asyncio") from None
    running = _Running()
    token = _running.set(running)
    try:
        task = asyncio.create_task(job)
    finally:
        _running.reset(token)
    running.task = task
    try:
        await asyncio.wait({task})
    except BaseException:
        task.cancel()
        # A cancel scope of Inspect's cancels again and again; the simulation is to close in peace what it has open.
        with anyio.CancelScope(shield=True):
            await asyncio.wait({task})
        raise
    if running.error is not None:
        raise running.error
    return task.result()


async def interrupt(error: BaseException) -> NoReturn:
    """End the simulation that this task belongs to with an error.

    Args:
        error: What :func:`run_interruptible` raises; raised here where there is no such simulation.
    """
    running = _running.get()
    if running is None or running.task is None:
        raise error
    if running.error is None:
        running.error = error
    running.task.cancel()
    # The simulation cancels this task too. Until then nothing may follow, least of all another call that is paid for.
    await asyncio.get_running_loop().create_future()
    raise AssertionError("a task that was cancelled went on")
