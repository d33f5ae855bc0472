"""``[tool.multivon-eval]`` in the nearest ``pyproject.toml``: defaults of a project."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from pathlib import Path
from typing import Any

import attrs

from .._plugins.installed import read_entry_points
from ..errors import UsageError, did_you_mean
from .options import OPTIONS, Option, list_options_of

NAME = "pyproject.toml"
TABLE = "multivon-eval"
_COMMANDS = sorted({command for option in OPTIONS for command in option.commands})
_GROUP = "multivon_eval.commands"


@attrs.frozen
class ConfigFile:
    """What the file says for one command.

    Attributes:
        path: The file; None where there is none, or nothing for us in it.
        values: By the name of click's parameter, as it would be typed.
    """

    path: Path | None = None
    values: Mapping[str, Any] = attrs.field(factory=dict)


def read_config(command: str, folder: Path | None = None) -> ConfigFile:
    """Read what the nearest file says for a command.

    ``[tool.multivon-eval]`` holds options that mean the same in every command, ``[tool.multivon-eval.COMMAND]`` those
    of one, which beat the others.

    Args:
        command: The command.
        folder: Where the search begins, upwards; the current folder if None.

    Raises:
        UsageError: If the file cannot be read, names an unknown option, or gives one a value of a wrong type; with
            everything that is wrong.
    """
    start = (folder or Path.cwd()).resolve()
    path, table = _find_table(start)
    if path is None or table is None:
        return ConfigFile()
    reader = _Reader(path)
    # A command of a plug-in has a table too; whether its keys are options only that command can tell.
    parts = [*_COMMANDS, *(point.name for point in read_entry_points(_GROUP).points[_GROUP])]
    shared = reader.read(table, f"tool.{TABLE}", [option for option in OPTIONS if option.is_shared], parts)
    own: dict[str, dict[str, Any]] = {}
    for name in _COMMANDS:
        part = table.get(name, {})
        own[name] = reader.read(part, f"tool.{TABLE}.{name}", list_options_of(name), ())
    if reader.problems:
        raise UsageError(reader.problems)
    has = {option.parameter for option in list_options_of(command)}
    return ConfigFile(path, {key: value for key, value in {**shared, **own[command]}.items() if key in has})


def read_plugin_config(command: str, parameters: Collection[str], folder: Path | None = None) -> dict[str, Any]:
    """Read what the nearest file says for a command of a plug-in.

    Args:
        command: The command.
        parameters: The names of its options, as click has them.
        folder: Where the search begins, upwards; the current folder if None.

    Returns:
        Shared options that the command has too, and those of its own table, which beat them, as they would be typed.

    Raises:
        UsageError: If the file cannot be read, or the command's table names an option that it has not.
    """
    path, table = _find_table((folder or Path.cwd()).resolve())
    own = (table or {}).get(command, {})
    if not isinstance(own, Mapping):
        raise UsageError(f"{path}: [tool.{TABLE}.{command}] is no table; write it with one option a line")
    known = [name.replace("_", "-") for name in parameters]
    if unknown := [key for key in own if str(key).replace("_", "-") not in known]:
        raise UsageError(
            [
                f"{path}: there is no option {key!r} in [tool.{TABLE}.{command}]; {did_you_mean(key, known)}"
                for key in unknown
            ]
        )
    found = {str(key).replace("-", "_"): value for key, value in {**(table or {}), **own}.items()}
    typed = {key: value if isinstance(value, bool | list) else str(value) for key, value in found.items()}
    return {key: value for key, value in typed.items() if key in parameters}


def _find_table(start: Path) -> tuple[Path | None, Mapping[str, Any] | None]:
    path = next((place / NAME for place in (start, *start.parents) if (place / NAME).is_file()), None)
    return path, _read_table(path) if path else None


def _read_table(path: Path) -> Mapping[str, Any] | None:
    try:
        data = path.read_bytes()
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); correct its rights") from None
    if TABLE.encode() not in data:
        return None  # nothing for us, and most projects have such a file: it is not even parsed
    import tomllib

    try:
        tools = tomllib.loads(data.decode()).get("tool", {})
    except (UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
        raise UsageError(f"{path}: not TOML ({error}); correct it") from None
    table = tools.get(TABLE) if isinstance(tools, Mapping) else None
    if table is not None and not isinstance(table, Mapping):
        raise UsageError(f"{path}: [tool.{TABLE}] is no table; write it with one option a line")
    return table


@attrs.define
class _Reader:
    path: Path
    problems: list[str] = attrs.field(factory=list)

    def read(
        self, table: object, name: str, options: list[Option], parts: list[str] | tuple[str, ...]
    ) -> dict[str, Any]:
        """Read one table; what is wrong with it is collected."""
        if not isinstance(table, Mapping):
            self.problems.append(f"{self.path}: [{name}] is no table; write [{name}] with one option a line")
            return {}
        known = {option.parameter: option for option in options}
        found: dict[str, Any] = {}
        for key, value in table.items():
            parameter = str(key).replace("-", "_")
            if key in parts:
                continue
            if parameter in known:
                found[parameter] = self._convert(f"{self.path}: {key} in [{name}]", known[parameter], value)
            else:
                self.problems.append(
                    f"{self.path}: there is no option {key!r} in [{name}]; "
                    + did_you_mean(str(key), [*(option.name for option in options), *parts])
                )
        return found

    def _convert(self, what: str, option: Option, value: object) -> Any:
        """Give a typed value as it would be typed on the command line."""
        if option.kind == "flag":
            if isinstance(value, bool):
                return value
            self.problems.append(f"{what} is {value!r}; give true or false")
        elif option.kind == "many":
            values = value if isinstance(value, list) else [value]
            if all(isinstance(one, str) for one in values):
                return values
            self.problems.append(f"{what} is {value!r}; give a list of strings")
        elif isinstance(value, str | int | float) and not isinstance(value, bool):
            return str(value)
        else:
            self.problems.append(f"{what} is {value!r}; give a string or a number")
        return None
