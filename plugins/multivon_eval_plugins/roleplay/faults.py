"""Faults of the simulation that words alone show: what a user message should not have been.

Each rule looks at the last user message and gives what it saw, or nothing. A rule in doubt gives nothing: a fault that
is reported has to be one.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Callable, Iterator, Sequence
from functools import cached_property

import attrs

from multivon_eval.sdk import Conversation, Observation, Persona

from .identifiers import find_invented
from .likeness import Words, list_words, repeats
from .recital import find_recited_criterion, find_recited_rule
from .traits import count_words, find_trait

TRAIT_MISSING = "trait_missing"
"""The one fault of a whole conversation: it says how well the persona was played and decides nothing."""

EVIDENCE = 3
"""How many messages of the driver it takes to say that a trait does not show."""

LONGEST = 400
"""Words of a message that nobody types into a chat."""

GROWTH = 5
"""How many times as long as the usual message of the conversation one may get, from ``LONGER`` words on."""

LONGER = 150

# Said by who serves, not by who asks.
_ASSISTANT = re.compile(
    r"""
    ^[^\S\n]*+[*_"]*+[^\S\n]*+(?:assistant|agent|bot|support|ai)[*_"]*+\s*+:
  | \b(?:how|what)\s+(?:can|may|could)\s+i\s+(?:help|assist)(?:\s+you)?(?:\s+(?:today|further|now|with\s+(?:that|this)
      |with\s+your\s+\w+))?\s*+(?:[?.!]|$)
  | \bwhat\s+(?:can|may)\s+i\s+do\s+for\s+you\b
  | \bcan\s+i\s+help\s+you\s+with\b
  | \bi(?:\s*+'(?:d|ll|m)|\s++(?:would|will|am))\s+(?:be\s+)?(?:happy|glad|pleased|here)\s+to\s+(?:help|assist)\s+you\b
  | \bthank\s+you\s+for\s+(?:contacting|reaching\s+out\s+to)\s+(?:us|our|customer)\b
  | \b(?:provide|share|confirm|(?:give|tell)\s+me)\s+your\s+(?:order|account|customer|booking)\s+(?:number|id)\b
  | \bas\s+an?\s+(?:ai|(?:large\s+)?language\s+model|virtual\s+assistant)
      (?:\s+(?:language\s+)?(?:model|assistant|agent))?,?\s+i\b
  | \b(?:wie\s+kann\s+ich\s+(?:ihnen|dir)\s+(?:\w+\s+)?helfen|comment\s+puis-je\s+vous\s+aider
      |en\s+qué\s+puedo\s+ayudar(?:le|te)|come\s+posso\s+aiutar(?:la|ti)|como\s+posso\s+ajud[aá]r?(?:-lo|-la|-te)?)\b
    """,
    re.IGNORECASE | re.VERBOSE | re.MULTILINE,
)
# One of these is in whatever the pattern finds: to look for them first is ten times as quick.
_ASSISTANT_WORDS = frozenset(
    "assistant agent bot support ai help assist do contacting reaching your model helfen aider ayudar ayudarle "
    "ayudarte aiutarla aiutarti ajudar ajuda ajudá ajudár".split()
)
_QUOTED = re.compile(r'"[^"\n]*"|“[^“”\n]*+”|„[^„“\n]*+“|«[^«»\n]*+»|^>.*$', re.MULTILINE)
# Searched in lower case: that is quicker than to search for both.
_GOODBYE = re.compile(
    r"\b(?:good\s?bye|bye(?:[\s-]?bye)?|farewell|(?<!i\s)see\s+you(?:\s+(?:soon|later|around)|(?=\s*(?:[.!,]|$)))"
    r"|take\s+care(?=\s*(?:[.!,]|$))|have\s+a\s+(?:good|great|nice|lovely|wonderful)\s+(?:day|evening|night|weekend|one)"
    r"|auf\s+wiedersehen|tsch[uü]ss?|au\s+revoir|adi[oó]s|hasta\s+luego|arrivederci)(?!\w)"
)
_THANKS = re.compile(r"\b(?:thanks?|thank\s+you|thx|cheers|danke|merci|gracias|grazie|obrigad[oa])\b")
_CLOSING = 12
"""How many words a message of thanks may have that says nothing else."""
_GREETING = re.compile(r"\s*(?:hi|hello|hey|good\s+(?:morning|afternoon|evening)|greetings)\b", re.IGNORECASE)
_STAGE = re.compile(r"\s*(?:\([^()]*\)|\[[^\[\]]*\]|\*[^*]+\*|<[^<>]*>)\s*")


@attrs.frozen
class SuspectMessage:
    """A user message under suspicion.

    Attributes:
        conversation: Ends with it.
        persona: Who is played.
        text: What was said.
        earlier: What the user said before, the history included.
        own: What the driver said before: neither history nor script.
        words: Those of what was said.
    """

    conversation: Conversation
    persona: Persona
    text: str
    earlier: tuple[str, ...]
    own: tuple[str, ...]

    @cached_property
    def words(self) -> Words:
        """The words of the message."""
        return list_words(self.text)

    @cached_property
    def known(self) -> tuple[str, ...]:
        """All that this user may know: what stands in the persona, and what was said before."""
        persona = self.persona
        return (
            *(persona.name, persona.profile, persona.goal, *persona.criteria, *persona.traits),
            *(*persona.facts, *persona.script),
            *(message.content for message in self.conversation.messages[:-1]),
        )

    @property
    def heard(self) -> Iterator[str]:
        """What may be said again although it stands in the criteria: the goal, and what the assistant said."""
        yield from (self.persona.goal, self.persona.profile, *self.persona.facts, *self.persona.script)
        yield from (message.content for message in self.conversation.said_by("assistant"))


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
    if _ASSISTANT_WORDS.isdisjoint(said.words.distinct):
        return ""
    found = _ASSISTANT.search(_QUOTED.sub(" ", said.text.replace("’", "'")))
    return f"speaks as the assistant: {found.group().strip()!r}" if found else ""


def _find_restart(said: SuspectMessage) -> str:
    """The opening once more, after something else was said since."""
    if len(said.earlier) < 2 or repeats(said.text, said.earlier[-1]):
        return ""
    opening = said.earlier[0]
    if repeats(said.text, opening):
        return "begins again with its opening"
    mine, first = said.words.distinct, list_words(opening).distinct
    greets = _GREETING.match(said.text) and _GREETING.match(opening)
    if greets and len(mine) >= 5 and len(mine & first) >= 0.6 * len(mine | first):
        return "greets and begins again with its opening"
    return ""


def _find_repetition(said: SuspectMessage) -> str:
    if _find_restart(said):
        return ""
    for turn, earlier in reversed(list(enumerate(said.earlier, 1))):
        if how := repeats(said.text, earlier):
            return f"repeats the user message of turn {turn} {how}"
    return ""


def _find_recited_criteria(said: SuspectMessage) -> str:
    criterion = find_recited_criterion(said.text, said.persona.criteria, said.heard)
    return f"says the criterion {criterion!r}" if criterion else ""


def _find_recited_instructions(said: SuspectMessage) -> str:
    rule = find_recited_rule(said.text, said.known)
    return f"says what only its instructions say: {rule!r}" if rule else ""


def _find_goodbye_loop(said: SuspectMessage) -> str:
    if _is_goodbye(said.text) and any(map(_is_goodbye, said.own)):
        return "says goodbye again"
    if len(said.own) >= 2 and all(map(_is_only_thanks, (said.text, *said.own[-2:]))):
        return "thanks for the third time in a row and says nothing else"
    return ""


def _is_goodbye(text: str) -> bool:
    return _GOODBYE.search(text.lower()) is not None


def _is_only_thanks(text: str) -> bool:
    closes = _THANKS.search(text.lower()) is not None or _is_goodbye(text)
    return closes and "?" not in text and count_words(text) <= _CLOSING


def _find_invented_identifier(said: SuspectMessage) -> str:
    found = find_invented(said.text, said.known)
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
    ("restarts", _find_restart),
    ("repetition", _find_repetition),
    ("recites_criteria", _find_recited_criteria),
    ("recites_instructions", _find_recited_instructions),
    ("goodbye_loop", _find_goodbye_loop),
    ("invents_identifier", _find_invented_identifier),
    ("empty", _find_empty),
    ("explodes", _find_explosion),
)
