"""In which ways a conversation failed."""

from __future__ import annotations

import functools
import heapq
from array import array
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence

from .._statistics.unseen import draw_curve, estimate_unseen
from .._types.names import Column, Names, make_mapping
from .._types.printable import format_count
from .._types.result import SimulationResult
from .._types.unseen import FailureKinds

FEWEST = 30
"""Conversations from which on it is said what has not been seen yet: of fewer the number would be one of chance."""


_CRITERION = "criterion: "
_SHARED = 100
"""So many sets of kinds that a single conversation shows are made once for all personas."""
_SORTED = 5_000
"""So many kinds are sorted at a time."""


def list_kinds(result: SimulationResult, named: str = "") -> frozenset[str]:
    """Name the ways in which a conversation failed.

    Args:
        result: The conversation.
        named: The kind that a person named; that of the label in its line if empty. It stands for the criteria that
            were not met.

    Returns:
        A kind for each criterion that was not met, each evaluator that found something, and whoever else it is put
        down to; nothing where it went well.
    """
    kinds = {f"{_CRITERION}{one.criterion}" for one in result.verdict.criteria if one.met == "no"}
    if named := named or _read_kind(result):
        kinds = {f"named: {named}"}
    kinds |= {f"evaluator: {name}" for name, score in result.scores.items() if score.findings}
    if result.has_crashed:
        kinds.add("the system crashed")
    elif result.attribution not in (None, "system"):
        kinds.add(f"put down to: {result.attribution}")
    return frozenset(kinds)


class KindTally:
    """Counts the kinds of failure of each persona, in some twenty bytes for each conversation.

    Args:
        names: The personas' names; None for names of its own.
        criteria: The texts of criteria that are kept anyway; None for none.
    """

    def __init__(self, names: Names | None = None, criteria: Names | None = None) -> None:
        self._names = Names() if names is None else names
        self._kinds = _Kinds(Names() if criteria is None else criteria)
        # The kinds of one conversation after those of another, and where those of each end. Those of one persona are
        # chained: each conversation knows the one before it by its number from 1, and the persona its last.
        self._shown, self._ends, self._before, self._last = array("I"), array("I"), Column("B"), Column("B")

    def add(self, result: SimulationResult, named: str = "") -> None:
        """Count one result.

        Args:
            result: The result.
            named: The kind that a person named; that of the label in its line if empty.
        """
        self._shown.extend(sorted(map(self._kinds.add, list_kinds(result, named))))
        self._ends.append(len(self._shown))
        number = self._names.add(result.persona.name)
        if last := self._last[number]:
            self._before[len(self._ends) - 1] = last
        self._last[number] = len(self._ends)

    def summary(self) -> FailureKinds:
        """Sum up what was counted so far."""
        shown, counts, personas = _Personas(self._list_rows), Column("B"), Column("B")
        for kind in self._shown:
            counts[kind] += 1
        for rows in shown:
            for kind in frozenset[int]().union(*rows):
                personas[kind] += 1
        kinds = array("I", (kind for kind in range(self._kinds.end) if counts[kind]))
        once = sum(personas[kind] == 1 for kind in kinds)
        ranked = _sort(kinds, lambda kind: (-counts[kind], self._kinds[kind]))
        frequent = make_mapping(self._kinds, ranked, lambda kind: counts[kind] or None)
        if (number := len(self._ends)) < FEWEST:
            told = f"it takes {FEWEST} conversations to say what was not seen yet, and these are {number}"
            return FailureKinds(frequent, once, None, told)
        if len(shown) < FEWEST // 3:
            told = format_count(len(shown), "persona")
            return FailureKinds(frequent, once, None, f"{told} can not tell what others would show; take 10 or more")
        return FailureKinds(frequent, once, estimate_unseen(shown, personas), curve=tuple(draw_curve(shown, personas)))

    def _list_rows(self) -> Iterator[Mapping[frozenset[int], int]]:
        """For each persona how many of its conversations show which kinds."""
        share = functools.lru_cache(_SHARED)(lambda *kinds: {frozenset(kinds): 1})
        for number in range(len(self._names)):
            place, rows = self._last[number], Counter[frozenset[int]]()
            if place and not self._before[place - 1]:
                yield share(*self._read(place))
                continue
            while place:
                rows[frozenset(self._read(place))] += 1
                place = self._before[place - 1]
            if rows:
                yield rows

    def _read(self, place: int) -> Sequence[int]:
        return self._shown[self._ends[place - 2] if place > 1 else 0 : self._ends[place - 1]]


class _Personas(Collection[Mapping[frozenset[int], int]]):
    """What each persona shows, read anew each time it is gone through."""

    def __init__(self, list_rows: Callable[[], Iterator[Mapping[frozenset[int], int]]]) -> None:
        self._list_rows = list_rows
        self._number = sum(1 for _ in list_rows())

    def __iter__(self) -> Iterator[Mapping[frozenset[int], int]]:
        return self._list_rows()

    def __len__(self) -> int:
        return self._number

    def __contains__(self, rows: object) -> bool:
        return any(rows == mine for mine in self)


class _Kinds:
    """The names of kinds, each with a number: an even one where its criterion has half of that."""

    def __init__(self, criteria: Names) -> None:
        self._criteria, self._others = criteria, Names()

    def __getitem__(self, number: int) -> str:
        return self._others[number // 2] if number % 2 else _CRITERION + self._criteria[number // 2]

    @property
    def end(self) -> int:
        """A number that no kind has, nor any beyond it."""
        return 2 * max(len(self._criteria), len(self._others))

    def add(self, kind: str) -> int:
        """Give the number of a kind, a new one where it was not met before."""
        found = self._find_criterion(kind)
        return 2 * self._others.add(kind) + 1 if found is None else found

    def find(self, kind: str) -> int | None:
        """Give the number of a kind; None where it was not met."""
        other = self._others.find(kind)
        return self._find_criterion(kind) if other is None else 2 * other + 1

    def _find_criterion(self, kind: str) -> int | None:
        found = self._criteria.find(kind.removeprefix(_CRITERION)) if kind.startswith(_CRITERION) else None
        return None if found is None else 2 * found


def _sort(numbers: Sequence[int], find_key: Callable[[int], tuple[int, str]]) -> Sequence[int]:
    """Sort numbers by a key, of which few are there at once."""
    parts = (numbers[first : first + _SORTED] for first in range(0, len(numbers), _SORTED))
    return array("I", heapq.merge(*(array("I", sorted(part, key=find_key)) for part in parts), key=find_key))


def _read_kind(result: SimulationResult) -> str:
    label = result.extra.get("label")
    kind = label.get("kind") if isinstance(label, Mapping) else None
    return kind.strip() if isinstance(kind, str) else ""
