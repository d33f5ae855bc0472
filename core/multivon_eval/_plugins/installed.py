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
    """The entry points of some groups.

    Attributes:
        points: By group, all that can be read, each once, sorted by name, then by distribution.
        unreadable: A sentence for each distribution whose entry points cannot be read.
    """

    points: dict[str, tuple[Point, ...]]
    unreadable: tuple[str, ...] = ()


def read_entry_points(*groups: str) -> Found:
    """Read the entry points of groups, from metadata only, looking through the distributions once."""
    unreadable: list[str] = []
    try:
        found = [point for point in importlib_metadata.entry_points() if point.group in groups]
    except Exception:
        # One torn entry_points.txt, or one without rights to read it, must not take the others with it.
        found = _read_one_by_one(groups, unreadable)
    points: dict[str, set[Point]] = {group: set() for group in groups}
    for point in found:
        target = point.value.partition("[")[0].strip()
        points[point.group].add(Point(point.name, target, *_find_owner(point.dist)))
    ordered = {
        group: tuple(sorted(several, key=lambda point: (point.name, point.distribution)))
        for group, several in points.items()
    }
    return Found(ordered, tuple(unreadable))


def _read_one_by_one(groups: tuple[str, ...], unreadable: list[str]) -> list[importlib_metadata.EntryPoint]:
    found: list[importlib_metadata.EntryPoint] = []
    seen: set[str] = set()
    for dist in importlib_metadata.distributions():
        name, version = _find_owner(dist)
        if normalize_name(name) in seen:
            continue
        seen.add(normalize_name(name))
        try:
            found += [point for point in dist.entry_points if point.group in groups]
        except Exception as error:
            unreadable.append(
                f"the entry points of {name} {version} cannot be read ({type(error).__name__}: {error}); "
                f"reinstall or remove {name}"
            )
    return found


def _find_owner(dist: importlib_metadata.Distribution | None) -> tuple[str, str]:
    try:
        return (str(dist.name), str(dist.version)) if dist else ("", "")
    except Exception:
        # An uninstall that was interrupted leaves a directory without METADATA.
        return "an unnamed distribution", ""


def normalize_name(name: str) -> str:
    """A distribution's name as it is compared."""
    return name.lower().replace("_", "-").replace(".", "-")
