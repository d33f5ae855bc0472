"""Texts with a number each, in few bytes, and mappings by them that hold no object for each."""

from __future__ import annotations

from array import array
from collections.abc import Callable, Collection, ItemsView, Iterable, Iterator, Mapping, Sequence, ValuesView
from typing import Any, Protocol, TypeVar

V = TypeVar("V")
FEW = 1_000
"""Up to so many entries an ordinary dict is handed out."""
_MOST = 2**32 - 1
"""What fits into 4 bytes."""
_WIDER = {"B": "H", "H": "I", "I": "Q"}
"""The type of an array whose numbers have twice as many bytes."""
_FIRST = 64
"""Slots of a table that is empty: a power of two."""


class Names(Collection[str]):
    """Texts that are met again and again, each with the number of its first time, from 0.

    A dict would hold an object and an entry for each, 150 bytes beside the letters; this holds about 14.

    Args:
        texts: The first of them.
    """

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._letters, self._ends = bytearray(), array("I")
        # Open addressing: each slot holds the number of a text and 1, or 0 where it is free.
        self._slots = array("I", bytes(4 * _FIRST))
        for text in texts:
            self.add(text)

    def __len__(self) -> int:
        return len(self._ends)

    def __contains__(self, text: object) -> bool:
        return isinstance(text, str) and self.find(text) is not None

    def __iter__(self) -> Iterator[str]:
        return map(self.__getitem__, range(len(self)))

    def __getitem__(self, number: int) -> str:
        return self._read(number).decode("utf-8", "surrogatepass")

    def add(self, text: str) -> int:
        """Give the number of a text, a new one where it was not met before."""
        letters = text.encode("utf-8", "surrogatepass")
        slot = self._look(letters)
        if found := self._slots[slot]:
            return found - 1
        self._letters += letters
        if len(self._letters) > _MOST and self._ends.typecode == "I":
            self._ends = array("Q", self._ends)
        self._ends.append(len(self._letters))
        self._slots[slot] = len(self._ends)
        if 5 * len(self._ends) > 4 * len(self._slots):  # fuller, and looking for one takes long
            self._grow()
        return len(self._ends) - 1

    def find(self, text: str) -> int | None:
        """Give the number of a text; None where it was not met."""
        found = self._slots[self._look(text.encode("utf-8", "surrogatepass"))]
        return found - 1 if found else None

    def _read(self, number: int) -> bytes:
        return bytes(self._letters[self._ends[number - 1] if number else 0 : self._ends[number]])

    def _look(self, letters: bytes) -> int:
        """The slot where a text stands, or is to stand."""
        most = len(self._slots) - 1
        slot = hash(letters) & most
        while (found := self._slots[slot]) and self._read(found - 1) != letters:
            slot = slot + 1 & most
        return slot

    def _grow(self) -> None:
        size, self._slots = 2 * len(self._slots), array("I")  # the old ones first: both are not needed at once
        self._slots = array("I", (0,)) * size
        for number in range(len(self._ends)):
            self._slots[self._look(self._read(number))] = number + 1


class Column:
    """A number for each number of a name, 0 where none was added.

    Args:
        code: That of an ``array``: ``B`` for counts, which take more bytes from the first one on that needs them, and
            ``d`` for sums.
    """

    def __init__(self, code: str) -> None:
        self._values: array[Any] = array(code)

    def __getitem__(self, place: int) -> Any:
        return self._values[place] if place < len(self._values) else 0

    def __setitem__(self, place: int, value: float) -> None:
        if (missing := place + 1 - len(self._values)) > 0:
            self._values.frombytes(bytes(missing * self._values.itemsize))
        try:
            self._values[place] = value
        except OverflowError:
            self._values = array(_WIDER[self._values.typecode], self._values)
            self[place] = value

    def values(self) -> Iterator[Any]:
        """All that were added to, one after the other."""
        return filter(None, self._values)

    def copy(self) -> Column:
        """A column of its own, with the same numbers."""
        copied = Column(self._values.typecode)
        copied._values = self._values[:]
        return copied


class Numbered(Protocol):
    """Names with numbers."""

    def __getitem__(self, number: int, /) -> str:
        """Give the name of a number."""
        ...

    def find(self, text: str, /) -> int | None:
        """Give the number of a name; None where there is none."""
        ...


class NamedValues(Mapping[str, V]):
    """A mapping by names whose values are made when they are looked at.

    Args:
        names: The names; those that come later are not in it.
        numbers: Which of them, in order.
        make: Gives the value of a name's number; None for one that is not in it.
    """

    def __init__(self, names: Numbered, numbers: Sequence[int], make: Callable[[int], V | None]) -> None:
        self._names, self._numbers, self._make = names, numbers, make

    def __len__(self) -> int:
        return len(self._numbers)

    def __iter__(self) -> Iterator[str]:
        return map(self._names.__getitem__, self._numbers)

    def __getitem__(self, key: str) -> V:
        number = self._names.find(key) if isinstance(key, str) else None
        value = None if number is None else self._make(number)
        if value is None:
            raise KeyError(key)
        return value

    def __repr__(self) -> str:
        return repr(dict(self))

    def __reduce__(self) -> tuple[type, tuple[dict[str, V]]]:
        return dict, (dict(self),)

    def values(self) -> ValuesView[V]:
        """The values, in the order of the names."""
        return _Values(self)

    def items(self) -> ItemsView[str, V]:
        """Names with their values."""
        return _Items(self)

    def list_values(self) -> Iterator[V]:
        """The values, one after the other."""
        return (value for number in self._numbers if (value := self._make(number)) is not None)


class _Values(ValuesView[V]):
    _mapping: NamedValues[V]

    def __iter__(self) -> Iterator[V]:
        return self._mapping.list_values()


class _Items(ItemsView[str, V]):
    _mapping: NamedValues[V]

    def __iter__(self) -> Iterator[tuple[str, V]]:
        return zip(self._mapping, self._mapping.list_values(), strict=True)


def make_mapping(names: Numbered, numbers: Sequence[int], make: Callable[[int], V | None]) -> Mapping[str, V]:
    """Give a mapping by names, as :class:`NamedValues`: an ordinary dict where they are few."""
    found = NamedValues(names, numbers, make)
    return dict(found.items()) if len(found) <= FEW else found
