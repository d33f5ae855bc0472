"""Counting by rule: what words show to be wrong is named, all else is unknown."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from multivon_eval.sdk import Conversation, CountAsked

from .checks import RULES, Row
from .words import list_statements, split_sentences


def answer_count(asked: CountAsked) -> dict[str, Any]:
    """Count in the words of the schema: words alone find faults, and clear nobody."""
    things, checks = _COUNTS.get(asked.key, (_count_none, ()))
    wrong = [row for key in checks if (row := RULES[key](asked.conversation))["answer"] == "yes"]
    # Two rules may find the same.
    against = list({quote["quote"]: quote for row in wrong for quote in row["evidence"][-1:]}.values())
    of = asked.of if asked.of is not None else max(things(asked.conversation), len(against))
    reason = "; ".join(dict.fromkeys(map(_describe, wrong))) or "words alone show nothing wrong, and cannot tell more"
    answer = {"reason": reason, "of": of, "against": against[:of], "unknown": of - len(against[:of])}
    if asked.of is not None:
        del answer["of"]
    return answer


def _describe(row: Row) -> str:
    return str(row["reason"])


def _count_none(_: Conversation) -> int:
    return 0


def _count_statements(conversation: Conversation) -> int:
    return len(list_statements(conversation))


def _count_sentences_of_the_user(conversation: Conversation) -> int:
    """What a user says and does not ask; each may hold a fact."""
    said = (text for message in conversation.said_by("user") for text in split_sentences(message.content))
    return sum(not text.endswith("?") for text in said)


def _count_messages_of_the_user(conversation: Conversation) -> int:
    return len(conversation.said_by("user"))


_COUNTS: dict[str, tuple[Callable[[Conversation], int], tuple[str, ...]]] = {
    "replies_that_miss": (_count_none, ("repeats_itself",)),
    "facts_not_kept": (_count_sentences_of_the_user, ("asks_again",)),
    "statements_not_kept": (_count_statements, ("changes_figures", "contradicts_itself")),
    "requests_left_open": (_count_messages_of_the_user, ()),
}
"""Of each question: what is counted, and which rules find what is wrong."""
