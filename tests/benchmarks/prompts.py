"""How much prompt a conversation takes, and what of it a provider's prefix cache makes cheaper."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

LEAST = 1024
"""Tokens from which on a beginning is cached."""
READ, WRITTEN = 0.1, 1.25
"""What a token costs that is read from the cache, and one that is written to it where that is charged for."""
LETTERS = 4
"""Of a token."""


def tell_prompts(bodies: Mapping[str, Path]) -> None:
    """Print calls, characters and effective tokens of one conversation, for each way to judge it.

    Args:
        bodies: The file of the request bodies, in the order in which they were sent, by way. Each request can be
            cached for the next: the first question on a transcript is answered before the others are sent.
    """
    print(f"{'':<24}{'calls':>6}{'characters':>12}{'tokens':>9}{'effective, read':>17}{'effective, written':>20}")
    for way, path in bodies.items():
        rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        size = sum(len(get_text(row)) for row in rows)
        print(
            f"{way:<24}{len(rows):>6}{size:>12}{size / LETTERS:>9.0f}"
            f"{count_read(rows):>17.0f}{count_written(rows):>20.0f}"
        )
    print(f"read: a beginning of {LEAST} tokens that an earlier request had costs {READ} of the price, writing nothing")
    print(f"written: marked for a cache whose writing costs {WRITTEN}; what is judged once is not marked")


def get_text(body: Mapping[str, Any]) -> str:
    """The prompt of a request as one text."""
    return "\n".join(message["content"] for message in body["messages"])


def count_read(rows: list[dict[str, Any]]) -> float:
    """Effective prompt tokens where a cache finds beginnings by itself."""
    total, seen = 0.0, list[str]()
    for text in map(get_text, rows):
        shared = max((measure_shared(text, other) for other in seen), default=0) // LETTERS
        cached = shared if shared >= LEAST else 0
        total += len(text) / LETTERS - (1 - READ) * cached
        seen.append(text)
    return total


def count_written(rows: list[dict[str, Any]]) -> float:
    """Effective prompt tokens where what is to be cached is marked, and paid for when it is written."""
    total, written = 0.0, 0.0
    for row in rows:
        tokens = len(get_text(row)) / LETTERS
        if len(row["messages"]) <= 2 or tokens < LEAST:  # nobody will read it, or it is too short
            total += tokens
            continue
        total += READ * written + WRITTEN * (tokens - written)
        written = tokens
    return total


def measure_shared(one: str, other: str) -> int:
    """Characters of the beginning that two texts share."""
    pairs = enumerate(zip(one, other, strict=False))
    return next((place for place, (left, right) in pairs if left != right), min(len(one), len(other)))
