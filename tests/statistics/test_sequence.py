"""A confidence sequence holds however often one looks, and a run that stops early does not stop wrongly.

Each scenario is drawn 2,000 times, the same each time; up to 200 personas are looked at, one after the other.
"""

import statistics

import pytest

from multivon_eval._measure.until import Until
from multivon_eval._statistics.sequence import ALPHA, ConfidenceSequence
from support.drawn_runs import draw_chance, seed

RUNS = 2_000
LONGEST = 200
NOISE = 0.01
"""Two standard errors of a share of 5 % over so many runs."""
RATE = 0.42
LINES = [0.1, 0.3, 0.4, 0.44, 0.7, 0.8]
FAR = {0.1: 37, 0.7: 45, 0.8: 27}
"""Lines far from the rate, with the number of conversations after which such a run is known to end."""


def watch(values, truth, lines=()):
    """Look after each value.

    Returns:
        Whether the interval ever left out what is true, and for each line what was decided after how many values.
    """
    sequence, left_out, fell = ConfidenceSequence(), False, {}
    for value in values:
        sequence.add(value)
        found = sequence.interval
        left_out = left_out or not found.low <= truth <= found.high
        for line in lines:
            if line not in fell and (outcome := Until("goal_rate", ">=", line).judge(sequence)) != "undecided":
                fell[line] = outcome, sequence.number
    return left_out, fell


def draw_values(dice, rate, trials):
    """The personas' means, each of so many trials that resemble each other."""
    for _ in range(LONGEST):
        chance = draw_chance(dice, rate, 0.5) if trials > 1 else rate
        yield sum(dice.random() < chance for _ in range(trials)) / trials


@pytest.mark.parametrize(("rate", "trials"), [(0.9, 1), (0.8, 4)])
def test_the_interval_holds_at_all_times(tell, rate, trials):
    """In one of 20 runs at most it ever leaves out what is true, with one trial of each persona or with several."""
    dice = seed("sequence", rate, trials)
    share = sum(watch(draw_values(dice, rate, trials), rate)[0] for _ in range(RUNS)) / RUNS
    tell(f"rate {rate}, {trials} trials: the interval ever leaves it out in {share:.1%}")
    assert share <= ALPHA + NOISE


@pytest.mark.parametrize("is_fixed", [False, True], ids=["endless", "fixed"])
def test_a_run_that_stops_early_decides_rightly(tell, is_fixed):
    """Of personas without end, and of a fixed list of 200 in an order drawn by lot."""
    dice, rows = seed("until", is_fixed), []
    ones = round(RATE * LONGEST)
    for _ in range(RUNS):
        values = [float(place < ones) for place in range(LONGEST)]
        dice.shuffle(values)
        rows.append(watch(values if is_fixed else draw_values(dice, RATE, 1), RATE, LINES))
    kind = "a fixed list" if is_fixed else "draws without end"
    share = sum(left_out for left_out, _ in rows) / RUNS
    tell(f"rate {RATE}, {kind}: the interval ever leaves it out in {share:.1%}")
    assert share <= ALPHA + NOISE
    for line in LINES:
        right = "met" if line <= RATE else "not met"
        fell = [decided[line] for _, decided in rows if line in decided]
        wrong = sum(outcome != right for outcome, _ in fell) / RUNS
        median = statistics.median([decided[line][1] if line in decided else LONGEST + 1 for _, decided in rows])
        told = f"{median:.0f}" if median <= LONGEST else f"more than {LONGEST}"
        tell(
            f"rate {RATE}, {kind}, line {line}: median {told} conversations, "
            f"undecided {1 - len(fell) / RUNS:.1%}, wrong {wrong:.1%}"
        )
        assert wrong <= ALPHA + NOISE
        assert median <= FAR.get(line, LONGEST + 1)
