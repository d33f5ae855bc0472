"""What is read of a log: calls of an assistant, and the conversations that they belong to."""

from __future__ import annotations

import attrs

from multivon_eval.sdk import Message

FORMATS = ("messages", "otel", "openinference", "phoenix", "langfuse", "results")
"""The forms that logs are read in."""


class LogProblem(Exception):
    """Something in a log cannot be read; the message says what, and what to do."""


@attrs.frozen
class Call:
    """What one record of a log holds of a conversation.

    Attributes:
        messages: What was said, instructions aside.
        where: The file and the line that it stands on.
        format: The form it was read in.
        session: The conversation's id, where the log has one.
        trace: The id of its trace, where it has one.
        at: When it was, as the log says it.
        is_piece: Whether it is one message of a conversation that is spread over several records.
        is_text: Whether it is only the text that went in and out, without roles.
    """

    messages: tuple[Message, ...]
    where: str
    format: str
    session: str = ""
    trace: str = ""
    at: str = ""
    is_piece: bool = False
    is_text: bool = False


@attrs.frozen
class Logged:
    """One conversation of a log.

    Attributes:
        messages: What was said.
        where: The file and line of the record that holds most of it.
        format: The form it was read in.
        id: The conversation's or the trace's id; empty where the log has none.
        calls: How many records of the log belong to it.
    """

    messages: tuple[Message, ...]
    where: str
    format: str
    id: str = ""
    calls: int = 1
