"""Reading the JSON that a model wrote, whatever it wrote around it."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any, NoReturn, TypeVar

from ..errors import UnreadableAnswer

T = TypeVar("T")

_THINKING = re.compile(r"<(think|thinking|thought|reasoning)>(?:(?!<\1>).)*?</\1>", re.DOTALL | re.IGNORECASE)
_END_OF_THINKING = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)
_MOST_TRIES = 200
"""How many braces that begin no object are tried: each is read to where it breaks."""


def read_object(text: str, keys: Collection[str] = ()) -> dict[str, Any]:
    """Read one JSON object from an answer.

    What a model thought aloud (``<think>``) is left out, and so are code fences and words around the object. Of several
    objects the last one counts that has all the keys: a draft is not the answer. An object that holds the one with the
    keys, ``{"answer": {...}}`` say, is opened.

    Args:
        text: The answer.
        keys: The keys that the object must have.

    Raises:
        UnreadableAnswer: If there is none, or it is incomplete.
    """
    said = _drop_thinking(text)
    found, problem = _list_objects(said)
    fitting = [fits for one in found if (fits := _find_fitting(one, keys)) is not None]
    if fitting:
        return fitting[-1]
    # The reader of a field says which one is missing.
    if found:
        return found[-1]
    if problem:
        raise UnreadableAnswer(f"the JSON of the answer is broken ({problem}): {_show_text(said)}", True)
    raise UnreadableAnswer(f"no JSON object in the answer {_show_text(said)}", True)


def read_field(answer: Mapping[str, Any], name: str, kind: type[T]) -> T:
    """Read one field of an answer.

    A value that can only be meant one way is taken for it: ``1.0`` or ``"1"`` for a whole number, ``"true"`` for true,
    a list or an object that was written as a string.

    Raises:
        UnreadableAnswer: If the field is missing or of another type.
    """
    if name not in answer:
        raise UnreadableAnswer(f"the answer has no {name!r}", True)
    value = _convert(answer[name], kind)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise UnreadableAnswer(f"{name!r} is {type(value).__name__}, not {kind.__name__}", True)
    return value


def _convert(value: Any, kind: type) -> Any:
    if kind is int and isinstance(value, float) and value.is_integer():
        return int(value)
    if not isinstance(value, str):
        return value
    word = value.strip()
    if kind is int and re.fullmatch(r"[0-9]{1,9}(?:\.0+)?", word):
        return int(word.partition(".")[0])
    if kind is bool and word.lower() in ("true", "false"):
        return word.lower() == "true"
    if kind in (list, dict):
        try:
            return json.loads(word, strict=False, parse_constant=_refuse_constant)
        except (ValueError, RecursionError):
            return value
    return value


def _drop_thinking(text: str) -> str:
    """Leave out what a model thought; of a thought without a beginning, all up to its end."""
    if "</" not in text:
        return text
    kept = _THINKING.sub(" ", text)
    ends = [found.end() for found in _END_OF_THINKING.finditer(kept)]
    return kept[ends[-1] :] if ends else kept


def _list_objects(text: str) -> tuple[list[dict[str, Any]], str]:
    """Return the outermost objects of a text, and what is wrong with the first brace that begins none."""
    decoder = json.JSONDecoder(strict=False, parse_constant=_refuse_constant)
    found: list[dict[str, Any]] = []
    problem, tries, at = "", 0, text.find("{")
    while at >= 0 and tries < _MOST_TRIES:
        try:
            value, at = decoder.raw_decode(text, at)
            found.append(value)
        except (ValueError, RecursionError) as error:
            problem = problem or str(error)
            tries, at = tries + 1, at + 1
        at = text.find("{", at)
    return found, problem


def _find_fitting(value: dict[str, Any], keys: Collection[str]) -> dict[str, Any] | None:
    return next((one for one in _open_wrappings(value) if all(key in one for key in keys)), None)


def _open_wrappings(value: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield value
    yield from (inner for inner in value.values() if isinstance(inner, dict))


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON")


def _show_text(text: str) -> str:
    return repr(text if len(text) <= 120 else text[:117] + "...")
