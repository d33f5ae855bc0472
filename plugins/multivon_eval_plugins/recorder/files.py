"""Changing a file that others may be changing too."""

from __future__ import annotations

import os
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

from filelock import FileLock, Timeout

from multivon_eval.sdk import DeliveryError

PATIENCE = 60.0
"""Seconds to wait for others that are changing the file."""


def change(path: Path, changed: Callable[[bytes], bytes]) -> None:
    """Replace what is in a file, all at once and with nobody in between.

    Args:
        path: The file; made if it is not there. Of a symbolic link, what it leads to.
        changed: From what is in it, nothing where there is no file, to what shall be.

    Raises:
        DeliveryError: If it cannot be written, or another process holds it.
    """
    # A link is followed first: replacing it would leave the file that it leads to as it was.
    target = Path(os.path.realpath(path))
    try:
        with _lock(target):
            # Read under the lock, or what another process merges in between would be lost.
            old = target.read_bytes() if target.exists() else b""
            new = changed(old)
            # A file that stays as it is keeps its time: build tools look at it.
            if new != old or not target.exists():
                _replace(target, new)
    except Timeout:
        raise DeliveryError(
            f"{path} has been locked by another process for {PATIENCE:g} seconds; let it end, or write to another file"
        ) from None
    except OSError as error:
        raise DeliveryError(
            f"{path} cannot be written ({error.strerror or error}); make room, or write to another file"
        ) from error


def split_lines(data: bytes) -> list[bytes]:
    """The lines of a file with their ends; the last one may have none."""
    # bytes.splitlines also splits at a carriage return alone, which may stand between the words of JSON.
    parts = [part + b"\n" for part in data.split(b"\n")]
    parts[-1] = parts[-1][:-1]
    return parts if parts[-1] else parts[:-1]


@contextmanager
def _lock(target: Path) -> Iterator[None]:
    # The lock is a file of its own, because the file itself is replaced.
    with FileLock(target.with_name(f".{target.name}.lock"), timeout=PATIENCE):
        yield


def _replace(target: Path, data: bytes) -> None:
    # Beside the target, because a file can only be replaced at once on the same disk.
    beside = target.with_name(f".{target.name}.{os.getpid()}.new")
    try:
        with beside.open("wb") as file:
            file.write(data)
            file.flush()
            # Before the rename: after a crash of the machine the name must not lead to an empty file.
            os.fsync(file.fileno())
        if target.exists():
            shutil.copymode(target, beside)
        beside.replace(target)
    except OSError:
        # A full disk must not be made fuller by what could not be written.
        beside.unlink(missing_ok=True)
        raise
