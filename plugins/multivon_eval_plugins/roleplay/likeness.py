"""How alike two texts are, by the runs of words that they share."""

from __future__ import annotations

import functools
import re

import attrs

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


SHORT = 1000
"""Up to how many characters the words of a text are remembered: a user message is looked at again in every turn."""


@attrs.frozen(eq=False)
class Words:
    """The words of a text, for comparing: case and punctuation aside.

    Attributes:
        all: In their order.
        distinct: Each once.
        figures: Those with a digit in them.
    """

    all: tuple[str, ...]
    distinct: frozenset[str]
    figures: frozenset[str]


def list_words(text: str) -> Words:
    """Take a text apart."""
    return _remembered(text) if len(text) <= SHORT else _split_words(text)


def _split_words(text: str) -> Words:
    words = tuple(_WORD.findall(text.casefold().replace("’", "'")))
    distinct = frozenset(words)
    figures = {word for word in distinct if not word.isalpha() and any(letter.isdigit() for letter in word)}
    return Words(words, distinct, frozenset(figures))


_remembered = functools.lru_cache(maxsize=4096)(_split_words)


def runs(words: tuple[str, ...], length: int) -> frozenset[tuple[str, ...]]:
    """The runs of so many neighbouring words, with a set's indifference to how often."""
    return frozenset(words[at : at + length] for at in range(len(words) - length + 1))


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
    mine, yours = list_words(one), list_words(other)
    if len(mine.all) < FEWEST or mine.figures != yours.figures:
        return ""
    if mine.all == yours.all:
        return "word for word"
    if _has_content(mine.distinct - yours.distinct) and _has_content(yours.distinct - mine.distinct):
        return ""
    pairs, others = runs(mine.all, 2), runs(yours.all, 2)
    return "nearly word for word" if len(pairs & others) >= NEAR * len(pairs | others) else ""


def _has_content(words: frozenset[str]) -> bool:
    return any(len(word) > 3 and word not in _LITTLE for word in words)
