"""From synchronous code into the event loop, whether or not one is running already."""

from __future__ import annotations

import asyncio
import contextvars
import queue
import threading
from collections.abc import AsyncGenerator, Callable, Coroutine, Iterator
from typing import Any, TypeVar

from ..errors import UsageError

T = TypeVar("T")


def run_sync(start: Callable[[], Coroutine[Any, Any, T]]) -> T:
    """Run a coroutine to its end.

    Where this thread has a running loop already (a notebook, an asynchronous test), it runs in a thread of
    its own, with the same context variables.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        return asyncio.run(start())
    outcome: list[T] = []
    failure: list[BaseException] = []

    def work() -> None:
        try:
            outcome.append(asyncio.run(start()))
        except BaseException as error:
            failure.append(error)

    thread = threading.Thread(target=contextvars.copy_context().run, args=(work,), name="multivon-eval")
    thread.start()
    thread.join()
    if failure:
        raise failure[0]
    return outcome[0]


def ensure_asyncio(name: str) -> None:
    """See that an event loop of asyncio runs, on which everything here works.

    Raises:
        UsageError: If it is another's, trio's say, where what asyncio waits for would never come.
    """
    try:
        asyncio.get_running_loop()
    except RuntimeError:
        raise UsageError(
            f"{name} runs on asyncio, and no loop of asyncio is running here (trio's, perhaps); call simulate or "
            "score_simulations in a thread, as with trio.to_thread.run_sync, or take anyio's backend asyncio"
        ) from None


def iterate(start: Callable[[], AsyncGenerator[T, None]]) -> Iterator[T]:
    """Give the items of an asynchronous generator to a ``for`` loop, one at a time.

    The generator runs in a thread of its own. It goes on when an item was taken; leaving the loop early
    closes it and waits until it has cleaned up.
    """
    items: queue.Queue[tuple[str, Any]] = queue.Queue()
    wanted: queue.Queue[bool] = queue.Queue()

    async def produce() -> None:
        generator = start()
        try:
            async for item in generator:
                items.put(("item", item))
                if not await asyncio.to_thread(wanted.get):
                    break
        finally:
            await generator.aclose()

    def work() -> None:
        try:
            asyncio.run(produce())
            items.put(("end", None))
        except BaseException as error:
            items.put(("error", error))

    thread = threading.Thread(target=contextvars.copy_context().run, args=(work,), name="multivon-eval")
    thread.start()
    try:
        while True:
            what, value = items.get()
            if what == "end":
                return
            if what == "error":
                raise value
            yield value
            wanted.put(True)
    finally:
        wanted.put(False)
        thread.join()
