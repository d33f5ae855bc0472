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
        told = ""
        # A format that counts its bytes is broken as a whole by a text that is gone, and not by one that is blank.
        for stand_in in (b"", b" "):
            source = self._make_with_files()
            cut = sum(self._cut(one.goal, stand_in) for one in {one.goal: one for one in usual}.values())
            if len(usual) < 2 or not cut:
                skip("there are no two personas whose goals stand in its file; write two")
            try:
                self.load(source=source)
                return
            except PersonaError as error:
                told = "\n".join(error.problems)
                if max(len(error.problems), told.count("\n") + 1) >= 2:
                    return
            except Exception as error:
                raise AssertionError(f"rows without a goal: {format_error(error)}; raise PersonaError") from error
        raise AssertionError(f"{len(usual)} rows have no goal, and it says one problem: {told}")

    @optional("a file in `self.folder`")
    def test_words_come_out_as_they_stand(self) -> None:
        """Words in any script come out of a file in UTF-8 as they stand there, or it says that it cannot be read."""
        tried = False
        usual = list(self.load(source=self._make_with_files()))
        for one in usual:
            source, words = self._make_with_files(), _write_words(len(one.goal.encode()))
            if not words or not self._put(one.goal, words.encode()):
                continue
            tried = True
            try:
                came = list(self.load(source=source))
            except PersonaError:
                continue
            except Exception as error:
                told = f"its file has the goal {words!r}: {format_error(error)}"
                raise AssertionError(f"{told}; open it with encoding='utf-8'") from error
            if came == usual:
                continue  # it read its file when it was built
            goals = [each.goal for each in came]
            told = f"its file has the goal {words!r}, and it gives {goals}; open it with encoding='utf-8'"
            assert words in goals, told
        if not tried:
            skip("no goal of a persona stands in its file as it is")

    def _cut(self, text: str, stand_in: bytes = b"") -> bool:
        """Take a text out of the files, everywhere; give whether it stood there."""
        return self._put(text, stand_in * len(text.encode()))

    def _put(self, text: str, other: bytes) -> bool:
        """Put something in the place of a text in the files, everywhere; give whether it stood there."""
        found = False
        for path in self._list_files():
            held = path.read_bytes()
            if text.encode() in held:
                path.write_bytes(held.replace(text.encode(), other))
                found = True
        return found


def _write_words(size: int) -> str:
    """Write words in several scripts that take so many bytes in UTF-8; empty where there is no room for them."""
    # Of bytes that Latin-1 has letters for too: read as that they are other words, and no fault of the file.
    words = "é ż Я 订"
    room = size - len(words.encode())
    return words + "x" * room if room >= 0 else ""


def _remove(path: Path) -> None:
    path.unlink()


def _replace(path: Path) -> None:
    path.unlink()
    path.mkdir()


def _scramble(path: Path) -> None:
    path.write_bytes(b"\xff\xfe\x00\x81" * 8)
