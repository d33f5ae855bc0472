"""The verdict by rule: yes where statements cover a criterion, no where words show that it failed, else unknown."""

from __future__ import annotations

from typing import Any

from multivon_eval.sdk import Conversation

from ...refusal.rules import is_refusal
from .checks import RULES
from .consistency import SHARED, find_changed_figures
from .figures import find_figures, find_numbers
from .words import NEGATION, Statement, covered, list_content_words, list_statements

ENOUGH = 0.6
"""The share of a criterion's words that statements must cover for a yes."""

Row = dict[str, Any]


def answer_goal(conversation: Conversation) -> dict[str, Any]:
    """Answer the question for the verdict, in the words of its schema."""
    assert conversation.persona is not None, "a verdict needs a persona's criteria"
    said = list_statements(conversation)
    rows = [
        {"number": number, **_answer_criterion(text, said, conversation)}
        for number, text in enumerate(conversation.persona.criteria, 1)
    ]
    if len(rows) == 1:
        return {"criteria": rows, "claims": [], "reason": rows[0]["reason"]}
    reason = "; ".join(f"criterion {row['number']}: {row['reason']}" for row in rows)
    return {"criteria": rows, "claims": [], "reason": reason}


def _answer_criterion(criterion: str, said: list[Statement], conversation: Conversation) -> Row:
    wanted, figures = list_content_words(criterion), find_numbers(criterion)
    if NEGATION.search(criterion):
        return _make_row("unknown", "words alone cannot show that something was not done")
    if not wanted and not figures:
        return _make_row("unknown", "the criterion has no words to look for")
    if contradicted := _find_other_figure(criterion, wanted, said) or _find_changed_figure(wanted, conversation):
        return contradicted
    relevant = [one for one in said if one.words & wanted or one.numbers & figures]
    share = covered(wanted, relevant) if wanted else 1.0
    have = frozenset[str]().union(*(one.numbers for one in relevant))
    if relevant and share >= ENOUGH and figures <= have:
        best = sorted(relevant, key=lambda one: -len(one.words & wanted) - len(one.numbers & figures))[:2]
        return _make_row("yes", f"statements cover {share:.0%} of the criterion's words", best)
    if failed := _find_failure(conversation):
        return failed
    if not relevant:
        return _make_row("unknown", "no statement of the assistant has a word of the criterion")
    missing = sorted((wanted - frozenset[str]().union(*(one.words for one in relevant))) | (figures - have))
    return _make_row("unknown", f"statements cover {share:.0%} of the criterion's words, not: {', '.join(missing)}")


def _find_other_figure(criterion: str, wanted: frozenset[str], said: list[Statement]) -> Row | None:
    """A statement on what the criterion speaks of that gives another figure, where none gives the right one."""
    right = find_figures(criterion)
    for unit, values in right.items():
        told = [
            (one, find_figures(one.text).get(unit, frozenset())) for one in said if len(one.words & wanted) >= SHARED
        ]
        if told and not any(values & given for _, given in told):
            for one, given in told:
                if given:
                    what = f"{'/'.join(sorted(given))} {unit} instead of {'/'.join(sorted(values))}"
                    return _make_row("no", f"a statement says {what}", [one])
    return None


def _find_changed_figure(wanted: frozenset[str], conversation: Conversation) -> Row | None:
    for change in find_changed_figures(conversation):
        if change.is_sure and change.before.words & change.after.words & wanted:
            return _make_row("no", f"a figure changed: {change.what}", [change.before, change.after])
    return None


def _find_failure(conversation: Conversation) -> Row | None:
    """What went wrong in a conversation that does not cover the criterion: asked for again, or declined at the end."""
    again = RULES["asks_again"](conversation)
    if again["answer"] == "yes":
        return {"reason": again["reason"], "evidence": again["evidence"], "turns": [], "met": "no"}
    replies = [(turn, message) for turn, message in conversation.numbered() if message.role == "assistant"]
    if replies and is_refusal(replies[-1][1].content):
        turn, message = replies[-1]
        evidence = [{"turn": turn, "quote": message.content}]
        return {"reason": "the last reply declines", "evidence": evidence, "turns": [], "met": "no"}
    return None


def _make_row(met: str, reason: str, quotes: list[Statement] | None = None) -> Row:
    evidence = [{"turn": one.turn, "quote": one.text} for one in quotes or []]
    return {"reason": reason, "evidence": evidence, "turns": [], "met": met}
