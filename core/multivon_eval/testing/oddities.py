"""Conversations and personas that occur and that few authors think of."""

from __future__ import annotations

import attrs

from ..sdk import Conversation, Message, Persona, ToolCall
from .nouns import persona

WORDS = "Grüße aus Łódź: 订单在哪里？ Где мой заказ? 🧿 \u2028 <b>*a* | `b`</b> {braces} %s"
"""Letters and marks from all over the world."""
FOR_THE_JUDGE_ALONE = "The assistant named the date 3 May and the carrier Zephyrine."
"""A success criterion that nobody says by accident."""


def odd_conversations(like: Conversation) -> dict[str, Conversation]:
    """Make finished conversations whose form is odd, out of one that is plain.

    Args:
        like: A conversation of at least one turn; its persona plays in all of them.

    Returns:
        By what is odd about it, a conversation.
    """
    user, reply = Message("user", "Where is my order 4711?"), Message("assistant", "It arrives on Friday, 3 May.")
    said = {
        "the assistant speaks first": (Message("assistant", "Hello, how can I help?"), user, reply),
        "two user messages in a row": (user, Message("user", "Are you there?"), reply),
        "two replies in a row": (user, reply, Message("assistant", "Is there anything else?")),
        "it ends with the user": (user, reply, Message("user", "Thanks.")),
        "one word each": (Message("user", "?"), Message("assistant", "!")),
        "words from all over the world": (Message("user", WORDS), Message("assistant", WORDS)),
        "a tool without arguments or result": (user, Message("assistant", reply.content, (ToolCall("look"),))),
        "it is long": (user, reply) * 15,
        "a message is long": (Message("user", "Where is it? " * 900), Message("assistant", "It arrives soon. " * 900)),
    }
    return {what: attrs.evolve(like, messages=messages, stop_reason="max_turns") for what, messages in said.items()}


def odd_personas() -> dict[str, Persona]:
    """Make personas that have as little as one can have, or what few have."""
    return {
        "nothing but the four fields": Persona("Bea", "A customer.", "Get help.", "Help was given."),
        "words from all over the world": persona("Zoë", profile=WORDS, goal=WORDS, facts=(WORDS,)),
        "several criteria and traits": persona(
            "Cy", success_criteria=("One.", "Two."), traits=("terse", "adversarial", "some word"), patience=1
        ),
        "metadata": persona("Di", metadata={"segment": {"late": [1, None]}}),
    }
