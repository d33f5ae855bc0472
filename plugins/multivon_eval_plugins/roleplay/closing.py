"""Thanks and goodbyes, and whether they go round in circles."""

from __future__ import annotations

import re

from .likeness import flatten
from .suspect import SuspectMessage
from .traits import count_words

# Searched in lower case: that is quicker than to search for both.
_GOODBYE = re.compile(
    r"\b(?:good\s?bye|bye(?:[\s-]?bye)?|farewell|take\scare(?=\s?(?:[.!,]|$|and\b))|later(?=[!.]?$)|good\s?night|so\slong"
    r"|(?<!i\s)see\syou(?:\s(?:soon|later|around|then|there|in|on|next)\b|(?=\s?(?:[.!,]|$)))"
    r"|have\sa\s(?:good|great|nice|lovely|wonderful)\s(?:day|evening|night|weekend|one)"
    r"|auf\swieder(?:sehen|schauen|hören)|tsch[uü]ss?|bis\s(?:bald|dann|später)|mach's\sgut|schöne[ns]?\s(?:tag|abend)"
    r"|au\srevoir|à\sbientôt|bonne\s(?:journée|soirée)|adi[oó]s|hasta\s(?:luego|pronto)|buen\sdía"
    r"|arrivederc[ila]+|a\spresto|buona\s(?:giornata|serata)|até\s(?:logo|mais|breve|amanhã)|tchau"
    r"|tot\s(?:ziens|dan|straks)|doei|fijne\s(?:dag|avond)|dag\shoor)(?!\w)"
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
