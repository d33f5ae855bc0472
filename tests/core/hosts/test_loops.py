"""The asynchronous doors under pytest-asyncio, anyio and task groups; under trio an error instead of a hang."""

from __future__ import annotations

import asyncio
from functools import partial
from pathlib import Path
from typing import Any

import anyio
import anyio.from_thread
import anyio.to_thread
import pytest
import trio

from multivon_eval import (
    UsageError,
    ascore_simulations,
    asimulate,
    score_simulations,
    simulate,
    stream_simulations,
)
from support.people import SaysJudge, Talks, answers, persona
from support.pytest_run import outcomes, pytest_run, write

FAKES: dict[str, Any] = {"judge": SaysJudge(), "driver": Talks(), "hooks": (), "max_turns": 1}

TESTS = """
import asyncio
import threading

import pytest

from multivon_eval import Persona, ascore_simulations, asimulate, score_simulations, simulate, stream_simulations

PEOPLE = [Persona(name, "A customer.", "Find it out.", "The assistant stated the window.") for name in ("a", "b")]
OPTIONS = {"judge": "offline", "max_turns": 1, "hooks": ()}

@pytest.fixture
async def results(model_fn):
    return await asimulate(model_fn, PEOPLE, **OPTIONS)

MARK
async def test_asimulate_in_a_fixture_and_scores(results):
    summary = await ascore_simulations(results)
    assert len(results) == 2 and summary.scores

MARK
async def test_stream(model_fn):
    found = [result async for result in stream_simulations(model_fn, PEOPLE, **OPTIONS)]
    assert len(found) == 2

MARK
async def test_the_synchronous_doors(model_fn):
    assert score_simulations(simulate(model_fn, PEOPLE, **OPTIONS)).conversations == 2

MARK
async def test_side_by_side(model_fn):
    async with asyncio.TaskGroup() as group:
        runs = [group.create_task(asimulate(model_fn, PEOPLE, **OPTIONS)) for _ in range(3)]
    assert [len(run.result()) for run in runs] == [2, 2, 2]

MARK
async def test_nothing_is_left(model_fn):
    before = set(asyncio.all_tasks()), {one for one in threading.enumerate() if one.name == "multivon-eval"}
    stream = stream_simulations(model_fn, PEOPLE, trials=3, **OPTIONS)
    async for _ in stream:
        break
    await asimulate(model_fn, PEOPLE, **OPTIONS)
    await asyncio.sleep(0)
    after = {task for task in asyncio.all_tasks() if "asyncgen" not in repr(task)}
    assert (after, {one for one in threading.enumerate() if one.name == "multivon-eval"}) == before
"""
BACKEND = """
import pytest

@pytest.fixture
def anyio_backend():
    return "asyncio"

@pytest.fixture
def model_fn():
    async def answer(messages):
        return "The refund window is 30 days."
    return answer
"""


@pytest.mark.process
@pytest.mark.slow
@pytest.mark.parametrize(
    ("mark", "arguments", "asyncio"),
    [
        ("@pytest.mark.asyncio", ("--asyncio-mode=strict",), True),
        ("", ("--asyncio-mode=auto",), True),
        ("@pytest.mark.anyio", (), False),
    ],
    ids=["strict", "auto", "anyio"],
)
def test_plugins_for_asynchronous_tests(tmp_path: Path, mark: str, arguments: tuple[str, ...], asyncio: bool) -> None:
    """Tests and fixtures of their own loops; warnings are errors."""
    tests = TESTS.replace("MARK", mark)
    if asyncio and mark:
        tests = tests.replace("@pytest.fixture\nasync", "import pytest_asyncio\n\n@pytest_asyncio.fixture\nasync")
    done = pytest_run(write(tmp_path, test_bot=tests, conftest=BACKEND), *arguments, asyncio=asyncio)
    assert outcomes(done) == "5 passed", done.stdout


def test_anyio_threads() -> None:
    """From a worker thread, and into the loop from one."""

    async def embedded() -> None:
        held = await anyio.to_thread.run_sync(partial(simulate, answers, [persona()], **FAKES))
        assert len(held) == 1

        def work() -> None:
            results = anyio.from_thread.run(partial(asimulate, answers, [persona()], **FAKES))
            assert anyio.from_thread.run(partial(ascore_simulations, results)).scores

        await anyio.to_thread.run_sync(work)

    anyio.run(embedded)


def test_a_cancelled_scope_ends_the_run() -> None:
    """Anyio's cancellation reaches a system that hangs."""

    async def embedded() -> None:
        reached, gone = asyncio.Event(), asyncio.Event()

        async def hang(prompt: str) -> str:
            reached.set()
            try:
                await asyncio.Event().wait()
            finally:
                gone.set()
            return ""

        async with anyio.create_task_group() as group:
            group.start_soon(partial(asimulate, hang, [persona()], **FAKES))
            await reached.wait()
            group.cancel_scope.cancel()
        assert gone.is_set()

    anyio.run(embedded)


def test_under_trio_an_error_says_what_to_do() -> None:
    """And what it says to do works: the synchronous doors in a thread, or where they stand."""

    async def embedded() -> None:
        with pytest.raises(UsageError, match=r"asimulate runs on asyncio, .* trio.to_thread.run_sync"):
            await asimulate(answers, [persona()], **FAKES)
        with pytest.raises(UsageError, match="stream_simulations runs on asyncio"):
            aiter(stream_simulations(answers, [persona()], **FAKES))
        results = await trio.to_thread.run_sync(partial(simulate, answers, [persona()], **FAKES))
        with pytest.raises(UsageError, match="ascore_simulations runs on asyncio"):
            await ascore_simulations(results)
        assert await trio.to_thread.run_sync(score_simulations, results)
        assert len(simulate(answers, [persona()], **FAKES)) == 1

    trio.run(embedded)
