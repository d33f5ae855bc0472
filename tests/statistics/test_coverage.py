"""How often the intervals hold what is true: 95 of 100, also where trials resemble each other and the judge errs.

Each scenario is drawn 2,000 times, the same each time. What it comes to is printed at the end, and stands in
docs/explanation/statistics.md.
"""

import statistics
from functools import partial

import pytest

from multivon_eval._statistics.correction import correct_difference, correct_other_rate, correct_own_rate, measure_judge
from multivon_eval._statistics.paired import PersonaPairs, estimate_mean_difference, estimate_rate_difference
from multivon_eval._statistics.rates import estimate_clustered, estimate_mean, estimate_rate
from support.drawn_runs import draw_chance, draw_judged, draw_pairs, draw_run, draw_score, judge_counts, seed

RUNS = 2_000
LEAST, MOST = 0.93, 0.97


class Counted:
    """How often intervals hold the truth, and how wide they are."""

    def __init__(self, truth):
        self.truth, self.held, self.widths = truth, [], []

    def add(self, found):
        self.held.append(found.low <= self.truth <= found.high)
        self.widths.append(found.high - found.low)

    @property
    def share(self):
        return sum(self.held) / len(self.held)

    def __str__(self):
        return f"covers {self.share:.3f}, width {statistics.mean(self.widths):.3f}"


@pytest.mark.parametrize(
    ("personas", "trials", "rate", "likeness"),
    [
        (50, 4, 0.5, 0.5),
        (50, 4, 0.8, 0.5),
        (50, 4, 0.6, 0.0),
        (50, 4, 0.8, 0.9),
        (20, 4, 0.8, 0.5),
        (20, 8, 0.7, 0.3),
        (12, 8, 0.5, 0.5),
        (50, 1, 0.8, 0.0),
    ],
)
def test_the_rate(tell, personas, trials, rate, likeness):
    """Beside the interval that takes all trials as independent."""
    dice, ours, naive = seed("rate", personas, trials, rate, likeness), Counted(rate), Counted(rate)
    for _ in range(RUNS):
        found = estimate_clustered(draw_run(dice, personas, trials, rate, likeness))
        ours.add(found)
        naive.add(estimate_rate(found.hits, found.of))
    tell(f"rate {rate}, {personas} x {trials}, likeness {likeness}: {ours}; naive {naive}")
    assert LEAST <= ours.share <= MOST
    if likeness >= 0.3 and trials > 1:
        assert naive.share < 0.9, "the trials are not alike enough to tell the two apart"


@pytest.mark.parametrize("kind", ["quarters", "continuous"])
@pytest.mark.parametrize(
    ("personas", "trials", "mean", "likeness"),
    [(50, 1, 0.8, 0.3), (50, 4, 0.8, 0.3), (50, 4, 0.5, 0.5), (20, 4, 0.7, 0.3), (12, 8, 0.5, 0.5)],
)
def test_the_mean_of_scores(tell, personas, trials, mean, likeness, kind):
    """Beside the interval that takes all scores as independent."""
    dice, ours, naive = seed("mean", personas, trials, mean, likeness, kind), Counted(mean), Counted(mean)
    for _ in range(RUNS):
        chances = [draw_chance(dice, mean, likeness) for _ in range(personas)]
        scores = [[draw_score(dice, chance, kind) for _ in range(trials)] for chance in chances]
        ours.add(estimate_mean([(sum(one), trials) for one in scores]))
        naive.add(estimate_mean([(score, 1) for one in scores for score in one]))
    tell(f"mean {mean} of {kind}, {personas} x {trials}, likeness {likeness}: {ours}; naive {naive}")
    assert LEAST <= ours.share <= MOST


PAIRS = [
    (50, 1, (0.7, 0.7), 0.5, 1.0),
    (50, 4, (0.7, 0.7), 0.5, 0.3),
    (50, 4, (0.5, 0.8), 0.5, 0.5),
    (50, 4, (0.8, 0.6), 0.7, 1.0),
    (20, 4, (0.6, 0.6), 0.5, 0.5),
    (20, 8, (0.7, 0.4), 0.5, 1.0),
    (100, 1, (0.8, 0.6), 0.7, 1.0),
    (200, 1, (0.8, 0.5), 0.7, 0.5),
]
FEW_FLIPS = [(30, 1, (0.9, 0.9), 0.9, 0.5), (50, 1, (0.9, 0.9), 0.95, 0.2), (20, 4, (0.95, 0.9), 0.9, 0.3)]


@pytest.mark.parametrize(("personas", "trials", "rates", "likeness", "changed"), PAIRS + FEW_FLIPS)
def test_the_difference_of_rates(tell, personas, trials, rates, likeness, changed):
    """Beside that of two runs with other personas in each; where few pairs flip the interval is wider than need be."""
    truth = changed * (rates[1] - rates[0])
    dice = seed("difference", personas, trials, rates, likeness, changed)
    ours, naive, flips = Counted(truth), Counted(truth), []
    for _ in range(RUNS):
        pairs, flipped = draw_pairs(
            dice, personas, trials, rates, likeness, changed, lambda chance: float(dice.random() < chance)
        )
        flips.append(flipped)
        ours.add(estimate_rate_difference(pairs))
        apart = [PersonaPairs(1, 1, 0)] * round(sum(one.gained for one in pairs))
        apart += [PersonaPairs(1, 0, 1)] * round(sum(one.lost for one in pairs))
        apart += [PersonaPairs(1, 0, 0)] * (personas * trials - len(apart))
        naive.add(estimate_rate_difference(apart))
    flipped = statistics.mean(flips)
    tell(
        f"difference {truth:+.2f} of rates, {personas} x {trials}, likeness {likeness}, {flipped:.0f} flips: "
        f"{ours}; naive {naive}"
    )
    assert ours.share >= LEAST
    if flipped >= 10:
        assert ours.share <= MOST


@pytest.mark.parametrize("kind", ["quarters", "continuous"])
@pytest.mark.parametrize(
    ("personas", "trials", "rates", "likeness", "changed"), [PAIRS[0], PAIRS[2], PAIRS[4], PAIRS[6]]
)
def test_the_difference_of_means(tell, personas, trials, rates, likeness, changed, kind):
    """Of scores in quarters, and of any."""
    truth = changed * (rates[1] - rates[0])
    dice, ours = seed("means", personas, trials, rates, likeness, changed, kind), Counted(truth)
    read = partial(draw_score, dice, kind=kind)
    for _ in range(RUNS):
        pairs, _ = draw_pairs(dice, personas, trials, rates, likeness, changed, read)
        ours.add(estimate_mean_difference(pairs))
    tell(f"difference {truth:+.2f} of means of {kind}, {personas} x {trials}, likeness {likeness}: {ours}")
    assert LEAST <= ours.share <= MOST


ERRORS = [(one, other) for one in (0.05, 0.1, 0.3) for other in (0.05, 0.1, 0.3)]
ENOUGH, LOOSE = 6, 0.99
"""Labels that contradict the judge from which on an interval is not wider than need be, and what it may hold before."""
LENIENT = (0.02, 0.3)
RUN = (200, 1, 0.7, 0.0)
TRIALS = (50, 4, 0.7, 0.5)


def assert_held(found, labels, errors):
    """With few labels that contradict the judge an interval must be wider than need be: they are whole numbers."""
    contradict = labels * (0.7 * errors[0] + 0.3 * errors[1])
    assert LEAST <= found.share <= (MOST if contradict >= ENOUGH else LOOSE)


@pytest.mark.parametrize(
    ("run", "errors"),
    [(RUN, errors) for errors in [*ERRORS, LENIENT]] + [(TRIALS, errors) for errors in [(0.05, 0.3), LENIENT]],
)
@pytest.mark.parametrize("labels", [40, 60, 100])
def test_the_corrected_rate_of_the_labelled_run(tell, run, errors, labels):
    """Beside the rate as the judge has it."""
    dice, ours, naive = seed("own", run, errors, labels), Counted(run[2]), Counted(run[2])
    for _ in range(RUNS):
        rows = draw_judged(dice, draw_run(dice, *run), 1 - errors[0], 1 - errors[1], labels)
        ours.add(correct_own_rate(rows))
        said = {}
        for row in rows:
            hits, of = said.get(row.cluster, (0, 0))
            said[row.cluster] = hits + (row.stratum == "yes"), of + 1
        naive.add(estimate_clustered(said.values()))
    tell(
        f"own rate {run[2]}, {run[0]} x {run[1]}, judge errs {errors[0]} {errors[1]}, {labels} labels: "
        f"{ours}; naive {naive}"
    )
    assert_held(ours, labels, errors)


@pytest.mark.parametrize(
    ("run", "errors"),
    [(RUN, errors) for errors in [(0.05, 0.05), (0.05, 0.3), (0.3, 0.05), (0.1, 0.1), LENIENT]] + [(TRIALS, LENIENT)],
)
@pytest.mark.parametrize("labels", [40, 60, 100])
def test_the_corrected_rate_of_another_run(tell, run, errors, labels):
    """One with another rate, by what the labels of the first say of the judge."""
    rate = 0.5
    dice, ours, naive = seed("other", run, errors, labels), Counted(rate), Counted(rate)
    right = 1 - errors[0], 1 - errors[1]
    for _ in range(RUNS):
        found = measure_judge(draw_judged(dice, draw_run(dice, *run), *right, labels))
        counts = judge_counts(dice, draw_run(dice, *run[:2], rate, run[3]), *right)
        ours.add(correct_other_rate(counts, found))
        naive.add(estimate_clustered(counts))
    tell(
        f"other rate {rate}, {run[0]} x {run[1]}, judge errs {errors[0]} {errors[1]}, {labels} labels: "
        f"{ours}; naive {naive}"
    )
    assert_held(ours, labels, errors)


@pytest.mark.parametrize("trials", [1, 4])
@pytest.mark.parametrize("crashing", [0.1, 0.3])
@pytest.mark.parametrize("labels", [60, 200])
def test_the_corrected_rate_where_the_system_crashes(tell, labels, crashing, trials):
    """A crash is not achieved whoever judges, and how many there are varies from run to run."""
    truth, right = 0.8 * (1 - crashing), (0.95, 0.9)
    dice, ours = seed("crashes", labels, crashing, trials), Counted(truth)
    for _ in range(RUNS):
        found = measure_judge(draw_judged(dice, draw_run(dice, 300, 1, 0.7, 0), *right, labels))
        crashed = [hits for hits, _ in draw_run(dice, 50, trials, crashing, 0.3)]
        chances = [draw_chance(dice, 0.8, 0.3) for _ in crashed]
        left = [trials - lost for lost in crashed]
        hits = [sum(dice.random() < chance for _ in range(of)) for chance, of in zip(chances, left, strict=True)]
        ours.add(correct_other_rate(judge_counts(dice, zip(hits, left, strict=True), *right), found, crashed))
    tell(f"other rate {truth:.2f}, 50 x {trials}, {crashing:.0%} crash, {labels} labels: {ours}")
    assert_held(ours, labels, (1 - right[0], 1 - right[1]))


@pytest.mark.parametrize("errors", [(0.05, 0.05), (0.1, 0.3), LENIENT])
@pytest.mark.parametrize("labels", [40, 100])
@pytest.mark.parametrize("rate", [0.7, 0.5])
def test_the_corrected_difference(tell, rate, errors, labels):
    """Between two runs of which neither was labelled, of 100 personas that all behave otherwise in the second."""
    truth = rate - 0.7
    dice, ours, naive = seed("corrected difference", rate, errors, labels), Counted(truth), Counted(truth)
    right = 1 - errors[0], 1 - errors[1]

    def read(chance):
        return float(dice.random() < (right[0] if dice.random() < chance else errors[1]))

    for _ in range(RUNS):
        found = measure_judge(draw_judged(dice, draw_run(dice, *RUN), *right, labels))
        pairs, _ = draw_pairs(dice, 100, 1, (0.7, rate), 0.5, 1.0, read)
        ours.add(correct_difference(pairs, found))
        naive.add(estimate_rate_difference(pairs))
    tell(
        f"corrected difference {truth:+.2f}, 100 x 1, judge errs {errors[0]} {errors[1]}, {labels} labels: "
        f"{ours}; naive {naive}"
    )
    assert ours.share >= LEAST
