"""Yes/no questions by rule: those that words decide, ``unknown`` for all others."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

from multivon_eval.sdk import Conversation, YesNoAsked

from .words import NUMBER, Statement, content_words, plain, sentences, statements

Row = dict[str, Any]
_UNIT = re.compile(NUMBER.pattern + r"[\s-]*([a-z]+)", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\b([a-z]+)\s+(?:number|no\.?|id|code|is)?\s*:?\s*#?(?=[\w-]*\d)[\w-]{2,}", re.IGNORECASE)


def answer_questions(asked: YesNoAsked) -> dict[str, Row]:
    """Answer each question in the words of its schema."""
    return {question.key: _RULES.get(question.key, _no_rule)(asked.conversation) for question in asked.questions}


def _no_rule(_: Conversation) -> Row:
    return _row("unknown", "words alone cannot decide this")


def _repeats_itself(conversation: Conversation) -> Row:
    # Whoever asks the same thing again may well get the same reply again.
    seen: dict[str, frozenset[str]] = {}
    asked = frozenset[str]()
    for turn, message in conversation.numbered():
        said = plain(message.content)
        if message.role == "user":
            asked = content_words(message.content)
        elif said in seen and asked and not seen[said] & asked:
            return _row("yes", "the same reply to messages that share no word", (turn, message.content))
        else:
            seen.setdefault(said, asked)
    return _row("no", "no reply is given twice")


def _asks_again(conversation: Conversation) -> Row:
    given: dict[str, str] = {}
    questions = 0
    for turn, message in conversation.numbered():
        if message.role == "user":
            for found in _IDENTIFIER.finditer(message.content):
                given.setdefault(found.group(1).lower(), found.group().strip())
            continue
        for sentence in _requests(message.content):
            questions += 1
            again = next((thing for thing in given if re.search(rf"\b{re.escape(thing)}\b", sentence.lower())), "")
            if again and re.search(r"\b(?:number|id|code|which|what)\b", sentence, re.IGNORECASE):
                return _row("yes", f"asks for the {again} although the user gave {given[again]!r}", (turn, sentence))
    if not questions:
        return _row("no", "the assistant asks for nothing")
    return _row("unknown", "words alone cannot tell what was asked for")


def _requests(text: str) -> Iterator[str]:
    for sentence in sentences(text):
        if sentence.endswith("?") or re.search(
            r"\bplease\s+(?:tell|give|send|provide|share)\b", sentence, re.IGNORECASE
        ):
            yield sentence


def _uses_what_was_given(conversation: Conversation) -> Row:
    given = {
        found.group().split()[-1].strip("#:.")
        for message in conversation.said_by("user")
        for found in _IDENTIFIER.finditer(message.content)
    }
    if not given:
        return _row("unknown", "the user gave nothing that words could follow")
    for turn, message in conversation.numbered():
        for sentence in sentences(message.content) if message.role == "assistant" else ():
            if any(item in sentence for item in given):
                return _row("yes", "the assistant takes up what the user gave", (turn, sentence))
    return _row("unknown", "the assistant never says what the user gave")


def _changes_figures(conversation: Conversation) -> Row:
    seen: list[tuple[str, str, Statement]] = []
    for statement in statements(conversation, with_denials=True):
        for figure, unit in _figures(statement.text):
            for other, earlier in ((number, where) for number, of, where in seen if of == unit):
                shared = (statement.words & earlier.words) - content_words(unit)
                if other != figure and len(shared) >= 2 and earlier.turn != statement.turn:
                    return _row(
                        "yes",
                        f"{other} {unit}, then {figure} {unit}, of {' '.join(sorted(shared))}",
                        (earlier.turn, earlier.text),
                        (statement.turn, statement.text),
                    )
            seen.append((figure, unit, statement))
    if not seen:
        return _row("unknown", "no reply gives a figure")
    return _row("no", "no figure changes")


def _figures(text: str) -> Iterator[tuple[str, str]]:
    for found in _UNIT.finditer(text):
        number = NUMBER.search(found.group())
        assert number is not None, "the unit's pattern begins with a number"
        yield number.group(), found.group(1).lower().rstrip("s")


def _contradicts_itself(conversation: Conversation) -> Row:
    figures = _changes_figures(conversation)
    return figures if figures["answer"] == "yes" else _no_rule(conversation)


_RULES: dict[str, Callable[[Conversation], Row]] = {
    "repeats_itself": _repeats_itself,
    "asks_again": _asks_again,
    "uses_what_was_given": _uses_what_was_given,
    "changes_figures": _changes_figures,
    "contradicts_itself": _contradicts_itself,
}


def _row(answer: str, reason: str, *quotes: tuple[int, str]) -> Row:
    evidence = [{"turn": turn, "quote": quote} for turn, quote in quotes]
    return {"reason": reason, "evidence": evidence, "answer": answer}
