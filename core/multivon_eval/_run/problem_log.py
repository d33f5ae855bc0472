"""What goes wrong beside the conversations of a run, said as often as somebody may want to read it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

import attrs

from .._types.report import Problem

_MOST = 100
"""Problems of one thing that are kept word for word. A disk that is full would have one for each conversation."""


@attrs.define(eq=False)
class ProblemLog:
    """The problems of a run, each once, and of those that one thing has again and again the first and their number."""

    _kept: dict[Problem, None] = attrs.field(factory=dict, init=False)
    _by_thing: Counter[str] = attrs.field(factory=Counter, init=False)
    _lost_by: set[str] = attrs.field(factory=set, init=False)
    _forward: Callable[[Problem], None] | None = attrs.field(default=None, init=False)

    def note(self, problem: Problem) -> None:
        """Take a problem."""
        if problem in self._kept:
            return
        self._by_thing[problem.where] += 1
        if self._by_thing[problem.where] <= _MOST:
            self._kept[problem] = None
        elif problem.undelivered:
            self._lost_by.add(problem.where)
        if self._forward is not None:
            self._forward(problem)

    def pass_on(self, to: Callable[[Problem], None]) -> None:
        """Pass on what was noted, and all that will be, also what is only counted here."""
        self._forward = to
        for problem in self._kept:
            to(problem)

    def list_all(self) -> tuple[Problem, ...]:
        """Give the problems in the order in which they came, and then for each thing how many more it had."""
        more = ((where, number - _MOST) for where, number in self._by_thing.items())
        counted = (
            Problem(where, f"and {number} more of its problems, which are not listed", where in self._lost_by)
            for where, number in more
            if number > 0
        )
        return (*self._kept, *counted)
