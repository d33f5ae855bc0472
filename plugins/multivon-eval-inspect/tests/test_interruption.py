"""A simulation ends at once with what it is interrupted by, and leaves nothing behind."""

from __future__ import annotations

import asyncio
from typing import Any

import anyio
import pytest

from multivon_eval.sdk import UsageError
from multivon_eval_inspect.interruption import interrupt, run_interruptible


class Closing:
    """A job that takes several steps to close what it has open."""

    def __init__(self) -> None:
        self.begun = asyncio.Event()
        self.closed = 0

    async def run(self, error: BaseException | None = None) -> Any:
        try:
            if error is not None:
                await asyncio.gather(interrupt(error), interrupt(RuntimeError("later")))
            self.begun.set()
            await asyncio.get_running_loop().create_future()
        finally:
            for _ in range(5):
                await asyncio.sleep(0)
                self.closed += 1


def list_others() -> set[Any]:
    """Tasks beside the one that asks."""
    return asyncio.all_tasks() - {asyncio.current_task()}


def test_the_first_error_ends_it() -> None:
    """It is raised where the job is waited for, once the job has closed."""

    async def main() -> None:
        job = Closing()
        with pytest.raises(ZeroDivisionError):
            await run_interruptible(job.run(ZeroDivisionError()))
        assert job.closed == 5 and not list_others()

    asyncio.run(main())


def test_a_cancel_scope_lets_it_close() -> None:
    """Scopes cancel again and again; the job is cancelled once."""

    async def main() -> None:
        job = Closing()
        with anyio.CancelScope() as scope:
            async with anyio.create_task_group() as group:
                group.start_soon(run_interruptible, job.run())
                await job.begun.wait()
                scope.cancel()
        assert job.closed == 5 and not list_others()

    asyncio.run(main())


def test_it_gives_what_the_job_gives() -> None:
    """A value, or what it raises by itself."""

    async def say() -> str:
        return "so"

    async def fall() -> str:
        raise LookupError("no")

    assert asyncio.run(run_interruptible(say())) == "so"
    with pytest.raises(LookupError):
        asyncio.run(run_interruptible(fall()))
    with pytest.raises(ZeroDivisionError):
        asyncio.run(interrupt(ZeroDivisionError()))


def test_another_loop_is_refused() -> None:
    """With the way out."""

    async def say() -> str:
        return "so"

    with pytest.raises(UsageError, match="INSPECT_ASYNC_BACKEND"):
        run_interruptible(say()).send(None)
