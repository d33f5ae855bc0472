"""What somebody says in a conversation, made harmless for a terminal."""

from __future__ import annotations

import re

# It must not move the cursor, change colours or the direction of writing, or hide a line.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def printable(text: str) -> str:
    """The text with a replacement character for each control; line feeds stay."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
