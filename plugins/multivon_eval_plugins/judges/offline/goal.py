"""The verdict by rule: which of a criterion's words and numbers do the assistant's statements cover?"""

from __future__ import annotations

from typing import Any

from multivon_eval.sdk import Conversation

from .figures import find_numbers
from .words import NEGATION, Statement, covered, list_content_words, list_statements

ENOUGH = 0.6
"""The share of a criterion's words that statements must cover for a yes."""


def answer_goal(conversation: Conversation) -> dict[str, Any]:
    """Answer the question for the verdict, in the words of its schema."""
    assert conversation.persona is not None, "a verdict needs a persona's criteria"
    said = list_statements(conversation)
    rows = [
        {"number": number, **_answer_criterion(text, said)}
        for number, text in enumerate(conversation.persona.criteria, 1)
    ]
    if len(rows) == 1:
        return {"criteria": rows, "reason": rows[0]["reason"]}
    return {"criteria": rows, "reason": "; ".join(f"criterion {row['number']}: {row['reason']}" for row in rows)}


def _answer_criterion(criterion: str, said: list[Statement]) -> dict[str, Any]:
    wanted, figures = list_content_words(criterion), find_numbers(criterion)
    if NEGATION.search(criterion):
        return _make_row("unknown", "words alone cannot show that something was not done")
    if not wanted and not figures:
        return _make_row("unknown", "the criterion has no words to look for")
    relevant = [one for one in said if one.words & wanted or one.numbers & figures]
    if not relevant:
        return _make_row("no", "no statement of the assistant has a word of the criterion")
    share = covered(wanted, relevant) if wanted else 1.0
    have = frozenset[str]().union(*(one.numbers for one in relevant))
    if share >= ENOUGH and figures <= have:
        best = sorted(relevant, key=lambda one: -len(one.words & wanted) - len(one.numbers & figures))[:2]
        return _make_row("yes", f"statements cover {share:.0%} of the criterion's words", best)
    missing = sorted((wanted - frozenset[str]().union(*(one.words for one in relevant))) | (figures - have))
    return _make_row("unknown", f"statements cover {share:.0%} of the criterion's words, not: {', '.join(missing)}")


def _make_row(met: str, reason: str, quotes: list[Statement] | None = None) -> dict[str, Any]:
    evidence = [{"turn": one.turn, "quote": one.text} for one in quotes or []]
    return {"reason": reason, "evidence": evidence, "met": met}
