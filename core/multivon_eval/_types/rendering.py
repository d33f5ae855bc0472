"""A conversation as lines of text, as ``model_fn`` gets it."""

from __future__ import annotations

import re
from collections.abc import Iterable

from .message import Message

# Whatever str.splitlines and the readers of the world take for a line's end, then something that looks like the
# header of a turn.
_HEADER = re.compile(
    r"([\r\n\v\f\x1c-\x1e\x85\u2028\u2029])(?=[^\S\r\n\v\f\x1c-\x1e\x85\u2028\u2029]*+(?:user|assistant)\s*+:)",
    re.IGNORECASE,
)


def render_transcript(messages: Iterable[Message]) -> str:
    """Render messages as ``USER: ...`` and ``ASSISTANT: ...`` lines.

    A line inside a message that looks like such a header is indented, so nobody can forge a turn.

    Args:
        messages: In order.

    Returns:
        The lines, joined by line feeds; empty for no messages.
    """
    return "\n".join(f"{message.role.upper()}: {_indent(message.content)}" for message in messages)


def _indent(content: str) -> str:
    return _HEADER.sub(r"\1    ", content)
