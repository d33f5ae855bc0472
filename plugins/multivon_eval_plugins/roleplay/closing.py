"""Thanks and goodbyes, and whether they go round in circles."""

from __future__ import annotations

import re

from .likeness import flatten
from .suspect import SuspectMessage
from .traits import count_words

# Searched in lower case: that is quicker than to search for both.
_GOODBYE = re.compile(
    r"\b(?:good\s?bye|bye(?:[\s-]?bye)?|farewell|(?<!i\s)see\syou(?:\s(?:soon|later|around)|(?=\s?(?:[.!,]|$)))"
    r"|take\scare(?=\s?(?:[.!,]|$))|have\sa\s(?:good|great|nice|lovely|wonderful)\s(?:day|evening|night|weekend|one)"
    r"|good\s?night|bye-bye|so\slong|auf\swieder(?:schauen|hören)|bis\sbald|bonne\s(?:journée|soirée)|hasta\spronto"
    r"|arrivederla|até\slogo|tchau|tot\sziens|dag\shoor|auf\swiedersehen|tsch[uü]ss?|au\srevoir|adi[oó]s|"
    r"hasta\sluego|arrivederci)(?!\w)"
)
_THANKS = re.compile(r"\b(?:thanks?|thank\syou|thx|cheers|danke|merci|gracias|grazie|obrigad[oa])\b")
_CLOSING = 12
"""How many words a message of thanks may have that says nothing else."""


def find_goodbye_loop(said: SuspectMessage) -> str:
    """A second goodbye, or a third message of thanks that says nothing else."""
    if _is_goodbye(said.text) and any(map(_is_goodbye, said.own)):
        return "says goodbye again"
    if said.reply.rstrip().endswith("?"):
        return ""  # whether there is anything else is answered so
    thanked = sum(_THANKS.search(flatten(text).lower()) is not None for text in said.own)
    if thanked >= 2 and all(map(is_only_thanks, (said.text, said.own[-1]))):
        return "thanks for the third time and says nothing else"
    return ""


def _is_goodbye(text: str) -> bool:
    return _GOODBYE.search(flatten(text).lower()) is not None


def is_only_thanks(text: str) -> bool:
    """Whether a message thanks or says goodbye, and nothing else."""
    closes = _THANKS.search(flatten(text).lower()) is not None or _is_goodbye(text)
    return closes and "?" not in text and count_words(text) <= _CLOSING
