"""The nouns of a summary: a run in numbers, each with its gaps and its uncertainty."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

import attrs

from .._set_module import set_module
from .agreement import Agreement
from .answer import Usage
from .decision import Decision
from .disclaimer import DISCLAIMER
from .html import write_paragraph, write_table
from .interval import Interval
from .json_value import freeze_values
from .printable import make_one_line
from .rate import Rate
from .run_part import RunPart
from .spread import Spread
from .trials import TrialSummary
from .unseen import FailureKinds
from .worth import WorthReading


@set_module("multivon_eval")
@attrs.frozen
class ScoreSummary:
    """What one evaluator said over all conversations.

    As a string it is one line for a person.

    Attributes:
        mean: The mean of the scores there are; None where there is none.
        scored: Number of scores.
        skipped: Number of conversations that gave it nothing to score.
        failed: Number of conversations for which scoring failed.
        passed: Number of scores at or above the evaluator's threshold; None where it has none.
        items: Number of things that all scores together rest on; None where nothing was counted.
        findings: Number of conversations in which something was found that is not as it should be.
        low: Lower end of the 95 % interval of the mean, which knows that trials of one persona belong together; None
            where there is no score.
        high: Upper end.
    """

    mean: float | None
    scored: int
    skipped: int
    failed: int
    passed: int | None = None
    items: int | None = None
    findings: int = 0
    low: float | None = None
    high: float | None = None

    def __str__(self) -> str:
        parts = ["no mean" if self.mean is None else f"mean {self.told_mean}", f"{self.scored} scored"]
        parts += [f"{count} {word}" for count, word in ((self.skipped, "skipped"), (self.failed, "failed")) if count]
        if self.items is not None:
            parts.append(f"resting on {self.items} items")
        if self.passed is not None:
            parts.append(f"{self.passed} of {self.scored} passed")
        return ", ".join(parts)

    @property
    def told_mean(self) -> str:
        """The mean with its interval, for a person."""
        if self.mean is None:
            return "none"
        return f"{self.mean:.2f}" if self.low is None else f"{self.mean:.2f} ({self.low:.2f} to {self.high:.2f})"


@set_module("multivon_eval")
@attrs.frozen
class Summary:
    """A run in numbers, each with its gaps.

    As a string it is a few lines for a person.

    Attributes:
        conversations: Number of conversations.
        judged: Number of verdicts of yes or no.
        goal_rate: The share achieved, over the conversations that measured the system: those that
            were judged, and those in which the system crashed, less those whose end is put down to the simulation, the
            judge or infrastructure. Those that it is over, those that are put down to one of these three, and
            ``undecided`` are all there were.
        stop_reasons: Number of conversations that ended for each reason.
        attributions: Number of conversations put down to whom.
        scores: One entry for each evaluator.
        disagreements: Number of conversations in which driver and judge contradict each other.
        driver_faults: Number of conversations that show a fault of the simulation.
        errors: Number of conversations that ended in ``driver_error``.
        spent_usd: What all judge calls of the run cost, in USD.
        system_cost_usd: What ``model_fn`` said it cost, in USD; None where it never said.
        usage: Tokens of all judge calls.
        judge_model: Who judged, as far as the results say.
        undecided: Number of conversations that would have measured the system, but the judge could not tell.
        cut: Number of conversations of which the budget kept a part from being made.
        crashed: Number of conversations in which the system under test raised, or did not answer in time; each is one
            that was not achieved.
        repaired: Number of user messages at fault that were replaced before the system saw them.
        gave_up: Number of conversations in which the simulated user got nowhere and left.
        judge_rule: What decided in the place of a model; empty where a model judged. Then there is no rate to believe.
        disclaimer: The sentence that says that personas are synthetic.
        agreement: Where results carry a ``label``, how verdicts agree with it: on ``goal achieved``, on ``all
            criteria``, and on each criterion that has five labels or more, by its text.
        trials: What several trials of the same personas say; None where no persona has two that measured the system.
        spread: Where the outcomes' variance comes from, and what more of something would buy; None with fewer than five
            personas, or where all outcomes are the same.
        kinds: In which ways conversations failed, and whether more would show others; None where nothing was counted.
        decision: What came of ``until``; None where nothing was to be decided.
        corrected_goal_rate: The goal rate as people would see it, by a calibration of the judge; None where there is
            none, or it does not hold for this judge.
        correction: By what it is corrected, or why it is not; empty where nothing was to correct it by.
        personas: By name the share of its conversations that achieved the goal, of those that measured the system, with
            Wilson's interval.
        criteria: By the text of each success criterion how often it was met, ``yes``, ``no`` or ``unknown``.
        costs: What judge calls cost by purpose, in USD.
        worth_reading: Up to three conversations that a person should read, each for another reason.
        part: Which part of a run these are; None where they are whole. Nothing is known of what is missing.
    """

    conversations: int
    judged: int
    goal_rate: Rate
    stop_reasons: Mapping[str, int] = attrs.field(converter=freeze_values)
    attributions: Mapping[str, int] = attrs.field(converter=freeze_values)
    scores: Mapping[str, ScoreSummary] = attrs.field(converter=freeze_values)
    disagreements: int
    driver_faults: int
    errors: int
    spent_usd: Decimal
    system_cost_usd: Decimal | None
    usage: Usage
    judge_model: str
    undecided: int = 0
    cut: int = 0
    crashed: int = 0
    repaired: int = 0
    gave_up: int = 0
    judge_rule: str = ""
    disclaimer: str = DISCLAIMER
    agreement: Mapping[str, Agreement] = attrs.field(factory=dict, converter=freeze_values)
    trials: TrialSummary | None = None
    spread: Spread | None = None
    kinds: FailureKinds | None = None
    decision: Decision | None = None
    corrected_goal_rate: Interval | None = None
    correction: str = ""
    personas: Mapping[str, Rate] = attrs.field(factory=dict, converter=freeze_values)
    criteria: Mapping[str, Mapping[str, int]] = attrs.field(factory=dict, converter=freeze_values)
    costs: Mapping[str, Decimal] = attrs.field(factory=dict, converter=freeze_values)
    worth_reading: tuple[WorthReading, ...] = ()
    part: RunPart | None = None

    @property
    def unmeasured(self) -> int:
        """Number of conversations that measured nothing of the system: a failure of something else, or no money."""
        return sum(count for who, count in self.attributions.items() if who != "system")

    @property
    def headline(self) -> str:
        """One line for a person: the rate with its interval, how many were judged, and what stands beside it."""
        rate = f"{self.goal_rate}   {self.judged} of {self.conversations} judged"
        parts = [self._told_by_rule if self.judge_rule else rate]
        if self.crashed:
            parts.append(f"the system crashed in {self.crashed}")
        others = {who: count for who, count in self.attributions.items() if who != "system"}
        if self.undecided and not self.judge_rule:
            others["undecided"] = self.undecided
        if others:
            counts = ", ".join(f"{count} {who}" for who, count in others.items())
            parts.append(f"not counted against the system: {counts}")
        if self.cut:
            parts.append(f"{self.cut} cut short by the budget")
        return "; ".join(parts)

    def _repr_html_(self) -> str:
        rows = [("part", str(self.part))] if self.part else []
        rows.append(("goal achieved", self.headline))
        if self.correction:
            rate = "" if self.corrected_goal_rate is None else f"{self.corrected_goal_rate}, "
            rows.append(("corrected goal rate", rate + self.correction))
        if self.decision:
            rows.append(("decision", str(self.decision)))
        rows += [(name, str(score)) for name, score in self.scores.items()]
        rows.append(("spent", f"${self.spent_usd:.4f}" + (f", judge {self.judge_model}" if self.judge_model else "")))
        return write_table((), rows) + write_paragraph(self.disclaimer, is_small=True)

    @property
    def _told_by_rule(self) -> str:
        """What was found without a model: no rate, for nobody could tell the rest."""
        achieved, of = self.goal_rate.hits, self.goal_rate.of
        told = [f"{achieved} achieved", f"{of - achieved} not achieved", f"{self.conversations - of} not decided"]
        return f"{', '.join(told)}, by {self.judge_rule}: for a rate name a model as judge"

    def __str__(self) -> str:
        scores = (make_one_line(f"{name}: {score}") for name, score in self.scores.items())
        by = f", judge {make_one_line(self.judge_model)}" if self.judge_model else ""
        spent = f"spent ${self.spent_usd:.4f}{by}"
        lines = [str(self.part)] if self.part else []
        lines.append(f"goal achieved: {self.headline}")
        if self.corrected_goal_rate is not None:
            lines.append(f"corrected goal rate {self.corrected_goal_rate}, {self.correction}")
        elif self.correction:
            lines.append(f"goal rate {self.correction}")
        lines += [str(self.decision)] if self.decision else []
        return "\n".join([*lines, *scores, spent, self.disclaimer])
