"""Being told when a module is imported, without importing it."""

from __future__ import annotations

import importlib.util
import sys
import threading
from collections.abc import Callable, Iterable, Sequence
from importlib.abc import MetaPathFinder
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import Any


class Watch(MetaPathFinder):
    """Calls somebody when one of some modules has been imported.

    Args:
        names: Their names.
        imported: Called with the module, after it was executed, by whoever imports it.
    """

    def __init__(self, names: Iterable[str], imported: Callable[[ModuleType], None]) -> None:
        self._names = frozenset(names)
        self._imported = imported
        self._looking: set[tuple[int, str]] = set()

    def start(self) -> None:
        """Begin to watch."""
        # First, because the first finder that knows a module is the only one that is asked.
        sys.meta_path.insert(0, self)

    def stop(self) -> None:
        """End it."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)

    def find_spec(
        self, fullname: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Let the others find the module, and have it say when it is there."""
        # By thread: two threads may look for the same module at once, and each must find it.
        looking = (threading.get_ident(), fullname)
        if fullname not in self._names or looking in self._looking:
            return None
        self._looking.add(looking)
        try:
            # Asks all finders, this one included; that is what the set above is for.
            spec = importlib.util.find_spec(fullname)
        finally:
            self._looking.discard(looking)
        # Some loaders, of namespace packages say, execute nothing.
        if spec is not None and hasattr(spec.loader, "exec_module"):
            self._listen(spec.loader, fullname)
        return spec

    def _listen(self, loader: Any, name: str) -> None:
        execute = loader.exec_module

        def exec_module(module: ModuleType) -> None:
            # A loader may load more than one module, and is left as it was found.
            if module.__name__ != name:
                execute(module)
                return
            loader.__dict__.pop("exec_module", None)
            execute(module)
            self._imported(module)

        loader.exec_module = exec_module
