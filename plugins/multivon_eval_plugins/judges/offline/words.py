"""Words, numbers and sentences, as far as rules need them."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable

import attrs

from multivon_eval.sdk import Conversation

from .figures import find_numbers

_WORD = re.compile(r"[^\W_]+(?:['’][^\W_]+)?")
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
NEGATION = re.compile(
    r"\b(?:no|not|never|none|nothing|cannot|unable|impossible|ineligible|unavailable|invalid|unfortunately)\b|n't\b",
    re.IGNORECASE,
)
# Words that carry no content of their own, and words about talking, which criteria and goals are full of.
_EMPTY = frozenset(
    """
    a about above after again all also am an and any are as at be because been before being below between both but
    by can could did do does doing done down during each else for from further get gets getting got had has have
    having he her here hers him his how i if in into is it its itself just let me more most my need needs no nor not
    of off on once only or other our ours out over own please same she should so some such than that the their
    theirs them then there these they this those through to too under until up upon very via want wants was we were
    what within without per when where which while who whom why will with would yes you your yours agent answer
    answered answers ask asked asking asks assistant bot chatbot clear clearly confirm confirmed confirms correct
    correctly customer describe described explain explained explains find finds gave give given gives hear inform
    informed know knows learn make makes mention mentioned mentions name named offer offered offers provide provided
    provides said say says see sees state stated states stating tell tells told understand user
    """.split()
)


def stem(word: str) -> str:
    """A word without the endings that change least of its meaning."""
    word = word.lower().replace("’", "'").removesuffix("'s")
    for ending in ("ing", "ied", "ies", "ed", "es", "s"):
        if word.endswith(ending) and len(word) - len(ending) >= 4:
            word = word[: -len(ending)]
            break
    return word.removesuffix("e") if len(word) > 4 else word


def list_content_words(text: str) -> frozenset[str]:
    """The words that carry content, as stems; numbers and negations not included."""
    words = (found.group().lower() for found in _WORD.finditer(text.replace("’", "'")))
    return frozenset(stem(word) for word in words if _has_content(word))


def _has_content(word: str) -> bool:
    return word not in _EMPTY and not NEGATION.search(word) and not any(letter.isdigit() for letter in word)


def split_sentences(text: str) -> list[str]:
    """The sentences and lines of a text."""
    return [part.strip() for part in _SENTENCE.split(text) if part.strip()]


def make_plain(text: str) -> str:
    """A text as it is compared: words only, lower case."""
    return " ".join(found.group().lower() for found in _WORD.finditer(text))


def measure_likeness(one: str, other: str) -> float:
    """How alike two texts are: the share of their pairs of neighbouring words that stand in both."""
    pairs, others = (set(itertools.pairwise(make_plain(text).split())) for text in (one, other))
    return len(pairs & others) / len(pairs | others) if pairs | others else float(make_plain(one) == make_plain(other))


def cut(text: str, most: int) -> str:
    """The first words of a text, at most so many, also where it is written without spaces."""
    words = text.split()
    return " ".join(words[:most])[: 12 * most].rstrip(" ,;:.") if len(words) > most or len(text) > 12 * most else text


@attrs.frozen
class Statement:
    """One sentence of the assistant.

    Attributes:
        turn: Where it stands.
        text: The sentence.
        words: Its content words.
        numbers: Its numbers.
    """

    turn: int
    text: str
    words: frozenset[str]
    numbers: frozenset[str]


def list_statements(conversation: Conversation, *, with_denials: bool = False) -> list[Statement]:
    """What the assistant stated: its sentences, less questions and, unless asked for, denials."""
    found = []
    for turn, message in conversation.numbered():
        if message.role != "assistant":
            continue
        for text in split_sentences(message.content):
            if text.endswith("?") or (not with_denials and NEGATION.search(text)):
                continue
            found.append(Statement(turn, text, list_content_words(text), find_numbers(text)))
    return found


def covered(wanted: frozenset[str], said: Iterable[Statement]) -> float:
    """The share of words that statements cover together; 0 where none are wanted."""
    have = frozenset[str]().union(*(statement.words for statement in said))
    return len(wanted & have) / len(wanted) if wanted else 0.0
