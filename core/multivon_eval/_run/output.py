"""Standard output kept for what was asked for, where a program reads it."""

from __future__ import annotations

import contextlib
import io
import json
import os
import sys
from collections.abc import Iterator
from typing import TextIO

from .._types.printable import escape_controls, make_printable

_kept: list[TextIO] = []


def get_output() -> TextIO:
    """Return where results and JSON go that are asked for on standard output, whatever is printed elsewhere."""
    return _kept[-1] if _kept else sys.stdout


def tell(text: str, err: bool = False) -> None:
    """Print a line for people, with what would move a cursor or hide words made visible.

    Args:
        text: What is told, whoever wrote it.
        err: Whether it goes to standard error.
    """
    print(make_printable(text), file=sys.stderr if err else get_output(), flush=True)


def tell_json(value: object) -> None:
    """Print a value as JSON for programs, on standard output, in whatever encoding that has."""
    output = get_output()
    is_unicode = (getattr(output, "encoding", None) or "utf-8").lower().replace("-", "").startswith("utf")
    text = json.dumps(value, ensure_ascii=not is_unicode, indent=2)
    print(escape_controls(text), file=output, flush=True)


def make_streams_safe() -> None:
    """Let no character that a screen cannot show end a command: it is replaced."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="replace")


@contextlib.contextmanager
def keep_output() -> Iterator[None]:
    """Send what anybody prints to standard error, and keep standard output for :func:`get_output`.

    That holds for the model file, for plug-ins, and for processes that they start.
    """
    before = sys.stdout
    with contextlib.ExitStack() as stack:
        _kept.append(_take_descriptor(before, stack) or before)
        stack.callback(_kept.pop)
        stack.enter_context(contextlib.redirect_stdout(sys.stderr))
        yield


def _take_descriptor(stream: TextIO, stack: contextlib.ExitStack) -> TextIO | None:
    """Let file descriptor 1 be standard error; None where the stream has none, as in a test."""
    try:
        number = stream.fileno()
        other = sys.stderr.fileno()
    except (OSError, ValueError, io.UnsupportedOperation):
        return None
    stream.flush()
    ours = os.fdopen(os.dup(number), "w", encoding="utf-8", errors="backslashreplace")
    os.dup2(other, number)

    def restore() -> None:
        with contextlib.suppress(OSError):  # whoever read it has gone
            ours.flush()
        os.dup2(ours.fileno(), number)
        with contextlib.suppress(OSError):
            ours.close()

    stack.callback(restore)
    return ours
