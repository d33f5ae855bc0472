"""A wish in few words: small words go first, then what a preposition adds, so that no sentence breaks off."""

from __future__ import annotations

import re

from .words import cut

_LEARN = re.compile(r"^(?:find out|learn about|learn|get to know|be told)\b", re.IGNORECASE)
_SMALL = (
    frozenset({"the", "a", "an", "my", "your", "our", "their", "this", "that", "these", "those"}),
    frozenset({"can", "could", "may", "might", "will", "would", "is", "are", "was", "were", "be", "been", "it"}),
)
"""What somebody in a hurry leaves out, in this order; each is left out everywhere or nowhere."""
_ADDS = frozenset(
    {"about", "after", "at", "because", "before", "by", "during", "for", "from", "in", "of", "on", "since", "so"}
    | {"until", "when", "while", "with", "within", "without", "and", "or", "but"}
)
"""Words that begin something which may be left out."""
_LEAST = 3
"""Words of a wish that stay, whatever else is left out."""


def shorten(wish: str, most: int) -> str:
    """Say a wish in at most so many words; cut in the middle only where nothing else makes it short enough."""
    words = wish.split()
    if len(words) > most:
        words = _LEARN.sub("know", wish).split()
    for small in _SMALL:
        if len(words) > most:
            words = [word for word in words if word.lower() not in small]
    if len(words) > most:
        ends = [place for place in range(_LEAST, most + 1) if words[place].lower() in _ADDS]
        words = words[: ends[-1]] if ends else words
    return cut(" ".join(words), most)
