"""The messages between the head of a run and its workers, as bytes."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

Message = dict[str, Any]

# Metadata may hold what JSON has no word for.
_write = json.JSONEncoder(default=str, separators=(",", ":")).encode


def pack(messages: Sequence[Message]) -> bytes:
    """Write messages; several in one go take less time on the way."""
    return _write(messages).encode("utf-8", "surrogatepass")


def unpack(data: bytes) -> list[Message]:
    """Read messages in their order."""
    found: list[Message] = json.loads(bytes(data).decode("utf-8", "surrogatepass"))
    return found
