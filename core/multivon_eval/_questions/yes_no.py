"""A handful of yes/no/unknown questions on one conversation, in one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, cast

import attrs

from .._set_module import set_module
from .._types.conversation import Conversation
from .._types.verdict import Evidence, YesNoUnknown
from ..errors import UnreadableAnswer
from .answer_json import read_field, read_object
from .prompt import Prompt, Question
from .transcript import SYSTEM, check_quote, make_transcript_message

QUESTION = """\
Question: answer each of these, one by one.

{questions}

For each: one sentence why, quotes where something shows it, then "yes", "no" or "unknown"."""

ANSWERS: Mapping[str, Any] = {"type": "string", "enum": ["yes", "no", "unknown"]}
EVIDENCE: Mapping[str, Any] = {
    "type": "array",
    "items": {
        "type": "object",
        "properties": {"turn": {"type": "integer"}, "quote": {"type": "string"}},
        "required": ["turn", "quote"],
        "additionalProperties": False,
    },
}


@set_module("multivon_eval.sdk")
@attrs.frozen
class YesNo:
    """One question.

    Attributes:
        key: A snake_case word for it, unique among those asked together.
        text: The question as the judge reads it.
        hoped: The answer of a good conversation.
    """

    key: str
    text: str
    hoped: YesNoUnknown = "yes"


@set_module("multivon_eval.sdk")
@attrs.frozen
class YesNoAnswer:
    """The answer to one question.

    Attributes:
        question: What was asked.
        answer: yes, no or unknown.
        reason: Why.
        evidence: Quotes, checked against the transcript.
    """

    question: YesNo
    answer: YesNoUnknown
    reason: str
    evidence: tuple[Evidence, ...] = ()

    @property
    def as_hoped(self) -> bool:
        """Whether it is the answer of a good conversation; unknown never is."""
        return self.answer == self.question.hoped


def yes_no_question(conversation: Conversation, questions: Sequence[YesNo]) -> Question[tuple[YesNoAnswer, ...]]:
    """Ask several questions on a conversation in one call.

    Args:
        conversation: What they are about.
        questions: At least one, with different keys.

    Returns:
        A question that reads one answer for each, in their order.
    """
    about = YesNoAsked(conversation, tuple(questions))
    listed = "\n".join(f"- {question.key}: {question.text}" for question in questions)
    prompt = Prompt(
        system=SYSTEM,
        messages=(make_transcript_message(conversation, QUESTION.format(questions=listed)),),
        schema=_make_schema(tuple(question.key for question in questions)),
        schema_name="answers",
        max_tokens=100 + 250 * len(questions),
    )
    return Question(prompt, about)


@lru_cache(maxsize=128)
def _make_schema(keys: tuple[str, ...]) -> Mapping[str, Any]:
    one = {
        "type": "object",
        "properties": {"reason": {"type": "string"}, "evidence": EVIDENCE, "answer": ANSWERS},
        "required": ["reason", "evidence", "answer"],
        "additionalProperties": False,
    }
    return {
        "type": "object",
        "properties": dict.fromkeys(keys, one),
        "required": list(keys),
        "additionalProperties": False,
    }


@set_module("multivon_eval.sdk")
@attrs.frozen
class YesNoAsked:
    """The answers that are asked for.

    Attributes:
        conversation: What they are about.
        questions: What is asked, at least one.
    """

    conversation: Conversation
    questions: tuple[YesNo, ...]

    def read(self, text: str) -> tuple[YesNoAnswer, ...]:
        """Read one answer for each question, in their order."""
        answer = read_object(text, [question.key for question in self.questions])
        return tuple(self._read_one(question, read_field(answer, question.key, dict)) for question in self.questions)

    def _read_one(self, question: YesNo, row: Mapping[str, Any]) -> YesNoAnswer:
        quotes = tuple(check_quote(self.conversation, turn, quote) for turn, quote in read_quotes(row))
        return YesNoAnswer(question, read_answer(row, "answer"), read_field(row, "reason", str), quotes)


def read_answer(row: Mapping[str, Any], name: str) -> YesNoUnknown:
    """Read yes, no or unknown."""
    value = read_field(row, name, str).strip().lower()
    if value not in ANSWERS["enum"]:
        raise UnreadableAnswer(f"{name!r} is {value[:40]!r}, not yes, no or unknown", True)
    return cast("YesNoUnknown", value)


def read_quotes(row: Mapping[str, Any], name: str = "evidence") -> list[tuple[int, str]]:
    """Read the quotes of a list with their turns."""
    quotes = []
    for item in read_field(row, name, list):
        if not isinstance(item, dict):
            raise UnreadableAnswer(f"an entry of {name!r} is no object", True)
        quotes.append((read_field(item, "turn", int), read_field(item, "quote", str)))
    return quotes
