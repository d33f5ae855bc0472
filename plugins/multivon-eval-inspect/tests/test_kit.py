"""The command is held to the standard tests of commands."""

from __future__ import annotations

import click

from multivon_eval.testing import CommandTests
from multivon_eval_inspect.command import inspect_log


class TestInspectLog(CommandTests):
    """``inspect-log`` is a command."""

    name = "inspect-log"

    def make(self) -> click.Command:
        """Give the command."""
        return inspect_log

    def bad_args(self) -> list[str]:
        """A log that is not there."""
        return [str(self.folder / "missing.eval"), "--out", str(self.folder / "out.jsonl")]
