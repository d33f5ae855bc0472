"""A question that counts: of so many things of one kind in a conversation, which are not as they should be?"""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Any

import attrs

from .._set_module import set_module
from .._types.conversation import Conversation
from .._types.verdict import Evidence
from ..errors import UnreadableAnswer
from .answer_json import read_field, read_object
from .prompt import Prompt, Question
from .transcript import SYSTEM, check_quote, make_transcript_message
from .yes_no import EVIDENCE, read_quotes

QUESTION = """\
Question: {text}

Say in a sentence what you find{count}. "against": each that fails, with its turn and a quote of it, {most} at most. \
"unknown": how many you cannot tell."""

MOST = 12
"""How many things that are not as they should be are named."""


@set_module("multivon_eval.sdk")
@attrs.frozen
class Counted:
    """The answer to a question that counts.

    Attributes:
        of: How many things there are.
        against: Those that are not as they should be, each with its turn and a quote that stands in the transcript.
        unknown: How many cannot be told; one that is named without a quote that stands there is among them.
        reason: What was found.
    """

    of: int
    against: tuple[Evidence, ...]
    unknown: int
    reason: str

    @property
    def decided(self) -> int:
        """How many could be told."""
        return self.of - self.unknown

    @property
    def share(self) -> float | None:
        """The share that is as it should be, unknown counting as not; None where there is nothing."""
        return (self.decided - len(self.against)) / self.of if self.of else None


def count_question(conversation: Conversation, key: str, text: str, *, of: int | None = None) -> Question[Counted]:
    """Ask how many things of one kind are not as they should be, in one call with a bounded answer.

    Args:
        conversation: What it is about.
        key: A snake_case word for the question.
        text: The question as the judge reads it: what is counted, and when one fails.
        of: How many there are, where that is known; else the judge counts them.

    Returns:
        A question that reads a :class:`Counted`.
    """
    count = "" if of is not None else '. "of": how many there are'
    prompt = Prompt(
        system=SYSTEM,
        messages=(make_transcript_message(conversation, QUESTION.format(text=text, count=count, most=MOST)),),
        schema=_make_schema(of is None),
        schema_name="count",
        max_tokens=200 + 80 * MOST,
    )
    return Question(prompt, CountAsked(conversation, key, text, of))


@lru_cache(maxsize=2)
def _make_schema(counts: bool) -> Mapping[str, Any]:
    whole = {"type": "integer", "minimum": 0}
    properties = {"reason": {"type": "string"}, "of": whole, "against": EVIDENCE, "unknown": whole}
    if not counts:
        del properties["of"]
    return {
        "type": "object",
        "properties": properties,
        "required": list(properties),
        "additionalProperties": False,
    }


@set_module("multivon_eval.sdk")
@attrs.frozen
class CountAsked:
    """The count that is asked for.

    Attributes:
        conversation: What it is about.
        key: A word for the question.
        text: The question.
        of: How many things there are; None where the judge counts them.
    """

    conversation: Conversation
    key: str
    text: str
    of: int | None = None

    def read(self, text: str) -> Counted:
        """Read the count; what is named without a quote that stands in the transcript is unknown.

        Raises:
            UnreadableAnswer: If the text is no count, or one that does not add up.
        """
        answer = read_object(text, ("against", "unknown"))
        of = self.of if self.of is not None else read_field(answer, "of", int)
        unknown = read_field(answer, "unknown", int)
        named = dict.fromkeys(
            check_quote(self.conversation, turn, quote) for turn, quote in read_quotes(answer, "against")
        )
        if of < 0 or unknown < 0 or len(named) + unknown > of:
            raise UnreadableAnswer(f"{len(named)} against and {unknown} unknown of {of} do not add up", True)
        against = tuple(quote for quote in named if quote.found)
        unknown += len(named) - len(against)
        return Counted(of, against, unknown, read_field(answer, "reason", str))
