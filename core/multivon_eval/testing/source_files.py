"""What a persona source makes of its file when that is missing or damaged, whatever its format is."""

from __future__ import annotations

import shutil
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from .._plugins.isolation import format_error
from .._set_module import set_module
from ..errors import PersonaError
from ..sdk import Persona
from .lifecycle import WorkingTests
from .standard import optional, skip

_FIELDS = ("goal", "profile")


@set_module("multivon_eval.testing")
class SourceFileTests(WorkingTests):
    """The part of the contract of persona sources on files.

    The format is not known here, and need not be: a row is damaged by taking out of the file what a persona had as its
    goal or its profile.
    """

    def load(self, around: Any = None, source: Any = None) -> Sequence[Persona]:
        """Let an instance give its personas."""
        raise NotImplementedError

    def _list_files(self) -> list[Path]:
        return sorted(path for path in self.folder.rglob("*") if path.is_file())

    def _make_with_files(self) -> Any:
        source = self.make()
        if not self._list_files():
            skip("it reads no file of self.folder; override 'make_unusable'")
        return source

    @optional("a file in `self.folder`")
    def test_a_file_that_is_missing(self) -> None:
        """A file that is not there or is a folder is a ``PersonaError``; one that is no text gives no personas."""
        for what, damage in (("missing", _remove), ("a folder", _replace), ("no text", _scramble)):
            usual = list(self.load(source=self._make_with_files()))
            source = self._make_with_files()
            for path in self._list_files():
                damage(path)
            came: list[Persona] = []
            try:
                came = list(self.load(source=source))
            except PersonaError as error:
                mute = [problem for problem in error.problems if not problem.strip()]
                if mute:
                    raise AssertionError(f"its file is {what}: a problem says nothing") from error
            except Exception as error:
                if what != "no text":
                    raise AssertionError(f"its file is {what}: {format_error(error)}; raise PersonaError") from error
            finally:
                shutil.rmtree(self.folder)
                self.folder.mkdir()
            assert not came or came == usual, f"its file is {what}, and it gives {len(came)} personas"

    @optional("a file in `self.folder`")
    def test_a_row_that_is_damaged(self) -> None:
        """A persona without a goal or a profile is an error, never left out: else a run is smaller than one thinks."""
        usual = list(self.load(source=self._make_with_files()))
        tried = False
        for field in _FIELDS:
            for one in usual:
                source = self._make_with_files()
                if not self._cut(getattr(one, field)):
                    continue
                tried = True
                try:
                    came = list(self.load(source=source))
                except PersonaError:
                    continue
                except Exception as error:
                    raise AssertionError(f"a row without {field}: {format_error(error)}; raise PersonaError") from error
                told = f"a row without {field} is left out: {len(came)} personas of {len(usual)}; raise PersonaError"
                assert len(came) == len(usual), told
                assert all(each.goal.strip() and each.profile.strip() for each in came), f"a persona has no {field}"
        if not tried:
            skip("no goal or profile of a persona stands in its file as it is")

    @optional("a file in `self.folder` with two personas")
    def test_all_problems_at_once(self) -> None:
        """Whoever has several rows to mend is told all of them at once, each with its place."""
        usual = list(self.load(source=self._make_with_files()))
        source = self._make_with_files()
        cut = sum(self._cut(one.goal) for one in {one.goal: one for one in usual}.values())
        if len(usual) < 2 or not cut:
            skip("there are no two personas whose goals stand in its file; write two")
        try:
            self.load(source=source)
        except PersonaError as error:
            told = "\n".join(error.problems)
            count = max(len(error.problems), told.count("\n") + 1)
            assert count >= 2, f"{len(usual)} rows have no goal, and it says one problem: {told}"
        except Exception as error:
            raise AssertionError(f"rows without a goal: {format_error(error)}; raise PersonaError") from error

    def _cut(self, text: str) -> bool:
        """Take a text out of the files, everywhere; give whether it stood there."""
        found = False
        for path in self._list_files():
            held = path.read_bytes()
            if text.encode() in held:
                path.write_bytes(held.replace(text.encode(), b""))
                found = True
        return found


def _remove(path: Path) -> None:
    path.unlink()


def _replace(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _scramble(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00\x81" * 8)
