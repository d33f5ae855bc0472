"""The system under test in one conversation: opened before its first reply, closed when the conversation is over."""

from __future__ import annotations

import asyncio
import inspect
import threading
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from functools import partial
from typing import Any

from .._plugins.isolation import FAULTS, format_error, raise_if_fatal
from .._types.conversation import Conversation
from .._types.log import get_logger
from .._types.message import Reply
from .._types.persona import Persona, ServedPersona
from .._types.report import Problem
from ..errors import ModelFnError, UsageError
from .system import SystemUnderTest, choose_named
from .threads import run_in_thread

_LOG = get_logger("model_fn")
_Closing = Callable[[], Awaitable[None]]


@asynccontextmanager
async def serve(
    system: SystemUnderTest,
    conversation_id: str,
    timeout: float,
    report: Callable[[Problem], None] = lambda problem: None,
    *,
    persona: Persona | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> AsyncIterator[Serving]:
    """Have the system serve one conversation, and close what it opened for it: after an error or a cancellation too.

    Args:
        system: The system under test.
        conversation_id: One for each conversation of each run, for systems that keep state.
        timeout: Seconds for each reply, for opening and for closing.
        report: Called with a problem if it cannot be closed.
        persona: Whom it serves; None for a fixed case.
        metadata: What is known beside that; the persona's if not given.
    """
    served = None if persona is None else ServedPersona(persona.name, persona.metadata)
    known = metadata if metadata is not None else served.metadata if served else {}
    serving = Serving(
        system, {"conversation_id": conversation_id, "persona": served, "metadata": known}, timeout, report
    )
    try:
        yield serving
    finally:
        await serving.close()


class Serving:
    """The system under test in one conversation.

    Args:
        system: The system under test.
        given: What it gets by name, in ``open`` and with each reply.
        timeout: Seconds for each reply, for opening and for closing.
        report: Called with a problem if it cannot be closed.
    """

    def __init__(
        self,
        system: SystemUnderTest,
        given: Mapping[str, object],
        timeout: float,
        report: Callable[[Problem], None],
    ) -> None:
        self._given = given
        self._timeout = timeout
        self._report = report
        self._system = system
        self._replying: SystemUnderTest | None = None if system.opens else system
        self._closing: _Closing | None = None

    @property
    def is_open(self) -> bool:
        """Whether something is open that ``close`` will close."""
        return self._closing is not None

    async def reply(self, conversation: Conversation) -> Reply:
        """Let the system answer; the first time it is opened before.

        Args:
            conversation: Ends with a user message.

        Raises:
            ModelFnError: If it raises, hangs or gives no text, or cannot be opened.
        """
        if self._replying is None:
            self._replying = await self._open()
        return await self._replying.reply(conversation, self._given, self._timeout)

    async def close(self) -> None:
        """Close what was opened; a cancellation waits for it, for ``timeout`` seconds at most."""
        if self._closing is None:
            return
        closing, self._closing = asyncio.ensure_future(self._end(self._closing)), None
        cancelled = None
        while not closing.done():
            try:
                await asyncio.shield(closing)
            except asyncio.CancelledError as error:
                cancelled = error
        if cancelled is not None:
            raise cancelled

    async def _open(self) -> SystemUnderTest:
        try:
            async with asyncio.timeout(self._timeout) as clock:
                asked = await self._open_session()
            return SystemUnderTest.of_callable(asked, "what 'open' gave")
        except UsageError as error:
            raise ModelFnError(str(error)) from error
        except FAULTS as error:
            raise_if_fatal(error)
            if isinstance(error, TimeoutError) and clock.expired():
                late = f"open did not end within {self._timeout:g} seconds; raise --timeout"
                raise ModelFnError(late, True) from error
            raise ModelFnError(f"open raised {format_error(error)}") from error

    async def _open_session(self) -> Any:
        call: Any = self._system.call
        if inspect.iscoroutinefunction(call.open):
            target: Any = call() if inspect.isclass(call) else call
            session = target.open(**choose_named(target.open, self._given))
        else:
            target, session = await self._open_in_thread(call)
        if inspect.isawaitable(session):
            session = await session
            self._closing = self._find_closing(target, session, is_async=True)
        return target if session is None else session

    async def _open_in_thread(self, call: Any) -> tuple[Any, Any]:
        # A thread cannot be cancelled: what it opens when nobody waits any more it closes itself.
        lock, is_abandoned = threading.Lock(), False

        def work() -> tuple[Any, Any]:
            target: Any = call() if inspect.isclass(call) else call
            session = target.open(**choose_named(target.open, self._given))
            if inspect.isawaitable(session):
                return target, session
            with lock:
                self._closing = self._find_closing(target, session)
                is_late = is_abandoned
            if is_late and self._closing is not None:
                asyncio.run(self._end(self._closing))
            return target, session

        try:
            opened: tuple[Any, Any] = await run_in_thread(work)
        except asyncio.CancelledError:
            with lock:
                is_abandoned = self._closing is None
            raise
        return opened

    def _find_closing(self, target: Any, session: Any, is_async: bool = False) -> _Closing | None:
        """Find what closes a session: its own ``close``, or that of the object that opened it.

        Whoever is opened on the event loop is closed on it, for its connections may belong to it.
        """
        for one in (session, target):
            closing = None if one is None else getattr(one, "close", None)
            if not callable(closing):
                continue
            return _make_closing(partial(closing, **choose_named(closing, self._given)), is_async)
        return None

    async def _end(self, closing: _Closing) -> None:
        try:
            async with asyncio.timeout(self._timeout):
                await closing()
        except FAULTS as error:
            raise_if_fatal(error)
            _LOG.warning("the system under test could not be closed", exc_info=error)
            self._report(Problem("model_fn", f"close failed: {format_error(error)}"))


def _make_closing(closing: Callable[[], object], is_async: bool) -> _Closing:
    on_loop = is_async or inspect.iscoroutinefunction(closing)

    async def close() -> None:
        ended = closing() if on_loop else await run_in_thread(closing)
        if inspect.isawaitable(ended):
            await ended

    return close
