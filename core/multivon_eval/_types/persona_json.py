"""A persona read from one JSON object, with all its problems at once."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ..errors import PersonaError, UsageError, did_you_mean
from .message_parts import read_call
from .persona import Persona
from .whole_text import whole_text

_REQUIRED = ("name", "profile", "goal", "success_criteria")
_OPTIONAL = ("traits", "facts", "script", "history", "patience", "metadata")


def persona_from_json(data: object, where: str = "persona") -> Persona:
    """Read one persona.

    Args:
        data: The parsed JSON.
        where: The place that messages name, ``personas.jsonl:3`` say.

    Returns:
        The persona.

    Raises:
        PersonaError: If a key is unknown, a field is missing or empty, or a type is wrong; with all problems at once.
    """
    if not isinstance(data, Mapping):
        raise PersonaError(f"{where}: {_name_type(data)}, not an object; write one persona as {{...}} on a line")
    problems = [
        f"{where}: unknown key {str(key)!r}; {did_you_mean(str(key), (*_REQUIRED, *_OPTIONAL))}"
        for key in data
        if key not in _REQUIRED + _OPTIONAL
    ]
    for name in _REQUIRED:
        if name not in data:
            problems.append(f"{where}: {name!r} is missing; give it as {_WANTED[name]}")
    for name, check in _CHECKS.items():
        if name in data:
            problems += [f"{where}: {problem}" for problem in check(name, data[name])]
    if problems:
        raise PersonaError(problems)
    return Persona(**{str(key): _make_whole(value) for key, value in data.items()})


def _make_whole(value: Any) -> Any:
    """A JSON value whose strings can be sent and stored."""
    if isinstance(value, str):
        return whole_text(value)
    if isinstance(value, Mapping):
        return {_make_whole(key): _make_whole(item) for key, item in value.items()}
    return [_make_whole(item) for item in value] if isinstance(value, list | tuple) else value


def _check_text(name: str, value: object) -> list[str]:
    if not isinstance(value, str):
        return [f"{name!r} is {_name_type(value)}; give it as {_WANTED[name]}"]
    return [] if value.strip() else [f"{name!r} is empty; give it as {_WANTED[name]}"]


def _check_texts(name: str, value: object) -> list[str]:
    if not isinstance(value, list | tuple):
        return [f"{name!r} is {_name_type(value)}; give it as {_WANTED[name]}"]
    problems = []
    for index, item in enumerate(value):
        if not isinstance(item, str):
            problems.append(f"{name}[{index}] is {_name_type(item)}; give it as a string")
        elif not item.strip():
            problems.append(f"{name}[{index}] is empty; fill it in or take it out")
    return problems


def _check_criteria(name: str, value: object) -> list[str]:
    if isinstance(value, str):
        return _check_text(name, value)
    if isinstance(value, list | tuple) and not value:
        return [f"{name!r} is empty; give it as {_WANTED[name]}"]
    return _check_texts(name, value)


def _check_history(name: str, value: object) -> list[str]:
    if not isinstance(value, list | tuple):
        return [f"{name!r} is {_name_type(value)}; give it as {_WANTED[name]}"]
    problems = []
    for index, item in enumerate(value):
        place = f"{name}[{index}]"
        if not isinstance(item, Mapping):
            problems.append(f"{place} is {_name_type(item)}; give it as {_MESSAGE}")
            continue
        if not {"role", "content"} <= set(item) <= _IN_MESSAGE:
            problems.append(f"{place} has the keys {sorted(map(str, item))}; give it as {_MESSAGE}")
            continue
        if item["role"] not in ("user", "assistant"):
            problems.append(f"{place}.role is {item['role']!r}; give 'user' or 'assistant'")
        if not isinstance(item["content"], str) or not item["content"].strip():
            problems.append(f"{place}.content is empty or no string; give what was said")
        problems += _check_calls(place, item.get("tool_calls", []))
    return problems


def _check_calls(place: str, calls: object) -> list[str]:
    if not isinstance(calls, list | tuple):
        return [f"{place}.tool_calls is {_name_type(calls)}; give a list"]
    try:
        for call in calls:
            read_call(call, place)
    except UsageError as error:
        return list(error.problems)
    return []


def _check_patience(name: str, value: object) -> list[str]:
    if isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 5:
        return []
    shown = value if isinstance(value, int | float) and not isinstance(value, bool) else _name_type(value)
    return [f"{name!r} is {shown}; give it as {_WANTED[name]}"]


def _check_object(name: str, value: object) -> list[str]:
    if isinstance(value, Mapping):
        return []
    return [f"{name!r} is {_name_type(value)}; give it as {_WANTED[name]}"]


_IN_MESSAGE = {"role", "content", "tool_calls", "seconds", "metadata"}
_MESSAGE = '{"role": "user" or "assistant", "content": "..."}'
_WANTED = {
    "name": "a string, unique in the run",
    "profile": "a string: who this user is",
    "goal": "a string: what this user wants",
    "success_criteria": "a string, or a list of strings: what the assistant must have done",
    "traits": "a list of strings",
    "facts": "a list of strings",
    "script": "a list of strings",
    "history": f"a list of {_MESSAGE}",
    "patience": "a whole number from 1 to 5: how often this user takes no answer before it gives up",
    "metadata": "an object",
}
_CHECKS: dict[str, Callable[[str, object], list[str]]] = {
    "name": _check_text,
    "profile": _check_text,
    "goal": _check_text,
    "success_criteria": _check_criteria,
    "traits": _check_texts,
    "facts": _check_texts,
    "script": _check_texts,
    "history": _check_history,
    "patience": _check_patience,
    "metadata": _check_object,
}


def _name_type(value: Any) -> str:
    names = {
        dict: "an object",
        list: "a list",
        tuple: "a list",
        str: "a string",
        bool: "true or false",
        int: "a number",
        float: "a number",
        type(None): "null",
    }
    return names.get(type(value), f"a {type(value).__name__}")
