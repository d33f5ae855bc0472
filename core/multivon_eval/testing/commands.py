"""The contract of commands."""

from __future__ import annotations

import inspect
import json
import os
import subprocess
import sys
from collections.abc import Sequence
from typing import Any, ClassVar

import click
from click.testing import CliRunner, Result

from .._plugins.isolation import format_error
from .._plugins.kinds import COMMAND, Kind
from .._plugins.registry import Registry
from .._set_module import set_module
from .._types.hide_secrets import is_secret_name
from ..errors import MultivonEvalError, UsageError
from .guards import catching_changes
from .plugins import KitTests
from .standard import basic, optional, skip

__all__ = ["CommandTests"]

HEAVY = ("aiohttp", "httpx", "matplotlib", "numpy", "pandas", "polars", "pyarrow", "scipy", "sklearn", "torch")
"""What takes long to import, the SDKs of providers with it, and is imported where it is used."""
_LOOK = """
import contextlib, io, json, sys
import click, multivon_eval.sdk
before, printed = set(sys.modules), io.StringIO()
with contextlib.redirect_stdout(printed), contextlib.redirect_stderr(printed):
    __import__(sys.argv[1])
print(json.dumps([sorted(set(sys.modules) - before), printed.getvalue()[:80]]))
"""


@set_module("multivon_eval.testing")
class CommandTests(KitTests):
    """Subclass it, give ``make``, and the command is checked. ``make`` gives the click command."""

    kind: ClassVar[Kind] = COMMAND

    def make(self) -> click.Command:
        """Give the command."""
        command: click.Command = super().make()
        return command

    def good_args(self) -> Sequence[str] | None:
        """Give arguments with which it ends well, in ``self.folder``; None where it is not to be called."""
        return None

    def bad_args(self) -> Sequence[str] | None:
        """Give arguments that are wrong in what they say, a file that is missing say; None where there are none."""
        return None

    def invoke(self, *args: str) -> Result:
        """Call the command as the command line does; what it raises stands in ``exception``."""
        return CliRunner().invoke(self.make(), list(args), prog_name=self.name or "command", standalone_mode=False)

    def _list_commands(self) -> list[tuple[str, click.Command]]:
        waiting, found = [(self.name or "command", self.make())], list[tuple[str, click.Command]]()
        while waiting:
            path, command = waiting.pop()
            found.append((path, command))
            if isinstance(command, click.Group):
                waiting += [(f"{path} {name}", one) for name, one in command.commands.items()]
        return found

    @optional("`name`")
    def test_the_entry_point_finds_it(self) -> None:
        """The entry-point name is the name of the command: what it points to is this command."""
        if self.name is None:
            skip("no entry-point name is set; set the class attribute 'name'")
        found = Registry().find(COMMAND, self.name).load()
        assert found is self.make(), f"command {self.name!r} is {found!r}"

    @basic
    def test_is_a_click_command(self) -> None:
        """It is a click command, its functions are not asynchronous, and each says in its help what it does."""
        command = self.make()
        assert isinstance(command, click.Command), f"it is {type(command).__name__}, not a click command"
        for path, one in self._list_commands():
            assert not inspect.iscoroutinefunction(one.callback), f"{path} is asynchronous, and nobody waits for it"
            assert (one.help or "").strip(), f"{path} has no help; write a docstring"

    @basic
    def test_help_works(self) -> None:
        """``--help`` says how it is called, and does nothing else."""
        for path, _ in self._list_commands():
            with catching_changes(prints=True) as changed:
                done = self.invoke(*path.split()[1:], "--help")
            assert done.exception is None, f"{path} --help raised {format_error(_known(done))}"
            assert "Usage:" in done.output, f"{path} --help prints no usage"
            assert not changed, f"{path} --help: {'; '.join(changed)}"

    @basic
    def test_wrong_usage_is_told(self) -> None:
        """An option that it has not is a usage error, exit code 2, and nothing is done."""
        done = self.invoke("--no-such-option-4711")
        code = getattr(done.exception, "exit_code", done.exit_code)
        assert code == 2, f"with an unknown option the exit code is {code}, not 2"

    @basic
    def test_no_option_is_a_secret(self) -> None:
        """Secrets are never options, for a command line is seen by others: an option names the variable of one."""
        for path, command in self._list_commands():
            names = [str(one.name) for one in command.params if isinstance(one, click.Option)]
            secret = [name for name in names if is_secret_name(name) and not name.endswith("_env")]
            assert not secret, f"{path} --{secret[0].replace('_', '-')}: a secret as an option" if secret else ""

    @basic
    def test_options_are_documented(self) -> None:
        """Each option says in the help what it is for."""
        for path, command in self._list_commands():
            mute = [
                one.opts[0]
                for one in command.params
                if isinstance(one, click.Option) and not one.help and not one.hidden
            ]
            assert not mute, f"{path}: {', '.join(mute)} has no help"

    @basic
    def test_importing_it_does_nothing(self) -> None:
        """Its module prints nothing and imports nothing that takes long: ``--help`` of the program is quick."""
        module = getattr(self.make().callback, "__module__", "") or ""
        if not module or module == "__main__" or _is_test_module(module):
            skip("it stands in no module of its own that could be imported")
        command = [sys.executable, "-c", _LOOK, module]
        env = {**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))}
        done = subprocess.run(command, capture_output=True, text=True, timeout=60, check=False, env=env)
        assert not done.returncode, f"{module} cannot be imported by itself: {done.stderr[-300:]}"
        imported, printed = json.loads(done.stdout.splitlines()[-1])
        assert not printed, f"{module} prints {printed!r} when it is imported"
        heavy = [name for name in HEAVY if name in imported]
        assert not heavy, f"{module} imports {', '.join(heavy)}; import it in the function that uses it"

    @optional("`good_args`")
    def test_ends_well(self) -> None:
        """With right arguments it ends with exit code 0, raises nothing and leaves the process as it is."""
        args = self.good_args()
        if args is None:
            skip("no arguments are known with which it ends well; override 'good_args'")
        with catching_changes(prints=True) as changed:
            done = self.invoke(*args)
        assert not changed, f"{'; '.join(changed)}; put it back, or ask for what you need by path"
        assert done.exception is None, f"raised {format_error(_known(done))}"
        assert done.exit_code == 0, f"the exit code is {done.exit_code}"

    @optional("`bad_args`")
    def test_usage_errors_pass(self) -> None:
        """What was asked wrongly is a ``UsageError`` with a remedy that passes: exit code 2, and no traceback."""
        args = self.bad_args()
        if args is None:
            skip("no wrong arguments are known; override 'bad_args'")
        error: Any = self.invoke(*args).exception
        assert error is not None, "wrong arguments are taken for right ones"
        is_right = isinstance(error, UsageError | click.UsageError)
        kind = type(error).__name__
        assert is_right, f"raised {kind}, not UsageError: exit code {_find_code(error)}, not 2"
        assert str(error).strip() or getattr(error, "message", ""), "the error says nothing"


def _known(done: Result) -> BaseException:
    assert done.exception is not None, "it raised nothing"
    return done.exception


def _find_code(error: BaseException) -> object:
    if isinstance(error, MultivonEvalError | click.ClickException):
        return int(error.exit_code)
    return error.code if isinstance(error, SystemExit) else 1


def _is_test_module(module: str) -> bool:
    found = sys.modules.get(module)
    spec = getattr(found, "__spec__", None)
    if spec is None:
        return True
    last = module.rpartition(".")[2]
    return last.startswith("test_") or last == "conftest"
