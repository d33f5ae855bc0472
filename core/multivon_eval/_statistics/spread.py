"""Where the variance of outcomes comes from, and what more personas, trials or votes would buy."""

from __future__ import annotations

import math
from collections.abc import Collection
from decimal import Decimal

import attrs

from .._types.rate import Rate
from .._types.spread import NextStep, Spread

FEWEST = 5
"""Personas from which on variances are split."""


@attrs.define
class PersonaOutcomes:
    """The outcomes of one persona's conversations, each the share of the votes that call it achieved.

    Attributes:
        number: How many.
        total: Their sum.
        squares: The sum of their squares.
        votes: How many votes they rest on.
        voted: How many of them rest on two votes or more.
        noise: The sum of the variances of a single vote in these.
    """

    number: int = 0
    total: float = 0.0
    squares: float = 0.0
    votes: int = 0
    voted: int = 0
    noise: float = 0.0

    def add(self, share: float, votes: int) -> None:
        """Count one conversation.

        Args:
            share: Of the votes that call it achieved; 0 or 1 where there was one.
            votes: How many there were.
        """
        self.number += 1
        self.total += share
        self.squares += share**2
        self.votes += votes
        if votes > 1:
            self.voted += 1
            self.noise += share * (1 - share) * votes / (votes - 1)


@attrs.frozen
class _Parts:
    """The three variances, and how many there are of each thing."""

    personas: float
    trials: float
    votes: float
    people: int
    each: float
    asked: float

    def reckon(self, people: float, each: float, asked: float) -> float:
        """The variance of the rate with other numbers."""
        return (self.personas + (self.trials + self.votes / asked) / each) / people


def split_variance(outcomes: Collection[PersonaOutcomes], rate: Rate, usd: Decimal, calls: int) -> Spread | None:
    """Split the variance and reckon what more would buy.

    Args:
        outcomes: Of each persona that measured the system.
        rate: The goal rate with its interval.
        usd: What the conversations cost, in USD.
        calls: How many calls to judges that were.

    Returns:
        None with fewer than five personas, or where all outcomes are the same.

    Source: the analysis of variance with one random effect, S. R. Searle, G. Casella and C. E. McCulloch, "Variance
    Components" (1992), 3.6.
    """
    outcomes = [one for one in outcomes if one.number]
    if len(outcomes) < FEWEST or rate.low is None or rate.high is None:
        return None
    parts = _find_parts(outcomes)
    whole = parts.personas + parts.trials + parts.votes
    if whole < 1e-12:
        return None
    is_repeated, is_voted = parts.each > 1, any(one.voted for one in outcomes)
    return Spread(
        personas=(parts.personas + (0.0 if is_repeated else parts.trials)) / whole,
        trials=parts.trials / whole if is_repeated else None,
        votes=parts.votes / whole if is_voted else None,
        steps=_list_steps(parts, (rate.high - rate.low) / 2, usd, calls, is_repeated, is_voted),
    )


def _find_parts(outcomes: Collection[PersonaOutcomes]) -> _Parts:
    people, number = len(outcomes), sum(one.number for one in outcomes)
    mean = math.fsum(one.total for one in outcomes) / number
    voted = sum(one.voted for one in outcomes)
    votes = math.fsum(one.noise for one in outcomes) / voted if voted else 0.0
    asked = max(1.0, sum(one.votes for one in outcomes) / number)
    between = math.fsum(one.number * (one.total / one.number - mean) ** 2 for one in outcomes) / (people - 1)
    each = number / people
    if number == people:
        # One trial of each: what varies between trials stands in what varies between personas.
        return _Parts(0.0, max(0.0, between - votes / asked), votes, people, each, asked)
    inside = math.fsum(one.squares - one.total**2 / one.number for one in outcomes) / (number - people)
    usual = (number - sum(one.number**2 for one in outcomes) / number) / (people - 1)
    persona = max(0.0, (between - inside) / usual)
    return _Parts(persona, max(0.0, inside - votes / asked), votes, people, each, asked)


def _list_steps(
    parts: _Parts, half_width: float, usd: Decimal, calls: int, is_repeated: bool, is_voted: bool
) -> tuple[NextStep, ...]:
    people, each, asked = parts.people, parts.each, parts.asked
    now = parts.reckon(people, each, asked)
    found: list[tuple[float, NextStep]] = []

    def add(step: NextStep, variance: float) -> None:
        # Where nothing costs anything the narrowest comes first.
        gain = (now - variance) / (float(step.usd) or 1.0)
        found.append((gain, attrs.evolve(step, half_width=half_width * math.sqrt(variance / now))))

    add(NextStep("personas", 2 * people, 0.0, usd), parts.reckon(2 * people, each, asked))
    if is_repeated:
        add(NextStep("trials", round(2 * each), 0.0, usd), parts.reckon(people, 2 * each, asked))
    if is_voted:
        price = usd / calls * 2 * round(people * each) if calls else Decimal(0)
        add(NextStep("votes", round(asked) + 2, 0.0, price), parts.reckon(people, each, asked + 2))
    return tuple(step for _, step in sorted(found, key=lambda pair: -pair[0]))
