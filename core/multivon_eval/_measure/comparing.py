"""Two runs, conversation by conversation."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence

import attrs

from .._statistics.correction import correct_difference
from .._statistics.paired import (
    PersonaPairs,
    count_needed,
    estimate_mean_difference,
    estimate_rate_difference,
    find_detectable,
)
from .._statistics.permutation import adjust_holm, compute_p_value
from .._types.calibration import Calibration
from .._types.comparison import Change, Comparison, Flip, MetricChange
from .._types.disclaimer import DISCLAIMER, IMPORTED
from .._types.interval import Interval
from .._types.result import SimulationResult
from .corrected import identify_judge
from .setups import list_setup_changes

GOAL = "goal_rate"
SIGNIFICANT = 0.05
_Pair = tuple[SimulationResult, SimulationResult]


def compare_results(
    base: Sequence[SimulationResult], new: Sequence[SimulationResult], calibration: Calibration | None = None
) -> Comparison:
    """Say what changed between two runs, and whether the data can tell it from noise.

    Conversations are paired by what the persona is and by the trial; a persona that changed under its name is not
    compared.

    Args:
        base: The results of the earlier run.
        new: Those of the later one.
        calibration: What people say of the judge, for a difference as they would see it.

    Returns:
        For the goal rate and each score the paired difference with its interval and an exact test, and which
        conversations changed.

    Source: the difference over pairs with clustered errors, E. Miller, "Adding Error Bars to Evals", arXiv 2411.00640.
    """
    before, now = _key(base), _key(new)
    pairs = [(before[key], now[key]) for key in before if key in now]
    personas = {one.persona.name for one in base}, {one.persona.name for one in new}
    met = {old.persona.name for old, _ in pairs}
    changed = sorted(name for name in personas[0] & personas[1] if name not in met)
    metrics = _measure_all(pairs)
    goals = [(old, late) for old, late in pairs if _read(old, GOAL) is not None and _read(late, GOAL) is not None]
    corrected, correction = _correct(goals, calibration)
    disclaimers = {one.disclaimer for one in (*base, *new)}
    return Comparison(
        setup=tuple(list_setup_changes(base, new)),
        changed_personas=tuple(changed),
        metrics=tuple(_adjust(metrics)),
        lost=_list(late for old, late in goals if old.goal_achieved and not late.goal_achieved),
        gained=_list(late for old, late in goals if late.goal_achieved and not old.goal_achieved),
        only_base=_list(one for key, one in before.items() if key not in now and one.persona.name not in changed),
        only_new=_list(one for key, one in now.items() if key not in before and one.persona.name not in changed),
        unmeasured=len(pairs) - len(goals),
        corrected=corrected,
        correction=correction,
        disclaimer=IMPORTED if disclaimers == {IMPORTED} else DISCLAIMER,
    )


def _key(results: Sequence[SimulationResult]) -> dict[tuple[str, int], SimulationResult]:
    """The results by the identity of persona and trial; what several runs in one file had twice is numbered."""
    met, found = Counter[str](), {}
    for result in results:
        met[result.case_uid] += 1
        found[result.case_uid, met[result.case_uid]] = result
    return found


def _list(results: Iterable[SimulationResult]) -> tuple[Flip, ...]:
    return tuple(Flip(one.persona.name, one.trial, one.case_uid) for one in results)


def _read(result: SimulationResult, metric: str) -> float | None:
    """The value of a metric in one conversation; None where it measured nothing."""
    if metric != GOAL:
        score = result.scores.get(metric)
        return score.value if score else None
    measures = result.attribution in (None, "system") and result.goal_achieved is not None
    return float(result.goal_achieved is True) if measures else None


def _measure_all(pairs: Sequence[_Pair]) -> list[MetricChange]:
    scored = (name for pair in pairs for one in pair for name, score in one.scores.items() if score.value is not None)
    names = dict.fromkeys(scored)
    return [_measure(name, pairs) for name in (GOAL, *names)]


def _measure(name: str, pairs: Sequence[_Pair]) -> MetricChange:
    values = [(old.persona.name, _read(old, name), _read(late, name)) for old, late in pairs]
    both = [(persona, old, late) for persona, old, late in values if old is not None and late is not None]
    people = _sum_up(both)
    estimate = estimate_rate_difference if name == GOAL else estimate_mean_difference
    difference = estimate(tuple(people.values()))
    if difference is None:
        return MetricChange(name, None, None, None, None, None, "not measured", 0, 0)
    base, new = sum(old for _, old, _ in both) / len(both), sum(late for *_, late in both) / len(both)
    p = compute_p_value([one.total for one in people.values()])
    needed = count_needed(tuple(people.values()), difference.value)
    least = find_detectable(tuple(people.values()))
    number, personas = len(both), len(people)
    return MetricChange(name, base, new, difference, p, p, "no difference found", number, personas, needed, least)


def _sum_up(rows: Iterable[tuple[str, float, float]]) -> Mapping[str, PersonaPairs]:
    found: dict[str, PersonaPairs] = {}
    for persona, old, late in rows:
        had = found.get(persona, PersonaPairs(0, 0.0, 0.0))
        gained, lost = max(0.0, late - old), max(0.0, old - late)
        found[persona] = PersonaPairs(had.number + 1, had.gained + gained, had.lost + lost)
    return found


def _adjust(metrics: Sequence[MetricChange]) -> list[MetricChange]:
    """Adjust the p-values of all that was tested, and say what may be said."""
    tested = [metric for metric in metrics if metric.p is not None]
    adjusted = iter(adjust_holm([metric.p for metric in tested if metric.p is not None]))
    return [metric if metric.p is None else _decide(metric, next(adjusted)) for metric in metrics]


def _decide(metric: MetricChange, p: float) -> MetricChange:
    assert metric.difference is not None, "what was tested has a difference"
    change: Change = "no difference found"
    if p < SIGNIFICANT and not metric.difference.low <= 0 <= metric.difference.high:
        change = "better" if metric.difference.value > 0 else "worse"
    return attrs.evolve(metric, p_adjusted=p, change=change)


def _correct(pairs: Sequence[_Pair], calibration: Calibration | None) -> tuple[Interval | None, str]:
    """The difference of the goal rate as people would see it."""
    if calibration is None:
        return None, ""
    if calibration.errors is None:
        return None, f"not corrected: {calibration.reason}"
    for result in (one for pair in pairs for one in pair if not one.has_crashed):
        if changes := calibration.judge.list_changes(identify_judge(result)):
            return None, f"not corrected, the calibration is stale: {'; '.join(changes)}"
    # A crash was not achieved, whoever judges. So it counts as what the judge would say on average of such a failure.
    crash = 1 - calibration.errors.specificity.value

    def read(result: SimulationResult) -> float:
        return crash if result.has_crashed else float(result.goal_achieved is True)

    people = _sum_up((old.persona.name, read(old), read(new)) for old, new in pairs)
    found = correct_difference(tuple(people.values()), calibration.errors)
    if found is None:
        return None, "not corrected: the judge tells no better than chance, or nothing was measured"
    return found, f"by {calibration.labels} labels of {calibration.judge.model}"
