"""The verdict by rule: yes where statements cover a criterion, no where words show that it failed, else unknown."""

from __future__ import annotations

import re
from typing import Any

from multivon_eval.sdk import Conversation

from ...refusal.rules import is_refusal
from .checks import RULES
from .consistency import SHARED, find_changed_figures
from .figures import find_figures, find_numbers
from .words import NEGATION, Statement, covered, list_content_words, list_statements

ENOUGH = 0.6
"""The share of a criterion's words that the statements of one reply must cover for a yes."""

GREETING = 4
"""Words of a reply that is a greeting or the like, and delivers nothing."""

# An indirect question is answered by words that do not stand in it.
_ASKS_OPENLY = re.compile(
    r"\b(?:why|whether|which|what(?!\s+time)|where|who|how(?!\s+(?:long|much|many|often|far|soon|late)))\b",
    re.IGNORECASE,
)
# What is told with a figure: "how long it takes", "by when", "the price".
_WANTS_FIGURE = re.compile(
    r"\bhow\s+(?:long|much|many|often|far|soon|late)\b|\bwhen\b(?!\s+the\s+(?:user|customer))|\bwhat\s+time\b"
    r"|\b(?:price|cost|fee|amount|deadline|date|number|rate|hours|duration|total|balance|percentage|sum)s?\b",
    re.IGNORECASE,
)
_SAYS = re.compile(
    r"\b(?:stat|sa[iy]|tell|told|explain|confirm|inform|mention|nam|describ|list|giv|gave|offer|provid|point|recommend|advis|"
    r"warn|suggest|clarif|answer|acknowledg|apologi[sz]|ask|show|quot|refer|promis)\w*",
    re.IGNORECASE,
)
# What somebody can or will do is not done, and what somebody will tell is not told.
_NOT_YET = re.compile(
    r"\b(?:i|we)(?:'ll|'d|\s+(?:will|can|could|would|may|might|am\s+going|are\s+going|need|have\s+to))\b|\b(?:if|once|before|"
    r"until|available|free|possible|please|should|let\s+me)\b",
    re.IGNORECASE,
)
_PROMISES = re.compile(
    r"\b(?:i|we)(?:'ll|\s+will|(?:'m|'re|\s+am|\s+are)\s+going\s+to)\b|\bwill\s+be\s+\w+ed\b|\byou(?:'ll|\s+will)\b|"
    r"\b(?:soon|shortly|right\s+away|in\s+a\s+moment|as\s+soon\s+as)\b",
    re.IGNORECASE,
)

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
    if asks := _ASKS_OPENLY.search(criterion):
        row = _make_row("unknown", f"words alone cannot show what the answer to {asks.group()!r} is")
        return _find_failure(conversation) or row
    relevant = _list_relevant(criterion, wanted, figures, said)
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


def _list_relevant(
    criterion: str, wanted: frozenset[str], figures: frozenset[str], said: list[Statement]
) -> list[Statement]:
    """The statements of the reply that covers most of a criterion: others may be about something else."""
    may_meet = [one for one in said if one.words & wanted or one.numbers & figures]
    may_meet = [one for one in may_meet if one.numbers or not _PROMISES.search(one.text)]
    if not _SAYS.search(criterion):
        may_meet = [one for one in may_meet if not _NOT_YET.search(one.text)]
    replies = [[one for one in may_meet if one.turn == turn] for turn in sorted({one.turn for one in may_meet})]
    if _WANTS_FIGURE.search(criterion):
        replies = [reply for reply in replies if any(find_figures(one.text) or one.numbers for one in reply)]
    for unit in ("weekday", "date"):  # numbers are compared without their unit below
        if wants := find_figures(criterion).get(unit):
            replies = [
                reply
                for reply in replies
                if any(wants & find_figures(one.text).get(unit, frozenset()) for one in reply)
            ]
    # The last of those that cover as much: it is what the assistant stands by.
    return max(reversed(replies), key=lambda reply: covered(wanted, reply), default=[])


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
    """What went wrong in a conversation that does not cover the criterion: asked for again, or always declined."""
    again = RULES["asks_again"](conversation)
    if again["answer"] == "yes":
        return {"reason": again["reason"], "evidence": again["evidence"], "turns": [], "met": "no"}
    replies = [(turn, message) for turn, message in conversation.numbered() if message.role == "assistant"]
    told = [message.content for _, message in replies if len(message.content.split()) > GREETING]
    if told and all(map(is_refusal, told)):
        turn, message = replies[-1]
        evidence = [{"turn": turn, "quote": message.content}]
        return {"reason": "every reply declines", "evidence": evidence, "turns": [], "met": "no"}
    return None


def _make_row(met: str, reason: str, quotes: list[Statement] | None = None) -> Row:
    evidence = [{"turn": one.turn, "quote": one.text} for one in quotes or []]
    return {"reason": reason, "evidence": evidence, "turns": [], "met": met}
