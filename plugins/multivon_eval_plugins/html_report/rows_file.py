"""The rows of a report on disk: beside it while the run goes on, and inside it afterwards."""

from __future__ import annotations

import base64
import hashlib
import json
import os
import re
import zlib
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

import attrs

from ..sinks.json_text import write_json

_DATA = re.compile(rb'<script type="application/octet-stream" data-part="(head|rows)">([A-Za-z0-9+/=]*)</script>')


def pack(text: str) -> str:
    """Compress JSON and give it in base64: nothing in it can end an element of HTML."""
    # A lone surrogate is no UTF-8 and no browser would read it; what stands for it here is how JSON escapes it.
    return base64.b64encode(zlib.compress(text.encode("utf-8", "backslashreplace"), 9)).decode()


def unpack(data: bytes) -> Any:
    """Read what :func:`pack` made."""
    return json.loads(zlib.decompress(base64.b64decode(data)))


@attrs.define
class RowsFile:
    """Rows as lines of JSON, each on disk when :meth:`add` returns.

    Attributes:
        path: The file.
    """

    path: Path
    _size: int = attrs.field(default=0, init=False)
    _known: set[bytes] = attrs.field(factory=set, init=False)

    def begin(self, rows: Iterable[dict[str, Any]] = ()) -> None:
        """Begin anew, with some rows; what is there is replaced when all of them are written."""
        fresh = self.path.with_name(self.path.name + "~")
        with fresh.open("wb") as file:
            file.writelines(_make_line(row) for row in rows)
        fresh.replace(self.path)
        self.go_on()

    def go_on(self) -> None:
        """Go on with what is there; a last line that was torn is taken away."""
        with self.path.open("r+b") as file:
            self._size = file.truncate(_find_end(file))
            file.seek(0)
            self._known = {_digest(line) for line in file}

    def add(self, row: dict[str, Any]) -> None:
        """Add a row; one that was there when this file was gone on with is given again, and stays as it is."""
        line = _make_line(row)
        if _digest(line) in self._known:
            return
        with self.path.open("ab") as file:
            file.write(line)
        self._size += len(line)

    def is_whole(self) -> bool:
        """Whether all that was written is there."""
        return self.path.is_file() and self.path.stat().st_size == self._size

    def read(self) -> Iterator[dict[str, Any]]:
        """Read the rows one by one, so that they are not in memory together."""
        with self.path.open("rb") as file:
            for line in file:
                yield json.loads(line)


def _make_line(row: dict[str, Any]) -> bytes:
    return write_json(row).encode("utf-8", "backslashreplace") + b"\n"


def _digest(line: bytes) -> bytes:
    return hashlib.sha256(line).digest()


def _find_end(file: IO[bytes]) -> int:
    """Find where the last whole line ends."""
    place = file.seek(0, os.SEEK_END)
    while place:
        begin = max(0, place - (1 << 20))
        file.seek(begin)
        if (last := file.read(place - begin).rfind(b"\n")) >= 0:
            return begin + last + 1
        place = begin
    return 0


def read_report(path: Path) -> Iterator[dict[str, Any]]:
    """Read the rows that a report holds, in their order.

    Raises:
        ValueError: If it is no report.
    """
    with path.open("rb") as file:
        parts = [(found[1], found[2]) for line in file if (found := _DATA.match(line))]
    if not parts or parts[0][0] != b"head":
        raise ValueError("it is no report of multivon-eval")
    head = unpack(parts[0][1])
    bodies = (body for _, part in parts[1:] for body in unpack(part))
    for index, body in zip(head["rows"], bodies, strict=True):
        persona = head["personas"][index.pop("persona")]
        index.pop("key")
        yield {"index": index, "persona": persona, "body": body}
