"""Whether the language of a text is one that the rules know."""

from __future__ import annotations

import re

from .languages import LANGUAGES

LEAST = 12
"""Words from which on a language can be told by its small words."""

SHARE = 0.15
"""The share of a text's words that are small words of its language; what has less of each is in none of them."""

_WORD = re.compile(r"[^\W\d_]+")
# What is written in other letters than Latin ones: from Greek on.
_OTHER = re.compile(r"[^\W\d_\u0000-\u036f\u1e00-\u1eff]")


def is_known_language(text: str) -> bool:
    """Whether a text is in a language of ``LANGUAGES``; one that is too short to tell counts as known.

    Args:
        text: What was said; one whose letters are mostly not Latin is in none of them.
    """
    words = _WORD.findall(text.lower())
    others = len(_OTHER.findall(text))
    if others >= LEAST and 2 * others >= sum(map(len, words)):
        return False
    if len(words) < LEAST:
        return True
    return any(sum(word in language.common for word in words) >= SHARE * len(words) for language in LANGUAGES)
