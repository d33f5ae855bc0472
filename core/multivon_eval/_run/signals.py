"""SIGTERM ends a run as Ctrl-C does."""

from __future__ import annotations

import asyncio
import contextlib
import signal


def stop_on_sigterm() -> None:
    """Let SIGTERM end the work of the running event loop as Ctrl-C does.

    Where signals cannot be handled (another thread, Windows) the process just ends.
    """
    with contextlib.suppress(NotImplementedError, RuntimeError, ValueError):
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, signal.raise_signal, signal.SIGINT)
