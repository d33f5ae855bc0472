"""The question for the verdict: did the assistant meet the persona's success criteria?"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections.abc import Mapping
from typing import Any

import attrs

from .._set_module import set_module
from .._types.conversation import Conversation
from .._types.message import Message, ToolCall
from .._types.persona import Persona
from .._types.verdict import Claim, CriterionVerdict, Verdict, YesNoUnknown
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
- "yes" only if the assistant's own words or tool calls meet it, with a quote that shows it; the user saying so is no \
evidence. That something was not done has no quote: give the "turns" in which it could have been.
- "no" if the conversation shows that it is not met, or ended without it; quote what shows it, if anything does.
{claims}
Say first in a sentence why, then quote, then answer."""

BACKED = """\
- What the assistant says it has done counts only if a tool call shows it; quote under "claims" what none shows."""
UNBACKED = """\
- No tool is shown here: take the assistant's word for what it says it has done, and quote it under "claims"."""

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
                    "turns": {"type": "array", "items": {"type": "integer"}},
                    "met": ANSWERS,
                },
                "required": ["number", "reason", "evidence", "turns", "met"],
                "additionalProperties": False,
            },
        },
        "claims": EVIDENCE,
        "reason": {"type": "string"},
    },
    "required": ["criteria", "claims", "reason"],
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
    question = QUESTION.format(
        goal=about.persona.goal, criteria=criteria, claims=BACKED if conversation.has_tools else UNBACKED
    )
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


@functools.cache
def digest_goal_prompt() -> str:
    """Derive from the words in which a verdict is asked for what a calibration knows them by.

    Returns:
        16 hexadecimal digits of a SHA-256 of the prompts for two small conversations, one with a tool call.
    """
    asker, texts = Persona("p", "p", "p", ("c",)), []
    for calls in ((), (ToolCall("t"),)):
        said = (Message("user", "u"), Message("assistant", "a", tool_calls=calls))
        prompt = goal_question(Conversation(said, asker, fence="0")).prompt
        texts.append([prompt.system, *(message.text for message in prompt.messages), prompt.schema])
    return hashlib.sha256(json.dumps(texts, sort_keys=True).encode()).hexdigest()[:16]


@set_module("multivon_eval.sdk")
@attrs.frozen
class GoalAsked:
    """The verdict that is asked for.

    Attributes:
        conversation: What is judged; its persona has the criteria.
    """

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
        verdict = Verdict.over(criteria, read_field(answer, "reason", str))
        return attrs.evolve(verdict, claims=self._read_claims(answer))

    def _read_claims(self, answer: Mapping[str, Any]) -> tuple[Claim, ...]:
        """Read what was claimed without a tool call; an answer without the list claims nothing."""
        if "claims" not in answer:
            return ()
        backed = False if self.conversation.has_tools else None
        said = dict.fromkeys(
            check_quote(self.conversation, turn, quote) for turn, quote in read_quotes(answer, "claims")
        )
        return tuple(Claim(one.turn, one.quote, one.found, backed) for one in said)

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
        turns = self._read_turns(row) if may_be_absence(criterion) else ()
        if met == "yes" and not turns and not any(quote.found for quote in quotes):
            met = "unknown"
            reason = f"the judge said yes without a quote that stands in the transcript: {reason}"
        return CriterionVerdict(criterion, met, reason, quotes, turns=turns)

    def _read_turns(self, row: Mapping[str, Any]) -> tuple[int, ...]:
        """Read in which turns something could have been done; only those in which the assistant spoke."""
        spoke = {turn for turn, message in self.conversation.numbered() if message.role == "assistant"}
        given = row.get("turns") or ()
        return tuple(sorted({turn for turn in given if isinstance(turn, int) and turn in spoke}))


_ABSENCE = re.compile(
    r"\b(?:not|never|no|none|nothing|nobody|without|cannot|refus\w*|declin\w*|avoid\w*|withh\w*|kept|keeps|instead"
    r"|nicht|nie|niemals|kein\w*|ohne|weiger\w*|lehn\w*|pas|jamais|aucune?|sans|nunca|ning[uú]n\w*|sin|non|mai|nessun\w*"
    r"|senza|não|nenhum\w*|sem|niet|nooit|geen|zonder|weiger\w*)\b|n't\b",
    re.IGNORECASE,
)


def may_be_absence(criterion: str) -> bool:
    """Whether a criterion may want that something is not done; in another script than Latin it may."""
    letters = [letter for letter in criterion if letter.isalpha()]
    is_latin = 2 * sum(map(str.isascii, letters)) >= len(letters)
    return not is_latin or _ABSENCE.search(criterion.replace("\u2019", "'")) is not None
