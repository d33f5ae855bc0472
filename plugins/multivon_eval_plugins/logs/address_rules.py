"""Where people live: streets, post codes, coordinates, and what stands behind "I live at"."""

from __future__ import annotations

import re

from .finding import Rule

_UP = r"[A-ZÀ-ÖØ-ÞĀŁŚŻŽČŠÇĞİÖŞÜ]"
_MONEY = r"(?!(?:CHF|EUR|USD|GBP|CAD|AUD|SEK|NOK|DKK|PLN|CZK|HUF|RON|TRY|INR|JPY|BRL|MXN|ZAR)\b)"
_WORD = rf"{_MONEY}{_UP}[\w'’.-]{{0,24}}"
_HAN = r"(?:(?![到至在往是给給住请請寄送])[\u4e00-\u9fff])"
_HANGUL = r"[\uac00-\ud7a3]"
_NUMBER = r"\d{1,5}(?:[A-Za-z]|[ ]?(?:bis|ter))?(?:[/-]\d{1,4}[A-Za-z]?|/[A-Z]){0,2}"
_STREETS = (
    r"(?:St|Str|Street|Ave?|Avenue|Rd|Road|Dr|Drive|Ln|Lane|Blvd|Boulevard|Ct|Court|Pl|Place|Terrace|Ter|Way|"
    r"Close|Crescent|Cres|"
    r"Square|Sq|Hwy|Highway|Pkwy|Parkway|Cir|Circle|Trail|Trl|Row|Mews|Gardens|Gdns|Grove|Hill|Park|Walk|Quay|"
    r"Parade|Pde|Alley|Loop|"
    r"Circuit|Cct|Esplanade|Plaza|Hills|Heights|Rise|View|Vale|Green|Nagar|"
    r"Colony|Marg|Vihar|Enclave|Layout|Estate|"
    r"Corniche|Bazaar|Chowk)"
)
_CODE = (
    r"(?:[A-Z]{1,2}-\d{4,5}|\d{5}(?:-\d{3,4})?|\d{4}[ ]?[A-Z]{2}|\d{4}|\d{3}[ ]\d{2}|\d{2}-\d{3}|"
    r"[A-Z]{1,2}\d[A-Z\d]?[ ]?\d[A-Z]{2}|[A-Z]\d[A-Z][ ]?\d[A-Z]\d|\d{6})"
)
_UNIT = (
    r"(?:,?[ ](?:Apt|Apartment|Suite|Ste|Unit|Flat|Floor|Fl|apto|piso|Wohnung|#)\.?[ ]?[\w-]{1,6}|"
    r"[ ](?:bus|bte|boîte|lgh|tür|top|stiege|tr|et)\.?[ ]\w{1,5}|"
    r",?[ ]\d{1,2}\.?[ ]?(?:tv|th|mf|sal|stock|og|étage|piano)\.?|"
    r",?[ ]\d{1,2}[ºª°]?[ ]?[A-Z]?(?=,))"
)
_CITY = rf"(?:{_WORD}(?:[ -](?:{_WORD}|am|an der|im|de|la|del|di|da|do|upon|on)){{0,3}})"
_TAIL = (
    rf"(?:{_UNIT}){{0,2}}(?:,?[ ](?:in[ ])?{_CODE}(?![\w,.]*\d)[ ]{_CITY}(?:[ ]\(?[A-Z]{{2}}\)?(?!\w)|"
    rf"[ ]\d{{1,2}}(?=[,.;\n]|\Z))?|"
    rf",?[ ]{_CITY}(?:,?[ -]{{1,3}}[A-Z]{{2,3}}\b)?(?:,?[ ]{_CODE}(?!\w))?"
    rf"|,?[ ]{_CODE}(?!\w)){{0,3}}"
)
_COMPOUND = (
    r"(?:str(?:a(?:ß|ss)e|\.)|weg|platz|allee|gasse|ring|damm|ufer|gata|gatan|vej|gade|v(?:ä|a)gen|veien|vei|"
    r"straat|gracht|laan|"
    r"plein|kade|katu|tie|stra(?:ß|ss)e|dreef|singel|hof|markt|utca|(?:ú|u)t|"
    r"t(?:é|e)r|k(?:ö|o)r(?:ú|u)t|cesta|ulica|n(?:á|a)m(?:ě|e)st(?:í|i))"
)
_ROMANCE = (
    r"(?:rue|avenue|av\.?|boulevard|bd|bld|all(?:é|e)e|place|chemin|impasse|quai|route|cours|calle|c/|cl\.?|"
    r"carrer|avda\.?|avenida|paseo|"
    r"plaza|via|viale|piazza|corso|largo|vicolo|rua|r\.|travessa|pra(?:ç|c)a|alameda|estrada|ul\.?|ulica|al\.|"
    r"aleja|os\.|ulice|strada|str\.|"
    r"bulevardul|jl\.?|jalan|ул\.?|улица|проспект|пр\.|вул\.?|οδός|cad\.|caddesi|sok\.|sokak)"
)
_LIVE = (
    r"(?:(?:i|we|he|she|they)(?:'m| am| are)? (?:now )?(?:live|lives|living|based|located|staying|moving|"
    r"moved)(?: now)? (?:at|in|on|to)|moving to|"
    r"(?:ship|send|sent|deliver|delivered|mail|forward|come|shipping|sending|delivery|home|house) (?:it |them |"
    r"this )?(?:to|at)|address(?: is| was|:| =)?|"
    r"wohne(?: jetzt| nun)?(?: in der| im| in| am)?|adresse(?: ist| lautet|:)?|anschrift(?: ist|:)?|(?:j'habite|"
    r"habite|livrer|livraison)(?: au| à| a)?|adresse est|"
    r"(?:vivo|resido)(?: en)?|env[íi]e(?:lo|nlo)? a|direcci[óo]n(?: es|:)?|abito(?: in| a)?|indirizzo(?: è|:)?|"
    r"consegna(?: in| a)|moro(?: na| no| em)?|"
    r"endere[çc]o(?: é|:)?|woon(?: op)?(?: de)?|adres(?: is|:)?|bor på|adress(?: är|:)?|mieszkam(?: przy)?|"
    r"alamat(?: saya)?(?::)?|адрес(?::)?|"
    r"from flat|property at)"
)
_PART = (
    rf"(?:(?-i:{_WORD})|\d[\w/.-]{{0,9}}|[A-Z]-?\d{{1,4}}|#\d{{1,5}}|(?:c/|calle|rue|via|rua|de|la|las|los|del|"
    rf"des|du|da|das|do|dos|di|van|den|der|the|of|am|an|bis|ter|apto|apt|"
    r"flat|unit|ul\.|nr|no\.|št\.)(?=[ .,/\d]))"
)


def _has_digit(text: str, start: int, end: int) -> bool:
    return any(map(str.isdigit, text[start:end]))


def _has_house(text: str, start: int, end: int) -> bool:
    """Whether it names a house and a street: a number, and words that are no amount of something."""
    value = text[start:end]
    return _has_digit(text, start, end) and len(re.findall(r"[^\W\d_]{3,}", value)) >= 1 and len(value) >= 6


ADDRESSES: tuple[Rule, ...] = (
    Rule(
        "street-block",
        "address",
        re.compile(
            rf"(?<!\w)(?:(?i:block|blk|phase|lot|plot|house|sector)\.?[ ]#?\d{{1,4}}[A-Z]?,?[ ]){{1,3}}"
            rf"(?:{_WORD}[ ]){{1,4}}(?:{_STREETS}|{_WORD})\b\.?(?:[ ]\d{{1,3}}\b)?"
            rf"(?:,?[ ]#\d{{1,3}}-\d{{1,4}}[A-Z]?)?(?:,?[ ](?:S|S\(|Singapore )\d{{6}}\)?)?{_TAIL}"
        ),
    ),
    Rule(
        "street-east-asia",
        "address",
        re.compile(
            rf"{_HAN}{{2,8}}?(?:省|市|区|區|县|縣|都|府|県){_HAN}{{0,24}}?(?:路|街|道|巷|弄|村|町|丁目|区|區|市)"
            r"[^\W\d_]{0,8}[0-9０-９]{1,5}[-－号號弄栋楼室番地丁目0-9０-９座之]{1,20}"
            rf"|(?<!{_HANGUL}){_HANGUL}{{1,6}}(?:시|도)?(?: {_HANGUL}{{1,6}}[시군구]){{1,2}}"
            rf"(?: {_HANGUL}{{1,6}}[읍면])?"
            r" [\uac00-\ud7a30-9]{1,10}(?:로|길)(?: ?\d{1,3}번?길)? ?\d{1,4}(?:-\d{1,4})?"
            r"(?:,? \d{1,4}동)?(?: \d{1,4}호)?"
        ),
    ),
    Rule(
        "street-cyrillic",
        "address",
        re.compile(
            r"(?<!\w)(?:ул|улица|просп|пр-т|проспект|пер|переулок|бул|бульвар|наб|шоссе|вул|вулиця|ж\.?к)\.? "
            r"[А-ЯЁІЇЄҐ][\w-]+(?: [А-ЯЁІЇЄҐ][\w-]+)?,? (?:(?:д|дом|буд|№)\.? ?)?\d{1,4}[а-я]?(?:/\d{1,4})?"
            r"(?:,? (?:кв|корп|к|стр|оф|под|эт)\.? ?\d{1,4}){0,4}(?:, (?:г\. ?)?[А-ЯЁІЇЄҐ][\w-]+)?(?:,? \d{5,6})?"
        ),
    ),
    Rule(
        "street-unspaced",
        "address",
        re.compile(
            r"(?<!\w)(?:רחוב|רח'|שדרות|شارع|خیابان|ถนน|เลขที่)\s[^\d\n.!?]{2,30}?\s\d{1,4}(?:/\d{1,4})?"
            r"(?:,\s[^\W\d_]+(?:\s[^\W\d_]+)?)?"
        ),
    ),
    Rule(
        "street-nordic",
        "address",
        re.compile(
            rf"(?<!\w)(?:{_WORD}[ ]){{1,3}}(?:gate|gata|plass|vei|veg|vej|väg|torg|torv|gränd|plads|allé|aukio)"
            rf"[ ]{_NUMBER}{_TAIL}"
        ),
    ),
    Rule(
        "street-english",
        "address",
        re.compile(
            rf"(?<![\w$€£])(?:(?:(?:Flat|Apt|Unit|Suite)[ ]\w{{1,4}},?|(?:H\.?[ ]?)?No\.?|"
            rf"(?:House|Door)(?:[ ]No)?\.?)[ ])?{_NUMBER},?[ ](?:(?:N|S|E|W|North|South|"
            rf"East|West)\.?[ ])?(?:{_WORD}[ ]){{1,4}}{_STREETS}\b\.?{_TAIL}"
        ),
    ),
    Rule(
        "street-compound",
        "address",
        re.compile(rf"(?<!\w)(?:{_WORD}[ ]){{0,2}}{_UP}[\w-]{{1,30}}?[ -]?{_COMPOUND}[ ]{_NUMBER}\.?{_TAIL}"),
    ),
    Rule(
        "street-code-city",
        "address",
        re.compile(rf"(?<!\w)(?:{_WORD}[ ]){{1,4}}{_NUMBER},[ ]{_CODE}[ ]{_CITY}(?:[ ]\d{{1,2}}(?=[,.;\n]|\Z))?"),
    ),
    Rule(
        "street-romance",
        "address",
        re.compile(
            rf"(?<!\w)(?:{_NUMBER},?[ ])?(?i:{_ROMANCE})[ ](?:(?:de|du|des|la|le|les|del|della|dei|da|das|do|"
            rf"dos|d'|l')[ ]?){{0,3}}"
            rf"{_WORD}(?:[ ](?:(?:de|du|la|del|della|da|dos)[ ])?{_WORD}){{0,4}}(?:,?[ ](?:n[°ºo]\.?[ ]?|"
            rf"No\.?[ ]?)?{_NUMBER})?{_TAIL}"
        ),
        _has_digit,
    ),
    Rule(
        "po-box",
        "address",
        re.compile(rf"\b(?:P\.?[ ]?O\.?[ ]Box|Postfach|Apartado|BP|Casella postale)[ ]\d{{1,8}}{_TAIL}", re.IGNORECASE),
    ),
    Rule(
        "address-after-words",
        "address",
        re.compile(
            rf"(?<![^\W_])(?:{_LIVE})[ :]{{1,2}}(?P<value>(?:{_PART}(?:,[ ]?|[ ]-[ ]|[ ])){{1,16}}{_PART})",
            re.IGNORECASE,
        ),
        _has_house,
    ),
    Rule(
        "post-code-gb",
        "address",
        re.compile(
            rf"(?:{_WORD}[ ]{{1}}){{0,3}}(?:{_WORD},[ ]{_WORD}(?:[ ]{_WORD})?,[ ]{_WORD}[ ])?(?<!\w)"
            rf"[A-Z]{{1,2}}\d[A-Z\d]?[ ]\d[ABD-HJLNP-UW-Z]{{2}}(?!\w)"
        ),
    ),
    Rule("post-code-ca", "address", re.compile(r"(?<!\w)[ABCEGHJ-NPRSTVXY]\d[A-Z][ ]?\d[A-Z]\d(?!\w)")),
    Rule("post-code-nl", "address", re.compile(rf"(?<!\w)[1-9]\d{{3}}[ ][A-Z]{{2}}(?!\w)(?:[ ]{_CITY})?")),
    Rule(
        "post-code-us",
        "address",
        re.compile(
            rf"(?:{_CITY},?[ ])?\b(?:A[KLRZ]|C[AOT]|D[CE]|FL|GA|HI|I[ADLN]|K[SY]|LA|M[ADEINOST]|N[CDEHJMVY]|"
            rf"O[HKR]|PA|RI|S[CD]|T[NX]|UT|V[AT]|W[AIVY])[ ]\d{{5}}(?:-\d{{4}})?(?!\w)"
        ),
    ),
    Rule(
        "post-code-after-word",
        "address",
        re.compile(
            r"(?<![^\W_])(?:zip(?: ?code)?|post ?code|postal code|pin ?code|plz|postleitzahl|code postal|c(?:ó|"
            r"o)digo postal|cep|cap|"
            r"eircode|postnummer|kod pocztowy|ps(?:č|c))(?: is| ist| est| es|"
            r":)?[ :]{1,2}(?P<value>[A-Za-z0-9][A-Za-z0-9-]{1,6}(?:[ ][A-Z0-9]{2,4})?)(?!\w)",
            re.IGNORECASE,
        ),
        _has_digit,
    ),
    Rule("coordinates", "address", re.compile(r"(?<![\w.])-?\d{1,2}\.\d{3,12}°?[NS]?,[ ]?-?\d{1,3}\.\d{3,12}(?!\w)")),
)
