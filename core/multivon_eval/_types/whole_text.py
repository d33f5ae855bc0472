"""Text that any file can hold."""

from __future__ import annotations


def whole_text(text: str) -> str:
    """Return the text without lone surrogates, which no UTF-8 file can hold."""
    if text.isascii():
        return text
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
