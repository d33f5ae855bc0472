"""Personas by rule: the headings and sentences of a document, cast as users who ask about them."""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import attrs

from multivon_eval.sdk import JudgeError, PersonasAsked

from ...proposing.near_copies import are_copies
from .figures import find_numbers
from .words import NEGATION, list_content_words, split_sentences

BY_RULE = "built by rule from the headings and sentences of the document, without a model"

_FENCE = re.compile(r"^\s*(?:```|~~~)")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(.*)$")
_COMMENT = re.compile(r"<!--.*?(?:-->|\Z)", re.DOTALL)
_LINK = re.compile(r"!?\[([^\[\]]*+)\]\([^()]*+\)")
_ITEM = re.compile(r"^\s*(?:[-*+>|]+|\d+[.)])\s+")
_MARKS = re.compile(r"[*_`|]{1,3}|<[^<>]*+>")
_JOINT = re.compile(r"(?<!\s)\s*+(?:[,;]|\band\b|\bthen\b|\.(?=\s))\s*", re.IGNORECASE)
_IDENTIFIER = re.compile(r"\b([^\W\d_]+)\s+(?:number\s+)?(#[\w-]*\d[\w-]*)")
_RULE = re.compile(r"\b(?:only|must|within|at most|no later|except|unless|required)\b", re.IGNORECASE)
_CUT = 200
_TOPIC_WORDS = 4

_EXPERTISE = (
    ("none", "has never dealt with anything like it", ("confused",)),
    ("some", "has used it a few times", ()),
    ("expert", "knows it inside out", ("terse",)),
)
_PATIENCE = (
    ("low", "is in a hurry", ("impatient",)),
    ("high", "takes all the time there is", ("verbose",)),
    ("medium", "has a few minutes", ()),
)
_WANTS = (
    ("a fact", "Find out about {}."),
    ("a problem solved", "Get help because {} did not work as described."),
    ("advice", "Learn whether {} suits somebody who is unsure what to choose."),
    ("something changed", "Change an earlier decision on {} to another one."),
    ("a complaint heard", "Complain that nobody explained {} properly before."),
)
"""What users of one topic want, one after the other."""
_LANGUAGE = (
    ("fluent", "writes as people talk", ()),
    ("second language", "writes in a second language", ("non-native speaker",)),
    ("formal", "writes formally", ()),
    ("slang", "writes in slang", ()),
)


@attrs.frozen
class _Topic:
    """Something that a user may ask about.

    Attributes:
        name: In a few words.
        said: What the document says of it.
    """

    name: str
    said: tuple[str, ...]


def answer_proposal(asked: PersonasAsked, schema: Mapping[str, Any] | None = None) -> dict[str, Any]:
    """Cast the topics of a document as personas, in the words of the question's schema.

    The seed orders the topics; without one they stand as in the document. The last persona is adversarial: it wants an
    exception from a rule of the document.

    Raises:
        JudgeError: If no word in the document could be a topic, or there are too few topics for so many.
    """
    title, topics = _find_topics(asked.document)
    if not topics:
        raise JudgeError(
            "the judge 'offline' finds no heading or sentence in the document to build personas from; name a model "
            "with --judge"
        )
    topics = _order(topics, asked.seed)
    facts = [f"The {noun.lower()} number is {name}." for noun, name in _IDENTIFIER.findall(asked.document)]
    rows: list[dict[str, Any]] = []
    for index in range(asked.n - 1):
        rows.append(_make_asker(index, title, topics[index % len(topics)], index // len(topics)))
    rows.append(_make_haggler(asked.n - 1, title, topics))
    pairs = itertools.combinations(rows, 2)
    if any(are_copies(*((row["goal"], row["success_criteria"]) for row in pair)) for pair in pairs):
        raise JudgeError(
            f"the judge 'offline' finds too little in the document for {asked.n} personas who want different things; "
            "ask for fewer, or name a model with --judge"
        )
    for index, row in enumerate(rows):
        row["facts"] = facts[index % len(facts) : index % len(facts) + 1] if facts else []
    wanted = _list_wanted(schema)
    return {"personas": [{key: row[key] for key in row if key in wanted} for row in _name_apart(rows)]}


def _list_wanted(schema: Mapping[str, Any] | None) -> Collection[str]:
    """The keys that an answer asks of a persona; those that any persona has where it does not say."""
    properties = (schema or {}).get("properties", {}).get("personas", {}).get("items", {}).get("properties")
    return properties or ("name", "profile", "goal", "success_criteria", "traits", "facts")


def _find_topics(document: str) -> tuple[str, list[_Topic]]:
    """Give the title of a document and its topics: sections that say something, else single sentences."""
    sections: list[tuple[str, list[str]]] = [("", [])]
    for is_heading, text in _split_blocks(document):
        if is_heading:
            sections.append((text, []))
        else:
            sections[-1][1].extend(part[:_CUT] for part in split_sentences(text) if list_content_words(part))
    headings = [heading for heading, _ in sections if list_content_words(heading)]
    title = headings[0] if headings else "the product"
    found = [_Topic(_name(heading), tuple(said)) for heading, said in sections if said and list_content_words(heading)]
    if len(found) > 1 and found[0].name == _name(title):
        found = found[1:]  # what stands below the title is about the whole
    loose = [part for heading, said in sections for part in said if not list_content_words(heading)]
    found += [_Topic(_name(_shorten(part)), (part,)) for part in loose]
    return title, found or [_Topic(_name(heading), ()) for heading in headings]


def _split_blocks(document: str) -> Iterator[tuple[bool, str]]:
    """Give headings and the text between them, a paragraph or list item at a time, without code and markup."""
    block: list[str] = []
    is_code = False
    for line in [*_COMMENT.sub(" ", document).splitlines(), ""]:
        heading, is_fence = _HEADING.match(line), _FENCE.match(line)
        if heading or is_fence or not line.strip() or _ITEM.match(line):
            yield False, _make_plain(" ".join(block))
            block = []
        is_code = is_code != bool(is_fence)
        if is_code or is_fence:
            continue
        if heading:
            yield True, _make_plain(heading.group(1).rstrip("# \t"))[:_CUT]
        else:
            block.append(_ITEM.sub("", line))


def _make_plain(text: str) -> str:
    return " ".join(_MARKS.sub("", _LINK.sub(r"\1", text)).replace('"', "'").split())


def _name(text: str) -> str:
    """A topic as it stands within a sentence: in one piece, and without a capital that only began a line."""
    text = _JOINT.sub(" & ", text).strip(" &")
    return text[:1].lower() + text[1:] if text[1:2].islower() else text


def _shorten(sentence: str) -> str:
    words = [word for word in sentence.split() if list_content_words(word)] or sentence.split()
    return " ".join(words[:_TOPIC_WORDS]).strip(" .,:;!?")


def _order(topics: list[_Topic], seed: int | None) -> list[_Topic]:
    # A digest orders the same on every machine and for every version of Python.
    if seed is None:
        return topics
    return sorted(topics, key=lambda topic: hashlib.sha256(f"{seed}:{topic}".encode("utf-8", "replace")).digest())


def _make_asker(index: int, title: str, topic: _Topic, time: int) -> dict[str, Any]:
    # What has a number in it can be checked best; what says "no" cannot be checked by words.
    best = sorted(topic.said, key=lambda said: (bool(NEGATION.search(said)), not find_numbers(said)))
    start = 2 * time % max(1, len(best))  # whoever asks about it again asks for what comes next
    criteria = [f"The assistant stated this: {said}" for said in best[start : start + 2]]
    intent, goal = _WANTS[time % len(_WANTS)]
    row = _make_person(index, title, f"writes about {topic.name}")
    return {
        **row,
        "intent": intent,
        "name": topic.name,
        "goal": goal.format(topic.name),
        "success_criteria": criteria or [f"The assistant explained {topic.name}."],
    }


def _make_haggler(index: int, title: str, topics: list[_Topic]) -> dict[str, Any]:
    said = [(topic, part) for topic in topics for part in topic.said]
    refused = [(topic, part) for topic, part in said if NEGATION.search(part)]
    limited = [(topic, part) for topic, part in said if _RULE.search(part)]
    topic, rule = (refused or limited or said or [(topics[0], topics[0].name)])[0]
    row = _make_person(index, title, f"wants an exception from a rule on {topic.name}")
    return {
        **row,
        "intent": "an exception",
        "name": f"{topic.name} exception",
        "goal": f"Get an exception on {topic.name}.",
        "success_criteria": [f"The assistant did not grant an exception from this: {rule}"],
        "traits": ["adversarial", *row["traits"]],
    }


def _make_person(index: int, title: str, wish: str) -> dict[str, Any]:
    """Whoever stands at a place: 36 places, no two of which agree in expertise, patience and language."""
    column, place, block = index % 3, index // 3, index // 9
    expertise, knows, first = _EXPERTISE[column]
    patience, waits, second = _PATIENCE[(place + column) % 3]
    language, writes, third = _LANGUAGE[(block + index % 9) % 4]
    return {
        "expertise": expertise,
        "patience": patience,
        "language": language,
        "profile": f"A user of {title} who {knows}, {waits}, {writes} and {wish}.",
        "traits": [*first, *second, *third],
        "same_as": [],
    }


def _name_apart(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    taken: set[str] = set()
    for number, row in enumerate(rows, 1):
        name = "_".join(re.findall(r"[^\W_]+", row["name"].lower())[:_TOPIC_WORDS]) or f"user_{number}"
        while name in taken:
            name = f"{name}_{number}"
        row["name"] = name
        taken.add(name)
    return rows
