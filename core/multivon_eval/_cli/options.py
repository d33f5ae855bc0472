"""The options of a command, made of the table; their values come from four places."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

import click

from .._run.config_file import ConfigFile, read_config
from .._run.options import Option, list_options_of
from .._run.output import tell, tell_json

F = TypeVar("F", bound=Callable[..., Any])
_SOURCES = {
    "COMMANDLINE": "command line",
    "ENVIRONMENT": "environment",
    "DEFAULT_MAP": "file",
    "DEFAULT": "default",
}
RANK = tuple(reversed(_SOURCES.values()))
"""The sources of a value; a later one beats an earlier one."""


class ConfiguredCommand(click.Command):
    """A command whose options may stand in ``pyproject.toml``."""

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """Read the file, unless only help is wanted.

        Raises:
            UsageError: If something in the file is wrong.
        """
        is_help = any(arg in ("-h", "--help") for arg in args)
        config = ConfigFile() if is_help else read_config(self.name or "")
        context = super().make_context(info_name, args, parent, **extra, default_map=dict(config.values))
        context.meta[__name__] = config
        return context


def add_options(command: str) -> Callable[[F], F]:
    """Add the options of a command from the table."""

    def add(function: F) -> F:
        for option in reversed(list_options_of(command)):
            function = _to_click(option, command)(function)
        return function

    return add


def _to_click(option: Option, command: str) -> Callable[[F], F]:
    text = option.help if not option.default_text else f"{option.help} [default: {option.default_text}]"
    is_default_shown = option.default is not None and not option.default_text
    kind = {"flag": {"is_flag": True}, "many": {"multiple": True}, "text": {"default": option.default}}[option.kind]
    return click.option(
        f"--{option.name}",
        option.parameter,
        metavar=option.metavar or None,
        help=text,
        show_default=is_default_shown,
        envvar=option.variables(command),
        **kind,  # type: ignore[arg-type]
    )


def find_sources(ctx: click.Context) -> dict[str, str]:
    """Return where each option's value came from, by setting: default, file, environment or command line."""
    found: dict[str, str] = {}
    for option in list_options_of(ctx.command.name or ""):
        source = ctx.get_parameter_source(option.parameter)
        if source is not None:
            found[option.field or option.parameter] = _SOURCES[source.name]
    return found


def show_config(ctx: click.Context, given: Mapping[str, Any]) -> int:
    """Print each option with its value and where it came from."""
    command, config = ctx.command.name or "", ctx.meta[__name__]
    sources, rows = find_sources(ctx), []
    for option in list_options_of(command):
        value, source = given[option.parameter], sources[option.field or option.parameter]
        place = {"file": str(config.path), "environment": _find_variable(option, command)}.get(source, "")
        if option.name not in ("show-config", "json"):
            rows.append({"option": option.name, "value": value, "source": source, "place": place})
    if given["json"]:
        tell_json(rows)
        return 0
    width = max(len(str(row["option"])) for row in rows)
    for row in rows:
        origin = f"{row['source']} {row['place']}".rstrip()
        tell(f"{row['option']:<{width}}  {_write(row['value'])}  ({origin})")
    return 0


def _find_variable(option: Option, command: str) -> str:
    return next((name for name in option.variables(command) if os.environ.get(name)), "")


def _write(value: object) -> str:
    if isinstance(value, tuple):
        return " ".join(map(str, value)) or "-"
    if isinstance(value, bool):
        return "true" if value else "false"
    return "-" if value is None else str(value)
