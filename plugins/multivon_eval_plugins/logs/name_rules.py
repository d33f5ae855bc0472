"""Names of people: what somebody calls themselves, titles, greetings, signatures, and lists of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from .finding import Found
from .name_words import FIELD_WORDS, PARTICLES, NameLists, Word, load_lists, split_words

_MOST = 4
_TITLE = (
    r"(?-i:Mr|Mrs|Ms|Miss|Mx|Dr|Prof|Professor|Sir|Madam|Herr|Herrn|Frau|Mag|Ing|Dipl|Monsieur|Madame|"
    r"Mademoiselle|M|Mme|Mlle|"
    r"Se(?:ñ|n)or|Se(?:ñ|n)ora|Sr|Sra|Srta|Do(?:ñ|n)a|Signor|Signora|Sig|Dott|Senhor|Senhora|Dhr|Mevr|Mevrouw|"
    r"Meneer|Pan|Pani|Pana|"
    r"Aunt|Auntie|Uncle|Grandma|Grandpa|Agent|Officer|Nurse|Captain|Detective|Shri|Smt)\.?|se(?:ñ|n)ora?|herr|"
    r"frau|monsieur|madame"
)
_INTRODUCED = (
    r"my (?:full |first |last |real |legal )?name(?:'s| is| was)?|name(?: is|:| =)|i am called|"
    r"surname(?: is|:)?|"
    r"(?:first|last|full|given|family|maiden) name(?: is|:)?|mein name ist|min name isch|ich hei(?:ß|ss)e|"
    r"je m'appelle|je me nomme|mon nom est|"
    r"me llamo|mi nombre es|mi chiamo|il mio nome (?:è|e)|me chamo|(?:o )?meu nome (?:é|e)|mijn naam is|ik heet|"
    r"jag heter|mitt namn (?:är|er)|mit navn er|"
    r"jeg hedder|jeg heter|mitt navn er|nimeni on|nazywam si(?:ę|e)|mam na imi(?:ę|e)|jmenuji se|vol(?:á|a)m sa|"
    r"m(?:ă|a) numesc|a nevem|ad(?:ı|i)m|"
    r"nama saya|pangalan ko(?: ay)?|jina langu ni|t(?:ô|o)i t(?:ê|e)n l(?:à|a)|меня зовут|мене звати|мое имя|"
    r"με λένε|ονομάζομαι|اسمي|שמי|"
    r"मेरा नाम|জ্ঞ"
)
_I_AM = (
    r"(?:i am|i'm|i’m|im|this is|it's|it’s|its|here is|hier ist|hier spricht|ich bin|bin die|bin der|je suis|"
    r"c'est|soy(?: la| el)?|sono|sou(?: a| o)?|"
    r"eu sou|ik ben|met|jag är|jeg er|olen|ben|si|ako si|ami|aquí|tu bin)"
)
_NEAR = (
    r"(?:spoke|speaking|talked|chatted|dealt) (?:with|to)|speak (?:with|to)|call me|named|ask(?:ed)? for|"
    r"(?:gift|present|card|"
    r"ticket|room|booking|booked) for|"
    r"under(?: the name(?: of)?)?|(?:please )?tell|can|could|add|attn\.?:?|c/o|contact(?: is|:)|from:|to:|cc:?|"
    r"holder(?: is|:)?|patient(?: is|:)?|"
    r"passenger(?: is|:)?|recipient(?: is|:)?|customer(?: is|:)|tenant|t\.n\.v\.|lautend auf|(?:account|card|"
    r"phone|person|guy|lady|woman|man|rep|agent|line|desk)(?: is|,)|"
    r"(?:my|his|her|our|their) (?:wife|husband|partner|spouse|fianc(?:é|e)e?|son|daughter|child|kid|brother|"
    r"sister|mother|mom|mum|father|dad|"
    r"grandmother|grandfather|aunt|uncle|cousin|boss|manager|colleague|co-?worker|friend|roommate|flatmate|"
    r"neighbou?r|landlord|lawyer|"
    r"attorney|doctor|dentist|nurse|teacher|boyfriend|girlfriend|ex|assistant)(?:'s name(?: is|:)?|,| is| named|"
    r" called)?"
)
_GREETING = (
    r"dear|hi|hey|hello|hiya|good (?:morning|afternoon|evening)|liebe[rs]?|sehr geehrte[rs]?|hallo|moin|bonjour|"
    r"salut|cher|ch(?:è|e)re|hola|"
    r"estimad[oa]|querid[oa]|ol(?:á|a)|oi|prezad[oa]|ciao|gentile|caro|cara|beste|hoi|hej|k(?:ä|a)ra|cześć|"
    r"dzień dobry|привет|здравствуйте|thanks|"
    r"thank you|gracias|danke|merci|grazie|obrigad[oa]"
)
_CLOSING = (
    r"(?:(?:best|kind|warm|with|many) )?(?:regards|wishes|thanks)|best|cheers|sincerely|yours(?: truly|"
    r" sincerely| faithfully)?|thx|thanks|thank you|"
    r"tks|rgds|(?:mit )?(?:freundlichen|besten|lieben|herzlichen) gr(?:ü|u)(?:ß|ss)en|(?:beste|liebe|"
    r"viele) gr(?:ü|u)(?:ß|ss)e|gr(?:ü|u)(?:ß|ss)e|lg|vg|mfg|danke|"
    r"cordialement|bien (?:à|a) vous|amicalement|merci|saludos(?: cordiales)?|atentamente|gracias|un saludo|"
    r"cordiali saluti|distinti saluti|"
    r"saluti|grazie|atenciosamente|abra(?:ç|c)os|obrigad[oa]|groet(?:en|jes)?|met vriendelijke groet(?:en)?|mvh|"
    r"h(?:ä|a)lsningar|med venlig hilsen|"
    r"med vennlig hilsen|hilsen|terveisin|pozdrawiam|pozdrav|с уважением|спасибо|xoxo|love"
)
_LEFT = r"(?<![^\W_])"
_CUES: tuple[tuple[str, re.Pattern[str], bool], ...] = (
    # Name of the rule, the words before a name, whether a name may be written small there.
    ("name-introduced", re.compile(rf"{_LEFT}(?:{_INTRODUCED})[\s:,]{{1,3}}", re.IGNORECASE), True),
    ("name-after-title", re.compile(rf"{_LEFT}(?:{_TITLE})[ ]{{1,2}}", re.IGNORECASE), False),
    ("name-after-i-am", re.compile(rf"{_LEFT}{_I_AM}[ ]{{1,2}}", re.IGNORECASE), False),
    ("name-in-greeting", re.compile(rf"{_LEFT}(?:{_GREETING})[ ,]{{1,2}}", re.IGNORECASE), False),
    ("name-after-words", re.compile(rf"{_LEFT}(?:{_NEAR})[\s:]{{1,2}}", re.IGNORECASE), False),
)
_SIGNED = re.compile(rf"{_LEFT}(?:{_CLOSING})[,.!]{{0,3}}\s{{0,3}}(?:[-–—~]{{1,2}}\s?)?", re.IGNORECASE)
_DASHED = re.compile(r"(?:\s|\A)[-–—~]{1,2}\s?(?=[^\W\d_]{2,20}\s*\Z)")
_HAN = r"[\u4e00-\u9fff]"
_NO_CAPITALS = (
    re.compile(
        rf"(?:我叫|我是|姓名[是为：: ]{{0,2}}|名字[是叫：: ]{{0,2}}|お?名前は)"
        rf"(?P<value>{_HAN}{{2,4}})(?![\u4e00-\u9fff]{{2}})"
    ),
    re.compile(
        rf"(?:(?<=[\s。、！,.])|\A)(?P<value>{_HAN}{{2,6}}|[\u30a0-\u30ff]{{2,12}})(?=です|と申します|といいます)"
    ),
    re.compile(
        rf"(?P<value>{_HAN}{{1,4}}|[\u30a0-\u30ff]{{2,8}}|[\uac00-\ud7a3]{{2,4}})(?=さん|様|先生|小姐|女士|님|씨)"
    ),
    re.compile(
        r"(?:이름은|성함은|저는)\s?(?P<value>[\uac00-\ud7a3]{2,4}?)(?=이고|입니다|이에요|예요|이라고|라고|[\s,.])"
    ),
    re.compile(
        r"(?:اسمي|أنا|שמי|אני|मेरा नाम)\s(?P<value>[\u0590-\u05ff\u0600-\u06ff\u0900-\u097f]{2,16}(?:\s(?!ورقم|"
        r"और|है|רקם|و)"
        r"[\u0590-\u05ff\u0600-\u06ff\u0900-\u097f]{2,16})?)"
    ),
)


def find_names(text: str) -> Iterator[Found]:
    """Find names of people in a text."""
    lists = load_lists()
    words = split_words(text)
    places = {word.start: index for index, word in enumerate(words)}
    for rule, pattern, may_be_small in _CUES:
        for match in pattern.finditer(text):
            if match.end() in places:
                yield from _take(text, words, places[match.end()], lists, rule, may_be_small)
    for match in _SIGNED.finditer(text):
        if match.end() in places:
            yield from _take_signed(text, words, places[match.end()], lists)
    for match in _DASHED.finditer(text):
        if match.end() in places:
            yield from _take_signed(text, words, places[match.end()], lists)
    for pattern in _NO_CAPITALS:
        for match in pattern.finditer(text):
            yield Found(*match.span("value"), "name", "name-introduced")
    yield from _find_listed(text, words, lists)


def _take(
    text: str, words: Sequence[Word], index: int, lists: NameLists, rule: str, may_be_small: bool
) -> Iterator[Found]:
    """Take the words of a name that begins at one; nothing where no name begins there."""
    first = words[index]
    is_shown = first.is_capital or first.text.isupper()
    if rule == "name-after-i-am" and not is_shown and not lists.is_first(first):
        return
    if not is_shown and not may_be_small and not (rule != "name-after-words" and lists.is_first(first)):
        return
    if first.plain in FIELD_WORDS or (
        rule != "name-introduced" and rule != "name-after-title" and not _may_be(first, lists)
    ):
        return
    if rule in ("name-after-words", "name-after-i-am") and lists.is_word(first) and not lists.is_name(first):
        return
    last = first
    for word in words[index + 1 : index + _MOST]:
        gap = text[last.end : word.start]
        if gap not in (" ", ". ") or not _goes_on(word, first, lists, may_be_small):
            break
        last = word
    while last.plain in PARTICLES and last is not first:
        last = words[words.index(last) - 1]
    yield Found(first.start, last.end, "name", rule)


def _may_be(word: Word, lists: NameLists) -> bool:
    """Whether a word with a capital may be a name: a known one, or none that is known as a word."""
    if lists.is_word(word) and not lists.is_first(word):
        return word.plain in lists.first and word.plain not in FIELD_WORDS
    return len(word.text) > 1


def _goes_on(word: Word, first: Word, lists: NameLists, may_be_small: bool) -> bool:
    if word.plain in FIELD_WORDS and word.plain not in PARTICLES:
        return False
    if word.plain in PARTICLES:
        return True
    if first.is_capital and first.text[0].lower() != first.text[0]:
        return word.text[0].isupper()
    return may_be_small and not lists.is_word(word)


def _take_signed(text: str, words: Sequence[Word], index: int, lists: NameLists) -> Iterator[Found]:
    """Take the rest of a line as a name, where it is short and holds no ordinary word."""
    first, line_end = words[index], (text.find("\n", words[index].start) + 1 or len(text) + 1) - 1
    line = [word for word in words[index : index + 6] if word.end <= line_end]
    rest = text[first.start : line_end].rstrip(" .,!")
    titled = [word for word in line if word.plain not in PARTICLES]
    if len(line) > 5 or line[-1].end - first.start < len(rest) or any(map(str.isdigit, rest)):
        return
    if any(word.plain in FIELD_WORDS for word in titled) and not all(word.is_capital for word in titled):
        return
    if len(titled) == 1 and (
        titled[0].plain in FIELD_WORDS or (lists.is_word(titled[0]) and not lists.is_name(titled[0]))
    ):
        return
    if not all(word.is_capital for word in titled) and len(titled) > 2:
        return
    yield Found(first.start, line[-1].end, "name", "name-signed")


def _find_listed(text: str, words: Sequence[Word], lists: NameLists) -> Iterator[Found]:
    """Find names by the lists alone: a first name by itself, or beside another word with a capital."""
    index = 0
    while index < len(words):
        word = words[index]
        if not word.is_capital or word.plain in FIELD_WORDS:
            index += 1
            continue
        end = index
        while end + 1 < len(words) and end - index < _MOST - 1 and _is_joined(text, words[end], words[end + 1]):
            end += 1
        while end > index and words[end].plain in PARTICLES:
            end -= 1
        run = words[index : end + 1]
        if _is_listed(run, lists):
            yield Found(run[0].start, run[-1].end, "name", "name-in-list")
            index = end + 1
        else:
            index += 1


def _is_joined(text: str, one: Word, other: Word) -> bool:
    if text[one.end : other.start] not in (" ", ". "):
        return False
    return (other.text[0].isupper() and other.plain not in FIELD_WORDS) or other.plain in PARTICLES


def _is_listed(run: Sequence[Word], lists: NameLists) -> bool:
    if run[0].text[0].lower() == run[0].text[0].upper():
        return False
    if lists.is_first(run[0]):
        return len(run[0].text) > 2 or len(run) > 1
    others = [word for word in run[1:] if word.plain not in PARTICLES]
    if not others or not lists.is_name(run[0]):
        return False
    ends = others[-1]
    # A name that is a word too, "Grace" or "Mark", needs a second one that is none; so does
    # a family name that stands first.
    return lists.is_name(ends) and not (lists.is_word(ends) or (lists.is_word(run[0]) and ends.plain not in lists.last))
