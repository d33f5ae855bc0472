"""Runs that are drawn by lot: personas with a chance of their own, a judge that errs, people who label some."""

import random

from multivon_eval._statistics.correction import Judged
from multivon_eval._statistics.paired import PersonaPairs


def draw_chance(dice, rate, likeness):
    """The chance of one persona.

    Args:
        dice: Random numbers.
        rate: The mean over all personas.
        likeness: The correlation between two trials of one persona, from 0 to 1.
    """
    if not likeness:
        return rate
    spread = (1 - likeness) / likeness
    return dice.betavariate(rate * spread, (1 - rate) * spread)


def draw_run(dice, personas, trials, rate, likeness):
    """How many trials of each persona come out well, of how many; see :func:`draw_chance`."""
    counts = []
    for _ in range(personas):
        chance = draw_chance(dice, rate, likeness)
        counts.append((sum(dice.random() < chance for _ in range(trials)), trials))
    return counts


def draw_score(dice, chance, kind):
    """A score from 0 to 1 with such a mean: in ``quarters``, or ``continuous``."""
    if kind == "quarters":
        return sum(dice.random() < chance for _ in range(4)) / 4
    return dice.betavariate(4 * max(chance, 1e-9), 4 * max(1 - chance, 1e-9))


def draw_pairs(dice, personas, trials, rates, likeness, changed, read):
    """The differences of each persona between two runs.

    Args:
        dice: Random numbers.
        personas: How many.
        trials: Of each.
        rates: The mean chance, and that of the personas that behave otherwise in the second run.
        likeness: The correlation between two trials of one persona in one run.
        changed: The share of the personas that behave otherwise in the second run: their chance is drawn anew.
        read: What a conversation with such a chance gives, from 0 to 1.

    Returns:
        The pairs, and how many of them differ. The true difference is ``changed * (rates[1] - rates[0])``.
    """
    pairs, flips = [], 0
    for _ in range(personas):
        old = draw_chance(dice, rates[0], likeness)
        new = draw_chance(dice, rates[1], likeness) if dice.random() < changed else old
        gaps = [read(new) - read(old) for _ in range(trials)]
        flips += sum(gap != 0 for gap in gaps)
        pairs.append(PersonaPairs(trials, sum(gap for gap in gaps if gap > 0), sum(-gap for gap in gaps if gap < 0)))
    return pairs, flips


def draw_verdict(dice, truth, sensitivity, specificity):
    """What a judge says that errs so often."""
    return dice.random() < (sensitivity if truth else 1 - specificity)


def draw_judged(dice, counts, sensitivity, specificity, labels):
    """A run with the verdicts of a judge that errs, and the labels of people on some of its conversations.

    Half of the labels go to the verdicts in equal parts, half in proportion to how many conversations have it; within
    a verdict they are drawn by lot.

    Args:
        dice: Random numbers.
        counts: What is true, as of :func:`draw_run`.
        sensitivity: How often the judge is right on what came out well.
        specificity: How often on what did not.
        labels: How many there are.
    """
    rows = []
    for person, (hits, of) in enumerate(counts):
        for place in range(of):
            truth = place < hits
            is_yes = draw_verdict(dice, truth, sensitivity, specificity)
            rows.append((person, "yes" if is_yes else "no", int(truth)))
    places = {name: [at for at, row in enumerate(rows) if row[1] == name] for name in ("yes", "no")}
    labelled = set()
    for name, share in _share_out(labels, {name: len(found) for name, found in places.items()}).items():
        labelled.update(dice.sample(places[name], share))
    return [Judged(who, said, truth if at in labelled else None) for at, (who, said, truth) in enumerate(rows)]


def _share_out(labels, sizes):
    """How many labels each verdict gets; what one has no conversations for goes to the other."""
    half, whole = labels // 2, sum(sizes.values())
    yes = round(half / 2 + (labels - half) * sizes["yes"] / whole)
    yes = max(labels - sizes["no"], min(yes, sizes["yes"]))
    return {"yes": yes, "no": labels - yes}


def judge_counts(dice, counts, sensitivity, specificity):
    """How many conversations of each persona a judge calls achieved that errs so often."""
    return [
        (sum(draw_verdict(dice, place < hits, sensitivity, specificity) for place in range(of)), of)
        for hits, of in counts
    ]


def seed(*parts):
    """Random numbers that are the same for the same scenario, whichever runs before it."""
    return random.Random(repr(parts))
