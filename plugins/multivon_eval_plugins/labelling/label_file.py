"""The file of labels: what stands in it, and how a label gets there so that nothing tears or loses it."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from pathlib import Path

import attrs

from multivon_eval.sdk import (
    DeliveryError,
    Label,
    UsageError,
    escape_controls,
    label_from_json,
    label_to_json,
    whole_text,
)

_BEGINNING = b'{"schema_version": '
"""How each line begins that was written here; what begins otherwise is not taken for a label that was torn."""
_WHERE = "give --out a file in a folder that exists and can be written"


@attrs.frozen
class Contents:
    """What stands in a file of labels.

    Attributes:
        labels: The labels, each with the number of its line, in the file's order.
        size: Bytes up to which it can be read.
        torn: Bytes behind them that a kill left of a label.
        is_open: Whether the last label lacks its line feed.
    """

    labels: tuple[tuple[int, Label], ...] = ()
    size: int = 0
    torn: int = 0
    is_open: bool = False


def read_labels(path: Path) -> Contents:
    """Read a file of labels; nothing in it is changed.

    Args:
        path: The file; where there is none, there are no labels.

    Raises:
        UsageError: If it cannot be read, or a line is no label; with all of them, each with ``FILE:LINE``.
    """
    try:
        data = path.read_bytes()
    except FileNotFoundError:
        return Contents()
    except OSError as error:
        raise UsageError(f"--out {path} cannot be read ({error.strerror}); name another file") from None
    torn = _measure_torn(data.rpartition(b"\n")[2])
    whole = data[: len(data) - torn]
    labels: list[tuple[int, Label]] = []
    problems: list[str] = []
    for number, line in enumerate(whole.split(b"\n"), 1):
        if line.strip():
            try:
                labels.append((number, _read_line(line)))
            except UsageError as error:
                problems += [f"{path}:{number}: {problem}" for problem in error.problems]
    if problems:
        raise UsageError(problems)
    return Contents(tuple(labels), len(whole), torn, is_open=bool(whole) and not whole.endswith(b"\n"))


def _measure_torn(last: bytes) -> int:
    """How many bytes of the last line are the beginning of a label and no whole one."""
    is_begun = last.startswith(_BEGINNING) or _BEGINNING.startswith(last)
    if not last or not is_begun:
        return 0
    try:
        json.loads(last)
    except ValueError:
        return len(last)
    return 0


def _read_line(line: bytes) -> Label:
    try:
        row = json.loads(line.decode("utf-8-sig"))
    except (ValueError, RecursionError) as error:
        raise UsageError(f"not JSON ({error}); give --out a file that label wrote, or a new one") from None
    return label_from_json(row)


def check_writable(path: Path) -> None:
    """Check that a file of labels can be written; nothing in it is changed, and none is left where there was none.

    Raises:
        UsageError: If it cannot be written.
    """
    try:
        if path.is_dir():
            raise UsageError(f"--out {path} is a directory; name a file in it")
        if path.exists() and not path.is_file():
            raise UsageError(f"--out {path} is no file; {_WHERE}")
        # Rights alone do not tell: not below /proc.
        if path.exists():
            path.open("ab").close()
        else:
            tempfile.TemporaryFile(dir=path.parent).close()
            with contextlib.suppress(FileNotFoundError):
                os.stat(path)  # a name that no file can have
    except (OSError, ValueError) as error:
        raise UsageError(f"--out {path} cannot be written ({getattr(error, 'strerror', error)}); {_WHERE}") from None


@attrs.define
class LabelFile:
    """A file to which labels are added.

    Attributes:
        path: The file.
        contents: What stands in it.
        begins_anew: Whether the first label takes the place of all that stands there.
    """

    path: Path
    contents: Contents = attrs.field(factory=Contents)
    begins_anew: bool = False

    def repair(self) -> None:
        """Take away what a kill left of a label, so that the next one has a line of its own.

        Raises:
            DeliveryError: If the file cannot be written.
        """
        if self.begins_anew or not (self.contents.torn or self.contents.is_open):
            return
        try:
            if self.contents.torn:
                os.truncate(self.path, self.contents.size)
            else:
                _append(self.path, b"\n")
        except OSError as error:
            raise self._make_error(error) from None

    def add(self, label: Label) -> None:
        """Add a label; it is on disk when this returns.

        Raises:
            DeliveryError: If the file cannot be written; what it held is kept.
        """
        text = escape_controls(json.dumps(label_to_json(label), ensure_ascii=False))
        try:
            if self.begins_anew:
                self.path.open("wb").close()
                self.begins_anew = False
            _append(self.path, whole_text(text).encode() + b"\n")
        except OSError as error:
            raise self._make_error(error) from None

    def _make_error(self, error: OSError) -> DeliveryError:
        return DeliveryError(
            f"{self.path} cannot be written ({error.strerror}); all that was labelled before is kept, "
            "make room or correct its rights and go on with the same command"
        )


def _append(path: Path, content: bytes) -> None:
    """Put a line at the end of a file, in one call, so that those of another process stay whole beside it."""
    number = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
    try:
        written = os.write(number, content)
        if written < len(content):
            os.write(number, content[written:])  # the disk is full, and says so now
        os.fsync(number)
    finally:
        os.close(number)
