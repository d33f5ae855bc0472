"""Counting what the conversations of each persona came to, in a few bytes for each."""

from __future__ import annotations

import functools
from array import array
from collections.abc import Callable, Mapping, Sequence
from typing import TypeVar, cast

import attrs

from .._statistics.rates import estimate_rate
from .._statistics.spread import PersonaOutcomes
from .._types.names import Column, Names, make_mapping
from .._types.rate import Rate

V = TypeVar("V")
_Outcomes = tuple[int, float, float, int, int, float]


class OutcomeTally:
    """Counts for each persona the conversations that measured the system, and those that achieved the goal.

    Args:
        names: The personas' names.
    """

    def __init__(self, names: Names) -> None:
        self._names = names
        self._hits, self._of = Column("B"), Column("B")
        self._votes: _Votes | None = None

    def add(self, name: str, achieved: bool, share: float, votes: int) -> None:
        """Count one conversation.

        Args:
            name: Its persona's.
            achieved: Whether it achieved the goal.
            share: Of the votes that call it achieved.
            votes: How many there were.
        """
        number = self._names.add(name)
        if self._votes is None and (share, votes) != (float(achieved), 1):
            # Until votes are split the counts say all that there is to say.
            self._votes = _Votes()
            for place in self._list_measured():
                self._votes.write(place, self._read_plain(place))
        self._hits[number] += achieved
        self._of[number] += 1
        if self._votes is not None:
            outcomes = PersonaOutcomes(*self._votes.read(number))
            outcomes.add(share, votes)
            self._votes.write(number, attrs.astuple(outcomes))

    def list_counts(self) -> Mapping[str, tuple[int, int]]:
        """By persona how many conversations achieved the goal, of how many that measured the system.

        It is read at once: what is counted later changes it.
        """
        return self._map(lambda hits, of: (hits, of), self._hits, self._of)

    def list_rates(self) -> Mapping[str, Rate]:
        """By persona the share that achieved the goal."""
        # Copies: what is told stays as it is while the run goes on.
        return self._map(estimate_rate, self._hits.copy(), self._of.copy())

    def list_outcomes(self) -> list[PersonaOutcomes]:
        """The outcomes of each persona; personas with the same ones share an object."""
        read = self._read_plain if self._votes is None else self._votes.read
        share = functools.cache(PersonaOutcomes)
        return [share(*read(number)) for number in self._list_measured()]

    def _map(self, make: Callable[[int, int], V], hits: Column, of: Column) -> Mapping[str, V]:
        share = functools.cache(make)
        return make_mapping(
            self._names,
            self._list_measured(),
            lambda number: share(hits[number], of[number]) if of[number] else None,
        )

    def _list_measured(self) -> Sequence[int]:
        """The numbers of the personas of which a conversation measured the system."""
        return array("I", (number for number in range(len(self._names)) if self._of[number]))

    def _read_plain(self, number: int) -> _Outcomes:
        """What the outcomes are where each was decided by one vote."""
        hits, of = self._hits[number], self._of[number]
        return of, float(hits), float(hits), of, 0, 0.0


class _Votes:
    """The outcomes of personas whose conversations are judged by several votes."""

    def __init__(self) -> None:
        self._columns = tuple(map(Column, "BddBBd"))

    def read(self, number: int) -> _Outcomes:
        """Give what :class:`PersonaOutcomes` takes."""
        return cast(_Outcomes, tuple(column[number] for column in self._columns))

    def write(self, number: int, outcomes: _Outcomes) -> None:
        """Keep the outcomes of a persona."""
        for column, value in zip(self._columns, outcomes, strict=True):
            column[number] = value
