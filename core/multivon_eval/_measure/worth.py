"""The conversations most worth reading, and why."""

from __future__ import annotations

from collections import Counter
from operator import itemgetter

from .._types.calibration import Calibration
from .._types.printable import make_one_line
from .._types.result import SimulationResult
from .._types.worth import WorthReading
from .agreement import list_pairs, name_verdict

MOST = 3
_KINDS = 1_000
"""For so many criteria a conversation that failed it is kept: more a person does not write."""


class WorthTally:
    """Keeps for each reason the first few conversations that have it, so that it needs no memory of all.

    Args:
        calibration: Where people and judge differ; None where nobody was asked.
    """

    def __init__(self, calibration: Calibration | None = None) -> None:
        self._differ = {} if calibration is None else {one.case_uid: one.person for one in calibration.disagreements}
        self._found: dict[str, list[WorthReading]] = {}
        self._failed = Counter[str]()
        self._lowest: list[tuple[float, WorthReading]] = []

    def add(self, result: SimulationResult) -> None:
        """Look at one result."""
        verdict, said = result.verdict, name_verdict(result.goal_achieved)
        labels = (label for criterion, (label, _) in list_pairs(result) if criterion is None)
        person = next(labels, self._differ.get(result.case_uid, said))
        if person != said:
            self._keep("person", result, f"the judge says {said}, and a person {person}")
        if result.disagreement and not result.provenance.judge_rule:
            heard = "reached" if result.conversation.driver_said_goal else "not reached"
            self._keep("disagree", result, f"the driver said the goal is {heard}, and the judge says {verdict.outcome}")
        for claim in (claim for claim in verdict.claims if claim.backed is False):
            self._keep("claims", result, f"it says {claim.quote!r}, and no tool call shows it", claim.turn)
        if result.has_crashed:
            self._keep("crashed", result, "the system crashed", result.turns + 1)
        if verdict.criteria and verdict.achieved is None:
            self._keep("unknown", result, "the judge could not tell")
        for fault in result.driver_faults[:1]:
            self._keep("fault", result, f"the simulated user is at fault: {fault.fault}", fault.turn)
        self._look_at_criteria(result)
        self._look_at_scores(result)

    def _keep(self, reason: str, result: SimulationResult, told: str, turn: int | None = None) -> None:
        found = self._found.setdefault(reason, [])
        if len(found) < MOST:
            found.append(_point(result, told, turn))

    def _look_at_criteria(self, result: SimulationResult) -> None:
        for one in result.verdict.criteria:
            if one.met == "no" and (one.criterion in self._failed or len(self._failed) < _KINDS):
                self._failed[one.criterion] += 1
                turn = one.evidence[0].turn if one.evidence else None
                self._keep(f"not met: {one.criterion}", result, f"not met: {one.criterion}", turn)

    def _look_at_scores(self, result: SimulationResult) -> None:
        for name, score in result.scores.items():
            if score.value is not None and score.value < 1:
                told = f"{name} {score.value:.2f}, the lowest"
                self._lowest = sorted([*self._lowest, (score.value, _point(result, told))], key=itemgetter(0))[:1]

    def summary(self) -> tuple[WorthReading, ...]:
        """Choose up to three, each a conversation of its own: contradictions first, then the most frequent failure."""
        failed = [f"not met: {text}" for text, _ in self._failed.most_common(MOST)]
        order = ["person", "disagree", "claims", *failed[:1], "crashed", "lowest", *failed[1:], "unknown", "fault"]
        ranked = {**self._found, "lowest": [one for _, one in self._lowest]}
        chosen: dict[tuple[str, int], WorthReading] = {}
        # Each reason once, before one has a second conversation.
        for place in range(MOST):
            for reason in order:
                found = [one for one in ranked.get(reason, ()) if (one.persona, one.trial) not in chosen]
                had = sum(one in chosen.values() for one in ranked.get(reason, ()))
                if found and had <= place and len(chosen) < MOST:
                    chosen[found[0].persona, found[0].trial] = found[0]
        return tuple(chosen.values())


def _point(result: SimulationResult, reason: str, turn: int | None = None) -> WorthReading:
    return WorthReading(result.persona.name, result.trial, result.case_uid, make_one_line(reason), turn)
