"""What stands in the JSON body of a request or a reply, however deep."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any


def list_strings(body: str) -> Iterator[str]:
    """List the strings of a body; itself where it is no JSON."""
    try:
        waiting = [json.loads(body)]
    except ValueError:
        yield body
        return
    while waiting:
        value = waiting.pop()
        if isinstance(value, str):
            yield value
        elif isinstance(value, dict):
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value


def find_number(body: str, name: str) -> float | None:
    """Find a number by its name, however deep it stands."""
    try:
        waiting = [json.loads(body)]
    except ValueError:
        return None
    while waiting:
        value = waiting.pop()
        if isinstance(value, dict):
            if isinstance(value.get(name), int | float):
                return float(value[name])
            waiting += value.values()
        elif isinstance(value, list):
            waiting += value
    return None


def drop_usage(reply: Mapping[str, Any]) -> dict[str, Any]:
    """Return a reply without what it says of usage."""
    return {name: value for name, value in reply.items() if "usage" not in name.lower()}
