"""JSON that stands between the two lines of a fence."""

from __future__ import annotations

import json
import re
from typing import Any

_as_json = json.JSONEncoder(ensure_ascii=False, default=str).encode
# Controls and line separators; the Default_Ignorable_Code_Points of Unicode 15 (soft hyphen, joiners, fillers,
# variation selectors, bidirectional and format controls, tags), which show nothing and can carry a text; surrogates,
# private use, and the angle brackets themselves.
_UNSAFE = re.compile(
    "[<>\x00-\x1f\x7f-\x9f\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ud800-\uf8ff\ufe00-\ufe0f\ufeff\uffa0\ufff0-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U0010ffff]"
)


def _escape(found: re.Match[str]) -> str:
    code = ord(found.group())
    if code > 0xFFFF:
        high, low = divmod(code - 0x10000, 0x400)
        return f"\\u{0xD800 + high:04x}\\u{0xDC00 + low:04x}"
    return f"\\u{code:04x}"


def safe_json(value: Any) -> str:
    """Give a value as one line of JSON that can neither end its line nor leave a fence.

    JSON keeps every line break and quote inside its string. The angle brackets of which fences are made are
    escaped too, and so are controls, separators that some readers take for line breaks, and the invisible
    format, filler, variation, private, surrogate and tag characters with which text is smuggled past a reader.
    """
    return _UNSAFE.sub(_escape, _as_json(value))
