"""Faults of the simulation that words alone show: what a user message should not have been.

Each rule looks at the last user message and gives what it saw, or nothing. A rule in doubt gives nothing: a fault that
is reported has to be one.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Sequence

from multivon_eval.sdk import Conversation, Observation

from .closing import find_goodbye_loop
from .identifiers import find_invented
from .recital import find_recited_criterion, find_recited_rule
from .repetition import find_repetition, find_restart
from .serving import find_service_phrase
from .suspect import SuspectMessage
from .traits import count_words, find_trait
from .voice import find_service_voice

TRAIT_MISSING = "trait_missing"
"""The one fault of a whole conversation: it says how well the persona was played and decides nothing."""

EVIDENCE = 3
"""How many messages of the driver it takes to say that a trait does not show."""

LONGEST = 400
"""Words of a message that nobody types into a chat."""

GROWTH = 5
"""How many times as long as the usual message of the conversation one may get, from ``LONGER`` words on."""

LONGER = 150

_STAGE = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|\*[^*]+\*|<[^<>]*>)\s*")


def find_faults(conversation: Conversation) -> tuple[Observation, ...]:
    """Look at the last user message of a conversation.

    Args:
        conversation: Ends with the user message that is looked at.

    Returns:
        One fault for each thing that is wrong with it; none for what the persona's script says.
    """
    persona, own = conversation.persona, _list_own(conversation)
    if persona is None or not own:
        return ()
    said = [message.content for message in conversation.said_by("user")]
    last = SuspectMessage(conversation, persona, said[-1], tuple(said[:-1]), own[:-1])
    seen = ((fault, look(last)) for fault, look in _LOOKS)
    return tuple(Observation(fault, len(said), detail, "fault") for fault, detail in seen if detail)


def find_missing_traits(conversation: Conversation) -> tuple[Observation, ...]:
    """Look at a conversation that is over for the persona's traits.

    Args:
        conversation: A finished one.

    Returns:
        One fault, in the last turn, for each of the usual traits that shows in none of at least ``EVIDENCE``
        messages of the driver; none where that cannot be told.
    """
    persona, own = conversation.persona, _list_own(conversation)
    if persona is None or len(own) < EVIDENCE:
        return ()
    turn, faults = len(conversation.said_by("user")), []
    for trait in filter(None, map(find_trait, persona.traits)):
        if trait.sign.shown(own) is False:
            detail = f"{trait.name} does not show in {len(own)} messages: not so that {trait.sign.words}"
            faults.append(Observation(TRAIT_MISSING, turn, detail, "fault"))
    return tuple(dict.fromkeys(faults))


def _list_own(conversation: Conversation) -> tuple[str, ...]:
    persona = conversation.persona
    if persona is None:
        return ()
    past = sum(message.role == "user" for message in persona.history) + len(persona.script)
    return tuple(message.content for message in conversation.said_by("user")[past:])


def _find_assistant_play(said: SuspectMessage) -> str:
    found = find_service_phrase(said.text) or find_service_voice(said.text)
    return f"speaks as the assistant: {found!r}" if found else ""


def _find_recited_criteria(said: SuspectMessage) -> str:
    criterion = find_recited_criterion(said.text, said.persona.criteria, said.heard)
    return f"says the criterion {criterion!r}" if criterion else ""


def _find_recited_instructions(said: SuspectMessage) -> str:
    rule = "" if _STAGE.fullmatch(said.text) else find_recited_rule(said.text, said.known)
    return f"says what only its instructions say: {rule!r}" if rule else ""


def _find_invented_identifier(said: SuspectMessage) -> str:
    if said.conversation.is_imported and not said.persona.profile:
        return ""  # nobody says what this user knows
    found = find_invented(said.text, said.known, said.replies)
    return f"says what it cannot know: {', '.join(found)}" if found else ""


def _find_empty(said: SuspectMessage) -> str:
    if _STAGE.fullmatch(said.text):
        return "describes something and says nothing"
    if not any(letter.isalnum() or letter in "?!" or ord(letter) > 0x2190 for letter in said.text):
        return "has no word in it"
    return ""


def _find_explosion(said: SuspectMessage) -> str:
    # A text without spaces is long too.
    words = max(count_words(said.text), len(said.text) // 10)
    if words > LONGEST:
        return f"{words} words"
    if words <= LONGER or not said.own:
        return ""
    usual = statistics.median(map(count_words, said.own))
    return f"{words} words after {usual:g}" if usual and words > GROWTH * usual else ""


_LOOKS: Sequence[tuple[str, Callable[[SuspectMessage], str]]] = (
    ("plays_assistant", _find_assistant_play),
    ("restarts", find_restart),
    ("repetition", find_repetition),
    ("recites_criteria", _find_recited_criteria),
    ("recites_instructions", _find_recited_instructions),
    ("goodbye_loop", find_goodbye_loop),
    ("invents_identifier", _find_invented_identifier),
    ("empty", _find_empty),
    ("explodes", _find_explosion),
)
