"""Phone numbers, and the numbers of orders, accounts and other things that lead to a person."""

from __future__ import annotations

import importlib
import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from .finding import Found, Rule, stands_alone

_AROUND = 34
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
_NOT_PERSONAL = re.compile(
    r"(?:isbn|issn|ean|upc|gtin|asin|sku|barcode|bar code|part|model|modell|mod(?:è|e)le|modelo|modello|article|"
    r"artikel|"
    r"art\.|item|r(?:é|e)f\.|article r(?:é|e)f\.|product|produkt|produit|producto|error|errno|fehler|line|port|"
    r"version|build|"
    r"run|step|page|chapter|room|raum|zimmer|haus|figure|table|issue|pr|commit|form|code|status|rfc|iso|din|cve|pi|"
    r"timestamp|unix|epoch|size|qty|quantity|license key|coupon|promo|voucher|platform|gate|seat|row|flight|train)"
    r"[ -]?(?:\w{0,8}(?:nummer|number)|number|no\.?|nr\.?|n°|id|is|ist|num)?[ :#.]{0,3}\Z",
    re.IGNORECASE,
)
"""What stands before a number that is nobody's."""

_LABELS: tuple[tuple[str, str], ...] = (
    (
        "order number",
        r"order|purchase|po|bestell\w{0,12}|auftrag\w{0,8}|commande|pedido|orden|ordine|encomenda|ordre?|ordernummer|"
        r"bestelling|zam(?:ó|o)wieni\w{1,3}|objedn(?:á|a)vk\w{1,2}|rendel(?:é|e)s\w{0,8}|sipari(?:ş|s)\w{0,4}|"
        r"заказ\w{0,2}|замовлення|"
        r"订单号?|注文番号|주문번호|tilaus\w{0,8}|comand[aă]|pesanan",
    ),
    (
        "booking number",
        r"booking|reservation|confirmation|itinerary|pnr|buchung\w{0,8}|reservierung\w{0,8}|r(?:é|e)servation|reserva|"
        r"prenotazione|boeking\w{0,6}|record locator",
    ),
    (
        "ticket number",
        r"ticket|case|incident|docket|complaint|radicado|vorgang\w{0,8}|dossier|expediente|sinistre|request",
    ),
    ("invoice number", r"invoice|inv|receipt|rechnung\w{0,8}|facture|factura|fattura|fatura|faktur\w{0,6}|bill"),
    (
        "tracking number",
        r"tracking|shipment|parcel|consignment|sendung\w{0,10}|colis|env(?:í|i)o|spedizione|track & trace|awb|waybill",
    ),
    (
        "account number",
        r"account|acct|a/c|konto\w{0,6}|compte|cuenta|conto|conta|rekening\w{0,8}|sort code|routing|wallet|iban|swift",
    ),
    (
        "customer number",
        r"customer|client|kunden\w{0,8}|klant\w{0,6}|cliente|member(?:ship)?|mitglied\w{0,10}|loyalty|"
        r"subscriber|patient|"
        r"mrn|employee|student|user|kund\w{0,6}|guest",
    ),
    (
        "contract number",
        r"policy|pol\.?|claim|contract|vertrag\w{0,8}|contrat|contrato|contratto|polizza|p(?:ó|o)liza|"
        r"subscription|licen[cs]e(?! key)|"
        r"police|versicherung\w{0,10}",
    ),
    ("vehicle number", r"vin|plate|license plate|kennzeichen|registration|reg|matr(?:í|i)cula|targa|immatriculation"),
    ("device number", r"serial|s/n|imei|seriennummer|num(?:é|e)ro de s(?:é|e)rie|device"),
    ("reference number", r"ref(?:erence)?|referenz\w{0,8}|transaction|txn|payment|transfer|application|file|rf|id"),
)
_GLUE = (
    r"(?:[\s_-]{0,2}(?:numbers?|numero|n(?:ú|u)mero|num(?:é|e)ro|nummer|number|num|no\.?|nr\.?|n[°ºo]\.?|code|"
    r"id|ids|ref(?:erence)?|key|of mine|"
    r"is|was|are|ist|lautet|es|est|è|é|er|el|il|le|het|de cliente|bank|for|on|my|of|device|from|:|：|#|=|-)){0,6}"
)
_TOKEN = r"#?[A-Za-z0-9](?:[A-Za-z0-9_/-]{1,40})[A-Za-z0-9]"


def _is_reference(text: str, start: int, end: int) -> bool:
    """Whether a token after a word for something personal is its number: with digits, no amount, no date."""
    value = text[start:end]
    digits = sum(map(str.isdigit, value))
    if not digits:
        return len(value) in (5, 6, 7, 8) and value.isupper() and value.isalnum()
    after = text[end : end + 3]
    if re.match(r"[.,]\d|[ ]?[%€$£°]", after) or text[max(0, start - 1) : start] in ("$", "€", "£", ".", ",", "+"):
        return False
    if digits < 3 and len(value) < 6:
        return False
    return not (re.fullmatch(r"(?:19|20)\d\d|\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?|\d{4}-\d{2}-\d{2}", value))


def _is_long_number(text: str, start: int, end: int) -> bool:
    return not _NOT_PERSONAL.search(text[max(0, start - _AROUND) : start]) and not re.fullmatch(
        r"(?:19|20)\d{6}(?:\d{4,6})?", text[start:end]
    )


def _is_any_number(text: str, start: int, end: int) -> bool:
    """Whether a number after "meter number" and the like is somebody's: long, and of no product."""
    return (
        sum(map(str.isdigit, text[start:end])) >= 5
        and _is_reference(text, start, end)
        and _is_long_number(text, start, end)
    )


REFERENCES: tuple[Rule, ...] = (
    *(
        Rule(
            f"{label.replace(' ', '-')}-after-word",
            label,
            re.compile(rf"(?<![^\W_])(?:{words})s?{_GLUE}[\s'\"(]{{0,2}}(?P<value>{_TOKEN})(?![\w@])", re.IGNORECASE),
            _is_reference,
        )
        for label, words in _LABELS
    ),
    Rule(
        "sort-code",
        "account number",
        re.compile(r"(?<![^\W_])sort ?code(?: is|:)?\s{1,2}(?P<value>\d{2}[- ]?\d{2}[- ]?\d{2})(?!\w)", re.IGNORECASE),
    ),
    Rule(
        "uuid",
        "reference number",
        re.compile(r"(?<![\w-])[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}(?![\w-])"),
    ),
    Rule(
        "object-id",
        "reference number",
        re.compile(
            r"(?<![\w-])(?:acct|sub|cus|ch|pi|pm|in|txn|ord|order|inv|evt|usr|user|price|prod|req|ses|sess|re|"
            r"po|tr)_[A-Za-z0-9]{8,64}(?!\w)"
        ),
    ),
    Rule(
        "any-number-after-word",
        "reference number",
        re.compile(
            r"(?<![^\W_])[^\W\d_]{3,20}[ -](?:number|no\.?|nr\.?|n[°º]|nummer|n(?:ú|u)mero|num(?:é|e)ro|номер)"
            rf"(?:[ ](?:is|was|ist|lautet|es|est|è|é|er))?[ :#]{{1,2}}(?P<value>{_TOKEN})(?![\w@]|[.,]\d)",
            re.IGNORECASE,
        ),
        _is_any_number,
    ),
    Rule("order-number-shape", "order number", re.compile(r"(?<![\w-])\d{3}-\d{7}-\d{7}(?![\w-])")),
    Rule(
        "tracking-number-shape",
        "tracking number",
        re.compile(r"(?<!\w)(?:1Z[0-9A-Z]{16}|[A-Z]{2}\d{9}[A-Z]{2}|JD\d{18})(?!\w)"),
    ),
    Rule(
        "vin-shape",
        "vehicle number",
        re.compile(r"(?<!\w)(?=[A-Z0-9]{0,16}\d)(?=[A-Z0-9]{0,16}[A-Z])[A-HJ-NPR-Z0-9]{17}(?!\w)"),
    ),
    Rule(
        "wallet-shape",
        "account number",
        re.compile(r"(?<!\w)(?:bc1[a-z0-9]{20,80}|0x[0-9a-fA-F]{40}|[13][1-9A-HJ-NP-Za-km-z]{25,34})(?!\w)"),
    ),
    Rule(
        "prefixed-number", "reference number", re.compile(r"(?<![\w-])#?[A-Z]{1,6}-?\d{5,20}(?![\w-])"), _is_long_number
    ),
    Rule(
        "hash-number",
        "reference number",
        re.compile(r"(?<![\w&])#(?=[A-Z-]{0,8}\d)[A-Z0-9-]{4,24}(?![\w-])"),
        _is_long_number,
    ),
    Rule("long-number", "reference number", re.compile(r"(?<![\w.,-])\d{8,30}(?![\w-]|[.,]\d)"), _is_long_number),
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
        before = text[max(0, start - _AROUND) : start]
        if value.startswith(("+", "00")):
            rule = "phone-international" if _is_valid(value, None) else ""
        elif _NOT_PERSONAL.search(before) or _DATE_LIKE.fullmatch(value):
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
