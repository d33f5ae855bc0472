"""Conversations that differ from another one in a single place, and in no length."""

from __future__ import annotations

import attrs

from ..sdk import Conversation

_OTHER = str.maketrans("abcdefghijklmnopqrstuvwxyz0123456789", "bcdefghijklmnopqrstuvwxyza1234567890")


def swap_letters(about: Conversation) -> dict[str, Conversation]:
    """Make a conversation for each message, whose letters and digits are others there.

    Args:
        about: The conversation.

    Returns:
        By what differs, a conversation of the same persona, case and length.
    """
    made: dict[str, Conversation] = {}
    for place, message in enumerate(about.messages):
        other = attrs.evolve(message, content=message.content.translate(_OTHER))
        messages = (*about.messages[:place], other, *about.messages[place + 1 :])
        if messages != about.messages:
            made[f"message {place + 1} alone"] = attrs.evolve(about, messages=messages)
    return made
