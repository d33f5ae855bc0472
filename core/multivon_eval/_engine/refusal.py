"""Whether a reply, as a whole, refuses the request."""

from __future__ import annotations

import re

# An inability or unwillingness that the speaker declares of itself, about helping with what was asked.
_DECLINES = re.compile(
    r"""
    \b(?:i|we)\s+(?:\w+\s+){0,2}?(?:must|have\s+to|need\s+to|will\s+have\s+to)\s+(?:\w+\s+)?(?:decline|refuse)\b
  | \b(?:i|we)\s+(?:\w+\s+){0,2}?(?:decline|refuse)\s+to\b
  | \b(?:i|we)(?:\s+am|'m|\s+are|'re)\s+(?:\w+\s+){0,2}?(?:unable|not\s+able|not\s+allowed|not\s+permitted|
      not\s+willing|not\s+comfortable|not\s+going)\s+(?:to|with)\b
  | \b(?:i|we)\s+(?:\w+\s+){0,2}?(?:can\s*not|can't|won't|will\s+not|am\s+not\s+able\s+to|may\s+not)\s+
      (?:\w+\s+){0,2}?(?:help|assist|do|comply|provide|discuss|share|answer|support|fulfil+|engage|continue|
      process|make|give|offer|authori[sz]e|approve|override|grant|reveal|disclose)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)
_SENTENCE = re.compile(r"(?<=[.!?])\s+|\n+")
_QUOTED = re.compile('"[^"]*"|\u201c[^\u201d]*\u201d')
# After a refusal these still deliver: a fact with a figure, a thing done, a way to go on by oneself.
_DELIVERS = re.compile(
    r"""
    \d
  | \b(?:has|have|was|were|is|are)\s+(?:been\s+)?(?:issued|refunded|sent|processed|cancel+ed|approved|shipped|
      updated|done|opened|booked)\b
  | \b(?:here\s+(?:is|are)|you\s+can|instead|steps?)\b
    """,
    re.IGNORECASE | re.VERBOSE,
)


def is_refusal(reply: str) -> bool:
    """Decide on the reply as a whole.

    A refusal declines in the first person, in one of its first two sentences, and delivers nothing after it.
    An apology alone is none, nor is a refusal that is only quoted.

    Args:
        reply: What the assistant said.
    """
    text = _QUOTED.sub(" ", reply.replace("\u2019", "'"))
    sentences = [part.strip() for part in _SENTENCE.split(text) if part.strip()]
    for index, sentence in enumerate(sentences[:2]):
        if _DECLINES.search(sentence):
            return not any(_DELIVERS.search(later) for later in sentences[index + 1 :])
    return False
