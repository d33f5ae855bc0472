"""Phone numbers: with a country code, called so by a word before them, or written as a country does."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from .finding import Found, stands_alone
from .number_rules import AROUND, NOT_PERSONAL

_PHONE_WORDS = re.compile(
    r"(?<![^\W_])(?:phone|ph|tel|telephone|mob|mobile|cell|cellphone|call|text|sms|whats?app|zap|fax|dial|reach|"
    r"number|hp|cp|"
    r"telefon\w{0,6}|t(?:é|e)l(?:é|e)phone|t(?:é|e)l|portable|appele[zr]|tel(?:é|e)fono|m(?:ó|o)vil|celular|cel|"
    r"llam\w{1,5}|"
    r"telefone|telem(?:ó|o)vel|ligue|cellulare|chiam\w{1,5}|gsm|mobiel|nummer|06-nummer|bel|handy|mobil\w{0,4}|"
    r"festnetz|"
    r"r(?:ü|u)ckruf|ruf|anruf\w{0,3}|puhelin\w{0,6}|komórk\w{0,3}|nr tel|numer|namba|simu|nomor|hape|điện thoại|"
    r"sđt|เบอร์|โทร|"
    r"телефон\w{0,3}|номер|тел|τηλ\w{0,8}|טלפון|נייד|هاتف\w{0,3}|رقم\w{0,3}|नंबर|मोबाइल|电话|電話|手机|手機|携帯|"
    r"전화\w{0,3}|번호\w{0,2})"
    r"(?![^\W_])|电话|電話|手机|手機|携帯|전화|เบอร์|โทร|هاتف",
    re.IGNORECASE,
)
_CANDIDATE = re.compile(
    r"(?<![A-Za-z0-9_.,/@#-])(?:\+ ?|00)?\(?\d(?:[\d ()./‑–-]{5,20})\d"
    r"(?P<extension> ?(?:x|ext\.?) ?\d{1,6})?(?![A-Za-z_@]|[.,/-]\d)"
)
_REGIONS = tuple(
    "US GB DE FR ES IT NL BE AT CH SE NO DK FI PL CZ HU RO PT BR MX AR CO IN AU NZ ZA KE NG SG PH VN ID TH JP "
    "KR CN IL TR IE GR".split()
)
_DATE_LIKE = re.compile(
    r"\d{1,4}[./-]\d{1,2}[./-]\d{1,4}(?: \d{1,2})?|\d{4} ?[-–] ?\d{4}|\d{1,3}(?:[ .]\d{3})+|\d+(?:\.\d+)?"
)


@cache
def _load() -> Any:
    return importlib.import_module("phonenumbers")


def find_phones(text: str) -> Iterator[Found]:
    """Find phone numbers: with a country code, called so by a word before them, or written as a country does."""
    for match in _CANDIDATE.finditer(text):
        value, start, end = match.group(), match.start(), match.end()
        value = value[: len(value) - len(match["extension"] or "")]
        if value.startswith("(") and ")" not in value:
            value, start = value[1:], start + 1
        digits = re.sub(r"\D", "", value)
        if not 7 <= len(digits) <= 15 or not stands_alone(text, start, end):
            continue
        before = text[max(0, start - AROUND) : start]
        if value.startswith(("+", "00")):
            rule = "phone-international" if _is_valid(value, None) else ""
        elif NOT_PERSONAL.search(before) or _DATE_LIKE.fullmatch(value):
            rule = "phone-after-word" if _says_phone(before) and not re.search(r"[/.]", value) else ""
        elif _says_phone(before):
            rule = "phone-after-word"
        else:
            rule = "phone-national" if _is_written_as_phone(value, digits) and _is_valid_anywhere(value) else ""
        if rule:
            yield Found(start, end, "phone number", rule)


def _says_phone(before: str) -> bool:
    return bool(_PHONE_WORDS.search(before))


def _is_written_as_phone(value: str, digits: str) -> bool:
    """Whether a number is grouped, or begins, as phone numbers are and other numbers seldom."""
    is_grouped = bool(re.search(r"[ ()./-]", value))
    if any(len(group) < 2 for group in re.split(r"\D+", value.strip("()"))[1:]):
        return False
    return (is_grouped and len(digits) >= 8) or (digits[0] == "0" and 9 <= len(digits) <= 11)


def _is_valid(value: str, region: str | None) -> bool:
    phonenumbers = _load()
    try:
        parsed = phonenumbers.parse("+" + value[2:] if value.startswith("00") and region is None else value, region)
    except phonenumbers.NumberParseException:
        return False
    return bool(phonenumbers.is_possible_number(parsed) if region is None else phonenumbers.is_valid_number(parsed))


def _is_valid_anywhere(value: str) -> bool:
    # Numbers for examples in the United States are no valid ones; people who invent one write it so.
    return bool(re.search(r"\b555[ .-]?0[01]\d\d\Z", value)) or any(_is_valid(value, region) for region in _REGIONS)
