"""From results to a summary, one result at a time."""

from __future__ import annotations

from collections import Counter, defaultdict
from decimal import Decimal

from .._statistics.rates import estimate_clustered
from .._statistics.spread import split_variance
from .._types.answer import Usage
from .._types.calibration import Calibration
from .._types.decision import Decision
from .._types.disclaimer import DISCLAIMER, IMPORTED
from .._types.names import Names
from .._types.observation import STOP_REASONS
from .._types.result import SimulationResult
from .._types.run_part import RunPart, unite_parts
from .._types.summary import Summary
from .agreement import AgreementTally
from .corrected import CorrectedTally
from .criteria import CriteriaTally
from .kinds import KindTally
from .outcomes import OutcomeTally
from .scores import ScoreTally
from .trials import summarize_trials
from .worth import WorthTally


class Tally:
    """Counts results without keeping them; of each persona there remain some ten bytes, and its name once.

    Args:
        calibration: What people say of the judge; None where nobody was asked.
    """

    def __init__(self, calibration: Calibration | None = None) -> None:
        self._stops: Counter[str] = Counter()
        self._attributions: Counter[str] = Counter()
        self._names, self._scores = Names(), dict[str, ScoreTally]()
        self._conversations = 0
        self._judged = self._undecided = 0
        self._disagreements = self._faults = self._cut = self._crashed = self._repaired = self._gave_up = 0
        self._rules: set[str] = set()
        self._disclaimers: set[str] = set()
        self._usage = Usage()
        self._agreement = AgreementTally()
        self._outcomes = OutcomeTally(self._names)
        self._cost, self._calls = Decimal(0), 0
        self._criteria = CriteriaTally()
        self._costs, self._worth = defaultdict[str, Decimal](Decimal), WorthTally(calibration)
        self._kinds, self._corrected = (
            KindTally(self._names, self._criteria.texts),
            CorrectedTally(calibration, self._names),
        )
        self._judges: set[str] = set()
        self._parts: set[RunPart | None] = set()
        self._system_cost: Decimal | None = None

    def add(self, result: SimulationResult) -> None:
        """Count one result."""
        if result.stop_reason is not None:
            self._stops[result.stop_reason] += 1
        self._conversations += 1
        if result.attribution:
            self._attributions[result.attribution] += 1
        is_known, measures = result.goal_achieved is not None, result.attribution in (None, "system")
        self._judged += result.verdict.achieved is not None
        self._crashed += result.has_crashed
        self._undecided += measures and not is_known
        if is_known and measures:
            self._outcomes.add(result.persona.name, result.goal_achieved is True, *_read_votes(result))
            self._cost += result.cost_usd
            self._calls += result.provenance.judge_calls
        self._disagreements += result.disagreement
        self._faults += bool(result.driver_faults)
        self._cut += result.cut
        self._repaired += result.conversation.repaired_faults
        self._gave_up += result.conversation.gave_up
        self._disclaimers.add(result.disclaimer)
        self._rules.add(result.provenance.judge_rule)
        self._agreement.add(result)
        for one in result.verdict.criteria:
            self._criteria.add(one.criterion, one.met)
        self._kinds.add(result)
        self._worth.add(result)
        for purpose, usd in result.provenance.costs.items():
            self._costs[purpose] += usd
        self._corrected.add(result)
        self.count(result.usage)
        self._judges.add(result.judge_model)
        self._parts.add(result.provenance.part)
        cost = result.conversation.system_cost_usd
        if cost is not None:
            self._system_cost = (self._system_cost or Decimal(0)) + cost
        for name, score in result.scores.items():
            self._scores.setdefault(name, ScoreTally(self._names)).add(result.persona.name, score)

    def count(self, usage: Usage) -> None:
        """Count tokens, those of a proposal say, which are in no result."""
        self._usage += usage

    def summary(self, spent: Decimal, decision: Decision | None = None) -> Summary:
        """Sum up what was counted so far.

        Args:
            spent: What all judge calls cost in USD, those of unfinished conversations included.
            decision: What the data were collected for; None where nothing was to be decided.
        """
        counts = self._outcomes.list_counts()
        rate = estimate_clustered(counts.values())
        judge_rule = "" if "" in self._rules else ", ".join(sorted(self._rules))
        corrected, correction = self._corrected.summary()
        return Summary(
            conversations=self._conversations,
            judged=self._judged,
            goal_rate=rate,
            stop_reasons={reason: self._stops[reason] for reason in STOP_REASONS},
            attributions=dict(sorted(self._attributions.items())),
            scores={name: tally.summary() for name, tally in self._scores.items()},
            disagreements=self._disagreements,
            driver_faults=self._faults,
            errors=self._stops["driver_error"],
            spent_usd=spent,
            system_cost_usd=self._system_cost,
            usage=self._usage,
            judge_model=", ".join(sorted(filter(None, self._judges))),
            undecided=self._undecided,
            cut=self._cut,
            disclaimer=IMPORTED if self._disclaimers == {IMPORTED} else DISCLAIMER,
            crashed=self._crashed,
            repaired=self._repaired,
            gave_up=self._gave_up,
            judge_rule=judge_rule,
            agreement=self._agreement.summary(),
            trials=summarize_trials(counts),
            spread=split_variance(self._outcomes.list_outcomes(), rate, self._cost, self._calls),
            kinds=self._kinds.summary(),
            decision=decision,
            corrected_goal_rate=corrected,
            correction=correction,
            personas=self._outcomes.list_rates(),
            criteria=self._criteria.list_counts(),
            costs=dict(self._costs),
            worth_reading=self._worth.summary(),
            part=unite_parts(self._parts),
        )


def _read_votes(result: SimulationResult) -> tuple[float, int]:
    """The share of the votes that call the goal achieved, as far as it is known, and how many votes that are.

    Votes are split criterion by criterion: the one that fewest call met stands for all of them.
    """
    votes = [one.votes for one in result.verdict.criteria if one.votes is not None]
    asked = min((one.yes + one.no + one.unknown for one in votes), default=0)
    if result.has_crashed or not asked:
        return float(result.goal_achieved is True), 1
    return min(one.yes / (one.yes + one.no + one.unknown) for one in votes), asked
