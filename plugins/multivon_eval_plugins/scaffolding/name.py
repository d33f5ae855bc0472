"""The name of a new plug-in: its entry point, its distribution, its package and its class."""

from __future__ import annotations

import importlib.util
import keyword
import re
import sys

import attrs

from multivon_eval.sdk import UsageError, list_installed

from .kinds import NewKind

_KEBAB = re.compile(r"[a-z][a-z0-9]*(-[a-z0-9]+)*")
RESERVED = ("new", "test", "tests")
"""``plugins new`` is a command, so no plug-in of that name could be shown; the others name the tests of anybody."""


@attrs.frozen
class NewName:
    """A name that a new plug-in may have.

    Attributes:
        name: In kebab-case, the name of entry point and distribution.
    """

    name: str

    @property
    def package(self) -> str:
        """The import package."""
        return self.name.replace("-", "_")

    @property
    def class_name(self) -> str:
        """The class."""
        return "".join(part.capitalize() for part in self.name.split("-"))


def read_name(text: str, kind: NewKind, commands: list[str]) -> NewName:
    """Read a name, and see that nobody has it.

    Args:
        text: What was given.
        kind: The kind of plug-in.
        commands: The commands that there are.

    Raises:
        UsageError: If no plug-in of that kind can have this name; with one that it could have, where there is one.
    """
    if not _KEBAB.fullmatch(text):
        words = "-".join(re.findall(r"[a-z0-9]+", text.lower())).lstrip("0123456789-")
        hint = f"say {words!r}" if _KEBAB.fullmatch(words) else "say 'acme-tone', for example"
        raise UsageError(f"{text!r} is no name for a plug-in: small letters, digits and single dashes; {hint}")
    name = NewName(text)
    if reason := _find_obstacle(name, kind, commands):
        raise UsageError(f"no {kind.words} can be named {text!r}: {reason}; say {f'my-{text}'!r}, for example")
    return name


def _find_obstacle(name: NewName, kind: NewKind, commands: list[str]) -> str:
    if name.name in RESERVED:
        return "'multivon-eval plugins new' is a command" if name.name == "new" else "tests are called so"
    if keyword.iskeyword(name.package) or keyword.issoftkeyword(name.package):
        return "it is a word of Python"
    if name.package in sys.stdlib_module_names:
        return f"Python has a module {name.package}"
    if name.name in (owners := list_installed(kind.group)):
        return f"{owners[name.name]} has {kind.article} {kind.words} of that name"
    if kind.name == "command" and name.name in commands:
        return "multivon-eval has a command of that name"
    found = importlib.util.find_spec(name.package)
    # A folder of that name lying about is found too, as a package without a file.
    return f"a package {name.package} is installed" if found is not None and found.origin else ""
