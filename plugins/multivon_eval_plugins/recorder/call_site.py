"""Where in the code a call to a model was made."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from types import FrameType

import attrs

BUILD_FOLDERS = frozenset({"build", "dist", "node_modules", "site-packages", "dist-packages", "venv", "__pypackages__"})
"""Folders whose code is not the repository's own, like all whose name begins with a dot."""

_COMPREHENSIONS = frozenset({"<listcomp>", "<dictcomp>", "<setcomp>", "<genexpr>"})
_LOOPS = ("asyncio.events", "asyncio.base_events", "asyncio.runners", "trio._core._run")
_OUR_OWN = ("multivon_eval", "multivon_eval_plugins")

_NO, _STOP = "", "|"


@attrs.frozen
class CallSite:
    """A place in the code.

    Attributes:
        file: The file below the repository root, with ``/``.
        qualname: The qualified name of the function; ``<module>`` at module level.
        line: The line, as a hint; it is no part of the identity.
    """

    file: str
    qualname: str
    line: int = attrs.field(eq=False)


class CallSites:
    """Finds call sites below one folder.

    Args:
        root: The repository root.
    """

    def __init__(self, root: Path) -> None:
        # Resolved once: code objects carry real paths, and a repository is often reached through a link.
        self._root = Path(os.path.realpath(root))
        self._places: dict[str, str] = {}
        self._sites: dict[tuple[str, str, int], CallSite] = {}

    def find(self, frame: FrameType | None) -> CallSite | None:
        """Go up the stack to the first frame that is the repository's own.

        The search ends where an event loop begins: who started the loop did not make the call.

        Returns:
            The site; None if no frame of the stack lies below the root, outside virtual environments and build
            folders.
        """
        places = self._places
        while frame is not None:
            name = frame.f_code.co_filename
            # By file name, for all calls: a stack has dozens of frames and a program has few files.
            place = places.get(name)
            if place is None:
                place = places[name] = self._find_place(name, str(frame.f_globals.get("__name__", "")))
            # Below a loop lies who started it, asyncio.run() in a main function say: every call would seem to come
            # from there.
            if place == _STOP:
                return None
            if place:
                # The line belongs to the key although it is no part of the identity: it is shown as the hint.
                key = (place, frame.f_code.co_qualname, frame.f_lineno)
                site = self._sites.get(key)
                if site is None:
                    site = self._sites[key] = CallSite(place, _find_qualname(frame), frame.f_lineno)
                return site
            frame = frame.f_back
        return None

    def _find_place(self, name: str, module: str) -> str:
        if module in _LOOPS:
            return _STOP
        # Code that was compiled from no file has a name like <string>.
        if name.startswith("<") or module.partition(".")[0] in _OUR_OWN:
            return _NO
        try:
            path = Path(os.path.realpath(name)).relative_to(self._root)
        # Outside of the root, or with a name that is no path.
        except (ValueError, OSError):
            return _NO
        folders = path.parts[:-1]
        if any(part in BUILD_FOLDERS or part.startswith(".") for part in folders):
            return _NO
        # A virtual environment may have any name; this file is in each.
        if any((folder / "pyvenv.cfg").exists() for folder in self._list_folders(path)):
            return _NO
        return path.as_posix()

    def _list_folders(self, path: Path) -> Iterator[Path]:
        return (self._root / folder for folder in path.parents if folder.parts)


def _find_qualname(frame: FrameType) -> str:
    name = frame.f_code.co_qualname
    # Python 3.12 has no frames for comprehensions, so a site would change its name with the version.
    while name.rpartition(".")[2] in _COMPREHENSIONS:
        name = name.rpartition(".")[0].removesuffix(".<locals>") or "<module>"
    return name


def get_caller_frame() -> FrameType:
    """The frame of the caller."""
    return sys._getframe(1)
