"""Whether what a run writes would destroy what it reads."""

from __future__ import annotations

import itertools
import os
from collections.abc import Mapping
from pathlib import Path


def find_path(plugin: object) -> Path | None:
    """Return the file that a persona source reads, or a sink writes: its field ``path``, by custom."""
    path = getattr(plugin, "path", None)
    return Path(path) if isinstance(path, str | os.PathLike) and str(path) else None


def find_clashes(read: Mapping[str, Path | None], written: Mapping[str, Path | None]) -> list[str]:
    """Find files that would be overwritten although they are read, or written twice.

    A file is known by whatever name it has: another way to it, a symbolic link, a hard link.

    Args:
        read: The files that are read, by what they are.
        written: The files that are written, likewise.
    """
    problems = [
        f"{what} would overwrite {path}, which is {other}; name another file"
        for what, path in written.items()
        for other, source in read.items()
        if path is not None and source is not None and _is_same(path, source)
    ]
    pairs = itertools.combinations(((what, path) for what, path in written.items() if path is not None), 2)
    problems += [
        f"{what} and {other} would write into one file, {path}; name another for one of them"
        for (what, path), (other, second) in pairs
        if _is_same(path, second)
    ]
    return problems


def _is_same(one: Path, other: Path) -> bool:
    try:
        return one.samefile(other)
    except (OSError, ValueError):  # one of them is not there yet, or no file can have this name
        pass
    try:
        return os.path.realpath(one) == os.path.realpath(other)
    except ValueError:  # whoever opens it will say so
        return False
