"""A recording: on while it is entered."""

from __future__ import annotations

import functools
import inspect
import threading
from collections.abc import Callable, Generator, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Self, TypeVar

from multivon_eval.sdk import DeliveryError, UsageError

from . import store
from .clients import find_methods
from .running import RUNNING
from .sdk_patches import SdkPatches
from .tally import Summary, Tally

_F = TypeVar("_F", bound=Callable[..., Any])


class Recording:
    """Records what the SDKs are asked, between entering and leaving it.

    It may be entered more than once, also by several threads; it ends when the last one leaves.

    Args:
        repo_root: The folder in which call sites are looked for.
        out: The file that recordings are merged into when it ends.
        record_text: Whether texts are kept.
        clients: Clients of other SDKs that are listened to as well.

    Raises:
        UsageError: If ``clients`` is no list, or one of them has no method that carries prompts.

    Attributes:
        root: The folder.
        out: The file.
        tally: What is counted.
        record_text: Whether texts are kept.
        methods: The methods of ``clients`` that are listened to.
    """

    def __init__(
        self,
        repo_root: str | Path = ".",
        out: str | Path | None = None,
        record_text: bool = False,
        clients: Iterable[object] = (),
    ) -> None:
        # Both mean what they mean now, wherever the program goes later.
        self.root, self.out = Path(repo_root).absolute(), Path(out or store.DEFAULT).absolute()
        self.tally = Tally(self.root, record_text)
        self.record_text = record_text
        if not isinstance(clients, Iterable):
            raise UsageError(f"clients is {type(clients).__name__}; give the clients in a list, clients=[client]")
        self._clients = tuple(clients)
        self.methods = [method for client in self._clients for method in find_methods(client)]
        self._lock = threading.RLock()
        self._depth = 0
        self._patches = SdkPatches(self.tally, self.methods)

    @property
    def summary(self) -> Summary:
        """What was caught so far."""
        return self.tally.summary

    def __enter__(self) -> Self:
        with self._lock:
            if self._depth == 0:
                self._check()
                try:
                    self._patches.start()
                # A patch that was made must not outlive a recording that never began.
                except BaseException:
                    self._patches.stop()
                    raise
                RUNNING[id(self)] = self
            self._depth += 1
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        with self._lock:
            # The last one out writes: recordings of several threads go into one file at once.
            self._depth -= 1
            if self._depth:
                return
            # Nothing is heard any more while it is written, so that what is written is all of it.
            self._patches.stop()
            del RUNNING[id(self)]
            try:
                self.flush()
            except DeliveryError as failure:
                if error is None:
                    raise
                # The error that is under way says more.
                self.tally.warn(str(failure))

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: _F) -> _F:
        """Give the function with a recording of its own around each call.

        Raises:
            UsageError: If it is an asynchronous generator.
        """
        if inspect.isasyncgenfunction(function):
            raise UsageError(
                f"{function.__qualname__} is an asynchronous generator, which record_prompts() cannot go around; "
                "write 'with record_prompts():' in it"
            )
        return _wrap_function(function, lambda: Recording(self.root, self.out, self.record_text, self._clients))

    def flush(self) -> None:
        """Write what was caught since the last time.

        Raises:
            DeliveryError: If it cannot be written. Nothing is lost: it is written the next time.
        """
        rows = self.tally.take()
        if not rows:
            return
        try:
            contents = store.merge(self.out, rows)
        # Ctrl-C included: the rows were taken out of the tally and are nowhere else.
        except BaseException:
            self.tally.give_back(rows)
            raise
        if contents.foreign:
            self.tally.warn(f"{store.describe_foreign(self.out, contents)}, kept as they are")

    def _check(self) -> None:
        if not self.root.is_dir():
            raise UsageError(f"{self.root} is no folder; give repo_root the folder of your code")
        store.check(self.out)


def _wrap_function(function: _F, start: Callable[[], Recording]) -> _F:
    call: Any
    if inspect.iscoroutinefunction(function):

        async def call(*args: Any, **kwargs: Any) -> Any:
            with start():
                return await function(*args, **kwargs)

    elif inspect.isgeneratorfunction(function):

        def call(*args: Any, **kwargs: Any) -> Generator[Any, Any, Any]:
            with start():
                return (yield from function(*args, **kwargs))

    else:

        def call(*args: Any, **kwargs: Any) -> Any:
            with start():
                return function(*args, **kwargs)

    wrapped: Any = functools.wraps(function)(call)
    return wrapped  # type: ignore[no-any-return]
