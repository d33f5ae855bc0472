"""A persona by rule: the user of a conversation, with their first request as the goal."""

from __future__ import annotations

import re
from typing import Any

from ...logs.invented import PLACEHOLDER
from ...logs.question import LogPersonaAsked
from .words import list_content_words, split_sentences

BY_RULE = "built by rule from the user's first request, without a model"
_CUT = 160
_WANTS = re.compile(
    r"\b(?:please|i (?:want|need|would like|wish)|i'd like|can you|could you|help|how (?:do|can) i)\b", re.I
)
_NAME_WORDS = 4
_TERSE, _VERBOSE = 60, 400
"""In characters of a message: up to which a user is terse, from which one is verbose."""


def answer_logged(asked: LogPersonaAsked) -> dict[str, Any]:
    """Build the persona of a conversation, in the words of the question's schema."""
    said = [message.content for message in asked.messages if message.role == "user" and message.content.strip()]
    request = _find_request(said)
    known = [match for text in said for match in PLACEHOLDER.finditer(text)]
    facts = dict.fromkeys(f"The {match['kind']} is {match.group()}." for match in known if match["kind"] != "secret")
    words = [word for word in re.findall(r"[^\W_]+", PLACEHOLDER.sub(" ", request).lower()) if list_content_words(word)]
    mean = sum(map(len, said)) / max(1, len(said))
    traits = ["terse"] if mean <= _TERSE else ["verbose"] if mean >= _VERBOSE else []
    if any("!!" in text or text.isupper() for text in said):
        traits.append("impatient")
    persona = {
        "name": "_".join(words[:_NAME_WORDS]) or "logged_user",
        "profile": f"A user who wrote to the assistant: {request}",
        "goal": f"Get an answer to this: {request}",
        "success_criteria": [f"The assistant answered this: {request}"],
        "traits": traits,
        "facts": list(facts),
    }
    return {"personas": [persona]}


def _find_request(said: list[str]) -> str:
    """The first question, else the first sentence that asks for something, else the first with words of content."""
    sentences = [" ".join(sentence.split()) for text in said for sentence in split_sentences(text)]
    found = [(one, len(list_content_words(PLACEHOLDER.sub(" ", one)))) for one in sentences]
    asking = [one for one, content in found if content and one.endswith("?")]
    wanting = [one for one, content in found if content and _WANTS.search(one)]
    telling = [one for one, content in found if content > 1]
    request = next(iter((*asking, *wanting, *telling)), " ".join(" ".join(said).split()))
    return request[:_CUT] or "an attachment"
