"""What is read from a provider's reply: the answer, and the tokens that it took."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

import attrs

from multivon_eval.sdk import JudgeUnavailable, Prompt, Usage

# No call has so many tokens: a usage that says so is none.
_MOST_TOKENS = 10**9


@attrs.frozen
class Reading:
    """What was read from a provider's reply.

    Attributes:
        text: The answer.
        usage: The tokens it took; None where the provider's figures are missing or cannot be.
        model: The model that the provider says it used.
        is_cut: Whether the answer ended at the limit of its tokens.
        thoughts: What the model thought aloud, where the provider gives it apart.
        has_thought: Whether it thought at all, as far as the provider tells.
    """

    text: str
    model: str
    usage: Usage | None = None
    is_cut: bool = False
    thoughts: str = ""
    has_thought: bool = False


def read_usage(
    asked: object, answered: object, cached: object = 0, written: object = 0, total: object = 0, thought: object = 0
) -> Usage | None:
    """Read a provider's figures in the dearest way that they allow; None where they are missing or cannot be.

    Args:
        asked: All prompt tokens, those of the cache included.
        answered: All completion tokens, thinking included.
        cached: Those read from the cache; None for none.
        written: Those written to it; None for none.
        total: Prompt and completion together; None where nobody says. Some count thinking there alone.
        thought: Tokens of thinking, which are part of the completion; None likewise.
    """
    counts = [_count(count or 0) for count in (asked, answered, cached, written, total, thought)]
    if None in counts or _count(answered) is None:
        return None
    prompt, answer, read, wrote, whole, thinking = (count or 0 for count in counts)
    if not prompt:
        return None  # no prompt has none: it is how some say that they did not count
    answer = max(answer, thinking, whole - prompt)
    if read + wrote > prompt:
        # Parts cannot be more than the whole: then nothing of it is cheaper.
        return Usage(max(prompt, read, wrote), answer)
    return Usage(prompt, answer, read, wrote)


def add_usage(*counts: object) -> int | None:
    """Add figures of a provider; None where one of them cannot be."""
    read = [_count(count) for count in counts]
    return None if None in read else sum(count or 0 for count in read)


def _count(value: object) -> int | None:
    if not isinstance(value, int) or isinstance(value, bool):
        return None
    return value if 0 <= value <= _MOST_TOKENS else None


def write_schema_note(prompt: Prompt) -> str:
    """The schema in words, for a model that does not get it as structured output."""
    return f"The JSON Schema of the answer:\n{json.dumps(prompt.schema, ensure_ascii=False)}"


def describe_missing_answer(data: Mapping[str, Any], what: str, said: Callable[[str], str]) -> JudgeUnavailable:
    """The error for a reply that is not what it should be: it is worth repeating, and may be charged."""
    shape = f"the error {data['error']}" if data.get("error") else ", ".join(sorted(map(str, data))) or "nothing"
    return JudgeUnavailable(f"the answer is no {what} (it has {said(shape)})", True)
