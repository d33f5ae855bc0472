"""What several trials of the same personas say beyond one rate."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping

import attrs

from .._set_module import set_module
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
        at: pass@k: the chance that one of K at least achieves the goal, from 0 to 1, without bias.
        every: pass^k: the chance that all K achieve it.
        personas: How many personas it is the mean over.

    Source: M. Chen et al., "Evaluating Large Language Models Trained on Code", arXiv 2107.03374, for pass@k; S. Yao et
    al., "tau-bench: A Benchmark for Tool-Agent-User Interaction in Real-World Domains", arXiv 2406.12045, for pass^k.
    """

    k: int
    at: float
    every: float
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
    """

    rates: tuple[PassRate, ...]
    flaky: tuple[str, ...]
    repeated: int

    def find(self, k: int) -> PassRate | None:
        """The rates of K conversations; None where no persona has so many that measured the system."""
        return next((rate for rate in self.rates if rate.k == k), None)

    def __str__(self) -> str:
        last = self.rates[-1]
        of = f"{last.personas} persona" + ("" if last.personas == 1 else "s")
        return f"pass@{last.k} {last.at:.0%}, pass^{last.k} {last.every:.0%} of {of}; {self.told_flaky}"

    @property
    def told_flaky(self) -> str:
        """Which personas are flaky, for a person."""
        if not self.flaky:
            return f"none of {self.repeated} is flaky"
        more = f" and {len(self.flaky) - SHOWN} more" if len(self.flaky) > SHOWN else ""
        names = ", ".join(map(make_one_line, self.flaky[:SHOWN]))
        return f"{len(self.flaky)} of {self.repeated} flaky: {names}{more}"


def summarize_trials(counts: Mapping[str, tuple[int, int]]) -> TrialSummary | None:
    """Sum up the trials of each persona.

    Args:
        counts: By persona how many trials achieved the goal, of how many that measured the system.

    Returns:
        What they say together; None where no persona has two.
    """
    measured = [(hits, of) for hits, of in counts.values() if of]
    most = max((of for _, of in measured), default=0)
    if most < 2:
        return None
    rates = tuple(
        _rate(k, [(hits, of) for hits, of in measured if of >= k]) for k in range(1, min(most, LARGEST_K) + 1)
    )
    flaky = tuple(sorted(name for name, (hits, of) in counts.items() if 0 < hits < of))
    return TrialSummary(rates, flaky, sum(of >= 2 for _, of in measured))


def _rate(k: int, personas: list[tuple[int, int]]) -> PassRate:
    def mean(shares: Iterable[float]) -> float:
        return math.fsum(shares) / len(personas)

    every = mean(math.comb(hits, k) / math.comb(of, k) for hits, of in personas)
    at = mean(1 - math.comb(of - hits, k) / math.comb(of, k) for hits, of in personas)
    return PassRate(k, at, every, len(personas))
