"""Whether the simulated user ended a conversation too early: before a reply, or while its answer was awaited."""

from __future__ import annotations

import re

from multivon_eval.sdk import Conversation, Observation

from .likeness import flatten, split_sentences

ENDS_EARLY = "ends_early"

# What must be answered before the matter is decided; whether there is anything else need not be.
_DECIDES = re.compile(
    r"""
    \b(?:shall|should|may|can|could)\s(?:i|we)\b
  | \b(?:would|do)\syou\s(?:like|want|wish|prefer|agree|accept|confirm|still)\b
  | \b(?:please|could\syou|can\syou|kindly)\s(?:\w+\s){0,2}?(?:confirm|verify|provide|tell|share|give|enter|choose|
            select|let\sme\sknow)\b
  | \b(?:is|are|was|does)\s(?:that|this|it|these|those|the|your)\b[^.?!\n]{0,80}\?|\b(?:which|what|when|where|
            how)\b[^.?!\n]{0,120}\?
  | \b(?:soll|darf|kann)\s(?:ich|wir)\b|\b(?:möchten|wollen|wünschen)\ssie\b|\bbitte\s(?:bestätigen|nennen|geben)\b|
            \b(?:welche[nrsm]?|wann|wie|wo)\b[^.?!\n]{0,120}\?
  | \b(?:voulez|souhaitez|confirmez|pouvez)-vous\b|\b(?:puis-je|dois-je)\b|\b(?:quel(?:le)?s?|quand|où|
            comment)\b[^.?!\n]{0,120}\?
  | \b(?:desea|quiere|quieres|confirma|puede|puedo)\b[^.?!\n]{0,120}\?|\b(?:cuál|qué|cuándo|dónde|
            cómo)\b[^.?!\n]{0,120}\?
  | \b(?:vuole|desidera|conferma|posso|può)\b[^.?!\n]{0,120}\?|\b(?:quale|quando|dove|come)\b[^.?!\n]{0,120}\?
  | \b(?:deseja|quer|confirma|posso|pode)\b[^.?!\n]{0,120}\?|\b(?:qual|onde|como)\b[^.?!\n]{0,120}\?
  | \b(?:wilt\su|wil\sje|zal\sik|mag\sik|kunt\su|kun\sje)\b|\b(?:welke|wanneer|waar|hoe)\b[^.?!\n]{0,120}\?
    """,
    re.IGNORECASE | re.VERBOSE,
)
_OFFERS = re.compile(
    r"\b(?:anything|something)\s(?:else|more)|\b(?:other|further|more|any)\squestions?|\bmore\sdetails?"
    r"|\b(?:how|what)\s(?:else\s)?(?:can|may)\si\s(?:help|do|assist)|\bhelp\s(?:you\s)?with\b|\bsonst\snoch|\bnoch\setwas"
    r"|\bweiter(?:helfen)?\b|\bautre\schose|\bd'autres?\b|\balgo\smás|\baltro\b|\bmais\salgum|\banders\b",
    re.IGNORECASE,
)
_YES_OR_NO = re.compile(
    r"\W{0,3}(?:yes|yep|yeah|no|nope|ok(?:ay)?|sure|please|go\sahead|do\s(?:it|that)|correct|that's\sright|ja|nein|oui|non"
    r"|sí|si|sì|sim|não|nee)\b",
    re.IGNORECASE,
)
_LAST_WORD = 12
"""Words of a last word, a thanks say, that answers nothing; a longer message does."""


def find_early_end(conversation: Conversation) -> Observation | None:
    """Look at a conversation that its user ended.

    Args:
        conversation: A finished one.

    Returns:
        A fault that decided the end if the user left before the first reply, or while the assistant waited for an
        answer without which nothing is decided: it said nothing to it, or a yes whose outcome it did not wait for.
        None where the user did not end it, or had nothing to answer but whether there is anything else.
    """
    if not (conversation.driver_said_goal or conversation.gave_up):
        return None
    turn = max(1, len(conversation.said_by("user")))
    if not conversation.said_by("assistant"):
        return Observation(ENDS_EARLY, turn, "ends the conversation before the first reply", "fault", decides_end=True)
    last = conversation.messages[-1]
    replies = [message.content for message in conversation.said_by("assistant")]
    awaited = find_awaited(replies[-1])
    if not awaited or replies[-1] in replies[:-1]:
        return None  # nothing is awaited, or what was answered already
    is_answer = _YES_OR_NO.match(flatten(last.content)) or len(last.content.split()) > _LAST_WORD
    if last.role == "assistant" or is_answer:
        detail = f"ends the conversation while the assistant waits for an answer, or its outcome: {awaited!r}"
        return Observation(ENDS_EARLY, turn, detail, "fault", decides_end=True)
    return None


def find_awaited(reply: str) -> str:
    """Find what a reply ends with that must be answered; nothing if it only offers more.

    Args:
        reply: The last words of the assistant.
    """
    for sentence in split_sentences(reply)[-2:]:
        if _DECIDES.search(sentence) and not _OFFERS.search(sentence):
            return sentence
    return ""
