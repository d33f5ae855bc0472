"""In which ways a conversation failed."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping

from .._statistics.unseen import draw_curve, estimate_unseen
from .._types.printable import format_count
from .._types.result import SimulationResult
from .._types.unseen import FailureKinds

FEWEST = 30
"""Conversations from which on it is said what has not been seen yet: of fewer the number would be one of chance."""


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
    kinds = {f"criterion: {one.criterion}" for one in result.verdict.criteria if one.met == "no"}
    if named := named or _read_kind(result):
        kinds = {f"named: {named}"}
    kinds |= {f"evaluator: {name}" for name, score in result.scores.items() if score.findings}
    if result.has_crashed:
        kinds.add("the system crashed")
    elif result.attribution not in (None, "system"):
        kinds.add(f"put down to: {result.attribution}")
    return frozenset(kinds)


class KindTally:
    """Counts the kinds of failure of each persona."""

    def __init__(self) -> None:
        self._shown: dict[str, Counter[frozenset[str]]] = defaultdict(Counter)

    def add(self, result: SimulationResult, named: str = "") -> None:
        """Count one result.

        Args:
            result: The result.
            named: The kind that a person named; that of the label in its line if empty.
        """
        self._shown[result.persona.name][list_kinds(result, named)] += 1

    def summary(self) -> FailureKinds:
        """Sum up what was counted so far."""
        counts, personas = Counter[str](), Counter[str]()
        for shown in self._shown.values():
            met = Counter[str]()
            for kinds, times in shown.items():
                met.update(dict.fromkeys(kinds, times))
            counts.update(met)
            personas.update(met.keys())
        once = sum(times == 1 for times in personas.values())
        frequent: Mapping[str, int] = dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))
        number = sum(shown.total() for shown in self._shown.values())
        if number < FEWEST:
            told = f"it takes {FEWEST} conversations to say what was not seen yet, and these are {number}"
            return FailureKinds(frequent, once, None, told)
        if len(self._shown) < FEWEST // 3:
            told = format_count(len(self._shown), "persona")
            return FailureKinds(frequent, once, None, f"{told} can not tell what others would show; take 10 or more")
        curve = draw_curve(self._shown)
        return FailureKinds(frequent, once, estimate_unseen(self._shown), curve=tuple(curve))


def _read_kind(result: SimulationResult) -> str:
    label = result.extra.get("label")
    kind = label.get("kind") if isinstance(label, Mapping) else None
    return kind.strip() if isinstance(kind, str) else ""
