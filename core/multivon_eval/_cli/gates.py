"""Gates: what a run must reach. Missing evidence never passes one."""

from __future__ import annotations

import math
import re
from collections.abc import Collection, Iterable, Sequence

import attrs

from .._types.summary import Summary
from .._types.trials import LARGEST_K
from ..errors import UsageError, did_you_mean

GOAL = "goal_rate"
LOWER = "goal_rate.lower"
"""The lower end of the rate's 95 % interval: what the rate is at least, as far as the data tell."""
ERRORS = "error_rate"
UNMEASURED = "unmeasured"
GATES = ("fail_under", "max_error_rate", "max_unmeasured")
"""The options that say what must be reached."""


@attrs.frozen
class Gate:
    """One condition on the summary.

    Attributes:
        metric: ``goal_rate``, ``goal_rate.lower``, ``pass^K``, ``pass@K``, the name of a score, ``error_rate``
            or ``unmeasured``.
        value: The least that passes; for the last two the most.
    """

    metric: str
    value: float

    def check(self, summary: Summary) -> str:
        """Say why the gate is not met; empty if it is."""
        if self.metric == ERRORS:
            return self._check_errors(summary)
        if self.metric == UNMEASURED:
            return self._check_unmeasured(summary)
        if self.metric in (GOAL, LOWER):
            have = summary.goal_rate.value if self.metric == GOAL else summary.goal_rate.low
        elif self.metric in summary.scores:
            have = summary.scores[self.metric].mean
        elif (asked := read_pass_rate(self.metric)) is not None:
            sign, k = asked
            found = summary.trials.find(k) if summary.trials else None
            if summary.trials and found and found.personas * 2 < (of := summary.trials.rates[0].personas):
                return f"{self.metric} is known of {found.personas} of {of} personas only, less than half"
            have = None if found is None else found.every if sign == "^" else found.at
        else:
            return (
                f"{self.metric} was not measured; {did_you_mean(self.metric, [GOAL, *summary.scores])} or add "
                f"--evaluator {self.metric.replace('_', '-')}"
            )
        if have is None:
            return f"{self.metric} has no value, so it is not known to be {self.value:g} or more"
        return "" if have >= self.value else f"{self.metric} is {have:.3f}, less than {self.value:g}"

    def _check_unmeasured(self, summary: Summary) -> str:
        share = summary.unmeasured / summary.conversations if summary.conversations else 0.0
        if share <= self.value:
            return ""
        return (
            f"{summary.unmeasured} of {summary.conversations} conversations measured nothing, more than "
            f"{self.value:g}: too little to go by; see --max-unmeasured"
        )

    def _check_errors(self, summary: Summary) -> str:
        if not summary.conversations:
            return "there was no conversation, so the error rate is not known"
        rate = summary.errors / summary.conversations
        if rate <= self.value:
            return ""
        return f"{summary.errors} of {summary.conversations} conversations failed, more than {self.value:g}"


def read_pass_rate(metric: str) -> tuple[str, int] | None:
    """Read ``pass^K`` or ``pass@K``; None where a metric is neither."""
    found = re.fullmatch(r"pass([\^@])([1-9]\d{0,6})", metric)
    return (found[1], int(found[2])) if found else None


def _read_metric(text: str) -> str:
    """The name of a metric; that of the verdict in a result line stands for the rate."""
    name = text.strip().replace("-", "_")
    return name.replace("goal_achieved", GOAL, 1) if name in ("goal_achieved", "goal_achieved.lower") else name


def read_gates(fail_under: Sequence[str], max_error_rate: str | None, max_unmeasured: str) -> list[Gate]:
    """Read the gates of a command line.

    Args:
        fail_under: What must be reached, as ``METRIC=VALUE``.
        max_error_rate: The largest share of conversations that may fail; None for any.
        max_unmeasured: The largest share that may measure nothing, where something must be reached.

    Raises:
        UsageError: If a gate cannot be read; with all problems at once.
    """
    gates, problems = [], []
    for text in fail_under:
        metric, equals, value = text.partition("=")
        number = _number(value)
        if not equals or not metric.strip() or number is None:
            problems.append(f"--fail-under {text}: write METRIC=VALUE with a value from 0 to 1, goal_rate=0.8 say")
        else:
            gates.append(Gate(_read_metric(metric), number))
    if any(gate.metric == ERRORS for gate in gates):
        problems.append(f"--fail-under {ERRORS}: errors are bounded from above; say --max-error-rate SHARE")
    if max_error_rate is not None:
        share = _number(max_error_rate)
        if share is None:
            problems.append(f"--max-error-rate {max_error_rate}: give a share from 0 to 1")
        else:
            gates.append(Gate(ERRORS, share))
    most = _number(max_unmeasured)
    if most is None:
        problems.append(f"--max-unmeasured {max_unmeasured}: give a share from 0 to 1")
    elif fail_under:
        gates.append(Gate(UNMEASURED, most))
    if problems:
        raise UsageError(problems)
    return gates


def check_metrics(
    gates: Sequence[Gate], evaluators: Iterable[str], installed: Collection[str], trials: int = LARGEST_K
) -> None:
    """Check that each gate is on something that the run will measure.

    Args:
        gates: The gates.
        evaluators: The names of the scores that there will be.
        installed: The names of all evaluators that there are, for the remedy.
        trials: How many conversations of a persona there can be.

    Raises:
        UsageError: If a gate is on something else.
    """
    known = [GOAL, *evaluators]
    problems = []
    for metric in (gate.metric for gate in gates if gate.metric not in (*known, LOWER, ERRORS, UNMEASURED)):
        if (asked := read_pass_rate(metric)) is not None:
            if asked[1] > min(trials, LARGEST_K):
                more = f"say --trials {asked[1]} or more" if asked[1] <= LARGEST_K else f"ask for {LARGEST_K} at most"
                problems.append(f"--fail-under {metric}: it takes {asked[1]} trials of a persona; {more}")
            continue
        evaluator = metric.replace("_", "-")
        remedy = f"add --evaluator {evaluator}" if evaluator in installed else did_you_mean(metric, known)
        problems.append(f"--fail-under {metric}: nothing measures it; {remedy}")
    if problems:
        raise UsageError(problems)


def _number(text: str) -> float | None:
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and 0 <= number <= 1 else None
