"""How alike two texts are, by the runs of words that they share."""

from __future__ import annotations

import re

NEAR = 0.75
"""From which share on two messages say the same in nearly the same words."""

FEWEST = 4
"""Messages with fewer words ("yes, please", "order 1234") may come again: they answer what was asked."""

# Words of more than three letters that can change without anything else being said.
_LITTLE = frozenset(
    "about again also been could does from have hello here just know like may might more much must need only please "
    "really should still than thank thanks that their them then there these they this those very want well were what "
    "when which will with would your".split()
)
_WORD = re.compile(r"[^\W_]+(?:'[^\W_]+)*")


def words_of(text: str) -> list[str]:
    """The words of a text, for comparing: case and punctuation aside."""
    return _WORD.findall(text.casefold().replace("’", "'"))


def runs(words: list[str], length: int) -> frozenset[tuple[str, ...]]:
    """The runs of so many neighbouring words, with a set's indifference to how often."""
    return frozenset(tuple(words[at : at + length]) for at in range(len(words) - length + 1))


def repeats(one: str, other: str) -> str:
    """Say how a message repeats another.

    Args:
        one: A message.
        other: An earlier one of the same user.

    Returns:
        "word for word"; "nearly word for word" from a Jaccard index of :data:`NEAR` over pairs of neighbouring
        words; or nothing. Messages that differ in a figure, or in which a word of content stands in another's
        place, are never near: "the price of the lamp" asks for something else than "the price of the sofa".

    Source: A. Z. Broder, "On the resemblance and containment of documents", SEQUENCES 1997, 21-29.
    """
    return repeats_words(words_of(one), words_of(other))


def repeats_words(mine: list[str], yours: list[str]) -> str:
    """Say how a message repeats another, as :func:`repeats` does, of texts whose words are at hand."""
    if len(mine) < FEWEST:
        return ""
    if mine == yours:
        return "word for word"
    here, there = set(mine), set(yours)
    if (_content(here - there) and _content(there - here)) or _figures(here) != _figures(there):
        return ""
    pairs, others = runs(mine, 2), runs(yours, 2)
    return "nearly word for word" if len(pairs & others) >= NEAR * len(pairs | others) else ""


def _figures(words: set[str]) -> set[str]:
    return {word for word in words if not word.isalpha() and any(letter.isdigit() for letter in word)}


def _content(words: set[str]) -> bool:
    return any(len(word) > 3 and word not in _LITTLE for word in words)
