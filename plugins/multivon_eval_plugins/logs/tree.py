"""Attributes of spans, however they are spread, as one tree."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any


def decode_any(value: object) -> Any:
    """A value of OTLP's JSON (``{"stringValue": ...}`` and its kin) as what it is."""
    if not isinstance(value, Mapping) or len(value) != 1:
        return value
    ((kind, held),) = value.items()
    kind = str(kind).replace("_", "").lower()
    if kind in ("stringvalue", "boolvalue", "doublevalue", "bytesvalue"):
        return held
    if kind == "intvalue":
        # OTLP writes whole numbers as text, for they may have 64 bits.
        return int(held) if isinstance(held, str) and held.lstrip("-").isdecimal() else held
    inner = held.get("values") if isinstance(held, Mapping) else None
    if kind == "arrayvalue":
        return [decode_any(one) for one in inner] if isinstance(inner, list) else []
    return decode_list(inner) if kind == "kvlistvalue" else value


def decode_list(attributes: object) -> dict[str, Any]:
    """OTLP's list of keys and values, or a plain object, as an object."""
    if isinstance(attributes, Mapping):
        return {str(key): decode_any(value) for key, value in attributes.items()}
    rows = attributes if isinstance(attributes, Sequence) and not isinstance(attributes, str) else ()
    return {str(row["key"]): decode_any(row.get("value")) for row in rows if isinstance(row, Mapping) and "key" in row}


def make_tree(attributes: Mapping[str, Any]) -> dict[str, Any]:
    """Attributes with points in their names as a tree, ``llm.input_messages.0.message.role``; part may be nested."""
    tree: dict[str, Any] = {}
    for key, value in attributes.items():
        if value is not None:
            _put(tree, str(key).split("."), value)
    tidied = _tidy(tree)
    return tidied if isinstance(tidied, dict) else {}


def _put(tree: dict[str, Any], path: list[str], value: Any) -> None:
    for part in path[:-1]:
        below = tree.get(part)
        if not isinstance(below, dict):
            below = tree[part] = {} if below is None else {"": below}
        tree = below
    last = path[-1]
    if isinstance(value, Mapping):
        below = tree.setdefault(last, {})
        if not isinstance(below, dict):
            below = tree[last] = {"": below}
        for key, item in value.items():
            _put(below, str(key).split("."), item)
    elif isinstance(value, list | tuple):
        tree[last] = [make_tree(item) if isinstance(item, Mapping) else item for item in value]
    elif isinstance(tree.get(last), dict):
        tree[last][""] = value
    else:
        tree[last] = value


def _tidy(value: Any) -> Any:
    """Objects whose keys are numbers are lists."""
    if isinstance(value, dict):
        tidied = {key: _tidy(item) for key, item in value.items()}
        numbers = [key for key in tidied if key.isdigit()]
        if numbers and len(numbers) >= len(tidied) - 1 and set(tidied) - set(numbers) <= {""}:
            return [tidied[key] for key in sorted(numbers, key=int)]
        return tidied
    return value


def look_up(tree: Any, path: str) -> Any:
    """What stands at a path, JSON in a text as what it says; None where nothing stands."""
    for part in path.split("."):
        tree = tree.get(part) if isinstance(tree, Mapping) else None
    if isinstance(tree, Mapping) and set(tree) == {""}:
        tree = tree[""]
    return parse_json(tree)


def parse_json(value: Any) -> Any:
    """A text that is JSON as what it says; Python's way to write a list, as data frames are saved, too."""
    if not isinstance(value, str) or value.lstrip()[:1] not in ("{", "["):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return _parse_python(value)


def _parse_python(value: str) -> Any:
    import ast

    try:
        found = ast.literal_eval(value)
    except (ValueError, SyntaxError, MemoryError, RecursionError):
        return value
    return found if isinstance(found, list | dict) else value
