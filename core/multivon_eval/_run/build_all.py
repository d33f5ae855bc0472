"""Building the plug-ins of a kind of which several may be named."""

from __future__ import annotations

from collections.abc import Iterable

from .._plugins.build import Built, build
from .._plugins.kinds import SINK, Kind
from .._plugins.registry import Registry
from .problems import Problems


def build_all(kind: Kind, asked: Iterable[object], registry: Registry, problems: Problems) -> dict[str, Built]:
    """Build each plug-in that is asked for.

    Args:
        kind: What they are.
        asked: SPECs, tables or instances.
        registry: What is installed.
        problems: Where it is said what is wrong.

    Returns:
        By name; sinks by SPEC, for two of one name may write to two files.
    """
    found: dict[str, Built] = {}
    for one in asked:
        built = problems.collect(build, kind, one, registry)
        if built is None:
            continue
        key = built.use.spec if kind is SINK else built.key
        if key in found:
            named = built.name or built.use.name
            way = "" if kind is SINK else ", or give one a name of its own with ',name=WORD'"
            problems.add(f"{kind.name} {named!r} is named twice; name it once{way}")
        found[key] = built
    return found
