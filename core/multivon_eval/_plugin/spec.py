"""A SPEC: ``NAME[:ARG][,key=value]...``, how a plug-in is asked for on the command line."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from typing import Any

import attrs

from ..errors import PluginOptionsError

_OPEN = {"[": "]", "{": "}", "(": ")"}


class Raw(str):
    """An option's value as it was typed; what it means depends on the field it is for."""

    def read(self) -> Any:
        """Read it as a TOML value and, failing that, as a plain string."""
        try:
            value = tomllib.loads(f"value = {self}")["value"]
        except tomllib.TOMLDecodeError:
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
            PluginOptionsError: It cannot be read; all problems at once.
        """
        head, *rest = split_commas(text)
        name, colon, arg = head.partition(":")
        problems = [] if name.strip() else [f"{text!r} names no plug-in; write NAME[:ARG][,key=value]..."]
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

        Raises:
            PluginOptionsError: It has no ``use``.
        """
        options = dict(table)
        name = options.pop("use", None)
        if not isinstance(name, str) or not name:
            raise PluginOptionsError(f"{dict(table)!r} names no plug-in; give its name as 'use'")
        spec = cls.parse(name)
        return cls(spec.name, spec.arg, options, name)


def split_commas(text: str) -> list[str]:
    """Split at the commas that no quotes or brackets protect."""
    parts: list[str] = []
    start = 0
    closing: list[str] = []
    quote = ""
    for index, char in enumerate(text):
        if quote:
            quote = "" if char == quote else quote
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
