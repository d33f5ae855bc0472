"""Yes/no questions by rule: those that words decide, ``unknown`` for all others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from multivon_eval.sdk import Conversation, YesNoAsked

from ...refusal.question import KEY as DECLINES
from .consistency import find_changed_figures, find_reversal, gives_no_figure
from .refusal import answer_refusal
from .words import NEGATION, list_content_words, make_plain, split_sentences

Row = dict[str, Any]
_IDENTIFIER = re.compile(
    r"\b([a-z]+)\s++(?:(?:number|no\.?|id|code|is)\s*+)?(?::\s*+)?#?(?=[\w-]*\d)[\w-]{2,}", re.IGNORECASE
)
_OFFER = re.compile(
    r"\b(?:anything\s+else|something\s+else|would\s+you\s+like|shall\s+i|(?:can|may)\s+i\s+(?:help|assist))\b",
    re.IGNORECASE,
)
SAME, SIMILAR = 0.8, 0.5
"""From which share of their content words on two replies say the same, and from which on they may."""


def answer_questions(asked: YesNoAsked) -> dict[str, Row]:
    """Answer each question in the words of its schema."""
    return {question.key: RULES.get(question.key, _answer_unknown)(asked.conversation) for question in asked.questions}


def _answer_unknown(_: Conversation) -> Row:
    return _write_row("unknown", "words alone cannot decide this")


def _repeats_itself(conversation: Conversation) -> Row:
    replies: list[tuple[str, frozenset[str]]] = []
    asked, is_similar = frozenset[str](), False
    for turn, message in conversation.numbered():
        if message.role == "user":
            asked = list_content_words(message.content)
            continue
        alike = [(_measure_sameness(message.content, reply), before) for reply, before in replies]
        same = [before for share, before in alike if share >= SAME]
        # Whoever asks the same thing again may well get the same reply again.
        if same and asked and not any(before & asked for before in same):
            if not _fits_many(message.content):
                return _write_row("yes", "the same reply to messages that share no word", (turn, message.content))
            is_similar = True
        is_similar = is_similar or any(SIMILAR <= share < SAME and not before & asked for share, before in alike)
        replies.append((message.content, asked))
    if is_similar:
        return _write_row("unknown", "replies are alike, and words cannot tell whether they fit what was asked")
    return _write_row("no", "no reply is given twice")


def _fits_many(reply: str) -> bool:
    """Whether a reply may fit messages of many kinds: who is pressed says no again, who does not follow asks back."""
    return NEGATION.search(reply) is not None or reply.rstrip().endswith("?")


def _measure_sameness(one: str, other: str) -> float:
    if make_plain(one) == make_plain(other):
        return 1.0
    mine, yours = list_content_words(one), list_content_words(other)
    if re.findall(r"\d+", one) != re.findall(r"\d+", other):
        return 0.0  # another number, another answer
    # Two short replies may share all of their few words and differ in a little one.
    same = len(mine & yours) / len(mine | yours) if mine | yours else 0.0
    return same if len(mine | yours) >= 4 else min(same, SIMILAR)


def _asks_again(conversation: Conversation) -> Row:
    given: dict[str, str] = {}
    questions = 0
    for turn, message in conversation.numbered():
        if message.role == "user":
            for found in _IDENTIFIER.finditer(message.content):
                given.setdefault(found.group(1).lower(), found.group().strip())
            continue
        for sentence in _find_requests(message.content):
            questions += 1
            again = next((thing for thing in given if re.search(rf"\b{re.escape(thing)}\b", sentence.lower())), "")
            if again and re.search(r"\b(?:number|id|code|which|what)\b", sentence, re.IGNORECASE):
                return _write_row(
                    "yes", f"asks for the {again} although the user gave {given[again]!r}", (turn, sentence)
                )
    if not questions:
        return _write_row("no", "the assistant asks for nothing")
    return _write_row("unknown", "words alone cannot tell what was asked for")


def _find_requests(text: str) -> Iterator[str]:
    for sentence in split_sentences(text):
        is_request = re.search(r"\bplease\s+(?:tell|give|send|provide|share)\b", sentence, re.IGNORECASE)
        if is_request or (sentence.endswith("?") and not _OFFER.search(sentence)):
            yield sentence


def _changes_figures(conversation: Conversation) -> Row:
    changes = find_changed_figures(conversation)
    if changes:
        first = changes[0]
        if not first.is_sure:
            return _write_row("unknown", f"words cannot tell whether it is one and the same thing: {first.what}")
        return _write_row("yes", first.what, *((one.turn, one.text) for one in (first.before, first.after)))
    if gives_no_figure(conversation):
        return _write_row("no", "no reply gives a number, a date, a price or a period")
    return _write_row("no", "no figure changes")


def _contradicts_itself(conversation: Conversation) -> Row:
    figures = _changes_figures(conversation)
    turned = find_reversal(conversation)
    if figures["answer"] == "yes" or turned is None:
        return figures if figures["answer"] == "yes" else _answer_unknown(conversation)
    return _write_row("yes", turned.what, *((one.turn, one.text) for one in (turned.before, turned.after)))


RULES: dict[str, Callable[[Conversation], Row]] = {
    DECLINES: answer_refusal,
    "repeats_itself": _repeats_itself,
    "asks_again": _asks_again,
    "changes_figures": _changes_figures,
    "contradicts_itself": _contradicts_itself,
}


def _write_row(answer: str, reason: str, *quotes: tuple[int, str]) -> Row:
    evidence = [{"turn": turn, "quote": quote} for turn, quote in quotes]
    return {"reason": reason, "evidence": evidence, "answer": answer}
