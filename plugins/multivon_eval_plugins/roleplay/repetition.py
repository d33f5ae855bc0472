"""Whether a user message says again what was said: as stuck machines do, and not as people do.

People ask once more where they were not answered, repeat what they are asked to repeat, and answer two questions alike.
"""

from __future__ import annotations

import re

from .closing import is_only_thanks
from .likeness import flatten, list_content, list_words, paraphrases, repeats, shares_content
from .suspect import SuspectMessage

_GREETING = re.compile(
    r"[\s¡]?(?:dear|hi|hello|hey|good\s(?:morning|afternoon|evening|day)|greetings|guten\s(?:tag|morgen|abend)|"
    r"grüß\sgott|hallo"
    r"|moin|bonjour|bonsoir|salut|hola|buen[oa]s\s(?:días|tardes|noches)|buongiorno|buonasera|salve|ciao|olá|oi|"
    r"bom\sdia"
    r"|boa\s(?:tarde|noite)|goedemorgen|goedemiddag|goedenavond|hoi|dag)\b(?!,?\sagain)",
    re.IGNORECASE,
)
_GREETS_WITH = 8
"""How many words a message has that greets and begins; a shorter one only greets."""
# The assistant has not understood, wants it said again or confirmed.
_NOT_HEARD = re.compile(
    r"\b(?:(?:didn't|did\snot|don't|do\snot|couldn't|cannot|can't)\s(?:quite\s)?(?:understand|get\sthat|catch|"
    r"follow)|not\ssure\si"
    r"|repeat|rephrase|once\smore|say\s(?:that\s)?again|pardon|clarify|(?:in\s)?other\swords|more\sdetails?|"
    r"describe|summar\w+"
    r"|what\s(?:do\syou\smean|exactly|is\sit\sabout|was\sthat|can\si\s(?:do|help))|how\s(?:can|may)\si\shelp"
    r"|(?:to|please|can\syou)\sconfirm|is\sthat\s(?:right|correct)|,\s?(?:correct|right)\?|nicht\sverstanden|"
    r"wiederholen|genauer"
    r"|pas\scompris|répéter|préciser|no\sentend|repetir|non\sho\scapito|ripetere|não\sentend|niet\sbegrepen|"
    r"herhalen)",
    re.IGNORECASE,
)
_CITES = re.compile(
    r"\b(?:(?:as|like)\si\s(?:said|told|wrote|mentioned)|i(?:'ve|\shave)?\s(?:already|just)\s\w+|i\s(?:said|"
    r"told\syou)|once\sagain|i\sasked|look\sagain|not\sanswer|leaves\sout|i(?:'m|\sam)?\sstill|again|wie\sgesagt"
    r"|comme\s(?:je\sl'ai\s)?dit|como\s(?:ya\s)?(?:le\s)?(?:dije|disse)|come\s(?:ho\s)?detto|"
    r"zoals\s(?:ik\s)?(?:al\s)?(?:zei|gezegd))\b",
    re.IGNORECASE,
)
_GOES_ON = re.compile(r"\W{0,3}(?:but|so|and|ok(?:ay)?|sorry|well|then|also|again|hm+|oh|ah)\b", re.IGNORECASE)
_TELLS_ALL, _ASKS_ALL = 3, 5
"""Words of content that a message has beside those of the reply when it tells or asks its matter from the start."""
_SUBSTANCE = 3
"""Words of content of a reply that answers something."""
_TOO_LONG_BY_CHANCE = 8
"""Words of an answer that nobody gives twice in the same words."""
# A question that may be asked of one thing after another: when does that one start, what about other days.
_ASKS_OF_ANOTHER = re.compile(
    r"\b(?:that|this|those|these|another|others?|more|else|it|there)\b[^?.!]{0,80}\?\s?$", re.IGNORECASE
)
_ANSWERS = re.compile(
    r"\W{0,3}(?:yes|yeah|yep|no|nope|correct|exactly|right|sure|ok(?:ay)?|ja|nein|oui|non|sí|si|no|sim|não|nee)\b",
    re.IGNORECASE,
)


def find_restart(said: SuspectMessage) -> str:
    """The opening once more, after something else was said since."""
    if not said.earlier or repeats(said.text, said.earlier[-1]):
        return ""
    opening = said.earlier[0]
    if len(said.earlier) >= 2 and repeats(said.text, opening):
        return "begins again with its opening"
    if not _GREETING.match(said.plain) or len(said.words.all) < _GREETS_WITH:
        return ""
    if paraphrases(said.text, opening) or (len(said.earlier) >= 2 and shares_content(said.text, opening)):
        return "greets and begins again with its opening"
    return ""


def find_repetition(said: SuspectMessage) -> str:
    """What an earlier message said once more, in the same words or in others, where nobody asked for it."""
    if find_restart(said) or (said.earlier and _is_asked_again(said)):
        return ""
    is_answer = _ANSWERS.match(said.plain) or is_only_thanks(said.text) or _ASKS_OF_ANOTHER.search(said.plain)
    if is_answer and len(said.words.all) < _TOO_LONG_BY_CHANCE:
        return ""
    for turn, earlier in reversed(list(enumerate(said.earlier, 1))):
        if (how := repeats(said.text, earlier)) and not (is_answer and how != "word for word"):
            return f"repeats the user message of turn {turn} {how}"
        if not is_answer and _is_telling(said) and paraphrases(said.text, earlier):
            return f"says what the user message of turn {turn} said, and nothing new"
    return ""


def _is_telling(said: SuspectMessage) -> bool:
    """Whether a message tells its matter, or asks for it, from the start: it presses nothing and takes up little."""
    if _CITES.search(said.plain) or _GOES_ON.match(said.plain):
        return False
    reply = list_content(list_words(said.reply))
    if len(reply) < _SUBSTANCE:
        return False  # whoever was not answered may well say it again in other words
    # Who asks may well ask once more in a few words; who begins from the beginning says all of it.
    return len(list_content(said.words) - reply) >= (_ASKS_ALL if "?" in said.text else _TELLS_ALL)


def _is_asked_again(said: SuspectMessage) -> bool:
    """Whether the assistant wants to hear it again, or has not answered: people say a thing twice then, too."""
    replies = [message.content for message in said.conversation.said_by("assistant")]
    return _NOT_HEARD.search(flatten(said.reply)) is not None or (
        len(replies) >= 2 and bool(repeats(replies[-1], replies[-2]))
    )
