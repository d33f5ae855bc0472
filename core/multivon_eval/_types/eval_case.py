"""A fixed case, and what came of it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any

import attrs

from .._set_module import set_module
from ..errors import UsageError
from .conversation import Conversation
from .json_value import freeze_mapping, freeze_values
from .message import Message
from .message_reading import read_messages
from .rendering import render_transcript
from .score import Score


def _read_messages(value: str | Iterable[Message | Mapping[str, Any]]) -> tuple[Message, ...]:
    if isinstance(value, str):
        return (Message("user", value),)
    return read_messages(value)


@set_module("multivon_eval")
@attrs.frozen
class EvalCase:
    """A fixed case: a conversation up to the user message that is to be answered.

    Attributes:
        messages: What was said so far; a string stands for one user message.
        name: For people.
        metadata: Anything else, JSON values.
    """

    messages: tuple[Message, ...] = attrs.field(converter=_read_messages)
    name: str = ""
    metadata: Mapping[str, Any] = attrs.field(factory=dict, converter=freeze_mapping)

    @messages.validator
    def _ends_with_the_user(self, _: object, value: tuple[Message, ...]) -> None:
        if not value or value[-1].role != "user":
            raise UsageError(f"case {self.name!r} does not end with a user message; add the one to be answered")

    def conversation_str(self) -> str:
        """Render the conversation as ``USER: ...`` and ``ASSISTANT: ...`` lines, as ``model_fn`` gets it."""
        return render_transcript(self.messages)


@set_module("multivon_eval")
@attrs.frozen
class CaseResult:
    """What came of a case.

    Attributes:
        case: The case.
        conversation: Its messages and the reply; without the reply where there was none.
        scores: One score for each evaluator, by name.
        error: Why there was no reply; empty where there was one.
        cost_usd: What its judge calls cost, in USD.
    """

    case: EvalCase
    conversation: Conversation
    scores: Mapping[str, Score] = attrs.field(converter=freeze_values)
    error: str = ""
    cost_usd: Decimal = Decimal(0)
