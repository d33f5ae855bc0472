"""What the assistant's statements say of one thing: figures that change, and a yes that becomes a no."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Mapping

import attrs

from multivon_eval.sdk import Conversation

from .figures import find_figures, find_vague_words
from .words import NEGATION, Statement, list_content_words, list_statements

ALIKE = 0.8
"""The share of their content words that two statements have in common when they speak of one and the same thing."""

SHARED = 2
"""The fewest content words that make two statements with different figures speak of one and the same thing."""

# Where one of these stands two figures may both be right.
_OPEN = re.compile(
    r"\b(?:if|unless|except|when|otherwise|depend\w*|only|yet|anymore|any\s+more|until|usually|normally|typically|about|"
    r"around|roughly|at\s+least|at\s+most|up\s+to|less\s+than|more\s+than|over|under|some|many|most|but|however)\b",
    re.IGNORECASE,
)
_FOR = re.compile(r"\bfor\s+((?:[\w'-]+\s*){1,4})", re.IGNORECASE)
_CORRECTS = re.compile(
    r"\b(?:correct(?:ion|ing|ed)?|mistake\w*|mistaken|wrong|apologi\w+|sorry|misspoke|actually|earlier\s+i\s+said|"
    r"i\s+said\s+earlier|in\s+fact)\b",
    re.IGNORECASE,
)
# A figure that the user wanted changed is no other answer.
_WANTS_CHANGE = re.compile(
    r"\b(?:chang\w*|mov(?:e|ed|ing)|instead|rather|swap\w*|switch\w*|rebook\w*|postpon\w*|reschedul\w*|add(?:ed|ing)?|upgrad\w*|"
    r"downgrad\w*|increas\w*|rais\w*|lower\w*|reduc\w*|extend\w*|shorten\w*|cancel\w*|what\s+(?:if|about)|another|"
    r"different|other)\b",
    re.IGNORECASE,
)
_DENYING = re.compile(r"\b(?:im(?=possible)|in(?=eligible|valid)|un(?=able|available))", re.IGNORECASE)
_NEGATOR = re.compile(rf"{NEGATION.pattern}|\bwithout\b", re.IGNORECASE)


@attrs.frozen
class Change:
    """Two statements that do not agree.

    Attributes:
        what: How they differ.
        before: The earlier one.
        after: The later one.
        is_sure: Whether words show it: they speak of the same thing, without a condition, hedge or correction.
    """

    what: str
    before: Statement
    after: Statement
    is_sure: bool


def find_changed_figures(conversation: Conversation) -> list[Change]:
    """The figures that differ between statements of different turns, the sure ones first."""
    # What is denied is given by nobody: "not 14 days" agrees with 30 days.
    said = [one for one in list_statements(conversation, with_denials=True) if not NEGATION.search(one.text)]
    read = [(one, find_figures(one.text)) for one in said]
    asks = [
        number
        for number, message in conversation.numbered()
        if message.role == "user" and _WANTS_CHANGE.search(message.content)
    ]
    found: list[Change] = []
    for (before, had), (after, has) in itertools.combinations(read, 2):
        for unit in had if before.turn != after.turn else ():
            if unit in has and not had[unit] & has[unit]:
                may_change = any(number <= after.turn for number in asks)
                found += _change(unit, had[unit], has[unit], before, after, may_change)
        if before.turn != after.turn and _is_vague_of_the_same(before, had, after, has):
            found.append(Change(f"{before.text!r}, then {after.text!r}", before, after, False))
    return sorted(found, key=lambda change: not change.is_sure)


def _change(
    unit: str, had: frozenset[str], has: frozenset[str], before: Statement, after: Statement, may_change: bool
) -> Iterator[Change]:
    shared = (before.words & after.words) - list_content_words(f"{unit} {unit}s {' '.join(sorted(had | has))}")
    if shared:
        named = "" if unit in ("date", "weekday") else f" {unit}"
        one, other = ("/".join(sorted(values)) for values in (had, has))
        what = f"{one}{named}, then {other}{named}, of {' '.join(sorted(shared))}"
        yield Change(what, before, after, len(shared) >= SHARED and not may_change and _is_plain(before, after))


def _is_vague_of_the_same(
    before: Statement, had: Mapping[str, frozenset[str]], after: Statement, has: Mapping[str, frozenset[str]]
) -> bool:
    """Whether one of two statements on a thing tells a time or an amount in words that can't be compared: "a week"."""
    vague = [find_vague_words(one.text) for one, read in ((before, had), (after, has)) if not read]
    is_told = all(read or find_vague_words(one.text) for one, read in ((before, had), (after, has)))
    words = (before.words & after.words) - list_content_words(" ".join(part for parts in vague for part in parts))
    return any(vague) and is_told and bool(words) and before.words != after.words


def find_reversal(conversation: Conversation) -> Change | None:
    """The first pair of statements of different turns of which one denies what the other states."""
    read = [(one, _DENYING.sub("not ", one.text)) for one in list_statements(conversation, with_denials=True)]
    said = [(one, list_content_words(text), _is_denial(text)) for one, text in read]
    for (before, had, denied), (after, has, denies) in itertools.combinations(said, 2):
        is_same = len(had & has) >= max(SHARED, ALIKE * len(had | has)) and before.numbers == after.numbers
        if before.turn != after.turn and is_same and denied != denies and _is_plain(before, after):
            what = "states, then denies" if denies else "denies, then states"
            return Change(f"{what} {' '.join(sorted(had & has))}", before, after, True)
    return None


def gives_no_figure(conversation: Conversation) -> bool:
    """Whether no reply speaks of a number, a date, a price or a period in any way."""
    replies = [message.content for message in conversation.said_by("assistant")]
    return not any(re.search(r"\d", reply) or find_figures(reply) or find_vague_words(reply) for reply in replies)


def _is_denial(text: str) -> bool:
    """Whether an odd number of negations stands in a statement: "not possible without" denies nothing."""
    return len(_NEGATOR.findall(text)) % 2 == 1


def _is_plain(before: Statement, after: Statement) -> bool:
    if any(_OPEN.search(one.text) or _CORRECTS.search(one.text) for one in (before, after)):
        return False
    return all(
        list_content_words(match[1]) <= other.words
        for one, other in ((before, after), (after, before))
        for match in _FOR.finditer(one.text)
    )
