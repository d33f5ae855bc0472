"""What a system without a memory of its own needs to go on: its messages as it made them, its tool calls included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

Said = Sequence[dict[str, str]]


class History:
    """One conversation in the system's own words."""

    def __init__(self) -> None:
        self._said: list[dict[str, str]] = []
        self._kept: Any = None

    def find(self, messages: Said) -> tuple[Any, list[dict[str, str]]]:
        """Find how the conversation stands.

        Returns:
            What was kept, and the messages since; None and all messages where nothing was, or something else was said.
        """
        if self._kept is not None and list(messages[: len(self._said)]) == self._said:
            return self._kept, list(messages[len(self._said) :])
        return None, list(messages)

    def keep(self, messages: Said, reply: str, kept: Any) -> None:
        """Keep what the system made of the conversation that it has answered."""
        self._said, self._kept = [*messages, {"role": "assistant", "content": reply}], kept
