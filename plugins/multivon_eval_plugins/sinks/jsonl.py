"""Results as JSONL: one object a line, on disk as soon as it is finished."""

from __future__ import annotations

import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import IO, Any

import attrs

from multivon_eval.sdk import (
    DeliveryError,
    Report,
    RunInfo,
    SimulationResult,
    UsageError,
    escape_controls,
    get_output,
    result_to_json,
)

from ._files import STANDARD_OUTPUT, find_obstacle
from .json_text import write_json


@attrs.define
class JsonlSink:
    """Writes each result as one line of UTF-8 JSON.

    A file that is there is overwritten, or gone on with by a run that is resumed: then a last line that was torn
    is taken away first. The lines stand in the order in which conversations finished. At the end the file is held
    against what was written: one that was deleted, cut or replaced meanwhile is an error, and a resume writes it again.
    The file of a shard begins with its header, also where no conversation belongs to it.

    Attributes:
        path: The file; ``-`` for standard output.
    """

    path: str
    _file: IO[bytes] | None = attrs.field(default=None, init=False, eq=False, repr=False)
    _size: int = attrs.field(default=0, init=False, eq=False, repr=False)
    _lines: int = attrs.field(default=0, init=False, eq=False, repr=False)

    async def check(self) -> None:
        """Check that the file can be written; nothing in it is changed, and none is left where there was none.

        Raises:
            UsageError: If the file cannot be written.
        """
        if self.path != STANDARD_OUTPUT and (reason := find_obstacle(self.path)):
            raise self._make_error(reason)

    async def open(self, run: RunInfo) -> None:
        """Open the file.

        Raises:
            UsageError: If the file cannot be written.
        """
        if self.path != STANDARD_OUTPUT:
            try:
                self._file = _open_file(Path(self.path), run.is_resumption)
            except OSError as error:
                raise self._make_error(error.strerror or str(error)) from None
            self._size, self._lines = _measure(Path(self.path))
        if run.header is not None and not self._size:
            self._write_line(run.header)

    async def write(self, result: SimulationResult) -> None:
        """Write one line and hand it to the operating system."""
        self._write_line(result_to_json(result))

    def _write_line(self, row: Mapping[str, Any]) -> None:
        line = escape_controls(write_json(row))
        if self.path == STANDARD_OUTPUT:
            output = get_output()
            output.write(f"{line}\n")
            output.flush()
            return
        assert self._file is not None, "a sink is opened before it is written to"
        content = line.encode("utf-8", "backslashreplace") + b"\n"
        self._file.write(content)
        self._file.flush()
        self._size += len(content)
        self._lines += 1

    def _make_error(self, why: str) -> UsageError:
        return UsageError(
            f"{self.path} cannot be written ({why}); give --out a file in a folder that exists and can be written"
        )

    async def close(self, report: Report) -> None:
        """Close the file, and hold it against what was written.

        Raises:
            DeliveryError: If something else lies there now.
        """
        if self._file is None:
            return
        file, self._file = self._file, None
        with file:
            is_file = stat.S_ISREG(os.fstat(file.fileno()).st_mode)
            problem = self._find_change(file) if is_file else ""
        if problem:
            raise DeliveryError(
                f"{self.path} was {problem} while the run went on, so results are missing from it; "
                "go on with the same command and --resume, which writes them again"
            )

    def _find_change(self, file: IO[bytes]) -> str:
        path = Path(self.path)
        try:
            there, ours = path.stat(), os.fstat(file.fileno())
        except OSError:
            return "deleted"
        if (there.st_dev, there.st_ino) != (ours.st_dev, ours.st_ino):
            return "replaced"
        return "" if _measure(path) == (self._size, self._lines) else "changed"


def _open_file(path: Path, is_resumption: bool) -> IO[bytes]:
    if path.exists() and not path.is_file():
        # A pipe that nobody reads would be waited for, and nothing could interrupt that.
        opened = os.open(path, os.O_WRONLY | getattr(os, "O_NONBLOCK", 0))
        os.set_blocking(opened, True)
        return os.fdopen(opened, "wb")
    if is_resumption and path.exists():
        with path.open("r+b") as file:
            file.truncate(_find_last_end(file))
    else:
        path.open("wb").close()
    # Whatever somebody else does to the file, each line is put at its end.
    return path.open("ab")


def _find_last_end(file: IO[bytes]) -> int:
    """Find where the last line feed of a file ends, looking backwards part by part; 0 where there is none."""
    end = file.seek(0, os.SEEK_END)
    while end:
        begin = max(0, end - (1 << 16))
        file.seek(begin)
        if (found := file.read(end - begin).rfind(b"\n")) >= 0:
            return begin + found + 1
        end = begin
    return 0


def _measure(path: Path) -> tuple[int, int]:
    """Bytes and lines of a file; nothing of what is no file."""
    if not path.is_file():
        return 0, 0
    size = lines = 0
    with path.open("rb") as file:
        while part := file.read(1 << 16):
            size += len(part)
            lines += part.count(b"\n")
    return size, lines
