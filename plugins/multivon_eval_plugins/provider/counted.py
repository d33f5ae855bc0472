"""Prompts that a provider has counted: what begins like one of them has no more tokens up to there.

A prompt is sent in parts: the instructions, then the messages. A driver's prompt is only ever appended to, and all
questions on one transcript begin with it. What is assumed is that tokens add up over parts: that a beginning alone has
no more tokens than a longer prompt that begins with it, and that parts side by side have no more than one after the
other, but for a few at each border. Vocabularies of byte pairs keep to it, because chat formats put marks of their own
between messages, and text is split at line feeds before pairs are merged.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import attrs

from multivon_eval.sdk import Prompt, whole_text

PER_PART = 16
"""Tokens that a chat format adds for each part at most, and that a border may cost."""
_MOST = 50_000
"""How many beginnings are remembered."""


def count_bytes(text: str) -> int:
    """How long a text is in UTF-8: at least as long as its tokens are many."""
    return len(text) if text.isascii() else len(whole_text(text).encode())


@attrs.define(eq=False)
class Counted:
    """The beginnings of prompts, with the tokens that a provider counted for a prompt that began so."""

    _known: dict[Any, int] = attrs.field(factory=dict)

    def bound(self, prompt: Prompt) -> int:
        """Bound the tokens of a prompt, its schema aside: those that were counted, and a byte for each of the rest."""
        beginnings = [(key, count_bytes(part) + PER_PART) for key, part in _list_beginnings(prompt)]
        rest, whole = 0, sum(size for _, size in beginnings)
        # From the end: the longest beginning that is known counts.
        for key, size in reversed(beginnings):
            if (counted := self._known.get(key)) is not None:
                return rest + min(counted, whole - rest)
            rest += size
        return whole

    def learn(self, prompt: Prompt, tokens: int) -> None:
        """Take in what a provider counted for a whole prompt, schema included."""
        for key, _ in _list_beginnings(prompt):
            known = self._known.pop(key, None)
            # The one used last is forgotten last.
            self._known[key] = tokens if known is None else min(known, tokens)
        while len(self._known) > _MOST:
            del self._known[next(iter(self._known))]


def _list_beginnings(prompt: Prompt) -> Iterator[tuple[Any, str]]:
    """Each beginning of a prompt that ends with a part, by a key, with that part."""
    key: Any = hash(("", prompt.system))
    yield key, prompt.system
    for message in prompt.messages:
        for part in message.parts:
            key = hash((key, message.role, part))
            yield key, part
