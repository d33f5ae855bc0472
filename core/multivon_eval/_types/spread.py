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
        return f"{self.number} {self.more} would give ±{self.half_width:.0%} for about ${self.usd:.2f}"


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
        if self.trials is None:
            told = "one trial of each persona, so it is not known what varies between trials"
        else:
            told = f"{self.personas:.0%} between personas, {self.trials:.0%} between trials"
            told += "" if self.votes is None else f", {self.votes:.0%} between votes"
        return "; ".join([told, *map(str, self.steps)])
