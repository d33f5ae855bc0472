"""Commands that are wrong on purpose, and some that are right in an unusual way."""

from __future__ import annotations

import importlib
import os
from pathlib import Path
from typing import Any

import click

from multivon_eval.sdk import UsageError
from multivon_eval.testing import CommandTests

from .planted import make_planting, make_right

planted = make_planting(CommandTests, lambda self, cls: cls.make())
right = make_right(
    CommandTests,
    lambda self, cls: cls.make(),
    good_args=lambda self: [__file__],
    bad_args=lambda self: [str(self.folder / "missing.txt")],
)
planted_with_args = make_planting(
    CommandTests,
    lambda self, cls: cls.make(),
    good_args=lambda self: [__file__],
    bad_args=lambda self: [str(self.folder / "missing.txt")],
)


def _count(path: str, most: int) -> None:
    if not Path(path).is_file():
        raise UsageError(f"{path}: no such file; name another")
    click.echo(min(most, len(Path(path).read_text("utf-8"))))


@right()
class Command:
    """Counts the letters of a file."""

    @classmethod
    def make(cls) -> Any:
        """Make the command."""
        return click.Command("count", callback=cls.call, params=cls.list_params(), help="Count the letters of a file.")

    @classmethod
    def list_params(cls) -> list[click.Parameter]:
        return [click.Argument(["path"]), click.Option(["--most"], default=100, help="The most to count.")]

    @staticmethod
    def call(path: str, most: int, **more: Any) -> Any:
        _count(path, most)


@planted("test_no_option_is_a_secret")
class KeyAsOption(Command):
    """Takes a key as an option."""

    @classmethod
    def list_params(cls) -> list[click.Parameter]:
        return [*super().list_params(), click.Option(["--api-key"], help="The key.")]


@planted("test_options_are_documented")
class Mute(Command):
    """Has an option of which nobody knows what it is for."""

    @classmethod
    def list_params(cls) -> list[click.Parameter]:
        return [*super().list_params(), click.Option(["--depth"], default=1)]


@planted("test_is_a_click_command")
class Helpless(Command):
    """Says nothing of what it does."""

    @classmethod
    def make(cls) -> Any:
        command = super().make()
        command.help = ""
        return command


@planted("test_help_works")
class HelpSets(Command):
    """Changes the environment when its help is asked for."""

    @classmethod
    def make(cls) -> Any:
        class Setting(click.Command):
            def get_help(self, ctx: click.Context) -> str:
                os.environ["KIT_HELP"] = f"{os.environ.get('KIT_HELP', '')}."
                return super().get_help(ctx)

        return Setting("count", callback=cls.call, params=cls.list_params(), help="Count the letters of a file.")


@planted("test_wrong_usage_is_told")
class TakesAnything(Command):
    """Takes options that it does not have."""

    @classmethod
    def make(cls) -> Any:
        settings = {"ignore_unknown_options": True, "allow_extra_args": True}
        params = [click.Argument(["path"]), *cls.list_params()[1:]]
        return click.Command("count", context_settings=settings, callback=cls.ignore, params=params, help="Count.")

    @staticmethod
    def ignore(path: str, most: int) -> None:
        click.echo("0")


@planted_with_args("test_usage_errors_pass")
class TurnsIntoExit(Command):
    """Ends with 1 where it was asked wrongly."""

    @staticmethod
    def call(path: str, most: int, **more: Any) -> Any:
        try:
            _count(path, most)
        except UsageError as error:
            click.echo(str(error), err=True)
            raise SystemExit(1) from None


@planted_with_args("test_ends_well")
class Breaks(Command):
    """Fails on a file that is there."""

    @staticmethod
    def call(path: str, most: int, **more: Any) -> Any:
        _count(path, most)
        raise ValueError(path)


@planted_with_args("test_ends_well")
class GoesElsewhere(Command):
    """Changes the working directory of the process, on which the next command relies."""

    @staticmethod
    def call(path: str, most: int, **more: Any) -> Any:
        _count(path, most)
        os.chdir(os.path.dirname(os.getcwd()) or os.curdir)


@planted("test_importing_it_does_nothing")
class Heavy:
    """Imports at once what takes long."""

    @staticmethod
    def make() -> Any:
        """Give the command."""
        return importlib.import_module("mutants.command_heavy").count


@planted("test_importing_it_does_nothing")
class PrintsAtImport:
    """Prints when it is imported."""

    @staticmethod
    def make() -> Any:
        """Give the command."""
        return importlib.import_module("mutants.command_prints").count


@planted("test_the_entry_point_finds_it", name="show")
class NotTheOne(Command):
    """Is not what its name finds."""


@right()
class Group(Command):
    """Has commands below it, one of them with the name of a variable that holds a key."""

    @classmethod
    def make(cls) -> Any:
        group = click.Group(
            "count", help="Count.", callback=cls.call, params=cls.list_params(), invoke_without_command=True
        )
        option = click.Option(["--api-key-env"], default="KEY", help="The variable of the key.")
        group.add_command(click.Command("more", callback=cls.call, params=[option], help="Count more."))
        return group
