"""A SPEC: ``NAME[:ARG][,key=value]...``, how a plug-in is asked for on the command line."""

from __future__ import annotations

import json
import tomllib
from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs

from ..errors import PluginOptionsError

_OPEN = {"[": "]", "{": "}", "(": ")"}


class Raw(str):
    """An option's value as it was typed; what it means depends on the field it is for."""

    def read(self) -> Any:
        """Read it as a TOML value and, failing that, as a plain string."""
        try:
            table = tomllib.loads(f"value = {self}")
        except (tomllib.TOMLDecodeError, RecursionError):
            return str(self)
        value = table["value"]
        # More than a value: another line with a key of its own, or a comment, which nobody means here.
        if len(table) > 1 or ("#" in self and not self.startswith(("'", '"', "[", "{"))):
            return str(self)
        # Dates are no option's type, and a model may well be named like one.
        return value if isinstance(value, bool | int | float | str | list | dict) else str(self)

    def plain(self) -> str:
        """Read it as a string, without the quotes around it."""
        value = self.read() if self[:1] in ("'", '"') else None
        return value if isinstance(value, str) else str(self)


@attrs.frozen
class Spec:
    """A plug-in as it is asked for.

    Attributes:
        name: Its name, ``DIST/NAME``, or an import path.
        arg: The value of its first field, or None.
        options: The values of other fields.
        text: As it was written.
    """

    name: str
    arg: object | None = None
    options: Mapping[str, object] = attrs.field(factory=dict)
    text: str = ""

    @classmethod
    def parse(cls, text: str) -> Spec:
        """Read ``NAME[:ARG][,key=value]...``.

        The first colon splits name from ARG, so URLs survive; quotes and brackets protect commas.

        Raises:
            PluginOptionsError: If it cannot be read; with all problems at once.
        """
        head, *rest = split_commas(text)
        name, colon, arg = head.partition(":")
        problems = [] if name.strip() else [f"{text!r} names no plug-in; write NAME[:ARG][,key=value]..."]
        if name.strip() and colon and not arg.strip():
            problems.append(f"{text!r} has nothing behind the colon, perhaps a variable that is not set; fill it in")
        options: dict[str, object] = {}
        for item in rest:
            key, equals, value = item.partition("=")
            key = key.strip().replace("-", "_")
            if not equals or not key:
                problems.append(f"{item.strip()!r} in {text!r} is no option; write key=value")
            elif key in options:
                problems.append(f"{key!r} is given twice in {text!r}; give it once")
            else:
                options[key] = Raw(value.strip())
        if problems:
            raise PluginOptionsError(problems)
        return cls(name.strip(), Raw(arg.strip()) if colon else None, options, text)

    @classmethod
    def with_arg(cls, name: str, arg: str) -> Spec:
        """Ask for a name with one ARG that is taken as it is, whatever commas and colons are in it."""
        return cls(name, arg, text=f"{name}:{arg}")

    @classmethod
    def from_table(cls, table: Mapping[str, object]) -> Spec:
        """Read a table ``{"use": NAME, option: value, ...}``, whose values are typed already.

        ``use`` may be a whole SPEC; the table's options come on top of it.

        Raises:
            PluginOptionsError: If it has no ``use``, or gives an option twice.
        """
        options = {str(key).replace("-", "_"): value for key, value in table.items() if key != "use"}
        use = table.get("use")
        if not isinstance(use, str) or not use:
            raise PluginOptionsError(f"{dict(table)!r} names no plug-in; give its name as 'use'")
        spec = cls.parse(use)
        twice = [f"{key!r} is given twice in {dict(table)!r}; give it once" for key in options if key in spec.options]
        if twice:
            raise PluginOptionsError(twice)
        return cls(spec.name, spec.arg, {**spec.options, **options}, ",".join([use, *_format_items(options)]))


def _format_items(options: Mapping[str, object]) -> list[str]:
    # TOML has no word for None, nor for what is live.
    return [f"{key}={_format_value(value)}" for key, value in options.items() if isinstance(value, _SAYABLE)]


_SAYABLE = (str, bool, int, float, list, tuple, Mapping, Path, Decimal)


def _format_value(value: object) -> str:
    """A value as a SPEC says it: what reads back as itself."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int | float):
        return repr(value)
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_format_value, value))}]"
    if isinstance(value, Mapping):
        return "{" + ", ".join(f"{_quote(str(key))} = {_format_value(item)}" for key, item in value.items()) + "}"
    return _quote(str(value))


def _quote(text: str) -> str:
    # JSON's escapes are TOML's too, but for DEL, which TOML wants escaped.
    return json.dumps(text, ensure_ascii=False).replace("\x7f", "\\u007f")


def split_commas(text: str) -> list[str]:
    """Split at the commas that no quotes or brackets protect."""
    parts: list[str] = []
    start = 0
    closing: list[str] = []
    quote = ""
    is_escaped = False
    for index, char in enumerate(text):
        if quote:
            quote = "" if char == quote and not is_escaped else quote
            # As in TOML: a backslash escapes between double quotes, not between single ones.
            is_escaped = char == "\\" and quote == '"' and not is_escaped
        elif char in "'\"" and text[index - 1 : index] in ("=", ":", ",", "[", " ", "{"):
            quote = char
        elif char in _OPEN:
            closing.append(_OPEN[char])
        elif closing and char == closing[-1]:
            closing.pop()
        elif char == "," and not closing:
            parts.append(text[start:index])
            start = index + 1
    parts.append(text[start:])
    return parts
