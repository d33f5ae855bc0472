"""Which conversations are labelled in the page: drawn as the command ``label`` draws them."""

from __future__ import annotations

from typing import Any

from ..labelling.sampling import Candidate, Key, select_sample
from .pile import Pile

_VERDICTS = {"yes": True, "no": False, "unknown": None}


def draw_sample(pile: Pile, n: int, seed: int) -> dict[str, Any]:
    """Draw the conversations of which a person is asked.

    Args:
        pile: All of them.
        n: How many are wanted.
        seed: The same seed draws the same sample, here and with ``label --seed``.

    Returns:
        The seed, and the places of the rows in the order in which they are shown.
    """
    places: dict[Key, int] = {}
    candidates = []
    for place, row in enumerate(pile.rows):
        key = (row.get("uid", ""), row["digest"])
        if row.get("may_label") and key not in places:
            places[key] = place
            candidates.append(Candidate(key, _VERDICTS[row["verdict"]], row.get("mean")))
    return {"seed": seed, "rows": [places[key] for key in select_sample(candidates, n, seed)]}
