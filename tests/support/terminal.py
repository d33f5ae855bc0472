"""A command in a terminal of its own: a real process behind a pseudo-terminal, with what it shows and what is typed."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import select
import signal
import struct
import subprocess
import sys
import termios
import time
from collections.abc import Mapping
from pathlib import Path

from .command import clean_env

DEADLINE = 60
"""Seconds in which a prompt comes on the slowest machine."""
_PROGRAM = (
    "import fcntl, termios; fcntl.ioctl(0, termios.TIOCSCTTY, 0); from multivon_eval._cli.main import main; main()"
)
_ESCAPES = re.compile(r"\x1b(\[[0-?]*[ -/]*[@-~]|[=>])")


class Terminal:
    """A command that runs in a terminal; leave the ``with`` block to end both.

    Args:
        *args: The arguments of ``multivon-eval``.
        cwd: The folder it runs in.
        columns: The width of the terminal.
        env: More variables of the environment.
    """

    def __init__(self, *args: str, cwd: Path, columns: int = 80, env: Mapping[str, str] | None = None) -> None:
        self._master, slave = pty.openpty()
        fcntl.ioctl(slave, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        hidden = ("COLUMNS", "LINES", "NO_COLOR", "CI")
        usual = {key: value for key, value in clean_env().items() if key not in hidden}
        self._process = subprocess.Popen(
            [sys.executable, "-c", _PROGRAM, *args],
            cwd=cwd,
            env={**usual, "TERM": "xterm", "PYTHONIOENCODING": "utf-8", **(env or {})},
            stdin=slave,
            stdout=slave,
            stderr=slave,
            start_new_session=True,
        )
        os.close(slave)
        self._raw = b""
        self._seen = 0

    def __enter__(self) -> Terminal:
        return self

    def __exit__(self, *_: object) -> None:
        self._process.kill()
        self._process.wait()
        os.close(self._master)

    @property
    def raw(self) -> str:
        """All that came from it, escapes included."""
        return self._raw.decode("utf-8", "replace")

    @property
    def shown(self) -> str:
        """All that it has shown."""
        return _ESCAPES.sub("", self.raw).replace("\r", "")

    def see(self, text: str) -> str:
        """Wait until a text is shown that was not seen yet; gives what was shown since, up to its end."""
        end = time.monotonic() + DEADLINE
        while (at := self.shown.find(text, self._seen)) < 0:
            assert self._receive(end), f"{text!r} was not shown:\n{self.shown}"
        before, self._seen = self._seen, at + len(text)
        return self.shown[before : self._seen]

    def type(self, text: str) -> None:
        """Type a text as it is; a line feed is the Enter key."""
        os.write(self._master, text.replace("\n", "\r").encode())

    def answer(self, prompt: str, *lines: str) -> None:
        """See a prompt before each line, and type it."""
        for line in lines:
            self.see(prompt)
            self.type(f"{line}\n")

    def resize(self, columns: int) -> None:
        """Give the terminal another width, and say so to the process."""
        fcntl.ioctl(self._master, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self._process.send_signal(signal.SIGWINCH)

    def send(self, number: signal.Signals) -> None:
        """Send the process a signal."""
        self._process.send_signal(number)

    def end(self) -> int:
        """Wait for its end; gives the exit code."""
        end = time.monotonic() + DEADLINE
        while self._receive(end):
            pass
        return self._process.wait(DEADLINE)

    def _receive(self, end: float) -> bool:
        """Take what comes; False if nothing can come any more."""
        left = end - time.monotonic()
        if left <= 0 or not select.select([self._master], [], [], left)[0]:
            raise AssertionError(f"nothing more was shown within {DEADLINE} seconds:\n{self.shown}")
        try:
            part = os.read(self._master, 1 << 16)
        except OSError:  # the other end is closed
            return False
        self._raw += part
        return bool(part)
