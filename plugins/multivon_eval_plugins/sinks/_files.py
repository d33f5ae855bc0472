"""Files that are written all at once when a run ends, and what is kept for them until then."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import stat
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any

from multivon_eval.sdk import DeliveryError, UsageError, get_output

STANDARD_OUTPUT = "-"
_IN_MEMORY = 1 << 20
"""Bytes of what is kept that stay in memory; what goes beyond lies in a file without a name."""


def check_file(path: str, sink: str) -> None:
    """Check that a file can be written; nothing in it is changed, and none is left where there was none.

    Args:
        path: The file; ``-`` for standard output.
        sink: Who writes it, for the message.

    Raises:
        UsageError: If it cannot be written.
    """
    if path == STANDARD_OUTPUT:
        return
    if reason := find_obstacle(path):
        raise UsageError(
            f"{sink}:{path} cannot be written ({reason}); give a file in a folder that exists and can be written"
        )


def find_obstacle(path: str) -> str:
    """Say why a file cannot be written; empty if it can."""
    place = Path(path)
    try:
        if not path or place.is_dir():
            return "Is a directory"
        if not os.access(place if place.exists() else place.parent, os.W_OK):
            return "Permission denied" if place.parent.exists() else "No such file or directory"
        _try_to_open(place)
    except (OSError, ValueError) as error:  # no file can have this name
        return getattr(error, "strerror", None) or str(error)
    return ""


def _try_to_open(path: Path) -> None:
    """Open a file, or another beside where it will be, because rights alone do not tell: not below /proc."""
    try:
        is_file = stat.S_ISREG(os.stat(path).st_mode)
    except FileNotFoundError:
        tempfile.TemporaryFile(dir=path.parent).close()
    else:
        if is_file:
            path.open("ab").close()


class Kept:
    """Values that are kept outside of memory until a run ends, in their order."""

    def __init__(self) -> None:
        # Closed by ``close``: it lives from one call of a sink to another.
        self._file: IO[bytes] = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115

    def add(self, value: Any) -> None:
        """Keep a JSON value."""
        self._file.write(json.dumps(value).encode("ascii") + b"\n")

    def __iter__(self) -> Iterator[Any]:
        self._file.seek(0)
        for line in self._file:
            yield json.loads(line)
        self._file.seek(0, os.SEEK_END)

    def close(self) -> None:
        """Forget all of it."""
        self._file.close()


def write_text(path: str, parts: Iterable[str]) -> None:
    """Write text to a file, all at once or not at all.

    Args:
        path: The file, which is replaced; ``-`` for standard output.
        parts: The text. A lone surrogate, which UTF-8 has no word for, becomes a replacement character.

    Raises:
        DeliveryError: If it cannot be written; what lay there before does so still.
    """
    if path == STANDARD_OUTPUT:
        output = get_output()
        output.writelines(map(make_encodable, parts))
        output.flush()
        return
    with replace_file(path) as place, place.open("w", encoding="utf-8", newline="") as file:
        file.writelines(map(make_encodable, parts))


@contextlib.contextmanager
def replace_file(path: str) -> Iterator[Path]:
    """Give a file to write, which takes the place of another once all went well.

    What is no file, a pipe say, is written itself.

    Args:
        path: The file that is replaced.

    Raises:
        DeliveryError: If it cannot be written.
    """
    target = Path(os.path.realpath(path))
    try:
        if target.exists() and not target.is_file():
            yield target
            return
        new = target.with_name(f".{target.name[:100]}.{secrets.token_hex(4)}")
        try:
            yield new
            if target.exists():
                new.chmod(stat.S_IMODE(target.stat().st_mode))
            new.replace(target)
        finally:
            new.unlink(missing_ok=True)
    except OSError as error:
        raise DeliveryError(f"{path} cannot be written ({error.strerror or error})") from error


def make_encodable(text: str) -> str:
    """Replace lone surrogates, which UTF-8 has no word for."""
    return text.encode("utf-8", "surrogatepass").decode("utf-8", "replace")
