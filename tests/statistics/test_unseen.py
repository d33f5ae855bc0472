"""The chance of a failure of a new kind, against what is true in runs of which all kinds are known.

Each scenario is drawn 1,000 times, the same each time.
"""

import random
import statistics
from collections import Counter

import pytest

from multivon_eval._statistics.unseen import estimate_unseen
from support.drawn_runs import draw_chance, seed

RUNS = 1_000
KINDS = {
    "20 alike": [1.0] * 20,
    "100 alike": [1.0] * 100,
    "Zipf 50": [1 / rank for rank in range(1, 51)],
}


def draw_shown(dice: random.Random, weights, personas, trials, failing):
    """What the personas show, and the true chance that another one's conversation shows something new.

    A persona fails in one kind of its own, with a chance of its own: so its trials resemble each other.
    """
    shown, places = {}, range(len(weights))
    for number in range(personas):
        (kind,) = dice.choices(places, weights)
        chance = draw_chance(dice, failing, 0.5) if trials > 1 else failing
        rows = Counter()
        for _ in range(trials):
            rows[frozenset([f"kind {kind}"] if dice.random() < chance else [])] += 1
        shown[f"p{number}"] = rows
    seen = frozenset().union(*(kinds for rows in shown.values() for kinds in rows))
    new = sum(weight for place, weight in enumerate(weights) if f"kind {place}" not in seen)
    return shown, failing * new / sum(weights)


@pytest.mark.parametrize("kinds", list(KINDS))
@pytest.mark.parametrize("failing", [0.3, 0.8])
@pytest.mark.parametrize("trials", [1, 4])
@pytest.mark.parametrize("personas", [40, 80, 200])
def test_the_estimate_is_right_on_average(tell, personas, trials, failing, kinds):
    """Its mean error is small, and how far it is off in one run is printed beside it."""
    dice, errors, held = seed("unseen", personas, trials, failing, kinds), [], 0
    for _ in range(RUNS):
        shown, truth = draw_shown(dice, KINDS[kinds], personas, trials, failing)
        found = estimate_unseen(shown.values())
        errors.append(found.value - truth)
        held += found.low <= truth <= found.high
    bias, off = abs(statistics.mean(errors)), statistics.mean(map(abs, errors))
    tell(
        f"{personas:3} personas x {trials}, {kinds}, {failing:.0%} fail: mean error {bias:.3f}, "
        f"mean absolute error {off:.3f}, the interval covers {held / RUNS:.3f}"
    )
    assert bias < 0.03
    assert held / RUNS >= 0.93
