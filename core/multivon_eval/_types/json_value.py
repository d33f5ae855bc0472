"""Any Python value made a JSON value that nobody can change."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from datetime import date, time
from typing import Any, NoReturn, TypeVar

from .names import NamedValues
from .whole_text import whole_text

K = TypeVar("K")
V = TypeVar("V")

MOST_LEVELS = 64
"""How deep values may be nested; readers of JSON give up at some hundred levels."""
MOST_VALUES = 10_000
"""How many values one value may hold in all, so that neither a cycle nor shared parts make it endless."""
MOST_CHARACTERS = 1_000_000
"""How many characters all its strings may have together."""
_MOST_BITS = 64
"""Integers that most readers of JSON take; a longer one becomes a string."""


class FrozenDict(dict[K, V]):
    """A dict that cannot be changed; ``dict(value)`` makes a copy that can."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this is read-only, others hold it too; change a copy, dict(value)")

    __setitem__ = __delitem__ = __ior__ = clear = pop = popitem = setdefault = update = _refuse

    def __reduce__(self) -> tuple[type, tuple[dict[K, V]]]:
        # A copy is its owner's alone, and a pickle names no private class.
        return dict, (dict(self),)


class FrozenList(list[V]):
    """A list that cannot be changed; ``list(value)`` makes a copy that can."""

    def _refuse(self, *_: object, **__: object) -> NoReturn:
        raise TypeError("this is read-only, others hold it too; change a copy, list(value)")

    __setitem__ = __delitem__ = __iadd__ = __imul__ = append = clear = extend = insert = pop = remove = _refuse
    reverse = sort = _refuse

    def __reduce__(self) -> tuple[type, tuple[list[V]]]:
        return list, (list(self),)


_NOTHING: FrozenDict[str, Any] = FrozenDict()


def freeze_json(value: Any) -> Any:
    """Give a value as a JSON value that cannot be changed, whatever it is.

    Keys become strings, and so does what JSON has no word for. What is nested too deep, is part of itself or is too
    much is replaced by a sentence that says so. Whatever the value raises when it is looked at, nothing raises from
    here but ``KeyboardInterrupt``.

    Args:
        value: Anything.

    Returns:
        None, a bool, int, float or str, or a list or dict of these.
    """
    if isinstance(value, FrozenDict | FrozenList):
        return value
    return _NOTHING if type(value) is dict and not value else _Freezer().freeze(value, 0)


def exact_text(text: str) -> str:
    """Give a string as one of the class ``str`` that any file can hold, whatever a subclass of it does."""
    return whole_text(str.__str__(text))


class _Freezer:
    """Makes one value plain, and counts what it holds."""

    def __init__(self) -> None:
        self._values = 0
        self._characters = 0
        self._inside: set[int] = set()

    def freeze(self, value: Any, level: int) -> Any:
        self._values += 1
        if value is None or value is True or value is False:
            return value
        if isinstance(value, str):
            return self._cut(exact_text(value))
        if isinstance(value, int):
            return self._freeze_int(int.__pos__(value))
        if isinstance(value, float):
            plain = float.__pos__(value)
            return plain if math.isfinite(plain) else str(plain)
        if isinstance(value, Mapping | list | tuple | set | frozenset):
            return self._freeze_container(value, level)
        return self._cut(_describe(value))

    def _freeze_int(self, value: int) -> int | str:
        bits = value.bit_length()
        if bits <= _MOST_BITS:
            return value
        # Python writes out no integer of more than 4,300 digits.
        return str(value) if bits <= 4096 else f"(an integer of {bits} bits)"

    def _freeze_container(self, value: Any, level: int) -> Any:
        if level >= MOST_LEVELS:
            return f"(left out: nested deeper than {MOST_LEVELS} levels)"
        if id(value) in self._inside:
            return "(left out: it is part of itself)"
        self._inside.add(id(value))
        try:
            if isinstance(value, Mapping):
                return FrozenDict(self._freeze_items(value, level))
            return FrozenList(self._freeze_elements(value, level))
        except KeyboardInterrupt:
            raise
        except BaseException as error:
            return f"(left out: a {type(value).__name__} that raises {type(error).__name__})"
        finally:
            self._inside.discard(id(value))

    def _freeze_items(self, value: Mapping[Any, Any], level: int) -> Iterator[tuple[str, Any]]:
        keys: set[str] = set()
        for key, item in value.items():
            if self._values >= MOST_VALUES:
                yield "...", _TOO_MUCH
                return
            name = self._cut(exact_text(key) if isinstance(key, str) else _describe(key))
            while name in keys:  # 1 and "1" are two keys in Python
                name += "'"
            keys.add(name)
            yield name, self.freeze(item, level + 1)

    def _freeze_elements(self, value: Any, level: int) -> Iterator[Any]:
        for item in value:
            if self._values >= MOST_VALUES:
                yield _TOO_MUCH
                return
            yield self.freeze(item, level + 1)

    def _cut(self, text: str) -> str:
        room = max(MOST_CHARACTERS - self._characters, 0)
        self._characters += len(text)
        return text if len(text) <= room else f"{text[:room]}(cut: {len(text) - room} more characters)"


_TOO_MUCH = f"(left out: more than {MOST_VALUES} values)"


def _describe(value: Any) -> str:
    try:
        return exact_text(value.isoformat() if isinstance(value, date | time) else str(value))
    except KeyboardInterrupt:
        raise
    except BaseException as error:
        return f"(a {type(value).__name__} whose text raises {type(error).__name__})"


def freeze_mapping(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Do what :func:`freeze_json` does, for a field that holds a mapping."""
    frozen: Mapping[str, Any] = freeze_json(value)
    return frozen


def freeze_values(value: Mapping[str, Any]) -> Mapping[str, Any]:
    """Give a mapping that cannot be changed, with the same values, which are no JSON."""
    return value if isinstance(value, FrozenDict | NamedValues) else FrozenDict(value)
