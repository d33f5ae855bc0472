"""Adding to JSON without touching what is there: key order, spacing, numbers and escapes stay as they were written."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Sequence
from typing import Any

_DECODER = json.JSONDecoder()
_SPACE = re.compile(r"[ \t\n\r]*")


def iterate_members(text: str, start: int) -> Iterator[tuple[str, int, int]]:
    """Give the members of an object.

    Args:
        text: Valid JSON.
        start: Where its ``{`` stands.

    Yields:
        The key, and where its value begins and ends.
    """
    at = _skip(text, start + 1)
    # The text is valid JSON already, so the decoder can be trusted to find the end of each value.
    while text[at] != "}":
        key, at = _DECODER.raw_decode(text, at)
        value = _skip(text, _skip(text, at) + 1)
        _, at = _DECODER.raw_decode(text, value)
        yield key, value, at
        at = _skip(text, at)
        if text[at] == ",":
            at = _skip(text, at + 1)


def add_items(text: str, path: Sequence[str], items: Sequence[Any]) -> str:
    """Add items to the end of a list in an object; the list and the objects around it are made where they miss.

    Args:
        text: Valid JSON of an object.
        path: The keys that lead to the list.
        items: What to add.

    Raises:
        ValueError: If what stands on the way is no object, or at its end no list; or a key stands there twice.
    """
    start = _skip(text, 0)
    return _add_at(text, start, path, [json.dumps(item) for item in items])


def _add_at(text: str, start: int, path: Sequence[str], items: Sequence[str]) -> str:
    if not path:
        if text[start] != "[":
            raise ValueError("there is no list to add to")
        return _insert(text, start, _find_end(text, start), ", ".join(items))
    if text[start] != "{":
        raise ValueError(f"there is no object to put {path[0]!r} into")
    places = [value for key, value, _ in iterate_members(text, start) if key == path[0]]
    # Readers take the last of two equal keys, and the text does not say which one its writer meant.
    if len(places) > 1:
        raise ValueError(f"{path[0]!r} stands there twice")
    if places:
        return _add_at(text, places[0], path[1:], items)
    # From the inside out: the list, then each object that is missing around it.
    made = "[" + ", ".join(items) + "]"
    for key in reversed(path[1:]):
        made = f'{{"{key}": {made}}}'
    return _insert(text, start, _find_end(text, start), f'"{path[0]}": {made}')


def _insert(text: str, start: int, end: int, what: str) -> str:
    """Put something before the closing bracket."""
    # A comma before the first item of an empty list would be no JSON.
    is_empty = _skip(text, start + 1) == end - 1
    last = len(text[: end - 1].rstrip(" \t\n\r"))
    return f"{text[:last]}{'' if is_empty else ', '}{what}{text[last:]}"


def _find_end(text: str, start: int) -> int:
    return _DECODER.raw_decode(text, start)[1]


def _skip(text: str, at: int) -> int:
    match = _SPACE.match(text, at)
    assert match is not None, "no space is a match too"
    return match.end()
