"""Reading the fields of a JSON object, strictly, with errors that name the field."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from ..errors import UsageError

T = TypeVar("T")


def read_field(row: Mapping[str, Any], name: str, read: Callable[[Any], T]) -> T:
    """Read one field of an object.

    Args:
        row: The object.
        name: The field.
        read: Makes the value, or raises.

    Raises:
        UsageError: If the field is missing or ``read`` raises; the message names the field.
    """
    if name not in row:
        raise UsageError(f"{name!r} is missing; take the line as simulate wrote it")
    try:
        return read(row[name])
    except UsageError as error:
        raise UsageError([f"{name!r}: {problem}" for problem in error.problems]) from None
    except Exception as error:
        raise UsageError(f"{name!r} cannot be read ({error}); take the line as simulate wrote it") from None


def read_one_of(*values: T) -> Callable[[Any], T]:
    """Make a reader that takes these values and no other."""

    def read(value: Any) -> T:
        for known in values:
            if value is known or (isinstance(known, str) and value == known):
                return known
        raise ValueError(f"{value!r} is none of {', '.join(map(repr, values))}")

    return read


def read_text(value: Any) -> str:
    """Read a string.

    Raises:
        ValueError: If it is no such value.
    """
    if not isinstance(value, str):
        raise ValueError(f"{value!r} is no string")
    return value


def read_whole(value: Any) -> int:
    """Read a whole number.

    Raises:
        ValueError: If it is no such value.
    """
    if not isinstance(value, int) or isinstance(value, bool):
        raise ValueError(f"{value!r} is no whole number")
    return value


def read_number(value: Any) -> float:
    """Read a number.

    Raises:
        ValueError: If it is no such value.
    """
    if not isinstance(value, int | float) or isinstance(value, bool):
        raise ValueError(f"{value!r} is no number")
    return value


def read_object(value: Any) -> dict[str, Any]:
    """Read a JSON object.

    Raises:
        ValueError: If it is no such value.
    """
    if not isinstance(value, Mapping):
        raise ValueError(f"{value!r} is no object")
    return dict(value)


def read_list_of(read: Callable[[Any], T]) -> Callable[[Any], tuple[T, ...]]:
    """Make a reader of a list, given the reader of its items."""

    def read_items(value: Any) -> tuple[T, ...]:
        if not isinstance(value, list | tuple):
            raise ValueError(f"{value!r} is no list")
        return tuple(read(item) for item in value)

    return read_items
