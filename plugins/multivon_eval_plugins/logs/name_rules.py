"""Names of people: what somebody calls themselves, titles, greetings, signatures, and lists of names."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence

from .finding import Found
from .name_cues import BESIDE_CONTACT, CUES, DASHED, NO_CAPITALS, PERSON, SIGNED, TOLD
from .name_words import AMBIGUOUS, FIELD_WORDS, PARTICLES, NameLists, Word, load_lists, split_words

_MOST = 4


def find_names(text: str) -> Iterator[Found]:
    """Find names of people in a text."""
    lists = load_lists()
    words = split_words(text)
    places = {word.start: index for index, word in enumerate(words)}
    for rule, pattern, may_be_small in CUES:
        for match in pattern.finditer(text):
            if match.end() in places:
                yield from _take(text, words, places[match.end()], lists, rule, may_be_small)
    for match in SIGNED.finditer(text):
        if match.end() in places:
            yield from _take_signed(text, words, places[match.end()], lists)
    for match in DASHED.finditer(text):
        if match.end() in places:
            yield from _take_signed(text, words, places[match.end()], lists)
    yield from _find_small(text, words, places, lists)
    yield from _find_beside_contact(text, words, lists)
    for pattern in NO_CAPITALS:
        for match in pattern.finditer(text):
            yield Found(*match.span("value"), "name", "name-introduced")
    yield from _find_listed(text, words, lists)


def _find_small(text: str, words: Sequence[Word], places: Mapping[int, int], lists: NameLists) -> Iterator[Found]:
    """Find listed names in small letters where only a person can be meant: "spoke to dmitri", "mikey told me"."""
    for match in PERSON.finditer(text):
        index = places.get(match.end())
        if index is not None and lists.is_small_name(words[index]):
            yield Found(words[index].start, words[index].end, "name", "name-after-words")
    for match in TOLD.finditer(text):
        index = places.get(match.start())
        if index is not None and lists.is_small_name(words[index]):
            yield Found(*match.span("value"), "name", "name-after-words")


def _find_beside_contact(text: str, words: Sequence[Word], lists: NameLists) -> Iterator[Found]:
    """Find two or three words with a capital, at the head of a line, that an e-mail address or a number follows."""
    for match in BESIDE_CONTACT.finditer(text):
        start, end = match.span("value")
        inside = [word for word in words if start <= word.start < end]
        if all((word.is_capital or word.plain in PARTICLES) and not lists.is_word(word) for word in inside):
            yield Found(start, end, "name", "name-beside-contact")


def _take(
    text: str, words: Sequence[Word], index: int, lists: NameLists, rule: str, may_be_small: bool
) -> Iterator[Found]:
    """Take the words of a name that begins at one; nothing where no name begins there."""
    first = words[index]
    if _is_initial(text, words, index):
        yield Found(first.start, _end_of_initials(text, words, index), "name", rule)
        return
    if rule == "name-after-i-am" and _is_small_pair(text, words, index, lists):
        yield Found(first.start, words[index + 1].end, "name", rule)
        return
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


def _is_initial(text: str, words: Sequence[Word], index: int) -> bool:
    """Whether a letter with a point stands before a name: "M. de Groot"."""
    first, after = words[index], words[index + 1 : index + 3]
    if len(first.text) > 1 or not first.text.isupper() or not after or text[first.end : after[0].start] != ". ":
        return False
    return after[0].is_capital or (after[0].plain in PARTICLES and after[-1].is_capital)


def _end_of_initials(text: str, words: Sequence[Word], index: int) -> int:
    """Where a name that begins with an initial ends: at its first longer word with a capital."""
    for word in words[index + 1 : index + 5]:
        if len(word.text) > 1 and word.plain not in PARTICLES:
            return word.end
    return words[index + 1].end


def _is_small_pair(text: str, words: Sequence[Word], index: int, lists: NameLists) -> bool:
    """Whether two small words are a name: the second one a known family name, and nothing more in the sentence."""
    pair = words[index : index + 2]
    if len(pair) < 2 or text[pair[0].end : pair[1].start] != " " or any(word.is_capital for word in pair):
        return False
    ends = re.match(r"[ ]?(?:[,.!;\n]|\Z|(?:from|here|calling|speaking|writing)\b)", text[pair[1].end :])
    known = pair[1].plain in lists.last and not lists.is_word(pair[1]) and pair[1].plain not in AMBIGUOUS
    return bool(ends) and known and len(pair[1].text) > 3 and pair[0].plain not in FIELD_WORDS


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
