"""Reading a file of JSON lines."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from ..errors import UsageError
from .problems import Problems

T = TypeVar("T")


def read_jsonl(path: Path, read: Callable[[Any, int], T | None], writer: str, *, may_be_torn: bool = False) -> list[T]:
    """Read a file of JSON lines; blank lines are skipped.

    Args:
        path: The file.
        read: Makes a value of a line's parsed object and number, None to skip it, or raises ``UsageError``.
        writer: Who wrote such a file, for the remedy.
        may_be_torn: Whether a last line without its line feed is none: its writer was killed.

    Returns:
        The values, in the file's order.

    Raises:
        UsageError: If the file cannot be read or a line is none of its kind; all problems at once, each with
            ``FILE:LINE``.
    """
    problems, found = Problems(), []
    for number, line in _read_lines(_read_text(path, writer, may_be_torn)):
        value = problems.collect(_read_line, line, f"{path}:{number}", number, read, writer)
        if value is not None:
            found.append(value)
    problems.stop()
    return found


def iterate_jsonl(
    path: Path, read: Callable[[Any, int], T | None], writer: str, *, may_be_torn: bool = False
) -> Iterator[T]:
    """Read a file of JSON lines one after the other; blank lines are skipped.

    Args:
        path: The file.
        read: Makes a value of a line's parsed object and number, None to skip it, or raises ``UsageError``.
        writer: Who wrote such a file, for the remedy.
        may_be_torn: Whether a last line without its line feed is none: its writer was killed.

    Yields:
        Each value.

    Raises:
        UsageError: If the file cannot be read, or at the first line that is none of its kind.
    """
    with _tell_unreadable(path, writer), path.open("rb") as file:
        for number, content in enumerate(file, 1):
            if may_be_torn and not content.endswith(b"\n"):
                return
            line = content.decode("utf-8-sig" if number == 1 else "utf-8")
            if line.strip() and (value := _read_line(line, f"{path}:{number}", number, read, writer)) is not None:
                yield value


def _read_line(line: str, where: str, number: int, read: Callable[[Any, int], T | None], writer: str) -> T | None:
    try:
        return read(json.loads(line), number)
    except UsageError as error:
        raise UsageError([f"{where}: {problem}" for problem in error.problems]) from None
    except (ValueError, RecursionError) as error:
        raise UsageError(f"{where}: not JSON ({error}); take the line as {writer} wrote it") from None


def _read_text(path: Path, writer: str, may_be_torn: bool) -> str:
    with _tell_unreadable(path, writer):
        content = path.read_bytes()
        # What is torn may end in the middle of a character.
        return (content[: content.rfind(b"\n") + 1] if may_be_torn else content).decode("utf-8-sig")


@contextlib.contextmanager
def _tell_unreadable(path: Path, writer: str) -> Iterator[None]:
    """Say of a file that cannot be read why, and which to give."""
    try:
        yield
    except UsageError:
        raise
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}); give a file that {writer} wrote") from None
    except UnicodeDecodeError as error:
        raise UsageError(f"{path}: not UTF-8 (byte {error.start}); give a file that {writer} wrote") from None
    except ValueError as error:  # no file can have this name
        raise UsageError(f"{path}: cannot be read ({error}); give a file that {writer} wrote") from None


def _read_lines(text: str) -> Iterator[tuple[int, str]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            yield number, line
