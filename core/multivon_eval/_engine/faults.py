"""Faults of the simulation that words alone show: what a user message should not have been."""

from __future__ import annotations

import re

from ..data import Conversation, DriverFault

# Said by who serves, not by who asks.
_ASSISTANT = re.compile(
    r"\A\s*assistant\s*:|\b(?:how|what)\s+(?:can|may)\s+i\s+(?:help|assist|do\s+for)\b", re.IGNORECASE
)
_GOODBYE = re.compile(r"\b(?:good\s?bye|bye(?:\s?bye)?|farewell)\b", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+")


def faults_in(conversation: Conversation) -> tuple[DriverFault, ...]:
    """Look at the last user message of a conversation.

    Args:
        conversation: Ends with the user message that is looked at.

    Returns:
        One fault for each thing that is wrong with it; none for what the persona's script says.
    """
    persona = conversation.persona
    said = conversation.said_by("user")
    past = sum(message.role == "user" for message in persona.history) if persona else 0
    if persona is None or not said or len(said) - past <= len(persona.script):
        return ()
    turn, last = len(said), _plain(said[-1].content)
    faults = []
    if last and any(_plain(earlier.content) == last for earlier in said[:-1]):
        faults.append(DriverFault(turn, "repetition", "repeats an earlier user message word for word"))
    for criterion in persona.criteria:
        words = _plain(criterion)
        # A criterion of a word or two may well be said by chance.
        if len(words.split()) > 3 and words in last:
            faults.append(DriverFault(turn, "recites_criteria", f"says the criterion {criterion!r}"))
    if _ASSISTANT.search(said[-1].content):
        faults.append(DriverFault(turn, "plays_assistant", "speaks as the assistant"))
    if _GOODBYE.search(said[-1].content) and any(_GOODBYE.search(earlier.content) for earlier in said[past:-1]):
        faults.append(DriverFault(turn, "goodbye_loop", "says goodbye again"))
    return tuple(faults)


def _plain(text: str) -> str:
    return " ".join(_WORDS.findall(text.casefold()))
