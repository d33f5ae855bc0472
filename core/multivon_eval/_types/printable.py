"""Text that somebody else wrote, made harmless for a screen."""

from __future__ import annotations

import re

# It must not move the cursor, change colours or the direction of writing, hide a line, or fail to be encoded.
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")


def make_printable(text: str) -> str:
    """Replace each control character, and each lone surrogate, with a replacement character; line feeds stay."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)


# In JSON they are escaped and nothing is lost; JSON itself escapes only those below the blank.
_HIDDEN_IN_JSON = re.compile("[\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069]")


def escape_controls(text: str) -> str:
    """Escape in JSON the control characters that JSON would let through: C1, line separators, directions of writing."""
    return _HIDDEN_IN_JSON.sub(lambda found: f"\\u{ord(found[0]):04x}", text)


def format_count(count: int, thing: str) -> str:
    """Say how many there are, in words for a person: ``1 persona``, ``2 personas``."""
    return f"{count} {thing}" if count == 1 else f"{count} {thing}s"


LABEL = 60
"""Characters of a name that are shown; a longer one would hide what stands beside it."""


def make_label(name: str) -> str:
    """Show a name that somebody else gave: on one line, and cut where it is long."""
    line = make_one_line(name)
    return line if len(line) <= LABEL else f"{line[: LABEL - 3]}..."


def make_one_line(text: str) -> str:
    """Do what :func:`make_printable` does, with one space for every run of white space, line feeds included."""
    return make_printable(" ".join(text.split()))
