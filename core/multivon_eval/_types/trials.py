"""What several trials of the same personas say beyond one rate."""

from __future__ import annotations

import attrs

from .._set_module import set_module
from .interval import Interval
from .printable import make_one_line

LARGEST_K = 32
"""The most conversations of a persona that a rate is given for."""

SHOWN = 8
"""How many names stand in a line for a person."""


@set_module("multivon_eval")
@attrs.frozen
class PassRate:
    """What K conversations of a persona come to, over all personas with K or more that measured the system.

    Attributes:
        k: How many conversations.
        at: pass@k: the chance that one of K at least achieves the goal, from 0 to 1, without bias, with its interval.
        every: pass^k: the chance that all K achieve it, likewise.
        personas: How many personas it is the mean over.

    Source: M. Chen et al., "Evaluating Large Language Models Trained on Code", arXiv 2107.03374, for pass@k; S. Yao et
    al., "tau-bench: A Benchmark for Tool-Agent-User Interaction in Real-World Domains", arXiv 2406.12045, for pass^k.
    """

    k: int
    at: Interval
    every: Interval
    personas: int


@set_module("multivon_eval")
@attrs.frozen
class TrialSummary:
    """What several trials of the same personas say.

    As a string it is one line for a person.

    Attributes:
        rates: One for each K from 1 to the most trials of a persona that measured the system, 32 at most.
        flaky: The names of the personas that achieved the goal in some of their trials and not in others.
        repeated: How many personas have two trials or more that measured the system.
        agreement: Of all pairs of trials of one persona, the share that came out the same.
        correlation: How alike two trials of one persona are, beyond chance: 0 where each trial comes out by itself, 1
            where the persona decides all of them; None where all came out the same.
    """

    rates: tuple[PassRate, ...]
    flaky: tuple[str, ...]
    repeated: int
    agreement: float
    correlation: float | None

    def find(self, k: int) -> PassRate | None:
        """The rates of K conversations; None where no persona has so many that measured the system."""
        return next((rate for rate in self.rates if rate.k == k), None)

    def __str__(self) -> str:
        return "; ".join(self.told)

    @property
    def told(self) -> tuple[str, ...]:
        """The lines of it for a person: the rates, how alike trials are, and who is flaky."""
        last = self.rates[-1]
        of = f"{last.personas} persona" + ("" if last.personas == 1 else "s")
        alike = "" if self.correlation is None else f" (correlation {self.correlation:.2f})"
        return (
            f"pass@{last.k} {_tell(last.at)}, pass^{last.k} {_tell(last.every)} of {of}",
            f"two trials of a persona agree in {self.agreement:.0%}{alike}",
            self.told_flaky,
        )

    @property
    def told_flaky(self) -> str:
        """Which personas are flaky, for a person."""
        if not self.flaky:
            return f"none of {self.repeated} is flaky"
        more = f" and {len(self.flaky) - SHOWN} more" if len(self.flaky) > SHOWN else ""
        names = ", ".join(map(make_one_line, self.flaky[:SHOWN]))
        return f"{len(self.flaky)} of {self.repeated} flaky: {names}{more}"


def _tell(found: Interval) -> str:
    return f"{found.value:.0%} ({found.low:.0%} to {found.high:.0%})"
