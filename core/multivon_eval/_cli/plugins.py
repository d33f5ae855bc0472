"""``multivon-eval plugins``: what is installed, from which distribution, at which version."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING

import click

from .._run.output import tell, tell_json
from .._types.printable import make_printable

if TYPE_CHECKING:
    from .._plugins.registry import Entry

BELOW = "plugins."
"""How the entry point of a command below ``plugins`` begins."""


class Plugins(click.Group):
    """The command ``plugins NAME``, and the commands that plug-ins put below it.

    The first word is one of these commands, or else the name of a plug-in to show.
    """

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name the commands below, from metadata."""
        from .main import find_plugged

        return sorted(name.removeprefix(BELOW) for name in find_plugged(ctx) if name.startswith(BELOW))

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        from .main import load_plugged

        return load_plugged(BELOW + cmd_name) if cmd_name in self.list_commands(ctx) else None

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the options of ``plugins`` itself, unless the first word is a command."""
        if args and args[0] in self.list_commands(ctx):
            click.Command.parse_args(self, ctx, [])
            ctx.args = args
        else:
            ctx.allow_interspersed_args = True
            click.Command.parse_args(self, ctx, args)
        return ctx.args

    def invoke(self, ctx: click.Context) -> object:
        """Call the command, or show what is installed."""
        if not ctx.args:
            return click.Command.invoke(self, ctx)
        name, command, args = self.resolve_command(ctx, ctx.args)
        assert command is not None, "parse_args has seen to it"
        ctx.invoked_subcommand = name
        with command.make_context(name, args, parent=ctx) as below:
            return command.invoke(below)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        from .main import find_plugged

        rows = [(name.removeprefix(BELOW), who) for name, who in find_plugged(ctx).items() if name.startswith(BELOW)]
        if rows:
            with formatter.section("Commands from plug-ins"):
                formatter.write_dl(sorted(rows))


class _Name(click.Argument):
    """The name of a plug-in; the usage of the commands below ``plugins`` does not show it."""

    def get_usage_pieces(self, ctx: click.Context) -> list[str]:
        """Leave it to the usage of ``plugins``."""
        return []


@click.command(cls=Plugins, subcommand_metavar="[NAME] | COMMAND ...", invoke_without_command=True)
@click.argument("name", required=False, cls=_Name)
@click.option(
    "--check", is_flag=True, help="Import each plug-in and hold it against its protocol; exit 3 if one fails."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def plugins(name: str | None, check: bool, as_json: bool) -> int:
    """Show what is installed; with NAME, one plug-in and its options."""
    from .._plugins.kinds import ALL
    from .._plugins.registry import Registry
    from ..errors import ExitCode, PluginNotFound, did_you_mean

    registry = Registry()
    entries = [entry for kind in ALL for entry in registry.entries(kind)]
    if name is not None:
        known = [entry.name for entry in entries]
        entries = [entry for entry in entries if name in (entry.name, f"{entry.distribution}/{entry.name}")]
        if not entries:
            hint = "; ".join([did_you_mean(name, known), *registry.unreadable])
            raise PluginNotFound(f"no plug-in is named {name!r}; {hint}")
    rows = [_describe_entry(entry, check=check or name is not None, options=name is not None) for entry in entries]
    _mark_conflicts(rows, entries)
    if as_json:
        tell_json(rows)
    else:
        _print(rows)
    for problem in registry.unreadable:
        click.secho(f"problem: {problem}", fg="red", err=True)
    failed = check and (registry.unreadable or any(row.get("error") or row.get("conflict") for row in rows))
    return ExitCode.FAILED if failed else ExitCode.OK


def _mark_conflicts(rows: list[dict[str, object]], entries: list[Entry]) -> None:
    """Say of each row whose name means something else too how to ask for it."""
    from .main import OWN, find_plugged

    clashes, plugged = _find_clashes(entries), find_plugged(click.get_current_context())
    for row in rows:
        kind, name = str(row["kind"]), str(row["name"])
        in_full = f"{row['distribution']}/{name}"
        if (kind, name) in clashes:
            row["conflict"] = f"offered by {' and '.join(clashes[kind, name])}; say DIST/NAME"
        elif kind == "command" and name in OWN:
            row["conflict"] = f"multivon-eval has a command of that name; say {in_full}"
        elif BELOW + name in plugged:
            row["conflict"] = f"'multivon-eval plugins {name}' is a command; to be shown this, say {in_full}"


def _find_clashes(entries: list[Entry]) -> dict[tuple[str, str], list[str]]:
    owners: dict[tuple[str, str], list[str]] = {}
    for entry in entries:
        owners.setdefault((entry.kind.name, entry.name), []).append(f"{entry.distribution} {entry.version}")
    return {key: who for key, who in owners.items() if len(who) > 1}


def _describe_entry(entry: Entry, *, check: bool, options: bool) -> dict[str, object]:
    row: dict[str, object] = {
        "kind": entry.kind.name,
        "name": entry.name,
        "distribution": entry.distribution,
        "version": entry.version,
        "target": entry.target,
    }
    if check:
        error, found = _check_entry(entry)
        row["error"] = error
        if options and inspect.isclass(found):
            row["about"] = inspect.getdoc(found)
            row["options"] = _describe_options(found)
    return row


def _check_entry(entry: Entry) -> tuple[str | None, object]:
    from .._plugins.build import load_class
    from .._plugins.hooks import Hooks
    from .._plugins.kinds import COMMAND, HOOK
    from ..errors import PluginError

    try:
        if entry.kind == HOOK:
            found = entry.load()
            Hooks(lambda problem: None).add(found, str(entry))
            return None, found
        if entry.kind == COMMAND:
            found = entry.load()
            return (None if isinstance(found, click.Command) else f"{entry} is no click command"), found
        return None, load_class(entry)
    except PluginError as error:
        return str(error), None


def _describe_options(cls: type) -> list[dict[str, str]]:
    import attrs

    from .._plugins.build import list_option_fields

    return [
        {
            "name": field.alias or field.name,
            "type": inspect.formatannotation(field.type),
            "default": "required" if field.default is attrs.NOTHING else _format_default(field.default),
        }
        for field in list_option_fields(cls)
        if field.init
    ]


def _format_default(value: object) -> str:
    import attrs

    if not isinstance(value, attrs.Factory):  # type: ignore[arg-type]
        return repr(value)
    return "derived" if value.takes_self else repr(value.factory())  # type: ignore[attr-defined]


def _print(rows: list[dict[str, object]]) -> None:
    kind = ""
    width = max((len(str(row["name"])) for row in rows), default=0)
    for row in rows:
        if row["kind"] != kind:
            kind = str(row["kind"])
            click.secho(f"{kind}s", bold=True)
        tell(f"  {row['name']:<{width}}  {row['distribution']} {row['version']}  {row['target']}")
        for key in ("error", "conflict"):
            if row.get(key):
                click.secho(make_printable(f"    {row[key]}"), fg="red")
        if row.get("about"):
            tell("\n" + "\n".join(f"    {line}".rstrip() for line in str(row["about"]).splitlines()) + "\n")
        options = row.get("options")
        if isinstance(options, list):
            for option in options:
                tell(f"    {option['name']}: {option['type']} = {option['default']}")
