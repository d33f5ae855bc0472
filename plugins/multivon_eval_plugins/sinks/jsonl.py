"""Results as JSONL: one object a line, on disk as soon as it is finished."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import BinaryIO

import attrs

from multivon_eval.sdk import Report, RunInfo, SimulationResult, UsageError, result_to_json


@attrs.define
class JsonlSink:
    """Writes each result as one line of UTF-8 JSON.

    A file that is there is overwritten, or gone on with by a run that is resumed: then a last line that was torn
    is taken away first. The lines stand in the order in which conversations finished.

    Attributes:
        path: The file.
    """

    path: str
    _file: BinaryIO | None = attrs.field(default=None, init=False, eq=False, repr=False)

    async def check(self) -> None:
        """Check that the file can be written, without touching it.

        Raises:
            UsageError: If the file cannot be written.
        """
        path = Path(self.path)
        if path.is_dir():
            raise self._make_error("Is a directory")
        if not os.access(path if path.exists() else path.parent, os.W_OK):
            why = "Permission denied" if path.parent.exists() else "No such file or directory"
            raise self._make_error(why)

    async def open(self, run: RunInfo) -> None:
        """Open the file.

        Raises:
            UsageError: If the file cannot be written.
        """
        try:
            self._file = _open_file(Path(self.path), is_resumed=run.resumed > 0)
        except OSError as error:
            raise self._make_error(error.strerror or str(error)) from None

    async def write(self, result: SimulationResult) -> None:
        """Write one line and hand it to the operating system."""
        assert self._file is not None, "a sink is opened before it is written to"
        row = result_to_json(result)
        try:
            line = _as_json(row)
        except (TypeError, ValueError):
            line = _as_json(_make_finite(row))
        self._file.write(line.encode("utf-8", "backslashreplace") + b"\n")
        self._file.flush()

    def _make_error(self, why: str) -> UsageError:
        return UsageError(
            f"{self.path} cannot be written ({why}); give --out a file in a folder that exists and can be written"
        )

    async def close(self, report: Report) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()
            self._file = None


def _open_file(path: Path, is_resumed: bool) -> BinaryIO:
    if not is_resumed:
        return path.open("wb")
    file = path.open("r+b")
    whole = file.read().rfind(b"\n") + 1
    file.truncate(whole)
    file.seek(whole)
    return file


_as_json = json.JSONEncoder(ensure_ascii=False, allow_nan=False, default=str).encode


def _make_finite(value: object) -> object:
    # A tool's result may hold a float that JSON has no word for.
    if isinstance(value, float) and value - value != 0:
        return str(value)
    if isinstance(value, dict):
        return {str(key): _make_finite(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_make_finite(item) for item in value]
    return value
