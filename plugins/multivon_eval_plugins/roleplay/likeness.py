"""How alike two texts are, by the runs of words that they share."""

from __future__ import annotations

import functools
import re

import attrs

NEAR = 0.75
"""From which share on two messages say the same in nearly the same words."""

SHARED = 3
SAME = 0.5
PART = 0.34
"""How many words of content two messages share that say the same in other words: of the later one, of the earlier."""

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


LOOKED_AT = 4000
"""How much of a message is searched for phrases, in characters."""

_BLANKS = re.compile(r"[^\S\n]+")


def flatten(text: str) -> str:
    """Take the beginning of a text with straight apostrophes, and one blank or one line break between its words."""
    lines = (_BLANKS.sub(" ", line).strip() for line in text[:LOOKED_AT].replace("’", "'").splitlines())
    return "\n".join(filter(None, lines))


_SENTENCE = re.compile(r"[^.!?\n]+[.!?]{0,3}")


def split_sentences(text: str) -> list[str]:
    """The sentences of a flattened text, each with its marks."""
    return [part.strip() for part in _SENTENCE.findall(flatten(text)) if part.strip()]


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
    figures = {word for word in distinct if not word.isalpha() and has_figure(word)}
    return Words(words, distinct, frozenset(figures))


_remembered = functools.lru_cache(maxsize=2048)(_split_words)


_NUMBERS = dict(
    zip(
        "one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
        "eighteen nineteen "
        "twenty".split(),
        map(str, range(1, 21)),
        strict=True,
    )
)
# Words without content of their own, in the languages of the chats; what is shorter than three letters is none either.
_EMPTY = _LITTLE | frozenset(
    """
    the and for are was has had not but you can did how who why all any our out its his her she him they get got let
    see say yes okay hey one two too now new way per via off yet
    der die das und ich ist den dem des ein eine einen einer wir sie ihr mir mich auf für mit von bei aus nach dass wie
    was auch noch nicht kein keine habe hat war wird bitte danke aber oder zur zum
    les des une est que qui pas pour dans avec sur vous nous mon mes mais bonjour merci sont cette
    los las una por para con que del mis hola gracias pero como esta este tengo
    nel nella dal dalla vostro vostra si gli che non per una del della con sono mio mia buongiorno grazie
    ciao come questo
    que não para uma com por meu minha olá obrigado mas como está
    het een van voor met dat niet maar ook mijn hallo dank heb wil
    """.split()
)
_STEM = 5
"""Letters by which words are compared, so that an ending makes no difference: cancel, cancelled."""


@functools.lru_cache(maxsize=2048)
def list_content(words: Words) -> frozenset[str]:
    """The words that carry content, cut to their first letters; numbers in figures, and figures as they are."""
    found = (_NUMBERS.get(word, word) for word in words.distinct if word not in _EMPTY or word in _NUMBERS)
    return frozenset(word if has_figure(word) else _stem(word) for word in found if _carries(word))


def _stem(word: str) -> str:
    for ending in ("ing", "ied", "ies", "ed", "es", "s", "e"):
        if word.endswith(ending) and len(word) - len(ending) >= 3:
            word = word[: -len(ending)]
            break
    return word[:_STEM]


def _carries(word: str) -> bool:
    return len(word) >= 3 or has_figure(word)


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


def shares_content(one: str, other: str) -> bool:
    """Whether two texts have a word of content in common."""
    return not list_content(list_words(one)).isdisjoint(list_content(list_words(other)))


def has_figure(word: str) -> bool:
    """Whether a digit stands in a word."""
    return any(map(str.isdigit, word))


def _drop_addresses(text: str) -> str:
    return " ".join(part for part in text.split() if "@" not in part and "/" not in part)


def paraphrases(one: str, other: str) -> bool:
    """Whether a message says in other words what another said, and little beside it.

    Args:
        one: A message.
        other: An earlier one of the same user.

    Returns:
        Whether at least :data:`SHARED` of its words of content stand in the other, :data:`SAME` of them all and
        :data:`PART` of the other's.
    """
    mine, yours = (list_content(list_words(_drop_addresses(text))) for text in (one, other))
    if any(map(has_figure, mine - yours)):
        return False  # another number is news
    shared = mine & yours
    # A number and an address are what one was asked for, however often.
    words = sum(word.isalpha() for word in shared)
    is_most = len(shared) >= SAME * len(mine) and len(shared) >= PART * len(yours)
    return len(shared) >= SHARED and words >= SHARED - 1 and is_most
