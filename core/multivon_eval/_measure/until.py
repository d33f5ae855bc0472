"""Spend until the data decide: a line, the personas in an order of their own, and whether it was cleared."""

from __future__ import annotations

import math
import random
from collections.abc import Collection, Sequence
from decimal import Decimal
from typing import Literal

import attrs

from .._statistics.sequence import ConfidenceSequence
from .._types.decision import Decision, Outcome
from .._types.result import SimulationResult
from ..errors import UsageError, did_you_mean

GOAL = "goal_rate"
WIDTH = "width"


@attrs.frozen
class Until:
    """A condition that ends a run once the data tell whether it holds.

    Attributes:
        metric: ``goal_rate``, the name of a score, or ``width``, that of the interval of the goal rate.
        relation: Whether it must be as large, or as small.
        value: The line, from 0 to 1.
    """

    metric: str
    relation: Literal[">=", "<="]
    value: float

    def __str__(self) -> str:
        return f"{self.metric}{self.relation}{self.value:g}"

    def judge(self, sequence: ConfidenceSequence) -> Outcome:
        """Say what a sequence decides."""
        found = sequence.interval
        if self.metric == WIDTH:
            return "met" if found.high - found.low <= self.value else "undecided"
        above, below = found.low >= self.value, found.high < self.value
        if self.relation == "<=":
            above, below = found.high <= self.value, found.low > self.value
        return "met" if above else "not met" if below else "undecided"


def read_until(text: str) -> Until:
    """Read a condition.

    Args:
        text: ``goal_rate>=0.8`` say.

    Raises:
        UsageError: If it cannot be read.
    """
    relation: Literal[">=", "<="] = "<=" if "<=" in text else ">="
    name, sign, number = map(str.strip, text.partition(relation))
    metric = GOAL if name in ("goal-achieved", "goal_achieved") else name.replace("-", "_")
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not sign or not metric or not 0 <= value <= 1:
        raise UsageError(
            f"--until {text}: write METRIC>=VALUE or METRIC<=VALUE with a value from 0 to 1, 'goal_rate>=0.8' say"
        )
    if metric == WIDTH and (relation != "<=" or not value):
        raise UsageError(f"--until {text}: an interval gets no wider; write width<=VALUE with a value above 0")
    return Until(metric, relation, value)


def check_until(until: Until, evaluators: Collection[str]) -> None:
    """Check that a run measures what is to be decided.

    Raises:
        UsageError: If it does not.
    """
    known = [GOAL, WIDTH, *evaluators]
    if until.metric not in known:
        raise UsageError(f"--until {until}: nothing measures {until.metric!r}; {did_you_mean(until.metric, known)}")


def shuffle(names: Sequence[str], seed: object) -> list[str]:
    """Put personas in the order in which they are looked at.

    Args:
        names: All of them.
        seed: The same seed gives the same order.
    """
    order = list(names)
    random.Random(f"{seed}").shuffle(order)
    return order


class Watch:
    """Looks at personas in their order, whatever the order in which their conversations end.

    A conversation that is short, or that fails early, must not be looked at before its turn: what is looked at would
    no longer be drawn by lot.

    Args:
        until: What is to be decided.
        order: The personas' names.
        trials: How many conversations each has.
    """

    def __init__(self, until: Until, order: Sequence[str], trials: int) -> None:
        self.until = until
        self._order, self._trials = tuple(order), trials
        # Of each result what is looked at and what it cost: the result itself may be long, and wait long.
        self._waiting: dict[str, list[tuple[float | None, Decimal]]] = {name: [] for name in order}
        self._sequence = ConfidenceSequence()
        self._next = 0
        self._fell: Decision | None = None
        self._conversations, self._spent = 0, Decimal(0)
        self._held, self._cost = 0, Decimal(0)

    @property
    def is_decided(self) -> bool:
        """Whether the data told."""
        return self._fell is not None

    def add(self, result: SimulationResult) -> None:
        """Take a result; look at it when all before it are there."""
        self._held += 1
        self._cost += result.cost_usd
        if (mine := self._waiting.get(result.persona.name)) is None:
            return
        mine.append((self._read(result), result.cost_usd))
        while self._next < len(self._order) and len(self._waiting[self._order[self._next]]) >= self._trials:
            self._look_at(self._waiting.pop(self._order[self._next]))
            self._next += 1

    def _look_at(self, found: Sequence[tuple[float | None, Decimal]]) -> None:
        self._conversations += len(found)
        self._spent += sum((cost for _, cost in found), Decimal(0))
        values = [value for value, _ in found if value is not None]
        if values:
            self._sequence.add(math.fsum(values) / len(values))  # the same, whichever trial ended first
        if self._fell is None and (outcome := self.until.judge(self._sequence)) != "undecided":
            self._fell = self._decide(outcome)

    def _read(self, result: SimulationResult) -> float | None:
        if self.until.metric in (GOAL, WIDTH):
            measures = result.attribution in (None, "system") and result.goal_achieved is not None
            return float(result.goal_achieved is True) if measures else None
        score = result.scores.get(self.until.metric)
        return score.value if score else None

    def _decide(self, outcome: Outcome) -> Decision:
        interval = self._sequence.interval
        return Decision(str(self.until), outcome, interval, self._sequence.number, self._conversations, self._spent)

    def summary(self) -> Decision:
        """What came of it: the decision when it fell, or that there is none."""
        found = self._fell or self._decide("undecided")
        if self._fell is None:
            return found
        left = len(self._order) * self._trials - self._held
        each = self._cost / self._held if self._held else Decimal(0)
        return attrs.evolve(found, not_run=max(0, left), saved_usd=max(0, left) * each)

    @property
    def bounds(self) -> tuple[float, float]:
        """The interval over all that was looked at, also after the decision: it holds at every time."""
        found = self._sequence.interval
        return found.low, found.high
