"""The goal rate of a run, corrected by what people say of its judge."""

from __future__ import annotations

from collections.abc import Iterable

from .._statistics.correction import correct_other_rate
from .._types.calibration import Calibration, JudgeIdentity
from .._types.interval import Interval
from .._types.names import Column, Names
from .._types.result import SimulationResult
from .._types.run_info import PluginUse


def identify_judge(result: SimulationResult) -> JudgeIdentity:
    """Say which judge gave a verdict, and how it was asked."""
    made = result.provenance
    return JudgeIdentity(
        provider=made.judge_provider,
        asked=str(made.options.get("judge_model", made.judge_model)),
        model=made.judge_model,
        temperature=made.judge_temperature,
        prompt=made.judge_prompt,
        votes=int(made.options.get("judge_votes", 1)),
        calls=str(made.options.get("judge_calls", "separate")),
        options=find_judge_options(made.plugins),
    )


_SAYS_NOTHING = ("base_url=", "price_in=", "price_out=", "api_key_env=", "headers_env=")
"""Options that change nothing of what a judge says."""


def find_judge_options(plugins: Iterable[PluginUse]) -> str:
    """The options in the SPEC of the judge that may change what it says, in their order."""
    spec = next((use.spec for use in plugins if use.kind == "judge"), "")
    told = (option.strip() for option in spec.split(",")[1:])
    return ",".join(option for option in told if not option.startswith(_SAYS_NOTHING))


class CorrectedTally:
    """Counts what a correction needs.

    Args:
        calibration: What people say of the judge; without one nothing is corrected.
        names: The personas' names; None for names of its own.
    """

    def __init__(self, calibration: Calibration | None, names: Names | None = None) -> None:
        self._calibration, self._names = calibration, Names() if names is None else names
        self._hits, self._judged, self._crashed = Column("B"), Column("B"), Column("B")
        self._judges: dict[JudgeIdentity, None] = {}

    def add(self, result: SimulationResult) -> None:
        """Count one result."""
        if self._calibration is None or result.attribution not in (None, "system"):
            return
        number = self._names.add(result.persona.name)
        if result.has_crashed:
            self._crashed[number] += 1  # nobody has to judge that
        elif result.verdict.achieved is not None:
            self._hits[number] += result.verdict.achieved
            self._judged[number] += 1
            self._judges[identify_judge(result)] = None

    def summary(self) -> tuple[Interval | None, str]:
        """Correct the rate.

        Returns:
            The corrected rate; None where it cannot be corrected. And by what it is corrected, or why it is not.
        """
        calibration = self._calibration
        if calibration is None:
            return None, ""
        if calibration.errors is None:
            return None, f"not corrected: {calibration.reason}"
        for judge in self._judges:
            if changes := calibration.judge.list_changes(judge):
                return None, f"not corrected, the calibration is stale: {'; '.join(changes)}"
        counted = [number for number in range(len(self._names)) if self._judged[number] or self._crashed[number]]
        judged = [(self._hits[number], self._judged[number]) for number in counted]
        found = correct_other_rate(judged, calibration.errors, [self._crashed[number] for number in counted])
        if found is None:
            why = "the judge tells no better than chance, or errs otherwise here than where it was calibrated"
            why = why if self._judges else "no conversation was judged"
            return None, f"not corrected: {why}"
        return found, f"by {calibration.labels} labels of {calibration.judge.model}"
