"""A run that is cancelled leaves nothing behind, whenever that is, and loses nothing that was finished."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import random
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from multivon_eval import Persona, asimulate, hookimpl
from support.chat_server import server_process
from support.people import persona

MOMENTS = 200


class Door:
    """A system that is opened for each conversation, and knows what is open."""

    def __init__(self) -> None:
        self.open_now: set[str] = set()
        self.opened = 0

    async def open(self, conversation_id: str) -> Any:
        """Open."""
        await asyncio.sleep(0)
        self.open_now.add(conversation_id)
        self.opened += 1

        class Session:
            async def __call__(session, prompt: str) -> str:  # noqa: N805 - self is the door
                await asyncio.sleep(0)
                return "The refund window is 30 days."

            async def close(session) -> None:  # noqa: N805
                await asyncio.sleep(0)
                self.open_now.remove(conversation_id)

        return Session()


class Finished:
    """Remembers which conversations were said to be finished."""

    def __init__(self) -> None:
        self.uids: list[str] = []

    @hookimpl
    def conversation_finished(self, result: Any) -> None:
        """Remember one."""
        self.uids.append(result.case_uid)


@pytest.fixture(scope="module")
def address() -> Iterator[str]:
    """A judge in another process."""
    with server_process() as base_url:
        yield base_url


async def run_until(moment: int | None, address: str, out: Path, door: Door, finished: Finished) -> int:
    """Cancel a run at a moment, counted in steps of the loop; give how many steps it took."""
    judge = f"openai:some-model,base_url={address},price_in=1,price_out=1"
    options: Any = {"judge": judge, "sinks": [f"jsonl:{out}"], "max_turns": 2, "concurrency": 3, "budget_usd": 1}
    people: list[Persona] = [persona(f"p{number}") for number in range(4)]
    job = asyncio.ensure_future(asimulate(door, people, hooks=[finished], **options))
    steps = 0
    while not job.done() and (moment is None or steps < moment):
        await asyncio.sleep(0)
        steps += 1
    job.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await job
    assert asyncio.all_tasks() == {asyncio.current_task()}
    return steps


def count_files() -> int:
    """How many files and sockets this process has open."""
    return len(os.listdir("/proc/self/fd"))


@pytest.mark.process
@pytest.mark.skipif(not Path("/proc/self/fd").exists(), reason="counts open files in /proc, which is not here")
def test_a_cancellation_leaves_nothing_behind(address: str, tmp_path: Path) -> None:
    """At each of many random moments: no task, thread, file or socket is left, and what was finished is delivered."""
    out = tmp_path / "results.jsonl"
    usual = asyncio.run(run_until(None, address, out, Door(), Finished()))
    chosen, files, threads = random.Random(20_261), count_files(), set(threading.enumerate())
    cut = 0
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        for number in range(MOMENTS):
            out, door, finished = tmp_path / f"{number}.jsonl", Door(), Finished()
            asyncio.run(run_until(chosen.randrange(usual), address, out, door, finished))
            assert not door.open_now
            assert set(threading.enumerate()) == threads
            assert count_files() == files
            lines = out.read_text(encoding="utf-8").splitlines() if out.exists() else []
            delivered = [json.loads(line)["metadata"]["case_uid"] for line in lines]
            assert set(finished.uids) <= set(delivered) and len(delivered) == len(set(delivered))
            cut += len(delivered) < 4
    assert cut > MOMENTS / 4, "most runs were over before they were cancelled"
