"""What a judge gave, held against what an answer is."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import attrs

from .._plugins.isolation import format_value
from .._types.answer import Answer, Usage
from ..errors import JudgeError


def check_answer(answer: object, role: str) -> Answer:
    """Check that a judge gave an answer of which each field is what it should be.

    Args:
        answer: What it gave.
        role: As what it was asked, for the message.

    Raises:
        JudgeError: If it did not; the call may have been charged.
    """
    if not isinstance(answer, Answer):
        raise JudgeError(f"the {role} gave {format_value(answer)}, which is no Answer", True)
    if problem := next(_list_problems(answer), ""):
        raise JudgeError(f"the {role} gave an Answer whose {problem}", True)
    return answer


def _list_problems(answer: Answer) -> Iterator[str]:
    if not isinstance(answer.text, str):
        yield f"text is {format_value(answer.text)}; give a string"
    if not isinstance(answer.usage, Usage):
        yield f"usage is {format_value(answer.usage)}; give a Usage"
    else:
        for name, count in attrs.asdict(answer.usage).items():
            if type(count) is not int or count < 0:
                yield f"usage has {name} {format_value(count)}; give a whole number, 0 or more"
    if not isinstance(answer.cost_usd, Decimal) or not answer.cost_usd.is_finite() or answer.cost_usd < 0:
        yield f"cost_usd is {format_value(answer.cost_usd)}; give USD as a Decimal, 0 or more"
    if not isinstance(answer.model, str):
        yield f"model is {format_value(answer.model)}; give a string"
    if answer.temperature is not None and not _is_number(answer.temperature):
        yield f"temperature is {format_value(answer.temperature)}; give a number, or None"
    if not isinstance(answer.notes, tuple) or not all(isinstance(note, str) for note in answer.notes):
        yield f"notes are {format_value(answer.notes)}; give a tuple of strings"


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
