"""Which conversations are asked about, and in which order.

The strata are the judge's verdicts, so that failures that are rare are among those asked about. Within a stratum every
conversation has the same chance, so the number of conversations over the number sampled is what each one stands for.
"""

from __future__ import annotations

import random
from collections.abc import Collection, Sequence, Set
from fractions import Fraction

import attrs

Key = tuple[str, str]
"""Which conversation: its ``case_uid`` and the digest of its transcript."""

STRATA = (True, False, None)
"""The judge's verdicts: achieved, not achieved, unknown."""
LEAST = 5
"""So many of each stratum are asked about, where there are so many and the number allows it."""
_FINE = 64
"""Bits of the random start; far more than any sample has places."""


@attrs.frozen
class Candidate:
    """A conversation that may be asked about.

    Attributes:
        key: Which it is.
        verdict: What the judge said of its goal.
        score: The mean of its scores; None where it has none.
    """

    key: Key
    verdict: bool | None
    score: float | None = None


def select_sample(candidates: Collection[Candidate], n: int, seed: int, labelled: Set[Key] = frozenset()) -> list[Key]:
    """Draw the conversations of which a person is asked.

    Args:
        candidates: All there are, each once; their order makes no difference.
        n: How many are wanted.
        seed: The same seed draws the same sample.
        labelled: Those that have a label. They count among the sample, also where a smaller sample of the same seed
            brought them about. As long as only conversations of the sample are added, the sample stays the same.

    Returns:
        As many as are wanted, or all that there are, in the order in which they are shown. It tells nothing of the
        verdict. All that are labelled are among them, also if they are more.
    """
    chance = random.Random(seed)
    ordered = sorted(candidates, key=lambda one: one.key)
    shown = chance.sample([one.key for one in ordered], len(ordered))
    strata = [_sort_by_score([one for one in ordered if one.verdict is verdict], chance) for verdict in STRATA]
    starts = [Fraction(chance.getrandbits(_FINE), 2**_FINE) for _ in STRATA]
    had = [sum(key in labelled for key in stratum) for stratum in strata]
    counts = allocate([len(stratum) for stratum in strata], n, had)
    places = {key: place for place, key in enumerate(shown)}
    taken: set[Key] = set()
    for stratum, count, start in zip(strata, counts, starts, strict=True):
        taken |= choose(sorted(stratum, key=places.__getitem__), stratum, count, start, labelled)
    return [key for key in shown if key in taken]


def allocate(sizes: Sequence[int], n: int, had: Sequence[int] = ()) -> list[int]:
    """Divide a number over strata: half of it in equal parts, half in proportion to their sizes.

    A stratum gets no more than it has, and as many as :data:`LEAST` where the number allows it; what that leaves or
    takes is made up for by the others, in equal parts.

    Args:
        sizes: How many there are in each stratum.
        n: The number.
        had: How many of each stratum are taken already; it gets no fewer.

    Returns:
        So many of each stratum; their sum is ``n``, or all there are, or all that are taken already if they are more.
    """
    had = had or [0] * len(sizes)
    filled, total = sum(size > 0 for size in sizes), sum(sizes)

    def weigh(stratum: int, index: int) -> tuple[int, int, int]:
        # Places have a fixed order: first those taken already, then the least of each, then who lacks most.
        if index < had[stratum]:
            return (0, index, stratum)
        if index < LEAST:
            return (1, index, stratum)
        share = n * (total + filled * sizes[stratum])  # in parts of 2 * filled * total
        return (2, index * 2 * filled * total - share, stratum)

    ranks = (weigh(stratum, index) for stratum, size in enumerate(sizes) for index in range(min(size, max(n, *had))))
    counts = [0] * len(sizes)
    for _, _, stratum in sorted(ranks)[: max(n, sum(had))]:
        counts[stratum] += 1
    return counts


def choose(shown: Sequence[Key], stratum: Sequence[Key], count: int, start: Fraction, labelled: Set[Key]) -> set[Key]:
    """Choose conversations of one stratum: those that are labelled, and the rest of a systematic sample.

    Over all starts every conversation has the same chance, also beside those that a smaller sample of the same start
    brought about: turning the circle by one place turns both samples by one place.

    Args:
        shown: The stratum, in an order that is random.
        stratum: The stratum, ordered by score.
        count: How many are wanted in all.
        start: From 0 to less than 1, the place on the circle where the sample begins.
        labelled: Those that are labelled, of whatever stratum.

    Returns:
        So many of them, or all that are labelled if they are more.
    """
    had = {key for key in stratum if key in labelled}
    if count <= len(had):
        return had
    drawn = {stratum[place] for place in put_evenly(len(stratum), count, start)} - had
    return had | set([key for key in shown if key in drawn][: count - len(had)])


def put_evenly(size: int, count: int, start: Fraction) -> list[int]:
    """Put marks at equal distances on a circle of places, the first at the start; gives the places that have a mark."""
    return [((int(start * size * count) + mark * size) // count) % size for mark in range(count)]


def _sort_by_score(stratum: list[Candidate], chance: random.Random) -> list[Key]:
    """Order a stratum by score, those without one last, ties at random."""
    mixed = chance.sample(stratum, len(stratum))
    return [one.key for one in sorted(mixed, key=lambda one: (one.score is None, one.score or 0.0))]
