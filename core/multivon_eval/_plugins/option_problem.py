"""What is wrong with the value of an option, in plain words: the libraries that find it have words of their own."""

from __future__ import annotations

import ast
import re

import cattrs
from cattrs import transform_error

_BOUND = re.compile(r"'(\w+)' must be (>=|>|<=|<) (\S+): (.*)")
_CHOICE = re.compile(r"'(\w+)' must be in (.*) \(got (.*)\)")
_LITERAL = re.compile(r"(.*) not in literal (?:typing\.)?Literal\[(.*)\]")
_NO_TABLE = re.compile(r"'(\w+)' object has no attribute 'items'")
_REMEDY = {">=": "give {} or more", ">": "give more than {}", "<=": "give {} or less", "<": "give less than {}"}


def format_problems(error: Exception, option: str) -> list[str]:
    """Write what is wrong with an option's value, a sentence for each thing.

    Args:
        error: What reading the value raised.
        option: The option's name.
    """
    if not isinstance(error, cattrs.BaseValidationError):
        return [f"{option}: {format_problem(error)}"]
    # cattrs puts the place behind each message.
    found = [line.rpartition(" @ ") for line in transform_error(error, path=option, format_exception=_describe)]
    return [f"{place}: {message}" for message, _, place in found]


def format_problem(error: BaseException) -> str:
    """Write one error of attrs, cattrs or the plug-in itself, with the remedy where it is known."""
    # The validators of attrs raise with the field and more beside the message.
    message = error.args[0] if error.args and isinstance(error.args[0], str) else str(error)
    message = " ".join(message.split()) or type(error).__name__
    if bound := _BOUND.fullmatch(message):
        name, comparison, limit, value = bound.groups()
        return f"{name} is {value}; {_REMEDY[comparison].format(limit)}"
    if choice := _CHOICE.fullmatch(message):
        name, choices, value = choice.groups()
        return f"{name} is {value}; give {_list_choices(choices)}"
    if literal := _LITERAL.fullmatch(message):
        value, choices = literal.groups()
        return f"{value!r} is unknown; give {_list_choices(f'({choices},)')}"
    if mapping := _NO_TABLE.fullmatch(message):
        return f"it is {mapping.group(1)}; give a table, {{KEY = VALUE}}"
    return message


def _describe(error: BaseException, type_: type | None) -> str:
    return format_problem(error)


def _list_choices(text: str) -> str:
    try:
        return " or ".join(map(repr, ast.literal_eval(text)))
    except (ValueError, SyntaxError):
        return f"one of {text}"
