"""The question for the verdict: did the assistant meet the persona's success criteria?"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import attrs

from .._set_module import set_module
from .._types.conversation import Conversation
from .._types.persona import Persona
from .._types.verdict import CriterionVerdict, Verdict, YesNoUnknown
from ..errors import UnreadableAnswer
from .answer_json import read_field, read_object
from .prompt import Prompt, Question
from .transcript import SYSTEM, check_quote, make_transcript_message
from .yes_no import ANSWERS, EVIDENCE, read_answer, read_quotes

QUESTION = """\
Question: did the assistant meet the success criteria of this user?

The user's goal: {goal}

The success criteria, judged one by one:
{criteria}

For each criterion:
- "yes" only if the assistant's own words or tool calls in the transcript meet it, with at least one quote that \
shows it. The user saying so is no evidence.
- "no" if the conversation shows that it is not met, or ended without it; quote what shows it where there is \
something to quote.
Say first in one or two sentences why, then quote, then answer."""

SCHEMA: Mapping[str, Any] = {
    "type": "object",
    "properties": {
        "criteria": {
            "type": "array",
            "items": {
                "type": "object",
                "properties": {
                    "number": {"type": "integer"},
                    "reason": {"type": "string"},
                    "evidence": EVIDENCE,
                    "met": ANSWERS,
                },
                "required": ["number", "reason", "evidence", "met"],
                "additionalProperties": False,
            },
        },
        "reason": {"type": "string"},
    },
    "required": ["criteria", "reason"],
    "additionalProperties": False,
}


def goal_question(
    conversation: Conversation, *, temperature: float = 0.0, is_repeated: bool = False
) -> Question[Verdict]:
    """Ask for the verdict on a conversation that has a persona.

    Args:
        conversation: What was said.
        temperature: 0 to ask once; more to ask several times, for at 0 several votes are one.
        is_repeated: Whether it is asked several times.
    """
    about = GoalAsked(conversation)
    criteria = "\n".join(f"{number}. {text}" for number, text in enumerate(about.persona.criteria, 1))
    question = QUESTION.format(goal=about.persona.goal, criteria=criteria)
    prompt = Prompt(
        system=SYSTEM,
        messages=(make_transcript_message(conversation, question),),
        schema=SCHEMA,
        schema_name="verdict",
        max_tokens=400 + 400 * len(about.persona.criteria),
        temperature=temperature,
        is_repeated=is_repeated,
    )
    return Question(prompt, about)


@set_module("multivon_eval.sdk")
@attrs.frozen
class GoalAsked:
    """The verdict that is asked for."""

    conversation: Conversation

    @property
    def persona(self) -> Persona:
        """Whose criteria they are."""
        assert self.conversation.persona is not None, "a verdict needs a persona's criteria"
        return self.conversation.persona

    def read(self, text: str) -> Verdict:
        """Read the verdict; quotes are checked, and a yes without a valid one becomes unknown."""
        answer = read_object(text, ("criteria",))
        rows = self._read_rows(answer)
        missing = [number for number in range(1, len(self.persona.criteria) + 1) if number not in rows]
        if missing:
            raise UnreadableAnswer(f"no answer on criterion {missing[0]}", True)
        criteria = tuple(
            self._read_criterion(text, rows[number]) for number, text in enumerate(self.persona.criteria, 1)
        )
        return Verdict.over(criteria, read_field(answer, "reason", str))

    def _read_rows(self, answer: Mapping[str, Any]) -> dict[int, Mapping[str, Any]]:
        rows: dict[int, Mapping[str, Any]] = {}
        for row in read_field(answer, "criteria", list):
            if not isinstance(row, dict):
                raise UnreadableAnswer("an entry of 'criteria' is no object", True)
            number = read_field(row, "number", int)
            if number in rows:
                raise UnreadableAnswer(f"criterion {number} is answered twice", True)
            rows[number] = row
        return rows

    def _read_criterion(self, criterion: str, row: Mapping[str, Any]) -> CriterionVerdict:
        met: YesNoUnknown = read_answer(row, "met")
        reason = read_field(row, "reason", str)
        quotes = tuple(check_quote(self.conversation, turn, quote) for turn, quote in read_quotes(row))
        if met == "yes" and not any(quote.found for quote in quotes):
            met = "unknown"
            reason = f"the judge said yes without a quote that stands in the transcript: {reason}"
        return CriterionVerdict(criterion, met, reason, quotes)
