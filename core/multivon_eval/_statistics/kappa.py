"""Cohen's kappa with its interval."""

from __future__ import annotations

import math
from collections import defaultdict
from collections.abc import Hashable, Sequence

from .._types.interval import Interval
from .quantiles import find_t


def estimate_kappa(rows: Sequence[tuple[Hashable, str, str, float]]) -> Interval | None:
    """How judge and people agree beyond chance, where the labelled conversations stand for others.

    Args:
        rows: Of each labelled conversation its persona, what the judge says, what the person says, and how many
            conversations it stands for.

    Returns:
        None where both always say the same one word, for then chance would agree as well; or nothing is labelled.

    Source: J. L. Fleiss, J. Cohen and B. S. Everitt, "Large sample standard errors of kappa and weighted kappa",
    Psychological Bulletin 72 (1969), 323-327; here with the influence of each persona's conversations as one.
    """
    if not rows:
        return None
    total = math.fsum(weight for *_, weight in rows)
    judge, person = defaultdict[str, float](float), defaultdict[str, float](float)
    for _, said, true, weight in rows:
        judge[said] += weight / total
        person[true] += weight / total
    same = math.fsum(weight for _, said, true, weight in rows if said == true) / total
    chance = math.fsum(share * person[word] for word, share in judge.items())
    if chance >= 1 - 1e-12:
        return None
    kappa = (same - chance) / (1 - chance)
    influence = defaultdict[Hashable, float](float)
    for persona, said, true, weight in rows:
        pull = ((said == true) - same) / (1 - chance)
        pull -= (1 - same) / (1 - chance) ** 2 * (person[said] + judge[true] - 2 * chance)
        influence[persona] += weight / total * pull
    personas = len(influence)
    if personas < 2:
        return Interval(kappa, -1.0, 1.0)
    variance = personas / (personas - 1) * math.fsum(pull**2 for pull in influence.values())
    # Where all agree nothing varies in the sample; then one persona more would not agree, for all that is known.
    variance = max(variance, (1 / (personas + 1)) ** 2 if same >= 1 else 0.0)
    spread = find_t(personas - 1) * math.sqrt(variance)
    return Interval(kappa, max(-1.0, kappa - spread), min(1.0, kappa + spread))
