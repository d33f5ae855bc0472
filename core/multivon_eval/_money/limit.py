"""How many calls to a judge are made at once, so that no number has to be right beforehand."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Callable

from .pacing import find_pause


class Limit:
    """An adaptive limit: halved when the provider says that it gets too much, grown on success.

    Additive increase, multiplicative decrease, after V. Jacobson, "Congestion avoidance and control", SIGCOMM 1988:
    a limit of n grows by one for each n calls that succeed. Calls that were under way when it was halved do not
    halve it again.

    Args:
        most: The limit to begin with, never exceeded.
        share: Called where others that ask the same judge should know that there are too many calls, with the seconds
            that the provider asks to wait, if it does.
    """

    def __init__(self, most: int, share: Callable[[float | None], None] = lambda asked: None) -> None:
        self.most = most
        self._share = share
        self.now = float(most)
        self._under_way = 0
        self.ended = 0
        """How many calls have ended."""
        self._waiting: deque[asyncio.Future[None]] = deque()
        self._started = 0
        self._halved_at = 0
        self._overloads = 0
        self._paused_until = 0.0

    async def enter(self) -> int:
        """Wait for the end of a pause and for a place, and take it.

        Returns:
            The call's number.
        """
        while True:
            await self.wait_for_pause()
            # Asked again after each wake: the limit may have been halved in between.
            if self._under_way < int(self.now):
                break
            await self._wait_for_place()
        self._under_way += 1
        self._started += 1
        return self._started

    async def wait_for_pause(self) -> None:
        """Wait until calls may go out again."""
        while (left := self.pause) > 0:
            try:
                await asyncio.sleep(left)
            except asyncio.CancelledError:
                # It may have been woken for a place, which goes to the next one.
                self._wake()
                raise

    @property
    def pause(self) -> float:
        """Seconds until calls may go out again; 0 if they may."""
        return max(0.0, self._paused_until - time.monotonic())

    async def _wait_for_place(self) -> None:
        turn = asyncio.get_running_loop().create_future()
        self._waiting.append(turn)
        try:
            await turn
        except asyncio.CancelledError:
            # Woken and cancelled in the same moment: the place goes to the next one, or it would be lost.
            if turn.done() and not turn.cancelled():
                self._wake()
            raise
        finally:
            if turn in self._waiting:
                self._waiting.remove(turn)

    def leave(self) -> None:
        """Give the place back."""
        self._under_way -= 1
        self.ended += 1
        self._wake()

    def record_success(self) -> None:
        """A call went well."""
        self._overloads = 0
        self.now = min(float(self.most), self.now + 1 / self.now)
        self._wake()

    def record_overload(self, call: int, asked: float | None = None) -> None:
        """A call was refused because there were too many: fewer go out, and none for a while.

        Args:
            call: Its number.
            asked: For how long the provider asks to wait, in seconds, if it does.
        """
        # Calls that were sent before the halving say nothing of the new limit, but what they ask for counts.
        is_news = call > self._halved_at
        if is_news:
            self._halved_at = self._started
            self._overloads += 1
            self.now = max(1.0, self.now / 2)
        if is_news or asked:
            self._paused_until = max(self._paused_until, time.monotonic() + find_pause(self._overloads, asked))
            self._share(asked)

    def heed_overload(self, asked: float | None) -> None:
        """Another process that asks the same judge was refused: heard of it, as if it had been a call of this one."""
        share, self._share = self._share, lambda asked: None
        # Several who are refused at once tell of it one after another: with no call in between it is no news.
        self.record_overload(self._started, asked)
        self._share = share

    def slow_down(self) -> None:
        """A call cost more than it could: the next goes out alone, and each that goes well lets one more."""
        self._halved_at = self._started
        self.now = 1.0

    def _wake(self) -> None:
        free = int(self.now) - self._under_way
        while free > 0 and self._waiting:
            turn = self._waiting.popleft()
            # One that was cancelled takes no place.
            if not turn.done():
                turn.set_result(None)
                free -= 1
