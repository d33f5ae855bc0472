"""The numbers of orders, accounts and other things that lead to a person."""

from __future__ import annotations

import re

from .finding import Rule

AROUND = 34
"""How many characters before a number say what it is."""
NOT_PERSONAL = re.compile(
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
        r"заказ\w{0,2}|замовлення|поръчк\w|narud(?:ž|z)b\w{1,2}|naro(?:č|c)il\w{1,2}|"
        r"u(?:ž|z)sakym\w{1,3}|pas(?:ū|u)t(?:ī|i)jum\w{1,3}|"
        r"tellimus\w{0,3}|đơn hàng|pöntun\w{0,4}|سفارش|الطلب|طلب|הזמנה|"
        r"订单号?|訂單(?:編號)?|注文(?:番号|id)?|주문번호|tilaus\w{0,8}|comand[aă]|pesanan",
    ),
    (
        "booking number",
        r"booking|reservation|conf(?:irmation)?|itinerary|pnr|buchung\w{0,8}|reservierung\w{0,8}|r(?:é|e)servation|"
        r"reserva|"
        r"prenotazione|boeking\w{0,6}|record locator",
    ),
    (
        "ticket number",
        r"ticket|case|incident|docket|complaint|radicado|vorgang\w{0,8}|dossier|expediente|sinistre|request",
    ),
    ("invoice number", r"invoice|inv|receipt|rechnung\w{0,8}|facture|factura|fattura|fatura|faktur\w{0,6}|bill"),
    (
        "tracking number",
        r"tracking|shipment|parcel|consignment|sendung\w{0,10}|colis(?:simo)?|hermes|dpd|ups|fedex|"
        r"env(?:í|i)o|spedizione|track & trace|awb|waybill",
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
    r"is|was|are|ist|lautet|es|est|è|é|er|el|il|le|het|de cliente|bank|for|on|my|of|device|from|"
    r"broj|številka|číslo|numeris|numurs|номер|шифра|شماره|رقم|מספר|:|：|#|=|-)){0,6}"
)
_ENDS = r"(?:(?![A-Za-z])|(?=(?:ids?|no|nr|num|numbers?|nummer|code|ref|reference|key)(?![A-Za-z])))"
"""Behind a word: its end, or another one as in "orderid", so that "port8080" is no number of a "po"."""
_TOKEN = r"#?[A-Za-z0-9](?:[A-Za-z0-9_/-]{1,40})[A-Za-z0-9]"


_AMOUNT = re.compile(r" (?:units?|items?|pieces?|pcs|boxes|copies|bottles)\b")


def _is_reference(text: str, start: int, end: int) -> bool:
    """Whether a token after a word for something personal is its number: with digits, no amount, no date."""
    value = text[start:end]
    digits = sum(map(str.isdigit, value))
    if not digits:
        return len(value) in (5, 6, 7, 8) and value.isupper() and value.isalnum()
    after = text[end : end + 3]
    if re.match(r"[.,]\d|[ ]?[%€$£°]", after) or text[max(0, start - 1) : start] in ("$", "€", "£", ".", ",", "+"):
        return False
    if value.isdigit() and len(value) < 4 and _AMOUNT.match(text, end):
        return False
    if digits < 3 and len(value) < 6:
        return False
    return not (re.fullmatch(r"(?:19|20)\d\d|\d{1,2}[/-]\d{1,2}(?:[/-]\d{2,4})?|\d{4}-\d{2}-\d{2}", value))


def _is_long_number(text: str, start: int, end: int) -> bool:
    return not NOT_PERSONAL.search(text[max(0, start - AROUND) : start]) and not re.fullmatch(
        r"(?:19|20)\d{6}(?:\d{4,6})?", text[start:end]
    )


def _is_any_number(text: str, start: int, end: int) -> bool:
    """Whether a number after "meter number" and the like is somebody's: long, and of no product."""
    return (
        sum(map(str.isdigit, text[start:end])) >= 5
        and _is_reference(text, start, end)
        and _is_long_number(text, start, end)
    )


def _is_spaced_number(text: str, start: int, end: int) -> bool:
    """Whether groups of digits after a word are a number of something, and no amount with its thousands apart."""
    value = text[start:end]
    return sum(map(str.isdigit, value)) >= 6 and not re.fullmatch(
        r"\d{1,3}(?: \d{3})+|\d{4} ?- ?\d{4}|\d{2,4}-\d\d-\d{2,4}", value
    )


REFERENCES: tuple[Rule, ...] = (
    *(
        Rule(
            f"{label.replace(' ', '-')}-after-word",
            label,
            re.compile(
                rf"(?<![^\W_])(?:{words})s?{_ENDS}{_GLUE}[\s'\"(]{{0,2}}(?P<value>{_TOKEN})(?![\w@])", re.IGNORECASE
            ),
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
        "plate-after-word",
        "vehicle number",
        re.compile(
            r"(?<![^\W_])(?:(?:license|licence|number|reg(?:istration)?) ?plate|plate|reg(?:istration)?|rego|"
            r"kennzeichen|"
            r"matr(?:í|i)cula|targa|immatriculation|plaque|kenteken|rekisterinumero|госномер|номер авто)"
            r"(?: (?:number|no\.?|nr\.?|is|ist|es|est|è))*[ :]{1,2}"
            r"(?P<value>(?-i:(?=[A-Z0-9ÄÖÜ -]{0,6}\d)[A-ZÄÖÜ0-9]{1,4}(?:[ -][A-Z0-9]{1,4}){1,3}))(?![\w@])",
            re.IGNORECASE,
        ),
    ),
    Rule(
        "spaced-number-after-word",
        "reference number",
        re.compile(
            rf"(?<![^\W_])(?:{'|'.join(words for _, words in _LABELS)})s?{_ENDS}{_GLUE}\s?"
            r"(?P<value>(?-i:[A-Z]{1,3}[ -])?\d{2,5}(?:[ -]\d{2,5}){1,4})(?![\w@]|[.,]\d| ?[%€$£])",
            re.IGNORECASE,
        ),
        _is_spaced_number,
    ),
    Rule(
        "number-of-somebody",
        "reference number",
        # The word for a number first, as Romance and Slavic languages have it: "numéro de client", "numer klienta".
        re.compile(
            r"(?<![^\W_])(?:numer|n(?:ú|u)mero|num(?:é|e)ro|num(?:ă|a)rul|broj|(?:č|c)(?:í|i)slo|številka|kod|"
            r"c(?:ó|o)digo|codice|code|номер|код|شماره|رقم|מספר|mã|nomor) "
            rf"(?:(?:de la|de|del|della|di|da|do) |d'|l')?[^\W\d_]{{3,20}}(?: (?:is|es|est|è|é|to|je|e))?[ :#]{{1,2}}"
            rf"(?P<value>{_TOKEN})(?![\w@]|[.,]\d)",
            re.IGNORECASE,
        ),
        _is_any_number,
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
