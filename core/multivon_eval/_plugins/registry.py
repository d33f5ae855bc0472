"""What is installed: entry points, read from metadata only and loaded one by one when asked for."""

from __future__ import annotations

import importlib
import sys

import attrs

from ..errors import PluginBroken, PluginConflict, PluginNotFound, did_you_mean
from .installed import normalize_name, read_entry_points
from .isolation import format_error
from .kinds import GROUPS, Kind


@attrs.frozen
class Entry:
    """One entry point.

    Attributes:
        kind: What it is for.
        name: Its name; a dotted import path where it was asked for by one.
        target: ``module:attribute``.
        distribution: Who ships it; empty for an import path.
        version: The distribution's version; empty likewise.
    """

    kind: Kind
    name: str
    target: str
    distribution: str = ""
    version: str = ""

    def __str__(self) -> str:
        owner = f" of {self.distribution} {self.version}" if self.distribution else ""
        return f"{self.kind.name} {self.name!r}{owner} ({self.target})"

    def load(self) -> object:
        """Import the target.

        Raises:
            PluginBroken: If the import fails; with kind, name, distribution, version, target and cause in one line.
        """
        module, _, attribute = self.target.partition(":")
        try:
            found: object = importlib.import_module(module)
            for part in filter(None, attribute.split(".")):
                found = getattr(found, part)
        except KeyboardInterrupt:
            raise
        except BaseException as error:  # a module may do anything while it is imported
            remedy = _UPGRADE if _is_ours(error) else self._remedy
            raise PluginBroken(f"{self} cannot be loaded: {format_error(error)}; {remedy}") from error
        return found

    @property
    def _remedy(self) -> str:
        if self.distribution:
            return f"reinstall or remove {self.distribution}, or name another {self.kind.name}"
        return "check the import path"


_UPGRADE = "it is written for a later multivon-eval; upgrade multivon-eval"


def _is_ours(error: BaseException) -> bool:
    """Whether a plug-in asks a door of this package for what it does not have."""
    return isinstance(error, ImportError) and (error.name or "").partition(".")[0] == "multivon_eval"


class Registry:
    """The installed plug-ins, by kind and name."""

    def __init__(self) -> None:
        self._entries: dict[str, tuple[Entry, ...]] = {}
        self.unreadable: tuple[str, ...] = ()
        """A sentence for each distribution whose entry points cannot be read, known after the first look."""

    def entries(self, kind: Kind) -> tuple[Entry, ...]:
        """All entry points of a kind, sorted by name, then by distribution."""
        if not self._entries:
            kinds = {kind.group: kind for kind in GROUPS}
            found = read_entry_points(*kinds)
            for group, points in found.points.items():
                self._entries[group] = tuple(Entry(kinds[group], *point) for point in points)
            self.unreadable = found.unreadable
        return self._entries[kind.group]

    def names(self, kind: Kind) -> list[str]:
        """The names that can be asked for."""
        return sorted({entry.name for entry in self.entries(kind)})

    def find(self, kind: Kind, name: str) -> Entry:
        """Find the one owner of a name.

        Args:
            kind: The kind of plug-in.
            name: A bare name, ``DIST/NAME`` for one distribution's, or an import path with a dot.

        Raises:
            PluginNotFound: If no distribution offers it; with close matches.
            PluginConflict: If several distributions do; all are named.
        """
        dist, slash, bare = name.rpartition("/")
        # The names of scores have underscores, and people type them for the evaluator's own.
        owners = self._find_owners(kind, dist, bare) or self._find_owners(kind, dist, bare.replace("_", "-"))
        if len(owners) == 1:
            return owners[0]
        if owners:
            who = " and ".join(f"{entry.distribution} {entry.version} ({entry.target})" for entry in owners)
            ways = " or ".join(repr(f"{entry.distribution}/{entry.name}") for entry in owners)
            raise PluginConflict(f"{kind.name} {name!r} is offered by {who}; say {ways}")
        if "." in bare and not slash:
            module, _, attribute = name.rpartition(".")
            return Entry(kind, name, f"{module}:{attribute}")
        known = self.names(kind)
        if slash:
            known = [f"{entry.distribution}/{entry.name}" for entry in self.entries(kind)]
        hint = "; ".join([did_you_mean(name, known), *self.unreadable])
        raise PluginNotFound(f"no {kind.name} is named {name!r}; {hint}")

    def _find_owners(self, kind: Kind, dist: str, name: str) -> list[Entry]:
        return [
            entry
            for entry in self.entries(kind)
            if entry.name == name and (not dist or normalize_name(entry.distribution) == normalize_name(dist))
        ]

    def owner_of(self, kind: Kind, cls: type) -> Entry | None:
        """Find the entry point of a class, without importing anything."""
        return next((entry for entry in self.entries(kind) if _is_target(entry, cls)), None)


def list_installed(group: str) -> dict[str, str]:
    """List the installed plug-ins of a group, from metadata only.

    Args:
        group: The entry-point group, such as ``multivon_eval.evaluators``.

    Returns:
        By name, the distributions that offer it, each with its version.
    """
    owners: dict[str, list[str]] = {}
    for point in read_entry_points(group).points[group]:
        owners.setdefault(point.name, []).append(f"{point.distribution} {point.version}")
    return {name: ", ".join(several) for name, several in owners.items()}


def _is_target(entry: Entry, cls: type) -> bool:
    # A target may name a class where its package re-exports it. Whoever holds the class has imported it, so
    # a module that is not imported yet is not the one.
    module, _, attribute = entry.target.partition(":")
    return getattr(sys.modules.get(module), attribute, None) is cls
