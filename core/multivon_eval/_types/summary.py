"""The nouns of a summary: a run in numbers, each with its gaps and its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import attrs

from .answer import Usage
from .disclaimer import DISCLAIMER


@attrs.frozen
class Rate:
    """A share with its uncertainty.

    Attributes:
        hits: How many were.
        of: How many were looked at.
        low: Lower end of the 95 % Wilson score interval; None where nothing was looked at.
        high: Upper end.
    """

    hits: int
    of: int
    low: float | None
    high: float | None

    @property
    def value(self) -> float | None:
        """The share from 0 to 1; None where nothing was looked at."""
        return self.hits / self.of if self.of else None


@attrs.frozen
class ScoreSummary:
    """What one evaluator said over all conversations.

    Attributes:
        mean: The mean of the scores there are; None where there is none.
        scored: How many there are.
        skipped: How many conversations gave it nothing to score.
        failed: How often scoring failed.
        passed: How many stand at or above the evaluator's threshold; None where it has none.
    """

    mean: float | None
    scored: int
    skipped: int
    failed: int
    passed: int | None = None


@attrs.frozen
class Summary:
    """A run in numbers, each with its gaps.

    Attributes:
        conversations: How many there were.
        judged: How many have a verdict of yes or no.
        goal_achieved: The share achieved, over the conversations that measured the system: those that
            were judged, less those whose end is put down to the simulation, the judge or infrastructure. Those
            that it is over, those that are put down to one of these three, and ``undecided`` are all there were.
        stop_reasons: How many ended for each reason.
        attributions: How many are put down to whom.
        scores: One entry for each evaluator.
        disagreements: Where driver and judge contradict each other.
        driver_faults: How many conversations show a fault of the simulation.
        errors: How many ended in ``driver_error``.
        spent_usd: What all judge calls of the run cost, in USD.
        system_cost_usd: What ``model_fn`` said it cost; None where it never said.
        usage: Tokens of all judge calls.
        judge_model: Who judged, as far as the results say.
        undecided: How many would have measured the system, but the judge could not tell.
    """

    conversations: int
    judged: int
    goal_achieved: Rate
    stop_reasons: Mapping[str, int]
    attributions: Mapping[str, int]
    scores: Mapping[str, ScoreSummary]
    disagreements: int
    driver_faults: int
    errors: int
    spent_usd: Decimal
    system_cost_usd: Decimal | None
    usage: Usage
    judge_model: str
    undecided: int = 0
    disclaimer: str = DISCLAIMER
