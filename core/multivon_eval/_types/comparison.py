"""What changed between two runs in which the same personas talked."""

from __future__ import annotations

from typing import Any, Literal

import attrs

from .._set_module import set_module
from .converter import make_plain
from .disclaimer import DISCLAIMER
from .interval import Interval
from .printable import format_count, make_one_line

Change = Literal["better", "worse", "no difference found", "not measured"]
COMPARISON_VERSION = 1
SHOWN = 10
"""How many conversations stand in a text for people."""


@set_module("multivon_eval")
@attrs.frozen
class MetricChange:
    """How one metric changed over the conversations that both runs measured.

    Attributes:
        name: ``goal_rate``, or the name of a score.
        base: Its value in the base run, over these; None where there are none.
        new: Its value in the new run, over the same.
        difference: New less base, with its 95 % interval, which knows that trials of one persona belong together.
        p: The p-value of the exact test: McNemar's where each persona has one trial, else a permutation of personas.
        p_adjusted: The same, adjusted for the family of all metrics (Holm).
        change: ``better`` or ``worse`` where the adjusted p-value is below 5 % and the interval leaves 0 out; ``no
            difference found`` where the data cannot tell it from noise; ``not measured`` where there is no pair.
        pairs: How many conversations were paired.
        personas: How many personas these are of.
        needed: How many personas would tell a difference of this size from none in 80 of 100 runs; None where there is
            none to tell.
        detectable: The smallest difference that these personas would tell so; None where nothing varies.
    """

    name: str
    base: float | None
    new: float | None
    difference: Interval | None
    p: float | None
    p_adjusted: float | None
    change: Change
    pairs: int
    personas: int
    needed: int | None = None
    detectable: float | None = None

    @property
    def told(self) -> str:
        """What may be said of it, and what it would take to say more."""
        if self.change == "not measured":
            return "not measured in both runs"
        if self.change != "no difference found" or self.p_adjusted is None:
            return self.change
        told = ["no difference found"]
        if self.detectable is not None:
            told.append(f"{self.personas} personas tell one of {self.detectable:.2f} or more")
        if self.needed is not None and self.needed > self.personas:
            told.append(f"it takes {self.needed:,} to tell one of this size")
        return "; ".join(told)


@set_module("multivon_eval")
@attrs.frozen
class Flip:
    """A conversation whose verdict is another than before.

    Attributes:
        persona: The persona's name.
        trial: Which conversation of it.
        case_uid: The identity of both.
    """

    persona: str
    trial: int
    case_uid: str

    def __str__(self) -> str:
        return make_one_line(self.persona) + (f" #{self.trial}" if self.trial > 1 else "")


@set_module("multivon_eval")
@attrs.frozen
class Comparison:
    """What changed between two runs.

    As a string it is some lines for a person.

    Attributes:
        setup: What differs in what the runs were made with, a sentence each.
        changed_personas: The names of personas that are others under the same name, and are not compared.
        metrics: One for the goal rate and each score; the family that p-values are adjusted for.
        lost: The conversations that achieved the goal before and do not now.
        gained: Those that do now and did not before.
        only_base: Conversations that only the base run has.
        only_new: Those that only the new run has.
        unmeasured: How many conversations both have, and one of them did not measure.
        corrected: The difference of the goal rate as people would see it, by a calibration of the judge; None where
            there is none, or it does not hold for both runs.
        correction: By what it is corrected, or why it is not; empty where there was nothing to correct it by.
        disclaimer: The sentence that says that personas are synthetic.
    """

    setup: tuple[str, ...]
    changed_personas: tuple[str, ...]
    metrics: tuple[MetricChange, ...]
    lost: tuple[Flip, ...]
    gained: tuple[Flip, ...]
    only_base: tuple[Flip, ...]
    only_new: tuple[Flip, ...]
    unmeasured: int
    corrected: Interval | None = None
    correction: str = ""
    disclaimer: str = DISCLAIMER

    @property
    def regressions(self) -> tuple[MetricChange, ...]:
        """The metrics that are worse."""
        return tuple(metric for metric in self.metrics if metric.change == "worse")

    @property
    def is_measured(self) -> bool:
        """Whether the goal rate was measured in both runs; without that nothing is known of a regression."""
        return any(metric.name == "goal_rate" and metric.change != "not measured" for metric in self.metrics)

    @property
    def family(self) -> str:
        """Which tests were made at once, and what was done about it."""
        tested = [metric.name for metric in self.metrics if metric.p is not None]
        if len(tested) < 2:
            return ""
        return f"{len(tested)} metrics tested at once ({', '.join(tested)}); p-values are adjusted for that (Holm)"

    def __str__(self) -> str:
        return "\n".join([*list_findings(self), self.disclaimer])


def list_findings(comparison: Comparison) -> list[str]:
    """Write what changed as lines for a person, the disclaimer not included."""
    lines = [f"set-up: {change}" for change in comparison.setup] or [
        "set-up: the same, as far as the results tell: judge, prompt, driver, versions"
    ]
    if names := comparison.changed_personas:
        lines.append(f"changed under the same name, not compared: {_list_names(names)}")
    for metric in comparison.metrics:
        lines.append(f"{metric.name}: {describe_change(metric)}")
    if comparison.corrected is not None:
        lines.append(f"goal_rate corrected {comparison.correction}: {format_signed(comparison.corrected)}")
    elif comparison.correction:
        lines.append(f"goal_rate {comparison.correction}")
    lines += [f"{comparison.family}"] if comparison.family else []
    for what, flips in list_flips(comparison):
        lines.append(f"{what}: {_list_names(tuple(map(str, flips)))}")
    if comparison.unmeasured:
        pairs = format_count(comparison.unmeasured, "conversation")
        lines.append(f"not compared, for one run did not measure the system there: {pairs}")
    return lines


def list_flips(comparison: Comparison) -> list[tuple[str, tuple[Flip, ...]]]:
    """Name the lists of conversations that are not empty."""
    named = {
        "achieved before, not now": comparison.lost,
        "achieved now, not before": comparison.gained,
        "in the base run only": comparison.only_base,
        "in the new run only": comparison.only_new,
    }
    return [(what, flips) for what, flips in named.items() if flips]


def describe_change(metric: MetricChange) -> str:
    """Write how a metric changed, on one line."""
    if metric.base is None or metric.new is None or metric.difference is None:
        return metric.told
    pairs = f"{format_count(metric.pairs, 'pair')} of {format_count(metric.personas, 'persona')}"
    p = "" if metric.p_adjusted is None else f", p {format_p(metric.p_adjusted)}"
    return f"{metric.base:.2f} -> {metric.new:.2f}, {format_signed(metric.difference)}{p}, {pairs}: {metric.told}"


def format_signed(interval: Interval) -> str:
    """Write a difference with its interval."""
    return f"{interval.value:+.2f} ({interval.low:+.2f} to {interval.high:+.2f})"


def format_p(value: float) -> str:
    """Write a p-value."""
    return "< 0.001" if value < 0.001 else f"{value:.3f}"


def _list_names(names: tuple[str, ...]) -> str:
    more = f" and {len(names) - SHOWN} more" if len(names) > SHOWN else ""
    return ", ".join(map(make_one_line, names[:SHOWN])) + more


def comparison_to_json(comparison: Comparison) -> dict[str, Any]:
    """Give a comparison as a JSON object."""
    row: dict[str, Any] = make_plain(comparison)
    regressions = [metric.name for metric in comparison.regressions]
    return {"schema_version": COMPARISON_VERSION, **row, "regressions": regressions, "family": comparison.family}
