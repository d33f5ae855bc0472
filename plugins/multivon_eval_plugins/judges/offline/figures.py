"""Figures in a text: numbers with what they count, prices, shares, dates and days of the week."""

from __future__ import annotations

import re
from collections.abc import Iterator

NUMBER = re.compile(r"(?<![\w.])(?<!\d,)[$€£]?\d++(?:[.,]\d++)*+%?(?![\w])")

_WORDS = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen "
    "eighteen nineteen twenty"
).split()
_TENS = {"thirty": 30, "forty": 40, "fifty": 50, "sixty": 60, "seventy": 70, "eighty": 80, "ninety": 90, "hundred": 100}
_VALUES = {**{word: value for value, word in enumerate(_WORDS)}, **_TENS}
_SPELT = re.compile(rf"\b(?:{'|'.join(_VALUES)})\b", re.IGNORECASE)
_MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()
_MONTH = (
    "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|"
    "nov(?:ember)?|dec(?:ember)?"
)
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?"
_DATES = (
    re.compile(rf"\b{_DAY}\.?\s+(?:of\s+)?(?P<month>{_MONTH})\b\.?", re.IGNORECASE),
    re.compile(rf"\b(?P<month>{_MONTH})\.?\s+{_DAY}(?!\w)", re.IGNORECASE),
)
_ISO = re.compile(r"\b\d{4}-(\d{2})-(\d{2})\b")
_WEEKDAY = re.compile(r"\b((?:mon|tues|wednes|thurs|fri|satur|sun)day)s?\b", re.IGNORECASE)
_MONEY = re.compile(r"([$€£])\s?(\d+(?:[.,]\d+)*)")
_SHARE = re.compile(r"(?<!\d)(?<!\d[.,])(\d++(?:[.,]\d++)*+)\s?(?:%|per\s?cent\b)", re.IGNORECASE)
_RANGE = re.compile(
    r"(?<!\d)(?<!\d[.,])(\d++(?:[.,]\d++)*+)\s*+(?:-|–|to|or|and)\s*+(?=(\d++(?:[.,]\d++)*+)[\s-]*+([a-z]+))",
    re.IGNORECASE,
)
_COUNTED = re.compile(NUMBER.pattern + r"[\s-]*+([a-z]+)", re.IGNORECASE)
_CURRENCIES = {"dollar": "$", "euro": "€", "pound": "£", "usd": "$", "eur": "€", "gbp": "£"}
_VAGUE = re.compile(
    r"\b(?:days?|weeks?|months?|years?|hours?|minutes?|fortnight|today|tomorrow|tonight|yesterday|noon|midnight|once|"
    r"twice|half|double|dozen|couple|free|thousand|million)\b",
    re.IGNORECASE,
)


def find_numbers(text: str) -> frozenset[str]:
    """The numbers, without currency signs, per cent and thousands separators."""
    return frozenset(_make_plain(found.group()) for found in NUMBER.finditer(text))


def find_figures(text: str) -> dict[str, frozenset[str]]:
    """The figures of a text by what they measure: ``day``, ``$``, ``%``, ``date``, ``weekday``, ...

    Spelt numbers up to a hundred count like digits, and both ends of a range count.
    """
    found: dict[str, set[str]] = {}
    for unit, value in _find_all(_SPELT.sub(lambda match: str(_VALUES[match.group().lower()]), text)):
        found.setdefault(unit, set()).add(value)
    return {unit: frozenset(values) for unit, values in found.items()}


def find_vague_words(text: str) -> list[str]:
    """The words of time or amount that are no figure by themselves: the week of "a week", "tomorrow", "free"."""
    return _VAGUE.findall(text)


def _find_all(text: str) -> Iterator[tuple[str, str]]:
    for match in _WEEKDAY.finditer(text):
        yield "weekday", match[1].capitalize()
    for match in _ISO.finditer(text):
        yield "date", f"{int(match[2])} {_MONTHS[(int(match[1]) - 1) % 12].capitalize()}"
    text = _ISO.sub(" ", text)
    for pattern in _DATES:
        for match in pattern.finditer(text):
            day = next(part for part in match.groups() if part and part.isdigit())
            yield "date", f"{int(day)} {match['month'][:3].capitalize()}"
        text = pattern.sub(" ; ", text)
    for match in _MONEY.finditer(text):
        yield match[1], _make_plain(match[2])
    for match in _SHARE.finditer(text):
        yield "%", _make_plain(match[1])
    text = _SHARE.sub(" ; ", _MONEY.sub(" ; ", text))
    for match in _RANGE.finditer(text):
        yield _find_unit(match[3]), _make_plain(match[1])
    for match in _COUNTED.finditer(text):
        number = NUMBER.search(match.group())
        assert number is not None, "what is counted begins with a number"
        yield _find_unit(match[1]), _make_plain(number.group())


def _make_plain(number: str) -> str:
    return number.strip("$€£%").replace(",", "")


def _find_unit(word: str) -> str:
    unit = word.lower().rstrip("s")
    return _CURRENCIES.get(unit, unit)
