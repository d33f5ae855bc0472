"""What a plug-in should leave alone: the event loop's thread, the process around it, and what it opened itself."""

from __future__ import annotations

import asyncio
import builtins
import concurrent.futures
import contextlib
import gc
import io
import logging
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from types import CodeType, FrameType
from typing import Any

_BLOCKING: dict[object, str] = {time.sleep: "time.sleep", builtins.input: "input", os.system: "os.system"}
_ENDING = 0.5
"""Seconds that a thread which was told to end may take for it."""
_TRIES = 25
_SOCKET_CALLS = {"connect", "recv", "recv_into", "send", "sendall", "accept"}
_WAITS: dict[CodeType, str] = {
    subprocess.Popen.wait.__code__: "subprocess",
    subprocess.Popen.communicate.__code__: "subprocess",
    concurrent.futures.Future.result.__code__: "Future.result",
    threading.Thread.join.__code__: "Thread.join",
    threading.Event.wait.__code__: "Event.wait",
}


@contextlib.contextmanager
def catching_blocks() -> Iterator[list[str]]:
    """Note each call in this thread that would stop the event loop: a sleep, a blocking socket, a process waited for.

    What is called in another thread stops nobody. No clock is looked at: the call itself is seen, however it was
    imported and however short it is.

    Yields:
        A list of what was called, filled as it goes.
    """
    seen: list[str] = []

    def look(frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call":
            name = _find_blocking_function(argument)
        elif event == "call" and frame.f_code in _WAITS:
            name = _find_wait(frame)
        else:
            return
        if name and name not in seen and not _is_importing(frame):
            seen.append(name)

    before = sys.getprofile()
    sys.setprofile(look)
    try:
        yield seen
    finally:
        sys.setprofile(before)


def _is_importing(frame: FrameType | None) -> bool:
    """Whether a call belongs to the import of a module: that is done once in a process, and by libraries themselves."""
    while frame is not None:
        if frame.f_code.co_filename.startswith("<frozen importlib"):
            return True
        frame = frame.f_back
    return False


def _find_blocking_function(function: Any) -> str:
    owner = getattr(function, "__self__", None)
    if isinstance(owner, socket.socket):
        name = function.__name__
        return f"socket.{name}" if name in _SOCKET_CALLS and owner.gettimeout() != 0 else ""
    try:
        return _BLOCKING.get(function, "")
    except TypeError:  # a method of something that has no hash
        return ""


def _find_wait(frame: FrameType) -> str:
    """Name what is waited for in a frame that just began; empty where there is nothing to wait for."""
    name = _WAITS[frame.f_code]
    me = frame.f_locals.get("self")
    if isinstance(me, concurrent.futures.Future):
        return "" if me.done() else name
    if isinstance(me, threading.Thread):
        return name if me.is_alive() else ""
    if isinstance(me, threading.Event):
        is_starting = frame.f_back is not None and frame.f_back.f_code is threading.Thread.start.__code__
        return "" if is_starting or me.is_set() else name
    return name


@contextlib.contextmanager
def catching_changes(*, prints: bool) -> Iterator[list[str]]:
    """Note what changes in the process while the body runs.

    Args:
        prints: Whether something may be printed.

    Yields:
        A list, filled when the body has ended: what was printed, and which parts of the process are not as they were.
    """
    found: list[str] = []
    before, out, err = _describe_process(), io.StringIO(), io.StringIO()
    if prints:
        yield found
    else:
        with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
            yield found
    after = _describe_process()
    os.chdir(str(before["the working directory"]))  # what comes next is not to suffer from it
    found += [f"printed {text!r}" for text in (out.getvalue()[:80], err.getvalue()[:80]) if text]
    found += [f"changed {name}" for name, value in before.items() if after[name] != value]


def begins_random_anew(job: Callable[[], object]) -> bool:
    """Whether a job sets the random numbers of the whole process: after it they are the same, whatever was before."""
    before, after = random.getstate(), list[object]()
    try:
        for seed in (1, 2):
            random.seed(seed)
            job()
            after.append(random.getstate())
    finally:
        random.setstate(before)
    return after[0] == after[1]


def _describe_process() -> dict[str, object]:
    root = logging.getLogger()
    signals = [signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)]
    return {
        "the environment": dict(os.environ),
        "the working directory": os.getcwd(),
        "the signal handlers": signals,
        "the set-up of logging": (list(root.handlers), root.level, logging.root.manager.disable),
        "sys.path": list(sys.path),
        "sys.excepthook": sys.excepthook,
        "the time that sockets wait": socket.getdefaulttimeout(),
    }


class Leftovers:
    """What stands open now, to be held against what stands open later."""

    def __init__(self) -> None:
        gc.collect(1)
        self._threads, self._files = set(threading.enumerate()), count_open_files()

    def find(self) -> list[str]:
        """Say what was opened since and is still there; what the collector can reach is gone."""
        gc.collect(1)
        more_threads = set(threading.enumerate()) - self._threads
        for thread in more_threads:
            thread.join(_ENDING)  # one that is about to end may do so
        threads = [thread.name for thread in more_threads if thread.is_alive()]
        found = [f"the thread {name!r} goes on" for name in threads]
        if (more := self._count_more_files()) > 0:
            found.append(f"{more} files or sockets more are open than before")
        return found

    def _count_more_files(self) -> int:
        """Count what is open beside; a server in this process may need a moment to see that its client is gone."""
        pause, tries = threading.Event(), 0
        while (more := count_open_files() - self._files) > 0 and tries < _TRIES:
            pause.wait(_ENDING / _TRIES)
            tries += 1
        return more


def count_open_files() -> int:
    """The number of files and sockets that this process has open; 0 where that cannot be seen."""
    for folder in ("/proc/self/fd", "/dev/fd"):
        try:
            return len(os.listdir(folder))
        except OSError:
            continue
    return 0


async def find_tasks() -> list[str]:
    """Say which tasks of the running loop go on beside this one, after each had a chance to end."""
    for _ in range(20):
        await asyncio.sleep(0)
    me = asyncio.current_task()
    return [f"the task {task.get_name()!r} goes on" for task in asyncio.all_tasks() if task is not me]
