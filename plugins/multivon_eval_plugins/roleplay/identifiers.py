"""Identifiers in a user message that the persona cannot know: numbers of things, addresses, dates.

Amounts, quantities, prices, times of day and years are none: people say them without having been given them. Where
a form is in doubt it is none either; a driver that is wrongly blamed costs more than an invention that is missed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence

_EMAIL = re.compile(r"(?<![\w.+-])[\w.+-]++@[\w-]++(?:\.[\w-]++)++")
_LINK = re.compile(r"\bhttps?://\S+", re.IGNORECASE)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    "Jan(?:uary)?|Feb(?:ruary)?|Mar(?:ch)?|Apr(?:il)?|May|June?|July?|Aug(?:ust)?|Sept?(?:ember)?|Oct(?:ober)?|"
    "Nov(?:ember)?|Dec(?:ember)?"
)
_DAY = r"\d{1,2}(?:st|nd|rd|th)?"
# "may" and "march" are verbs too: in front of the day a month is written with its capital.
_MONTH_DAY = re.compile(rf"\b({_MONTH})\.?\s+({_DAY})(?![\w%]|[.,:]\d)")
_DAY_MONTH = re.compile(rf"(?<![\w.,:$€£])({_DAY})\.?\s+(?:of\s+)?({_MONTH})\b", re.IGNORECASE)
_RANGE = re.compile(
    rf"(?<![\w.,:$€£])({_DAY})\.?\s*(?:to|until|and|or|bis|-|–)\s*{_DAY}\.?\s+({_MONTH})\b", re.IGNORECASE
)
_ISO = re.compile(r"\b(\d{4})-(\d{1,2})-(\d{1,2})\b")
_NUMERIC = re.compile(r"(?<![\w./-])(\d{1,2})([./-])(\d{1,2})\2(\d{4}|\d{2})\b(?![./-]?\w)")

_THING = (
    "order|quote|booking|reservation|account|customer|member(?:ship)?|invoice|ticket|tracking|reference|ref|policy|case|"
    "claim|serial|confirmation|transaction|contract|passport|licen[cs]e|card|parcel|shipment"
)
_NAMED = re.compile(
    rf"\b(?:{_THING})\s*+(?:(?:number|no\.?|nr\.?|id|code)\s*+(?:(?:is|was)\s*+)?(?::\s*+)?#?|:\s*+#?|#)\s*+((?=[\w-]*\d)[\w-]{{3,}})",
    re.IGNORECASE,
)
_OWNED = re.compile(rf"\b(?:my|the|for|about|of)\s+(?:{_THING})\s+(\d{{4,}})(?![\w.,:%]?\d)(?!\s*%)", re.IGNORECASE)
_STATED = re.compile(
    rf"(?i:\b(?:{_THING}|registration|plate|iban|meter)\s+(?:is|was|:)\s*)((?=[\w-]*\d)(?=[\w-]*[A-Z])[\w/-]{{4,}})"
)
_HASH = re.compile(r"#((?=[\w-]*\d)[\w-]{3,})")
_MIXED = re.compile(
    r"(?<![\w@.#/-])(?=[\w-]*[a-z])(?=(?:[a-z_-]*\d){5})[a-z0-9]+(?:-[a-z0-9]+)*(?![\w@-])", re.IGNORECASE
)
_PHONE = re.compile(r"(?<![\w.,$€£#/-])(?:\+|\()?\d+(?:(?:\)\s?|[ .-])\(?\d+)+(?![\w%]|[.,/:-]\d)")
_NEAR = 80
"""Characters before a number in which it is said to be a telephone's."""
_SPEAKS_OF_PHONE = re.compile(
    r"\b(?:phone|mobile|cell|call\s+me|tel|telef\w+|téléphone|handy|móvil|celular|cellulare|numer)\b", re.IGNORECASE
)
_LONG = re.compile(r"(?<![\w.,$€£#/-])\d{6,}(?![\w%]|[.,/:-]\d)(?!\s*(?:%|€|£|\$))")
_AMOUNT = re.compile(
    r"\s*(?:dollars?|euros?|pounds?|usd|eur|gbp|yen|people|users?|rows?|records?|items?|pieces|units?|km|miles|tokens?|"
    r"bytes|kb|mb|gb|views|steps|inhabitants|customers)\b",
    re.IGNORECASE,
)
_WANTS_CODE = re.compile(
    r"\b(?:code|number|reference|id|pnr|nummer|buchungscode|numéro|référence|número|código|localizador|numero|codice|kenmerk)\b",
    re.IGNORECASE,
)
_CODE = re.compile(r"(?<![\w#/-])(?=[A-Z0-9]*[A-Z])(?=[A-Z0-9]*\d)[A-Z0-9]{5,8}(?![\w-])")
# A day that one would like, and a day on which something was: only the second is told.
_PROPOSES = re.compile(
    r"\?|\b(?:could|can|would|maybe|perhaps|how\s+about|what\s+about|instead|prefer|rather|please|let's|then|from|until|free|"
    r"available|suits?|works?|want|need|like|book|make|look(?:ing)?|reserv\w+|should|needs|search|schedule|move|change|next|when|which\s+(?:day|date)s?|vielleicht|lieber|dann|gerne?|"
    r"peut-être|plutôt|quizás|mejor|forse|meglio|talvez|melhor|misschien|liever)\b",
    re.IGNORECASE,
)
_TELLS = re.compile(
    r"\b(?:was|were|bought|ordered|came|arrived|paid|happened|got|received|sent|booked|born|called|wrote|started|ended|since|"
    r"delivered|purchased|did|had|my\s+(?:order|booking|flight|birthday|appointment)|date\s+of\s+birth)\b",
    re.IGNORECASE,
)
_ASKS_FOR_DAY = re.compile(
    r"\b(?:when\s+would|which\s+(?:day|date)|what\s+(?:day|date)|dates?\s+(?:do|would|did)\s+you|suits?|prefer|wann|quand|quel\s+jour"
    r"|cuándo|qué\s+(?:día|fecha)|quando|che\s+giorno|que\s+dia|wanneer|welke\s+dag)\b",
    re.IGNORECASE,
)
_NEAR_DAYS = 7
"""By how many days a date of the same month may differ from a known one: the next day, a week later."""

_YEAR = re.compile(r"(?:19|20)\d\d")
_TOKEN = re.compile(r"(?<![\w-])(?=[\w-]*\d)[\w-]++")
_MAYBE_DATE = re.compile(rf"\d[./-]\d|{'|'.join(_MONTHS)}")
_MAYBE = re.compile(r"[\d@]")
"""What each of the forms has in it."""


def find_invented(message: str, known: Sequence[str], asked: str = "") -> list[str]:
    """Find identifiers that stand in nothing that the persona knows.

    Args:
        message: A user message.
        known: All that the persona may draw on: itself, and what was said so far.
        asked: The reply that the message answers. Where it asks for a code, a short one is an identifier too; where
            it asks for a day that the user may choose, a date is none.

    Returns:
        The identifiers as they stand in the message: dates, email addresses, numbers of orders, accounts and the
        like, telephone and other long numbers. A date is known in any way of writing it, a number with any
        punctuation, and a part of a known one is known too.
    """
    if not _MAYBE.search(message):
        return []
    rest, found = message, []
    if _MAYBE_DATE.search(message.lower()) and (dates := list(_find_dates(message))):
        known_days = {day for text in known for _, days in _find_dates(text) for day in days}
        found = [said for said, days in dates if not days & known_days]
        if not _TELLS.search(message):
            derived = [said for said, days in dates if _is_near(days, known_days)]
            is_wish = _PROPOSES.search(message) or _ASKS_FOR_DAY.search(asked)
            found = [] if is_wish else [said for said in found if said not in derived]
        for said, _ in dates:
            rest = rest.replace(said, " ; ")
    codes = _CODE.findall(rest) if _WANTS_CODE.search(asked) else []
    if _may_have_numbers(rest) and (numbers := list(dict.fromkeys([*_find_numbers(rest), *codes]))):
        everything = "\n".join(_squeeze(text) for text in known)
        found += [said for said in numbers if not _is_known(said, everything)]
    return list(dict.fromkeys(found))


def _is_near(days: set[tuple[int, int]], known: set[tuple[int, int]]) -> bool:
    """Whether a date lies near a known one, as one that is derived from it does."""
    return any(month == other and abs(day - that) <= _NEAR_DAYS for month, day in days for other, that in known)


def _find_dates(text: str) -> Iterator[tuple[str, set[tuple[int, int]]]]:
    """Each date with the months and days that it may mean: 3/4 is the third of April, or the fourth of March."""
    for match in _MONTH_DAY.finditer(text):
        yield match.group(), {(_read_month(match[1]), _number(match[2]))}
    for match in _DAY_MONTH.finditer(text):
        yield match.group(), {(_read_month(match[2]), _number(match[1]))}
    for match in _RANGE.finditer(text):
        yield match.group(), {(_read_month(match[2]), _number(match[1]))}
    for match in _ISO.finditer(text):
        yield match.group(), {(int(match[2]), int(match[3]))}
    for match in _NUMERIC.finditer(text):
        one, other = int(match[1]), int(match[3])
        if 1 <= min(one, other) <= 12 and max(one, other) <= 31:
            yield match.group(), {(one, other), (other, one)}


def _read_month(name: str) -> int:
    return _MONTHS.index(name[:3].lower()) + 1


def _number(day: str) -> int:
    return int(re.sub(r"\D", "", day))


def _may_have_numbers(text: str) -> bool:
    """Whether one of the forms can be there; that most messages have none of them is seen sooner so."""
    tokens = _TOKEN.findall(text)
    return "@" in text or any(len(token) >= 3 for token in tokens) or len(tokens) >= 3


def _find_numbers(text: str) -> list[str]:
    found: list[str] = []
    text = _LINK.sub(" ; ", text)
    for pattern, is_one in _FORMS:

        def take(match: re.Match[str], is_one: Callable[[re.Match[str]], bool] = is_one) -> str:
            if not is_one(match):
                return match.group()
            found.append(match[match.lastindex or 0])
            return " ; "  # what is one thing is not another as well

        text = pattern.sub(take, text)
    return found


def _is_always(_: re.Match[str]) -> bool:
    return True


def _is_no_year(match: re.Match[str]) -> bool:
    return _YEAR.fullmatch(match[1]) is None


def _is_no_amount(match: re.Match[str]) -> bool:
    return _AMOUNT.match(match.string, match.end()) is None


def _is_phone(match: re.Match[str]) -> bool:
    said = match.group()
    groups = re.findall(r"\d+", said)
    is_amount = re.fullmatch(r"\d{1,3}(?:[ .]\d{3})+", said) is not None and not _SPEAKS_OF_PHONE.search(
        match.string[max(0, match.start() - _NEAR) : match.start()]
    )
    is_years = all(_YEAR.fullmatch(group) for group in groups)
    enough = sum(map(len, groups)) >= 7 and (said.startswith("+") or any(len(group) >= 3 for group in groups))
    return enough and not is_amount and not is_years and _is_no_amount(match)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], bool]], ...] = (
    (_EMAIL, _is_always),
    (_PHONE, _is_phone),
    (_NAMED, _is_always),
    (_STATED, _is_always),
    (_HASH, _is_always),
    (_OWNED, _is_no_year),
    (_MIXED, _is_always),
    (_LONG, _is_no_amount),
)


def _is_known(said: str, everything: str) -> bool:
    if _squeeze(said) in everything:
        return True
    # "order-1234-please": what counts are the parts with a digit in them.
    parts = [_squeeze(part) for part in re.split(r"[-_\s]", said) if re.search(r"\d", part)]
    return "@" not in said and bool(parts) and all(part in everything for part in parts)


def _squeeze(text: str) -> str:
    return re.sub(r"[\W_]+", "", text.casefold())
