"""A synchronous function of somebody else's, off the event loop."""

from __future__ import annotations

import asyncio
import contextvars
import inspect
import threading
from collections.abc import Callable
from typing import Any


def is_asynchronous(call: object) -> bool:
    """Tell whether a call gives a coroutine: a coroutine function, or an object whose ``__call__`` is one."""
    return inspect.iscoroutinefunction(call) or inspect.iscoroutinefunction(
        getattr(call, "__call__", None)  # noqa: B004 - the bound method, not whether it can be called
    )


async def run_in_thread(call: Callable[[], Any]) -> Any:
    """Run a synchronous function in a thread of its own, with the context variables of this task.

    The thread is a daemon: a function that never returns is abandoned and does not keep the process alive.
    asyncio's own pool would wait for it at exit, and has too few threads for many conversations.
    """
    loop = asyncio.get_running_loop()
    # An error travels as a value: a future takes no StopIteration, and a GeneratorExit that it raises closes whoever
    # waits for it.
    future: asyncio.Future[tuple[Any, BaseException | None]] = loop.create_future()
    context = contextvars.copy_context()

    def deliver(value: Any, error: BaseException | None) -> None:
        if not future.done():
            future.set_result((value, error))

    def work() -> None:
        value, error = None, None
        try:
            value = context.run(call)
        except BaseException as raised:
            error = raised
        if not loop.is_closed():
            try:
                loop.call_soon_threadsafe(deliver, value, error)
            except RuntimeError:  # the loop closed between the question and the call
                return

    threading.Thread(target=work, name="model_fn", daemon=True).start()
    value, error = await future
    if isinstance(error, StopIteration):  # nor does a coroutine raise one
        raise RuntimeError(f"StopIteration: {error}")
    if error is not None:
        raise error
    return value
