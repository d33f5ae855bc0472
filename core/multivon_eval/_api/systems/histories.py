"""What a system without a memory of its own needs to go on: its messages as it made them, its tool calls included."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from typing import Any

Said = Sequence[dict[str, str]]
_MOST = 1024
"""Conversations that are remembered; more than run at once, so that what ended is forgotten first."""


class Histories:
    """The systems' own words, by conversation."""

    def __init__(self) -> None:
        self._kept: OrderedDict[str, tuple[list[dict[str, str]], Any]] = OrderedDict()

    def find(self, conversation_id: str, messages: Said) -> tuple[Any, list[dict[str, str]]]:
        """Find how a conversation stands.

        Returns:
            What was kept, and the messages since; None and all messages where nothing was, or something else was said.
        """
        said, kept = self._kept.get(conversation_id, ([], None))
        if kept is not None and list(messages[: len(said)]) == said:
            return kept, list(messages[len(said) :])
        return None, list(messages)

    def keep(self, conversation_id: str, messages: Said, reply: str, kept: Any) -> None:
        """Keep what a system made of a conversation that it has answered."""
        self._kept[conversation_id] = ([*messages, {"role": "assistant", "content": reply}], kept)
        self._kept.move_to_end(conversation_id)
        while len(self._kept) > _MOST:
            self._kept.popitem(last=False)
