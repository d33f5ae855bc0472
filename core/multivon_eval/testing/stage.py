"""A system under test in whatever process it is called, for which a test decides what it answers, and when."""

from __future__ import annotations

import json
import os
import socketserver
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import attrs

_MODEL = '''"""A system that asks the test what to say."""

import asyncio
import json
import os


async def model_fn(messages):
    """Say what the test says."""
    reader, writer = await asyncio.open_connection("127.0.0.1", {port})
    try:
        writer.write(json.dumps([messages[-1]["content"], os.getpid()]).encode() + b"\\n")
        said = await reader.readline()
    finally:
        writer.close()
    if not said:
        raise RuntimeError("the system is down")
    return json.loads(said)
'''
_TURN = ", message "
_PAUSE = 0.01


def write_message(name: str, trial: int, turn: int) -> str:
    """Write a user message that tells whose it is and which."""
    return f"{name} #{trial}{_TURN}{turn}: where is my order?"


@attrs.frozen
class Called:
    """A call of the system.

    Attributes:
        who: Which conversation: a persona's name and a trial.
        turn: Which turn of it, from 1.
        pid: The process that it is called in.
    """

    who: str
    turn: int
    pid: int

    @property
    def is_elsewhere(self) -> bool:
        """Whether it is called in another process than this one."""
        return self.pid != os.getpid()


def answer(stage: Stage, called: Called) -> str:
    """Reply at once, and always the same."""
    return f"Your order arrives on Friday. This was question {called.turn}."


Decide = Callable[["Stage", Called], str]


class Stage:
    """Serves the calls of a system, from the file :attr:`model`, while it is entered.

    Args:
        folder: Where the file is written.
        decide: Gives the reply to a call, in a thread of its own; may wait before. An empty one lets the system fail.
    """

    def __init__(self, folder: Path, decide: Decide = answer) -> None:
        self.calls: list[Called] = []
        self.ended: threading.Event = threading.Event()
        """Set when nobody is to wait any more."""
        self._decide, self._lock = decide, threading.Lock()
        stage = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                stage.reply(self.rfile.readline(), self.wfile.write)

        self._server = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = False
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)
        self.model: Path = folder / "system_of_the_kit.py"
        self.model.write_text(_MODEL.format(port=self._server.server_address[1]), encoding="utf-8")

    def __enter__(self) -> Stage:
        self._thread.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.ended.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()  # waits for those that are still answered
        # What was loaded from its file here is not to meet the next one.
        sys.path[:] = [path for path in sys.path if path != str(self.model.parent.resolve())]
        for name in [name for name in sys.modules if name.endswith(self.model.stem)]:
            del sys.modules[name]

    @property
    def processes(self) -> set[int]:
        """The other processes that it was called in."""
        return {called.pid for called in self.calls if called.is_elsewhere}

    def wait_for(self, is_so: Callable[[], bool], seconds: float) -> bool:
        """Wait until something is so; give whether it is, also where nobody is to wait any more."""
        end = time.monotonic() + seconds
        while not is_so() and time.monotonic() < end and not self.ended.wait(_PAUSE):
            pass
        return is_so()

    def count_begun(self) -> int:
        """Count the conversations that have begun."""
        return len({called.who for called in self.calls})

    def reply(self, line: bytes, write: Callable[[bytes], Any]) -> None:
        """Answer one call; whoever was killed meanwhile hears nothing."""
        if not line:
            return
        text, pid = json.loads(line)
        who, _, rest = str(text).partition(_TURN)
        called = Called(who, int(rest.partition(":")[0]), int(pid))
        with self._lock:
            self.calls.append(called)
        said = self._decide(self, called)
        if said:
            try:
                write(json.dumps(said).encode() + b"\n")
            except OSError:
                return
