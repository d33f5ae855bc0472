"""One call of a plug-in: how long it may take, and how often it may ask the judge."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from contextvars import ContextVar

from ..errors import MultivonEvalError

PATIENCE = 10
"""How many times as long as one call of a judge a plug-in may take, beside its calls of the judge."""
MOST_CALLS = 100
"""How often a plug-in may ask the judge in one call; one that asks in a loop would never end."""


class StintError(MultivonEvalError):
    """A plug-in took too long, or asked the judge too often."""


class _Stint:
    """What is left of one call of a plug-in.

    Args:
        what: Who is called for what, for messages.
        clock: Ends it.
        most_calls: How often the judge may be asked.
    """

    def __init__(self, what: str, clock: asyncio.Timeout, most_calls: int) -> None:
        self._what = what
        self._clock = clock
        self._most_calls = most_calls
        self._calls = 0
        self._asking = 0
        self._left = 0.0
        self.is_over = False

    def begin_call(self) -> None:
        """Stop the clock while the judge is asked.

        Raises:
            StintError: If the judge was asked too often.
        """
        self._calls += 1
        if self._calls > self._most_calls:
            raise StintError(f"{self._what} asked the judge more than {self._most_calls} times in one call")
        self._asking += 1
        deadline = self._clock.when()
        if self._asking == 1 and deadline is not None and not self.is_over:
            self._left = deadline - asyncio.get_running_loop().time()
            self._clock.reschedule(None)

    def end_call(self) -> None:
        """Let the clock go on when the last question is answered."""
        self._asking -= 1
        # A task that a plug-in started may still ask when its call has ended.
        if not self._asking and not self.is_over and not self._clock.expired():
            self._clock.reschedule(asyncio.get_running_loop().time() + self._left)


_CURRENT: ContextVar[_Stint | None] = ContextVar("multivon_eval_stint", default=None)


@asynccontextmanager
async def limit_stint(what: str, seconds: float, most_calls: int = MOST_CALLS) -> AsyncIterator[None]:
    """Bound one call of a plug-in.

    Args:
        what: Who is called for what, for messages.
        seconds: How long it may take beside its calls of the judge, which have a limit of their own.
        most_calls: How often it may ask the judge.

    Raises:
        StintError: If it took longer.
    """
    stint = None
    try:
        async with asyncio.timeout(seconds) as clock:
            stint = _Stint(what, clock, most_calls)
            token = _CURRENT.set(stint)
            try:
                yield
            finally:
                stint.is_over = True
                _CURRENT.reset(token)
    except TimeoutError as error:
        # One of the plug-in's own is not ours to tell.
        if not clock.expired():
            raise
        raise StintError(f"{what} did not end within {seconds:g} seconds; raise --timeout") from error


@contextmanager
def count_call() -> Iterator[None]:
    """Count a call of the judge for the plug-in that makes it, and do not count its time.

    Raises:
        StintError: If the plug-in asked too often.
    """
    stint = _CURRENT.get()
    if stint is None:
        yield
        return
    stint.begin_call()
    try:
        yield
    finally:
        stint.end_call()
