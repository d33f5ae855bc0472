"""What makes the outcomes of conversations vary, and what more of something would buy."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import attrs

from .._set_module import set_module

Step = Literal["personas", "trials", "votes"]


@set_module("multivon_eval")
@attrs.frozen
class NextStep:
    """What more of something would buy.

    Attributes:
        more: Of what: ``personas``, ``trials`` of each persona, or ``votes`` on each verdict.
        number: How many there would be in all.
        half_width: Half the width that the interval of the goal rate would then have.
        usd: What that would cost beyond what was spent, in USD.
    """

    more: Step
    number: int
    half_width: float
    usd: Decimal

    def __str__(self) -> str:
        more = {"personas": "personas", "trials": "trials of each", "votes": "votes on each verdict"}[self.more]
        return f"{self.number} {more} would give ±{self.half_width:.0%}, for about ${self.usd:.2f} more"


@set_module("multivon_eval")
@attrs.frozen
class Spread:
    """The variance of the goal rate's outcomes, split into where it comes from.

    As a string it is one line for a person.

    Attributes:
        personas: The part between personas, from 0 to 1; with that between trials in it where no persona has two.
        trials: The part between trials of one persona; None where no persona has two. With that between votes in it
            where the judge was asked once.
        votes: The part between votes on one verdict; None where the judge was asked once.
        steps: What more of each would buy, the one that narrows the interval most for its price first.
    """

    personas: float
    trials: float | None
    votes: float | None
    steps: tuple[NextStep, ...]

    def __str__(self) -> str:
        return "; ".join([self.told, *map(str, self.steps)])

    @property
    def told(self) -> str:
        """Where the variance comes from, for a person."""
        if self.trials is None:
            return "one trial of each persona: what varies between trials is not known"
        told = f"{self.personas:.0%} between personas, {self.trials:.0%} between trials"
        if self.votes is None:
            return f"{told}, in which are the judge's own doubts: it was asked once"
        return f"{told}, {self.votes:.0%} between votes"
