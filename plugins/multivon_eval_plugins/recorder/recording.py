"""A recording: on while it is entered."""

from __future__ import annotations

import functools
import importlib
import importlib.util
import inspect
import logging
import operator
import sys
import threading
from collections.abc import Callable, Generator, Iterable
from contextlib import ExitStack
from pathlib import Path
from types import ModuleType, TracebackType
from typing import Any, Self, TypeVar

from multivon_eval.sdk import DeliveryError, UsageError, hide_secrets

from . import store
from .clients import find_methods
from .patching import patch
from .points import SDKS, Point, Sdk
from .tally import Summary, Tally
from .watching import Watch

_F = TypeVar("_F", bound=Callable[..., Any])

_LOG = logging.getLogger("multivon_eval.recorder")


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
        self._record_text = record_text
        if not isinstance(clients, Iterable):
            raise UsageError(f"clients is {type(clients).__name__}; give the clients in a list, clients=[client]")
        self._clients = tuple(clients)
        self._methods = [method for client in self._clients for method in find_methods(client)]
        self._lock = threading.RLock()
        self._depth = 0
        self._patches = ExitStack()
        self._points: set[Point] | None = None
        # A lock of its own: whoever imports an SDK holds a lock of Python's while it waits for this one.
        self._points_lock = threading.Lock()

    @property
    def summary(self) -> Summary:
        """What was caught so far."""
        return self.tally.summary

    def __enter__(self) -> Self:
        with self._lock:
            if self._depth == 0:
                self._check()
                try:
                    self._start()
                # A patch that was made must not outlive a recording that never began.
                except BaseException:
                    self._stop()
                    raise
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
            self._stop()
            try:
                self.flush()
            except DeliveryError as failure:
                if error is None:
                    raise
                # The error that is under way says more.
                self._tell(str(failure))

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
        return _wrap_function(function, lambda: Recording(self.root, self.out, self._record_text, self._clients))

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
            self._tell(f"{store.describe_foreign(self.out, contents)}, kept as they are")

    def _check(self) -> None:
        if not self.root.is_dir():
            raise UsageError(f"{self.root} is no folder; give repo_root the folder of your code")
        store.check(self.out)

    def _start(self) -> None:
        modules = {point.module for sdk in SDKS for point in sdk.points}
        # An SDK that is imported later is listened to from then on, and one that never is costs nothing.
        watch = Watch(modules, self._listen_to_module)
        with self._points_lock:
            self._points = set()
            self._patches.callback(watch.stop)
        watch.start()
        for name in sorted(modules & sys.modules.keys()):
            # By import, because another thread may be in the middle of it.
            self._listen_to_module(importlib.import_module(name))
        self._look_for_moved()
        for method in self._methods:
            try:
                end = patch(method.parent, method.name, method.called, self.tally)
            except (AttributeError, TypeError) as error:  # written in C, or frozen
                self._tell(f"{method.parent!r}.{method.name} cannot be listened to ({error}); wrap it in a class")
            else:
                with self._points_lock:
                    self._patches.callback(end)

    def _stop(self) -> None:
        self._look_for_moved()
        with self._points_lock:
            self._points = None
            self._patches.close()

    def _listen_to_module(self, module: ModuleType) -> None:
        for sdk in SDKS:
            for point in sdk.points:
                if point.module == module.__name__ and not self._listen(point, module):
                    self._report_missing(sdk, point)

    def _listen(self, point: Point, module: ModuleType) -> bool:
        owner, _, name = point.path.rpartition(".")
        with self._points_lock:
            # None: the recording has ended while the module was being imported.
            if self._points is None or point in self._points:
                return True
            # Also where it fails: its absence is told once, not at each import.
            self._points.add(point)
            try:
                parent = operator.attrgetter(owner)(module) if owner else module
                self._patches.callback(patch(parent, name, point.called, self.tally))
            except AttributeError:
                return False
        return True

    def _look_for_moved(self) -> None:
        """Find the modules that an SDK which is in use should have and has not."""
        for sdk in SDKS:
            if sdk.package in sys.modules:
                for point in sdk.points:
                    # To look into a package imports it.
                    is_in_use = not point.is_late or point.module.rpartition(".")[0] in sys.modules
                    if is_in_use and point.module not in sys.modules and not _is_there(point.module):
                        self._report_missing(sdk, point)

    def _report_missing(self, sdk: Sdk, point: Point) -> None:
        # A place that only some versions have may be missing without a word.
        if point.loses:
            self._tell(
                f"{sdk.name} {_find_version(sdk.name)} has no {point}, so {point.loses}; "
                f"use another version of {sdk.name}, or upgrade multivon-eval"
            )

    def _tell(self, problem: str) -> None:
        if self.tally.trouble(problem):
            _LOG.warning("%s", hide_secrets(problem))


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


def _is_there(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except (ImportError, ValueError):
        return False


def _find_version(distribution: str) -> str:
    from importlib.metadata import PackageNotFoundError, version

    try:
        return version(distribution)
    except PackageNotFoundError:
        return "(of unknown version)"
