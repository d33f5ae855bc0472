"""Our numbers are those of scipy, statsmodels, judgy and ppi_py, on inputs drawn by lot."""

import math
import random
from collections import Counter

import numpy as np
import pytest
import statsmodels.api as sm
from judgy import estimate_success_rate
from ppi_py import ppi_mean_pointestimate
from scipy import stats
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.inter_rater import cohens_kappa
from statsmodels.stats.multitest import multipletests
from statsmodels.stats.proportion import proportion_confint

from multivon_eval._statistics.correction import Judged, correct_other_rate, correct_own_rate, measure_judge
from multivon_eval._statistics.kappa import estimate_kappa
from multivon_eval._statistics.paired import PersonaPairs, estimate_mean_difference
from multivon_eval._statistics.permutation import adjust_holm, compute_p_value
from multivon_eval._statistics.quantiles import POWER, Z, find_t
from multivon_eval._statistics.rates import estimate_rate, estimate_variance
from support.drawn_runs import draw_judged, draw_run, judge_counts

TIMES = range(20)


@pytest.mark.parametrize("number", TIMES)
def test_the_test_of_pairs_is_mcnemars(number):
    """With one trial of each persona: scipy's binomial test, and statsmodels' exact one of the table."""
    dice = random.Random(number)
    gained, lost, same = dice.randrange(30), dice.randrange(30), dice.randrange(100)
    found = compute_p_value([1.0] * gained + [-1.0] * lost + [0.0] * same)
    changed = gained + lost
    assert found == pytest.approx(stats.binomtest(gained, changed).pvalue if changed else 1.0)
    assert found == pytest.approx(mcnemar([[same, gained], [lost, 0]], exact=True).pvalue)


@pytest.mark.parametrize("kind", ["trials", "scores"])
@pytest.mark.parametrize("number", TIMES)
def test_the_test_of_pairs_is_that_of_all_swaps(number, kind):
    """Scipy tries all ways to swap old and new of up to eight personas."""
    dice = random.Random(number)
    totals = [
        dice.randint(-4, 4) if kind == "trials" else dice.randint(-8, 8) / 4 + dice.choice([0, 0.1])
        for _ in range(dice.randint(2, 8))
    ]
    found = stats.permutation_test(
        (np.array(totals), np.zeros(len(totals))),
        lambda old, new, axis: np.sum(old - new, axis=axis),
        permutation_type="samples",
        vectorized=True,
        n_resamples=math.inf,
    )
    # Scipy's two-sided p-value is twice the smaller side; the swaps are symmetric, so that is ours but for more than 1.
    assert compute_p_value(totals) == pytest.approx(min(1.0, found.pvalue))


@pytest.mark.parametrize("number", TIMES)
def test_drawn_swaps_are_near_all_swaps(number):
    """Of 18 personas with fractions swaps are drawn; the exact answer is off by no more than chance."""
    dice = random.Random(number)
    totals = [dice.gauss(0.1, 1) for _ in range(18)]
    places = np.arange(2**18)[:, None] >> np.arange(18) & 1
    sums = np.abs((2 * places - 1) @ np.abs(totals))
    exact = float(np.mean(sums >= abs(sum(totals)) - 1e-9))
    assert compute_p_value(totals) == pytest.approx(exact, abs=4 * math.sqrt(exact * (1 - exact) / 10_000) + 1e-4)


def test_the_quantiles_are_scipys():
    """T to less than 0.004 for all degrees of freedom, the normal ones to the last digit."""
    for freedom in [*range(1, 200), 1_000, 10_000]:
        assert find_t(freedom) == pytest.approx(stats.t.ppf(0.975, freedom), abs=0.004)
    assert pytest.approx(stats.norm.ppf([0.975, 0.8])) == [Z, POWER]


@pytest.mark.parametrize(("hits", "of"), [(0, 1), (1, 1), (0, 20), (7, 20), (81, 263), (395, 395), (9_999, 10_000)])
def test_the_interval_of_a_rate_is_wilsons(hits, of):
    """As statsmodels has it."""
    found = estimate_rate(hits, of)
    low, high = proportion_confint(hits, of, method="wilson")
    assert (found.low, found.high) == (pytest.approx(low, abs=1e-12), pytest.approx(high, abs=1e-12))


@pytest.mark.parametrize("number", TIMES)
def test_the_adjustment_is_holms(number):
    """As statsmodels has it, ties and ones included."""
    dice = random.Random(number)
    values = [dice.choice([dice.random(), dice.random() / 20, 0.02, 1.0]) for _ in range(dice.randint(1, 12))]
    assert adjust_holm(values) == pytest.approx(list(multipletests(values, method="holm")[1]))


@pytest.mark.parametrize("number", TIMES)
def test_kappa_is_that_of_the_table(number):
    """The value exactly, and the error as statsmodels has it for many independent conversations."""
    dice, rows = random.Random(number), []
    for place in range(2_000):
        truth = dice.random() < 0.6
        said = truth if dice.random() < 0.85 else not truth
        rows.append((place, "yes" if said else "no", "yes" if truth else "no", 1.0))
    counts = Counter((said, truth) for _, said, truth, _ in rows)
    table = [[counts[said, truth] for truth in ("yes", "no")] for said in ("yes", "no")]
    found, known = estimate_kappa(rows), cohens_kappa(table)
    assert found.value == pytest.approx(known.kappa)
    assert found.half_width / find_t(1_999) == pytest.approx(math.sqrt(known.var_kappa), rel=0.002)


@pytest.mark.parametrize("number", TIMES)
def test_the_variance_of_a_mean_is_the_cluster_robust_one(number):
    """That of a regression on a constant, with the factor G / (G - 1) for G personas."""
    dice = random.Random(number)
    scores = [[dice.random() for _ in range(dice.randint(1, 6))] for _ in range(dice.randint(2, 30))]
    values = np.array([score for one in scores for score in one])
    groups = np.array([place for place, one in enumerate(scores) for _ in one])
    model = sm.OLS(values, np.ones(len(values)))
    plain = model.fit(cov_type="cluster", cov_kwds={"groups": groups, "use_correction": False})
    found = estimate_variance([(sum(one), len(one)) for one in scores])
    assert found == pytest.approx(plain.cov_params()[0, 0] * len(scores) / (len(scores) - 1))


@pytest.mark.parametrize("number", TIMES)
def test_the_difference_of_means_is_students(number):
    """With one trial of each persona: scipy's paired t interval."""
    dice = random.Random(number)
    old, new = ([dice.random() for _ in range(30)] for _ in range(2))
    pairs = [PersonaPairs(1, max(0, b - a), max(0, a - b)) for a, b in zip(old, new, strict=True)]
    found, known = estimate_mean_difference(pairs), stats.ttest_rel(new, old).confidence_interval()
    assert (found.low, found.high) == (pytest.approx(known.low, abs=1e-5), pytest.approx(known.high, abs=1e-5))


@pytest.mark.parametrize("number", TIMES)
def test_the_corrected_rate_of_another_run_is_judgys(tell, number):
    """The value exactly; judgy's bootstrap leaves out that the other run is a sample, so ours is wider."""
    dice = random.Random(number)
    np.random.seed(number)
    rows = draw_judged(dice, draw_run(dice, 100, 1, 0.6, 0), 0.9, 0.8, 100)
    counts = judge_counts(dice, draw_run(dice, 300, 1, 0.5, 0), 0.9, 0.8)
    labels, said = [row.truth for row in rows], [int(row.stratum == "yes") for row in rows]
    value, low, high = estimate_success_rate(labels, said, [hits for hits, _ in counts], bootstrap_iterations=2_000)
    found = correct_other_rate(counts, measure_judge(rows))
    tell(f"other rate, run {number:2}: ours {found}, judgy's {value:.2f} ({low:.2f} to {high:.2f})")
    assert found.value == pytest.approx(value)
    shared = min(found.high, high) - max(found.low, low)
    assert shared >= 0.8 * (high - low)
    assert found.half_width >= (high - low) / 2


@pytest.mark.parametrize("number", TIMES)
def test_the_corrected_rate_of_the_labelled_run_is_that_of_ppi(number):
    """Where labels are drawn in proportion to the verdicts.

    A verdict is one of two words, so a line through the labels' means is exact: with the slope of that line prediction-
    powered inference is the mean of each verdict's labels, weighted with all verdicts.
    """
    dice = random.Random(number)
    rows = []
    for place in range(300):
        truth = dice.random() < 0.6
        is_yes = dice.random() < (0.9 if truth else 0.3)
        rows.append(Judged(place, "yes" if is_yes else "no", int(truth) if place < 80 else None))
    labels = np.array([row.truth for row in rows[:80]], dtype=float)
    verdicts = np.array([float(row.stratum == "yes") for row in rows])
    slope = labels[verdicts[:80] == 1].mean() - labels[verdicts[:80] == 0].mean()
    known = ppi_mean_pointestimate(labels, verdicts[:80], verdicts, lam=slope)
    assert correct_own_rate(rows).value == pytest.approx(float(np.squeeze(known)))
