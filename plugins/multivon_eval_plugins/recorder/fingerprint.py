"""What a text is known by."""

from __future__ import annotations

import hashlib
import unicodedata

# What str.split takes for whitespace in ASCII.
_SPACES = bytes.maketrans(b"\t\n\v\f\r\x1c\x1d\x1e\x1f", b" " * 9)


def compute_fingerprints(text: str) -> tuple[str, str]:
    """Give the fingerprint of a text and its loose one.

    Returns:
        Two SHA-256 in hexadecimal, of the text in Unicode's normal form C (UAX #15), and of that with each run of
        whitespace as one space and none at the ends. Texts that differ in layout only share the second.
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", text)
    # A lone surrogate has no UTF-8; it may come from a file name, and must not cost the recording.
    data = text.encode("utf-8", "surrogatepass")
    return _sha256(data), _sha256(_collapse_spaces(text, data))


def _collapse_spaces(text: str, data: bytes) -> bytes:
    if not text.isascii():
        return " ".join(text.split()).encode("utf-8", "surrogatepass")
    # To make a string of each word would take longer than all the rest of a recording.
    data = data.translate(_SPACES)
    while b"  " in data:
        data = data.replace(b"  ", b" ")
    return data.strip(b" ")


def _sha256(data: bytes) -> str:
    return hashlib.sha256(data).hexdigest()
