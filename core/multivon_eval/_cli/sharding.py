"""``--shard``: what is asked of a part of a run, and what only the whole can tell."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from .._run.output import tell

_WHOLE = ("until", "calibration", "baseline", "fail_on", "fail_under", "max_error_rate")
"""The options that hold a whole run against something."""


def leave_for_merge(given: Mapping[str, Any], where_from: Mapping[str, str]) -> tuple[dict[str, Any], list[str]]:
    """Take from the options of a shard what only the whole run can tell.

    Args:
        given: The options.
        where_from: Where each value came from.

    Returns:
        The options without it; and what is wrong, where the command line asks a part for it. What the environment or
        the configuration file says for the whole is left out, and a line says so.
    """
    if given["shard"] is None:
        return {**given}, []
    found = [name for name in _WHOLE if given[name] not in (None, ())]
    asked = [name for name in found if where_from[name] == "command line"]
    wrong = [
        f"--{_spell(name)} with --shard {given['shard']}: a part of a run cannot tell; give it to multivon-eval merge, "
        "which sees the whole"
        for name in asked
    ]
    if (left := [name for name in found if name not in asked]) and not given["quiet"]:
        names = ", ".join(f"{_spell(name)} ({where_from[name]})" for name in left)
        tell(f"left for multivon-eval merge, because a shard is a part of a run: {names}", err=True)
    return {**given, **{name: () if isinstance(given[name], tuple) else None for name in found}}, wrong


def _spell(name: str) -> str:
    return name.replace("_", "-")
