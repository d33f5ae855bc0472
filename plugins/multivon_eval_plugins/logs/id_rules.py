"""Numbers of cards, accounts and people that carry check digits, and numbers that a word calls so."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from .finding import Found, Rule, stands_alone

_SHAPES: tuple[tuple[str, str, str], ...] = (
    ("us-ssn", "us.ssn", r"\d{3}-\d{2}-\d{4}"),
    ("es-dni", "es.dni", r"\d{8}-?[A-Za-z]"),
    ("es-nie", "es.nie", r"[XYZxyz]-?\d{7}-?[A-Za-z]"),
    ("it-codice-fiscale", "it.codicefiscale", r"[A-Za-z]{6}\d{2}[A-Za-z]\d{2}[A-Za-z]\d{3}[A-Za-z]"),
    ("fr-nir", "fr.nir", r"[12378] ?\d{2} ?\d{2} ?(?:\d{2}|2[ABab]) ?\d{3} ?\d{3} ?\d{2}"),
    ("gb-nhs", "gb.nhs", r"\d{3}[ -]\d{3}[ -]\d{4}"),
    ("de-idnr", "de.idnr", r"\d{2} ?\d{3} ?\d{3} ?\d{3}"),
    ("be-nn", "be.nn", r"\d{2}\.?\d{2}\.?\d{2}-?\d{3}[.-]?\d{2}"),
    ("se-personnummer", "se.personnummer", r"(?:\d{2})?\d{6}[-+]\d{4}"),
    ("fi-hetu", "fi.hetu", r"\d{6}[-+A-FU-Y]\d{3}[0-9A-Y]"),
    ("dk-cpr", "dk.cpr", r"\d{6}-\d{4}"),
    ("no-fodselsnummer", "no.fodselsnummer", r"\d{6} ?\d{5}"),
    ("is-kennitala", "is_.kennitala", r"\d{6}-\d{4}"),
    ("pl-pesel", "pl.pesel", r"\d{11}"),
    ("cz-rc", "cz.rc", r"\d{6}/\d{3,4}"),
    ("ro-cnp", "ro.cnp", r"\d{13}"),
    ("bg-egn", "bg.egn", r"\d{10}"),
    ("ee-ik", "ee.ik", r"\d{11}"),
    ("lv-pk", "lv.pk", r"\d{6}-\d{5}"),
    ("ie-pps", "ie.pps", r"\d{7}[A-Wa-w][A-IWa-iw]?"),
    ("ch-ssn", "ch.ssn", r"756\.?\d{4}\.?\d{4}\.?\d{2}"),
    ("gr-amka", "gr.amka", r"\d{11}"),
    ("tr-tckimlik", "tr.tckimlik", r"\d{11}"),
    ("il-idnr", "il.idnr", r"\d-?\d{7}-?\d"),
    ("br-cpf", "br.cpf", r"\d{3}\.?\d{3}\.?\d{3}-?\d{2}"),
    ("mx-curp", "mx.curp", r"[A-Za-z]{4}\d{6}[A-Za-z]{6}[0-9A-Za-z]\d"),
    ("cl-rut", "cl.rut", r"\d{1,2}\.\d{3}\.\d{3}-[\dkK]"),
    ("ar-cuit", "ar.cuit", r"\d{2}-\d{8}-\d"),
    ("ca-sin", "ca.sin", r"\d{3}[ -]\d{3}[ -]\d{3}"),
    ("au-tfn", "au.tfn", r"\d{3} \d{3} \d{3}"),
    ("in-aadhaar", "in_.aadhaar", r"\d{4}[ -]?\d{4}[ -]?\d{4}"),
    ("in-pan", "in_.pan", r"[A-Za-z]{5}\d{4}[A-Za-z]"),
    ("cn-ric", "cn.ric", r"\d{17}[\dXx]"),
    ("kr-rrn", "kr.rrn", r"\d{6}-\d{7}"),
    ("th-pin", "th.pin", r"\d-\d{4}-\d{5}-\d{2}-\d"),
    ("my-nric", "my.nric", r"\d{6}-\d{2}-\d{4}"),
    ("za-idnr", "za.idnr", r"\d{13}"),
    ("id-nik", "id.nik", r"\d{16}"),
)
"""Name of the rule, the module of python-stdnum that checks it, and how it is written."""

_ID_WORDS = (
    r"ssn|social security(?: number| no\.?)?|passport|reisepass|ausweis\w{0,10}|personalausweis\w{0,8}|"
    r"passeport|pasaporte|"
    r"passaporto|paspoort|driver'?s?'? licen[cs]e|driving licen[cs]e|f(?:ü|u)hrerschein\w{0,8}|"
    r"national insurance|ni number|nino|"
    r"tax id|tax file number|tfn|ein|itin|tin|steuer-?(?:id|nummer|identifikationsnummer)\w{0,4}|bsn|"
    r"burgerservicenummer|dni|nie|"
    r"nif|cif|cpf|rg|curp|rfc|codice fiscale|nhs(?: number)?|medicare(?: number)?|sin|aadhaar|aadhar|pan|"
    r"voter id|nric|fin|"
    r"pesel|personnummer|f(?:ø|o)dselsnummer|henkil(?:ö|o)tunnus|cpr(?:-?nummer)?|rijksregisternummer|num(?:é|"
    r"e)ro de s(?:é|e)cu\w{0,10}|"
    r"carte d'identit(?:é|e)|tc kimlik|c(?:é|e)dula|national id|id card|id number|identity (?:card|number)|"
    r"green card|visa number|"
    r"身份证号?码?|パスポート|マイナンバー|주민등록번호|паспорт|инн|снилс"
)
_DOB_WORDS = (
    r"d\.?o\.?b\.?|dates? of birth|birth ?dates?|b(?:irth)?-?day|born(?: on)?|geburtsdatum|geboren(?: am)?|geb\.|n(?:é|"
    r"e)\(?e?\)? le|"
    r"date de naissance|naissance|nac(?:í|i) el|nacid[oa] el|fecha de nacimiento|nat[oa] il|data di nascita|"
    r"data de nascimento|"
    r"nasci(?: em)?|nascid[oa] em|geboortedatum|geboren op|f(?:ö|ø|o)dd?(?:elsedato|elsedag)?|syntynyt|"
    r"syntym(?:ä|a)aika|urodzon[ya]|"
    r"data urodzenia|narozen[áa]?|sz(?:ü|u)let(?:é|e)si|do(?:ğ|g)um tarihi|дата рождения|родил(?:ся|ась)|出生日期|"
    r"出生|生年月日|"
    r"생년월일|जन्म"
)
_MONTH = r"[^\W\d_]{3,12}\.?"
_DATE = (
    r"(?:\d{1,4} ?[./-] ?\d{1,2} ?[./-] ?\d{1,4}|\d{4}年 ?\d{1,2}月 ?\d{1,2}日|\d{4}년 ?\d{1,2}월 ?\d{1,2}일|"
    rf"\d{{1,2}}(?:st|nd|rd|th|er|º|ª|\.)?,? ?(?:of |de |d')?{_MONTH},? ?(?:of |de |del )?\d{{2,4}}|"
    rf"{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? ?\d{{4}}|\d{{8}})"
)


@cache
def _load(name: str) -> Any:
    """A module of python-stdnum, imported when a value of its shape is seen."""
    return importlib.import_module(f"stdnum.{name}")


def _is_card(text: str, start: int, end: int) -> bool:
    digits = re.sub(r"\D", "", text[start:end])
    return (
        digits[0] in "23456"
        and len(set(digits)) > 1
        and stands_alone(text, start, end)
        and _load("luhn").is_valid(digits)
    )


def _make_check(module: str) -> Any:
    def is_right(text: str, start: int, end: int) -> bool:
        value = text[start:end]
        # Runs of one digit pass some checks, and are nobody's.
        return stands_alone(text, start, end) and len(set(value)) > 2 and bool(_load(module).is_valid(value))

    return is_right


def _is_iban(text: str, start: int, end: int) -> bool:
    return stands_alone(text, start, end) and bool(_load("iban").is_valid(text[start:end], check_country=False))


def _has_digit(text: str, start: int, end: int) -> bool:
    return any(map(str.isdigit, text[start:end]))


def find_ibans(text: str) -> Iterator[Found]:
    """Find numbers of bank accounts whose check digits are right, whatever word follows."""
    for match in _ANY_IBAN.finditer(text):
        start = match.start()
        for end in range(match.end(), start + 14, -1):
            if text[end - 1].isalnum() and _is_iban(text, start, end):
                yield Found(start, end, "bank account", "iban-mod97")
                break
        else:
            compact = re.match(r"[A-Z]{2}\d{2}[A-Z0-9]{11,30}(?![A-Za-z0-9])", text[start : match.end()])
            if compact and sum(map(str.isdigit, compact.group())) >= 8:
                # With a slip in it, it is somebody's all the same.
                yield Found(start, start + compact.end(), "bank account", "iban-shape")


_ANY_IBAN = re.compile(r"(?<![^\W_])[A-Za-z]{2}\d{2}(?:[ -]?[A-Za-z0-9]){11,30}")
CARDS: tuple[Rule, ...] = (
    Rule("card-luhn", "card number", re.compile(r"(?<![A-Za-z0-9_.-])\d(?:[ -]?\d){12,18}(?![A-Za-z0-9_-])"), _is_card),
    Rule(
        "card-after-word",
        "card number",
        re.compile(
            r"\b(?:card|visa|mastercard|amex|carte|karte|kreditkarte|tarjeta|carta|cart(?:ã|a)o)(?: (?:number|"
            r"no\.?|nr\.?|is|ist|n°))*"
            r"[ :#]{0,3}(?P<value>\d(?:[ -]?\d){12,18})(?![\w-])",
            re.IGNORECASE,
        ),
    ),
)
NATIONAL_IDS: tuple[Rule, ...] = (
    *(
        Rule(name, "national id", re.compile(rf"(?<![A-Za-z0-9_-]){shape}(?![A-Za-z0-9_-])"), _make_check(module))
        for name, module, shape in _SHAPES
    ),
    Rule(
        "gb-nino",
        "national id",
        re.compile(r"(?<!\w)[A-Z]{2} ?\d{2} ?\d{2} ?\d{2} ?[A-DT](?!\w)"),
    ),
    Rule("us-ssn-shape", "national id", re.compile(r"(?<![\w-])\d{3}-\d{2}-\d{4}(?![\w-])")),
    Rule("sg-nric", "national id", re.compile(r"(?<!\w)[STFGM]\d{7}[A-Z](?!\w)")),
    Rule(
        "id-after-word",
        "national id",
        re.compile(
            rf"(?<![^\W_])(?:{_ID_WORDS})(?:(?![A-Za-z])|(?=n(?:o|r|umber|ummer)(?![A-Za-z])))(?:\s{{0,2}}(?:number|nummer|no\.?|nr\.?|n[°ºo]\.?|num(?:é|e)ro|n(?:ú|"
            rf"u)mero|kimlik|is|ist|lautet|es|est|è|é|er|:|：|#|="
            rf"|le|el|il|my|mein)){{0,4}}\s{{0,2}}(?P<value>[A-Za-z0-9](?:[A-Za-z0-9./-]|"
            rf"[ ](?=\d)){{4,22}}[A-Za-z0-9])",
            re.IGNORECASE,
        ),
        _has_digit,
    ),
)
BIRTHDAYS: tuple[Rule, ...] = (
    Rule(
        "date-of-birth",
        "date of birth",
        re.compile(rf"(?<![^\W_])(?:{_DOB_WORDS})(?:[^\d\n]{{0,14}}?)(?P<value>{_DATE})", re.IGNORECASE),
    ),
    Rule(
        "date-then-born",
        "date of birth",
        re.compile(
            rf"(?<!\w)(?P<value>{_DATE})[áaéeén-]{{0,3}}[, ]{{1,2}}"
            r"(?:(?:in|à|en|a|em|i|w|v) [^\W\d_]{2,24} )?(?:geboren|geb\.|sz(?:ü|u)let\w{1,6}|doğ\w{2,6}|生まれ)",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "born-in-month",
        "date of birth",
        re.compile(
            rf"(?<![^\W_])(?:{_DOB_WORDS})(?:\s(?:is|on|was|am|il|el|"
            rf"le))?[\s:]{{1,2}}(?P<value>{_MONTH} \d{{1,2}}(?:st|nd|rd|th)?,? ?\d{{4}})",
            re.IGNORECASE,
        ),
    ),
)
