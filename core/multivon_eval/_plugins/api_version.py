"""Whether a plug-in was written for protocols that this host has."""

from __future__ import annotations

import re

PLUGIN_API = 1
"""The version of the protocols. A plug-in may state the one it was written for as ``plugin_api``."""
ADDITIONS: tuple[str, ...] = (
    "executors: Executor, Work, Desk, HasWorkers, run_worker",
    "RunInfo.worker, and the hooks by which head and workers of a run tell each other something: tell_workers, "
    "head_told, tell_head, worker_told, worker_lost",
)
"""What was added within it, in order. A plug-in that needs the first two states ``plugin_api = "1.2"``."""

_VERSION = re.compile(r"(\d+)(?:\.(\d+))?")


def find_api_problem(wants: object) -> str:
    """Say why a plug-in cannot be used with this host; empty if it can.

    Args:
        wants: The plug-in's ``plugin_api``: a version of the protocols, 1, or one with additions, "1.2".
    """
    found = _VERSION.fullmatch(str(wants)) if isinstance(wants, int | str) and not isinstance(wants, bool) else None
    if found is None:
        return f"its plugin_api is {wants!r}; give the version it is written for, {PLUGIN_API} or '{PLUGIN_API}.2' say"
    version, additions = int(found[1]), int(found[2] or 0)
    has = f"{PLUGIN_API}.{len(ADDITIONS)}"
    if version > PLUGIN_API or (version == PLUGIN_API and additions > len(ADDITIONS)):
        return f"it is written for plug-in API {wants} and this host has {has}; upgrade multivon-eval"
    if version < PLUGIN_API:
        return f"it is written for plug-in API {wants} and this host has {has}; upgrade the plug-in"
    return ""
