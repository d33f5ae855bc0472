"""What the metadata of the installed distributions says, however broken that of one of them is.

It stands alone and imports no other module of the package, so that ``--help`` can list commands quickly.
"""

from __future__ import annotations

from typing import NamedTuple

import importlib_metadata


class Point(NamedTuple):
    """One entry point.

    Attributes:
        name: Its name.
        target: ``module:attribute``.
        distribution: Who ships it.
        version: The distribution's version.
    """

    name: str
    target: str
    distribution: str
    version: str


class Found(NamedTuple):
    """The entry points of a group.

    Attributes:
        points: All that can be read, each once, sorted by name, then by distribution.
        unreadable: A sentence for each distribution whose entry points cannot be read.
    """

    points: tuple[Point, ...]
    unreadable: tuple[str, ...] = ()


def entry_points(group: str) -> Found:
    """Read the entry points of a group, from metadata only."""
    unreadable: list[str] = []
    try:
        found = list(importlib_metadata.entry_points(group=group))
    except Exception:
        # One torn entry_points.txt, or one without rights to read it, must not take the others with it.
        found = _one_by_one(group, unreadable)
    points = {Point(point.name, point.value.partition("[")[0].strip(), *_owner(point.dist)) for point in found}
    return Found(tuple(sorted(points, key=lambda point: (point.name, point.distribution))), tuple(unreadable))


def _one_by_one(group: str, unreadable: list[str]) -> list[importlib_metadata.EntryPoint]:
    found: list[importlib_metadata.EntryPoint] = []
    seen: set[str] = set()
    for dist in importlib_metadata.distributions():
        name, version = _owner(dist)
        if plain(name) in seen:
            continue
        seen.add(plain(name))
        try:
            found += dist.entry_points.select(group=group)
        except Exception as error:
            unreadable.append(
                f"the entry points of {name} {version} cannot be read ({type(error).__name__}: {error}); "
                f"reinstall or remove {name}"
            )
    return found


def _owner(dist: importlib_metadata.Distribution | None) -> tuple[str, str]:
    try:
        return (str(dist.name), str(dist.version)) if dist else ("", "")
    except Exception:
        # An uninstall that was interrupted leaves a directory without METADATA.
        return "an unnamed distribution", ""


def plain(name: str) -> str:
    """A distribution's name as it is compared."""
    return name.lower().replace("_", "-").replace(".", "-")
