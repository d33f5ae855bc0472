"""What the chat server answers if nobody tells it: something sensible that fits the schema it was sent."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any

import jsonschema

from .chat_checks import schema_of

_TRANSCRIPT = re.compile(r"<transcript (\w+)>\n(.*?)\n</transcript \1>", re.DOTALL)
_DOCUMENT = re.compile(r"<document (\w+)>\n(.*?)\n</document \1>", re.DOTALL)
_WANTED = re.compile(r"Give exactly (\d+)\.")
_CRITERIA = re.compile(r"judged one by one:\n(.*)\n\nFor each criterion:", re.DOTALL)
_SAID = (
    "Hello, I have a question.",
    "Could you tell me how that works?",
    "And what does it mean for my case?",
    "Is there anything I have to do myself?",
    "How long will it take?",
)
# Our one yes/no question, to which a good conversation's answer is "no".
_HOPED_NO = {"declines"}


def default_answer(body: Mapping[str, Any], goal_after: int) -> str:
    """Answer a request.

    Args:
        body: A request that was checked.
        goal_after: After how many user turns the simulated user has what it wants.

    Returns:
        JSON that fits the schema of the request, or a sentence where it has none.
    """
    name, schema = schema_of(body)
    if schema is None:
        count = sum(message["role"] == "user" for message in body["messages"])
        return f"This is reply number {count}; it takes 3 days."
    answer: object = _answer_for(name or guessed_name(schema), schema, body, goal_after)
    jsonschema.validate(answer, schema)
    return json.dumps(answer, ensure_ascii=False)


def _answer_for(name: str, schema: Mapping[str, Any], body: Mapping[str, Any], goal_after: int) -> Any:
    """Answer by the schema's name; anything that fits where it is not one of ours."""
    if name == "user_turn":
        return user_turn(body, goal_after)
    if name == "verdict":
        return verdict(_asked(body))
    if name == "count":
        count = {"of": 4} if "of" in schema["properties"] else {}
        return {"reason": "All is well.", **count, "against": [], "unknown": 0}
    if name == "answers":
        return answers(list(schema["properties"]), _asked(body))
    if name == "personas":
        return personas(_asked(body))
    return smallest(schema, schema)


def guessed_name(schema: Mapping[str, Any]) -> str:
    """Name one of our schemas by its properties."""
    properties = schema["properties"]
    if set(properties) == {"message", "ends"}:
        return "user_turn"
    if {"criteria", "reason"} <= set(properties):
        return "verdict"
    if {"against", "unknown"} <= set(properties):
        return "count"
    if set(properties) == {"personas"}:
        return "personas"
    is_answers = all("answer" in part.get("properties", {}) for part in properties.values())
    return "answers" if properties and is_answers else ""


def _asked(body: Mapping[str, Any]) -> str:
    """Give the text of the first user message, where transcript and question stand."""
    return next(str(message["content"]) for message in body["messages"] if message["role"] == "user")


def user_turn(body: Mapping[str, Any], goal_after: int) -> dict[str, Any]:
    """Speak as the simulated user; no two messages of a conversation are the same."""
    said = sum(map(turns_in, (message for message in body["messages"] if message["role"] == "assistant")))
    if said >= goal_after:
        return {"message": "Thank you, that is all I wanted to know.", "ends": "goal_reached"}
    first = _SAID[said % len(_SAID)]
    return {"message": first if said < len(_SAID) else f"{first} I ask for time {said + 1}.", "ends": "no"}


def turns_in(message: Mapping[str, Any]) -> int:
    """Count the user turns in one message of the simulated user; an answer that was unreadable is none."""
    count = 0
    for part in message["content"].split("\n\n"):
        try:
            count += set(json.loads(part)) == {"message", "ends"}
        except (ValueError, TypeError):
            continue
    return count


def transcript_of(asked: str) -> list[dict[str, Any]]:
    """Read the transcript out of a judging prompt.

    Raises:
        ValueError: There is none.
    """
    found = _TRANSCRIPT.search(asked)
    if found is None:
        raise ValueError("the prompt holds no transcript")
    rows: list[dict[str, Any]] = json.loads(found.group(2))
    return rows


def quote_from(asked: str) -> list[dict[str, Any]]:
    """Quote the beginning of the last reply, word for word, with its turn; nothing where there is none."""
    replies = [row for row in transcript_of(asked) if row["role"] == "assistant" and row["content"].strip()]
    return [{"turn": row["turn"], "quote": row["content"].strip()[:60]} for row in replies[-1:]]


def verdict(asked: str) -> dict[str, Any]:
    """Judge every numbered criterion as met, with a quote; as not met where nothing was replied."""
    listed = _CRITERIA.search(asked.rpartition("</transcript ")[2])
    if listed is None:
        raise ValueError("the prompt lists no criteria")
    quotes = quote_from(asked)
    count = 0
    for line in listed.group(1).split("\n"):
        count += line.startswith(f"{count + 1}. ")
    met = "yes" if quotes else "no"
    rows = [
        {"number": number, "reason": f"Criterion {number}: {met}.", "evidence": quotes, "turns": [], "met": met}
        for number in range(1, count + 1)
    ]
    return {"criteria": rows, "claims": [], "reason": f"All {count} criteria: {met}."}


def answers(keys: list[str], asked: str) -> dict[str, Any]:
    """Answer every question the way a good conversation would have it."""
    quotes = quote_from(asked)
    return {
        key: {"reason": f"So it is with {key}.", "evidence": quotes, "answer": "no" if key in _HOPED_NO else "yes"}
        for key in keys
    }


def personas(asked: str) -> dict[str, Any]:
    """Propose as many users as are wanted, each interested in a line of the document; the last is adversarial."""
    document = _DOCUMENT.search(asked)
    if document is None:
        raise ValueError("the prompt holds no document")
    wanted = _WANTED.search(asked[document.end() :])
    if wanted is None:
        raise ValueError("the prompt does not say how many personas")
    lines = [line for line in json.loads(document.group(2)) if line.strip()]
    count = int(wanted.group(1))
    return {"personas": [persona(number, count, lines[number % len(lines)]) for number in range(1, count + 1)]}


def persona(number: int, count: int, line: str) -> dict[str, Any]:
    """Make up one user; see :func:`personas`."""
    return {
        "expertise": ("none", "some", "expert")[number % 3],
        "patience": ("low", "medium", "high")[number % 3],
        "language": "fluent",
        "intent": ("a fact", "a problem solved", "something changed", "a complaint heard", "advice", "an exception")[
            number % 6
        ],
        "name": f"user_{number}",
        "profile": f"User number {number}, who has a few minutes.",
        "goal": f"Learn about this: {line}",
        "success_criteria": ["The assistant said how it works.", "The assistant said how long it takes."],
        "traits": ["terse", "adversarial"] if number == count else ["terse"],
        "facts": [f"The customer number is {1000 + number}."],
        "same_as": [],
    }


def smallest(schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    """Make a small instance of a schema.

    Args:
        schema: What it must fit.
        root: Where its references point into.
    """
    if "$ref" in schema:
        target: Any = root
        for part in schema["$ref"].removeprefix("#").strip("/").split("/"):
            target = target[part] if part else target
        return smallest(target, root)
    for keyword in ("anyOf", "oneOf"):
        if keyword in schema:
            return smallest(schema[keyword][0], root)
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    kind = schema.get("type", "object")
    return _of_kind(kind[0] if isinstance(kind, list) else kind, schema, root)


def _of_kind(kind: str, schema: Mapping[str, Any], root: Mapping[str, Any]) -> Any:
    """Make a small instance of one JSON type."""
    if kind == "object":
        return {name: smallest(part, root) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [smallest(schema.get("items", {}), root) for _ in range(schema.get("minItems", 0))]
    if kind == "string":
        return "text".ljust(schema.get("minLength", 0), "t")
    if kind in ("integer", "number"):
        return schema.get("minimum", 0)
    return {"boolean": True, "null": None}[kind]
