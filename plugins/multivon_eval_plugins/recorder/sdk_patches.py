"""What one listener wraps: the known SDKs, those that are imported later, and the clients that were named."""

from __future__ import annotations

import importlib
import importlib.util
import operator
import sys
import threading
from collections.abc import Sequence
from contextlib import ExitStack
from types import ModuleType

from .clients import Method
from .patching import patch
from .points import SDKS, Point, Sdk
from .tally import Tally
from .watching import Watch


class SdkPatches:
    """Lets a tally hear what SDKs are asked.

    Args:
        tally: Who listens.
        methods: Methods of other clients that are listened to as well.
    """

    def __init__(self, tally: Tally, methods: Sequence[Method] = ()) -> None:
        self._tally, self._methods = tally, methods
        self._patches = ExitStack()
        self._points: set[Point] | None = None
        # A lock of its own: whoever imports an SDK holds a lock of Python's while it waits for this one.
        self._points_lock = threading.Lock()

    def start(self) -> None:
        """Listen from here on; what cannot be listened to is told to the tally."""
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
                end = patch(method.parent, method.name, method.called, self._tally)
            except (AttributeError, TypeError) as error:  # written in C, or frozen
                self._tally.warn(f"{method.parent!r}.{method.name} cannot be listened to ({error}); wrap it in a class")
            else:
                with self._points_lock:
                    self._patches.callback(end)

    def stop(self) -> None:
        """Listen no more, and put back what was there."""
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
                self._patches.callback(patch(parent, name, point.called, self._tally))
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
            self._tally.warn(
                f"{sdk.name} {_find_version(sdk.name)} has no {point}, so {point.loses}; "
                f"use another version of {sdk.name}, or upgrade multivon-eval"
            )


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
