"""A decision that data were collected for, and whether they made it."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal

import attrs

from .._set_module import set_module
from .interval import Interval

Outcome = Literal["met", "not met", "undecided"]


@set_module("multivon_eval")
@attrs.frozen
class Decision:
    """What came of ``until``.

    As a string it is one line for a person.

    Attributes:
        condition: As it was asked: ``goal_rate>=0.8`` say.
        outcome: ``met``, ``not met``, or ``undecided`` where conversations or money ran out before the data told.
        interval: The mean over the personas looked at so far, with the interval that holds however long one looks.
        personas: How many personas had been looked at when it fell; of an undecided one, all that were.
        conversations: How many conversations these had.
        spent_usd: What these had cost, in USD.
        not_run: How many conversations were not held because it had fallen.
        saved_usd: What these would have cost, reckoned from those that were held, in USD.
    """

    condition: str
    outcome: Outcome
    interval: Interval
    personas: int
    conversations: int
    spent_usd: Decimal = Decimal(0)
    not_run: int = 0
    saved_usd: Decimal = Decimal(0)

    def __str__(self) -> str:
        looked = f"after {self.personas} personas, {self.conversations} conversations: {self.interval}"
        told = f"{self.condition} is {self.outcome} {looked}"
        if self.not_run:
            told += f"; {self.not_run} conversations were not needed, about ${self.saved_usd:.2f}"
        return told
