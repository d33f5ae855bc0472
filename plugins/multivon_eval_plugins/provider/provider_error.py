"""What a provider says went wrong, read from whatever it sends instead of an answer."""

from __future__ import annotations

import ast
import contextlib
import json
import re
from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any

import attrs

_MOST = 20_000
"""Characters of a body that are looked at; an error is shorter, unless it echoes what it was sent."""
_DEEPEST = 8
# Where providers put things. What is under no such key may be an echo of the request, and is never looked at.
_INSIDE = ("error", "errors", "detail", "details", "metadata", "raw", "innererror", "fieldViolations")
_MESSAGES = ("message", "msg", "description", "error", "detail", "title")
_CODES = ("code", "type", "status", "reason", "error_type")
_PLACES = ("param", "field", "loc", "parameter")


@attrs.frozen
class ProviderError:
    """What a provider says of a request that it did not answer.

    Attributes:
        message: Its sentences, a line each.
        places: The parameters that it names as such, ``response_format`` or ``messages[0].role`` say.
        codes: Its words for the kind of error, in lower case.
        generated: What the model wrote, where the provider did not take it (Groq).
    """

    message: str = ""
    places: tuple[str, ...] = ()
    codes: frozenset[str] = frozenset()
    generated: str = ""


def read_provider_error(body: object) -> ProviderError:
    """Read an error, of any provider.

    Args:
        body: The text of the answer, or what was parsed from it.
    """
    value = _parse(body[:_MOST]) if isinstance(body, str) else body
    found = list(_walk(value, 0))
    return ProviderError(
        message="\n".join(dict.fromkeys(text for kind, text in found if kind == "message")),
        places=tuple(dict.fromkeys(text for kind, text in found if kind == "place")),
        codes=frozenset(text.lower() for kind, text in found if kind == "code"),
        generated=next((text for kind, text in found if kind == "generated"), ""),
    )


def _parse(text: str) -> Any:
    stripped = text.strip()
    if stripped.startswith(("{", "[")):
        # vLLM puts Python's own writing of a list into the message; what is neither is a text that begins so.
        for read in (partial(json.loads, strict=False), ast.literal_eval):
            with contextlib.suppress(ValueError, SyntaxError, RecursionError, MemoryError):
                return read(stripped)
    # A library's exception has the provider's JSON behind words of its own.
    start = stripped.find('{"error"')
    return [stripped[:start], _parse(stripped[start:])] if start > 0 else text


def _walk(value: Any, depth: int) -> Iterator[tuple[str, str]]:
    if depth > _DEEPEST:
        return
    if isinstance(value, str):
        parsed = _parse(value) if depth else value
        if isinstance(parsed, str):
            yield "message", parsed.strip()
        else:
            yield from _walk(parsed, depth + 1)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _walk(item, depth + 1)
    elif isinstance(value, Mapping):
        yield from _read_object(value, depth)


def _read_object(value: Mapping[str, Any], depth: int) -> Iterator[tuple[str, str]]:
    for key in _MESSAGES:
        yield from _walk(value.get(key), depth + 1)
    for key in _INSIDE:
        if not isinstance(value.get(key), str) or key == "raw":
            yield from _walk(value.get(key), depth + 1)
    for key in _CODES:
        if isinstance(value.get(key), str | int) and value[key] is not True:
            yield "code", str(value[key])
    for key in _PLACES:
        if place := _join_place(value.get(key)):
            yield "place", place
    if isinstance(value.get("failed_generation"), str):
        yield "generated", value["failed_generation"]


def _join_place(value: object) -> str:
    if isinstance(value, list | tuple):
        return ".".join(str(part) for part in value if part != "body")
    return value if isinstance(value, str) else ""


def drop_echo(message: str, sent: str) -> str:
    """Leave out of an error what it repeats of the request: runs of four words that were sent.

    Args:
        message: What the provider said.
        sent: The texts of the request.
    """
    words, own = _WORD.findall(message.lower()), _WORD.findall(sent.lower())
    runs = {tuple(own[at : at + _RUN]) for at in range(len(own) - _RUN + 1)}
    echoed = [False] * len(words)
    for at in range(len(words) - _RUN + 1):
        if tuple(words[at : at + _RUN]) in runs:
            echoed[at : at + _RUN] = [True] * _RUN
    kept = iter(echoed)
    return _WORD.sub(lambda found: "…" if next(kept) else found[0], message)


_WORD = re.compile(r"\w+")
_RUN = 4
