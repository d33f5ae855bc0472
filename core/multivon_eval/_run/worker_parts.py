"""What a worker has loaded, held against what the head of its run has."""

from __future__ import annotations

from .._types.run_info import RunInfo
from .._workers.wire import Message


def describe_parts(info: RunInfo, identity: str) -> Message:
    """Say what a run is made with, so that a worker can be held against its head."""
    kinds = ("judge", "driver judge", "driver", "evaluator", "observer", "hook")
    uses = [f"{use.kind} {use.name} ({use.distribution} {use.version})" for use in info.plugins if use.kind in kinds]
    return {"plugins": sorted(uses), "version": info.versions.get("multivon-eval", ""), "model": identity}


def find_difference(head: Message, worker: Message) -> str:
    """Say how a worker differs from its head, and the remedy; empty if it does not."""
    found = []
    if head["version"] != worker["version"]:
        found.append(f"has multivon-eval {worker['version']}, and the head {head['version']}")
    lacks = sorted(set(head["plugins"]) - set(worker["plugins"]))
    more = sorted(set(worker["plugins"]) - set(head["plugins"]))
    if lacks or more:
        had = f"has {', '.join(more)}, and " if more else ""
        found.append(f"{had}lacks {', '.join(lacks)}" if lacks else f"has {', '.join(more)}, which the head has not")
    if head["model"] != worker["model"]:
        found.append("has another model file")
    return f"{'; it '.join(found)}; install and copy the same on each machine" if found else ""
