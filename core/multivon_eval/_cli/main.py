"""The command ``multivon-eval`` and its subcommands."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path
from typing import NoReturn

import click

from .._run.output import make_streams_safe, tell
from ..errors import ExitCode, MultivonEvalError, UsageError
from .notes import show_notes

OWN = {
    "simulate": ("simulate", "Let personas talk to your assistant, judge and score what came of it."),
    "score": ("score", "Judge and score saved transcripts again."),
    "merge": ("merge", "Put the shards of a run together as one run."),
    "compare": ("compare", "Say what changed between two runs, with the uncertainty."),
    "calibrate": ("calibrate", "Say how a judge agrees with people, and correct its goal rate."),
    "plugins": ("plugins", "Show what is installed, from which distribution."),
}


MOST_TOLD = 50
"""Mistakes that are told one by one; the lines of a file of thousands may all have the same."""


_PLUGGED = f"{__name__}.plugged"


class Commands(click.Group):
    """Our own commands, imported when they are called, and those of plug-ins, listed from metadata."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands; those below one of ours are named by it."""
        return sorted({*OWN, *(name for name in find_plugged(ctx) if not _is_below(name))})

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import one command."""
        if cmd_name in OWN:
            module = importlib.import_module(f".{OWN[cmd_name][0]}", __package__)
            found: object = getattr(module, cmd_name)
        elif {cmd_name, cmd_name.rpartition("/")[2]} & find_plugged(ctx).keys():
            found = load_plugged(cmd_name)
        else:
            return None
        assert isinstance(found, click.Command), "both ways give a command"
        return found

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say what was perhaps meant."""
        from ..errors import did_you_mean

        asked = {args[0], args[0].rpartition("/")[2]} if args and not args[0].startswith("-") else set()
        if asked and not asked & OWN.keys() and not asked & find_plugged(ctx).keys():
            raise UsageError(f"no command is named {args[0]!r}; {did_you_mean(args[0], self.list_commands(ctx))}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing any."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, text) for name, (_, text) in OWN.items()])
        if plugged := find_plugged(ctx):
            rows = [(name.replace(".", " ") if _is_below(name) else name, who) for name, who in plugged.items()]
            with formatter.section("Commands from plug-ins"):
                formatter.write_dl(sorted(rows))


def _is_below(name: str) -> bool:
    return name.partition(".")[0] in OWN


def find_plugged(ctx: click.Context) -> dict[str, str]:
    """Find the commands of plug-ins, each with who ships it; ``plugins.NAME`` is one below ``plugins``."""
    # Looking through all that is installed takes a while, and is done once for a call of the command line.
    found: dict[str, str] = ctx.meta.setdefault(_PLUGGED, {})
    if not found:
        found.update(_read_plugged())
    return found


def _read_plugged() -> dict[str, str]:
    from .._plugins.installed import read_entry_points

    found: dict[str, str] = {}
    for point in read_entry_points("multivon_eval.commands").points["multivon_eval.commands"]:
        owner = f"{point.distribution} {point.version}"
        # One of the name of ours hides nothing and is hidden by nothing: it is called with its distribution.
        name = f"{point.distribution}/{point.name}" if point.name in OWN else point.name
        found[name] = f"{found[name]}, {owner}" if name in found else owner
    return found


def load_plugged(name: str) -> click.Command:
    """Import a command of a plug-in, with its options from the configuration file as defaults.

    Raises:
        PluginError: If there is none of that name, or several, or it is none.
    """
    from .._plugins.kinds import COMMAND
    from .._plugins.registry import Registry
    from .._run.config_file import read_plugin_config
    from ..errors import PluginBroken

    entry = Registry().find(COMMAND, name)
    found = entry.load()
    if not isinstance(found, click.Command):
        raise PluginBroken(f"{entry} cannot be used: it is {type(found).__name__}, not a click command")
    if not isinstance(found, click.Group) and not {"-h", "--help"} & set(sys.argv):
        names = [param.name for param in found.params if isinstance(param, click.Option) and param.name]
        defaults = read_plugin_config(entry.name, names)
        found.context_settings = {**found.context_settings, "default_map": defaults}
    return found


@click.command(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"]},
)
@click.version_option(package_name="multivon-eval", message="%(prog)s %(version)s")
@click.pass_context
def cli(ctx: click.Context) -> None:
    """Live conversations between synthetic users and your assistant: driven, judged, scored, within a budget."""
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())


def main() -> NoReturn:
    """Run the command line and end the process with an exit code of :class:`ExitCode`."""
    make_streams_safe()
    raise SystemExit(run())


def run(args: list[str] | None = None) -> int:
    """Run the command line.

    Args:
        args: The arguments; those of the process if None.

    Returns:
        The exit code.
    """
    # An import path may name a module that lies here; behind all that is installed, so that it hides nothing.
    if str(Path.cwd()) not in sys.path:
        sys.path.append(str(Path.cwd()))
    try:
        with show_notes():
            code = cli.main(args, prog_name="multivon-eval", standalone_mode=False)
        return int(code) if isinstance(code, int) else ExitCode.OK
    except MultivonEvalError as error:
        lines = error.problems if isinstance(error, UsageError) else (str(error),)
        prefix = "" if error.exit_code == ExitCode.INTERRUPTED else "error: "
        for line in lines[:MOST_TOLD]:
            tell(f"{prefix}{line}", err=True)
        if len(lines) > MOST_TOLD:
            tell(f"and {len(lines) - MOST_TOLD} more of the kind", err=True)
        return error.exit_code
    except click.ClickException as error:
        tell(f"error: {error.format_message()}", err=True)
        return error.exit_code
    except (KeyboardInterrupt, click.Abort):
        tell("interrupted; everything finished so far is delivered", err=True)
        return ExitCode.INTERRUPTED
