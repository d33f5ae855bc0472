"""Gates: what a run must reach. Missing evidence never passes one."""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Iterable, Sequence

import attrs

from .._run.output import tell
from .._types.comparison import Comparison
from .._types.printable import make_one_line
from .._types.run_part import RunPart
from .._types.summary import Summary
from .._types.trials import LARGEST_K
from ..errors import UsageError, did_you_mean
from .metrics import CORRECTED, GOAL, LOWER, Measured, find_metric, list_known, read_pass_rate

ERRORS = "error_rate"
UNMEASURED = "unmeasured"
REGRESSION = "regression"
GATES = ("fail_under", "max_error_rate", "max_unmeasured")
"""The options that say what must be reached."""


@attrs.frozen
class Held:
    """A gate that was held against a run.

    Attributes:
        gate: As it was asked.
        is_met: Whether it is met.
        why: The number with its interval, and why it is met or not.
    """

    gate: str
    is_met: bool
    why: str


@attrs.frozen
class Gate:
    """One condition on the summary.

    Attributes:
        metric: ``goal_rate``, ``corrected_goal_rate`` or the name of a score, each also with ``.lower`` behind it;
            ``pass^K``, ``pass@K``, ``error_rate`` or ``unmeasured``.
        value: The least that passes; for the last two the most.
    """

    metric: str
    value: float

    def hold(self, summary: Summary) -> Held:
        """Hold it against a run."""
        if self.metric == ERRORS:
            return self._hold_share(summary.errors, summary.conversations, "conversations failed")
        if self.metric == UNMEASURED:
            return self._hold_share(summary.unmeasured, summary.conversations, "conversations measured nothing")
        return self.hold_metric(lambda name: find_metric(summary, name), [GOAL, *summary.scores])

    def hold_metric(self, find: Callable[[str], Measured | None], known: Collection[str]) -> Held:
        """Hold it against a number.

        Args:
            find: Gives what is known of a metric, by name.
            known: The names there are, for the remedy.
        """
        asked = f"{self.metric} >= {self.value:g}"
        name = self.metric.removesuffix(LOWER)
        measured = find(name)
        if measured is None:
            meant = did_you_mean(self.metric, known)
            return Held(asked, False, f"nothing measured it; {meant} or add --evaluator {name.replace('_', '-')}")
        if measured.interval is None:
            why = f"; {measured.reason}" if measured.reason else ""
            return Held(asked, False, f"it has no value, so it is not known to be {self.value:g} or more{why}")
        number = measured.interval.low if name != self.metric else measured.interval.value
        is_met = number >= self.value
        told = f"{number:.3f} is {f'{self.value:g} or more' if is_met else f'less than {self.value:g}'}"
        return Held(asked, is_met, f"{told}; {name} {measured.interval}")

    def _hold_share(self, count: int, of: int, what: str) -> Held:
        asked = f"{self.metric} <= {self.value:g}"
        if not of:
            # Where nothing is there the other gates say so; an error rate is said to be unknown.
            is_met = self.metric == UNMEASURED
            return Held(asked, is_met, "there was no conversation, so it is not known")
        is_met = count / of <= self.value
        remedy = "" if is_met or self.metric == ERRORS else ", too little to go by; see --max-unmeasured"
        than = f"{'not ' if is_met else ''}more than {self.value:g}"
        return Held(asked, is_met, f"{count} of {of} {what}, {than}{remedy}")


def hold_regression(comparison: Comparison, most_unmeasured: float, not_run: int = 0) -> Held:
    """Hold a comparison against the wish that nothing got worse.

    Args:
        comparison: What changed.
        most_unmeasured: The largest share of the base run's conversations that may be missing from the pairs.
        not_run: How many were not held because the data had told enough: they are missing by lot.
    """
    if not comparison.is_measured:
        return Held(REGRESSION, False, "no conversation measured the system in both runs, so it is not known")
    pairs = next(metric.pairs for metric in comparison.metrics if metric.name == GOAL)
    of = pairs + comparison.unmeasured + max(0, len(comparison.only_base) - not_run)
    if of - pairs > most_unmeasured * of:
        why = f"only {pairs} of {of} conversations of the base run were measured in both; see --max-unmeasured"
        return Held(REGRESSION, False, why)
    if worse := comparison.regressions:
        return Held(REGRESSION, False, "worse than before: " + ", ".join(metric.name for metric in worse))
    return Held(REGRESSION, True, f"no metric is worse than before, over {pairs} pairs")


def doubt_part(held: Sequence[Held], part: RunPart | None) -> list[Held]:
    """Let no gate be met by a part of a run: nothing is known of what is missing.

    Args:
        held: The gates as the part holds them.
        part: Which part of a run it is; None for a whole one, whose gates stay as they are.
    """
    if part is None:
        return list(held)
    return [attrs.evolve(one, is_met=False, why=f"{part}, so it is not known; {one.why}") for one in held]


def tell_gates(held: Sequence[Held], *, is_quiet: bool) -> None:
    """Print each gate with its number and why; where little is to be printed, only those that are not met."""
    for one in held:
        if not one.is_met:
            tell(f"gate not met: {one.gate}: {make_one_line(one.why)}", err=True)
        elif not is_quiet:
            tell(f"gate met: {one.gate}: {make_one_line(one.why)}", err=True)


def _read_metric(text: str) -> str:
    """The name of a metric; that of the verdict in a result line stands for the rate."""
    name = text.strip().replace("-", "_")
    return name.replace("goal_achieved", GOAL, 1) if name.removesuffix(LOWER) == "goal_achieved" else name


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
        number = read_share(value)
        if not equals or not metric.strip() or number is None:
            problems.append(f"--fail-under {text}: write METRIC=VALUE with a value from 0 to 1, goal_rate=0.8 say")
        else:
            gates.append(Gate(_read_metric(metric), number))
    if any(gate.metric == ERRORS for gate in gates):
        problems.append(f"--fail-under {ERRORS}: errors are bounded from above; say --max-error-rate SHARE")
    if max_error_rate is not None:
        share = read_share(max_error_rate)
        if share is None:
            problems.append(f"--max-error-rate {max_error_rate}: give a share from 0 to 1")
        else:
            gates.append(Gate(ERRORS, share))
    most = read_share(max_unmeasured)
    if most is None:
        problems.append(f"--max-unmeasured {max_unmeasured}: give a share from 0 to 1")
    elif fail_under:
        gates.append(Gate(UNMEASURED, most))
    if problems:
        raise UsageError(problems)
    return gates


def check_metrics(
    gates: Sequence[Gate],
    evaluators: Iterable[str],
    installed: Collection[str],
    trials: int = LARGEST_K,
    is_calibrated: bool = False,
) -> None:
    """Check that each gate is on something that the run will measure.

    Args:
        gates: The gates.
        evaluators: The names of the scores that there will be.
        installed: The names of all evaluators that there are, for the remedy.
        trials: How many conversations of a persona there can be.
        is_calibrated: Whether a calibration of the judge was given.

    Raises:
        UsageError: If a gate is on something else.
    """
    known, problems = list_known(tuple(evaluators), is_calibrated), []
    for metric in (gate.metric for gate in gates):
        name = metric.removesuffix(LOWER)
        if metric in (ERRORS, UNMEASURED) or name in known:
            continue
        if (asked := read_pass_rate(name)) is not None:
            if asked[1] > min(trials, LARGEST_K):
                more = f"say --trials {asked[1]} or more" if asked[1] <= LARGEST_K else f"ask for {LARGEST_K} at most"
                problems.append(f"--fail-under {metric}: it takes {asked[1]} trials of a persona; {more}")
            continue
        evaluator = name.replace("_", "-")
        remedy = f"add --evaluator {evaluator}" if evaluator in installed else did_you_mean(name, known)
        remedy = "add --calibration FILE" if name == CORRECTED else remedy
        problems.append(f"--fail-under {metric}: nothing measures it; {remedy}")
    if problems:
        raise UsageError(problems)


def check_fail_on(given: str | None, baseline: object) -> None:
    """Check what a run must not show.

    Raises:
        UsageError: If it cannot be known.
    """
    if given is None:
        return
    if given != REGRESSION:
        raise UsageError(f"--fail-on {given}: the only thing to fail on is {REGRESSION}")
    if baseline is None:
        raise UsageError(f"--fail-on {REGRESSION} needs an earlier run; add --baseline FILE")


def read_share(text: str) -> float | None:
    """Read a share from 0 to 1; None where a text is none."""
    try:
        number = float(text)
    except ValueError:
        return None
    return number if math.isfinite(number) and 0 <= number <= 1 else None
