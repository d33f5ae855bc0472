"""The algorithm: one for all languages; what differs between them stands in ``languages.py``."""

from __future__ import annotations

import re

from .language import Language
from .languages import LANGUAGES

POSITION = 3
"""In which of its first sentences a reply that refuses does so; later ones only limit what was said before."""

LOOKED_AT = 4000
"""How much of a reply is looked at, in characters: one that goes on for longer has delivered something."""

# A sentence ends with a mark that no letter or figure follows at once: 18.30, v2.1 and example.com go on.
_SENTENCE = re.compile(r"[^.!?;\n]+(?:\.(?=\w)[^.!?;\n]*)*[.!?;\n]*")
_LETTER = re.compile(r"[^\W\d_]")
_BETWEEN_WORDS = re.compile(r"[^\w']+")
_PAIRED = re.compile(
    '"[^"]*"|\u201c[^\u201c\u201d]*+[\u201c\u201d]|\u201e[^\u201c-\u201e]*+[\u201c\u201d]|\u00ab[^\u00ab\u00bb]*+\u00bb'
)
# A single quote opens after a blank and closes before one, so that an apostrophe is none.
_SINGLE = re.compile(r"(?<!\S)'[^'\n]*(?:'\w[^'\n]*)*'(?!\w)")
# What delivers in any language: a figure, an address to turn to.
_CONCRETE = re.compile(r"[0-9@]|://|www\.")
_ENOUGH_WORDS = 4
_MARKS = frozenset().union(*(language.marks for language in LANGUAGES))


def is_refusal(reply: str) -> bool:
    """Decide whether a reply refuses, on the reply as a whole.

    It does if, in one of its first three sentences, the speaker says in the first person that it is unable or
    unwilling, if that is about the request (not about finding, seeing or understanding something, and not for
    want of something that the user has yet to say), and if nothing around it delivers: no figure, no thing done,
    no way that is shown, no question that goes on with the matter. An apology alone is no refusal, nor is a
    refusal that is only quoted, nor a rule that is only told.

    The languages are those of ``LANGUAGES``; in any other nothing is a refusal.

    Args:
        reply: What the assistant said.
    """
    text = _drop_quotes(reply[:LOOKED_AT].replace("\u2019", "'").replace("\u02bc", "'").lower())
    sentences = [found for found in _SENTENCE.findall(text) if _LETTER.search(found)]
    first = [(place, sentence, _split_words(sentence)) for place, sentence in enumerate(sentences[:POSITION])]
    # Looking for single words is quick, and most replies have none of them in any language.
    if all(_MARKS.isdisjoint(words) for _, _, words in first):
        return False
    for language in LANGUAGES:
        for place, sentence, words in first:
            if not language.marks.isdisjoint(words) and (parts := _find_rest(sentence, language)) is not None:
                return not _is_delivered(sentences[:place], parts, sentences[place + 1 :], language)
    return False


def _drop_quotes(text: str) -> str:
    """The text without what is quoted in it; one that is quoted whole is what is said."""
    without = _PAIRED.sub(" ", text)
    if " '" in without or without.startswith("'"):
        without = _SINGLE.sub(" ", without)
    return without if _LETTER.search(without) else text


def _split_words(text: str) -> list[str]:
    return _BETWEEN_WORDS.sub(" ", text).split()


def _find_rest(sentence: str, language: Language) -> list[str] | None:
    """The parts of a sentence after the one that declines (but, however); None where none does."""
    if _is_question(sentence):
        return None
    parts = language.turns.split(sentence)
    for index, part in enumerate(parts):
        if language.declines.search(part) and not language.aside.search(part):
            return parts[index + 1 :]
    return None


def _is_delivered(before: list[str], parts: list[str], after: list[str], language: Language) -> bool:
    """Whether anything around the words that decline brings the user on.

    Args:
        before: The sentences before. What they repeat of the request may hold figures.
        parts: The parts after in the same sentence, each after a word that turns it.
        after: The sentences after.
        language: The language.
    """
    if any(language.delivers.search(sentence) for sentence in before):
        return True
    if any(_is_delivering(part, language, turned=True) for part in parts):
        return True
    return any(
        _is_delivering(part, language, turned=index > 0, asks=_is_question(sentence))
        for sentence in after
        for index, part in enumerate(language.turns.split(sentence))
    )


def _is_question(sentence: str) -> bool:
    return sentence.rstrip().endswith("?")


def _is_delivering(part: str, language: Language, *, turned: bool, asks: bool = False) -> bool:
    if _CONCRETE.search(part):
        return True
    if not _LETTER.search(part) or language.fills.search(part):
        return False
    if asks or language.delivers.search(part):
        return True
    # What stands against a refusal in the same breath is what there is instead, unless it declines too.
    return turned and len(_split_words(part)) >= _ENOUGH_WORDS and not language.declines.search(part)
