"""What a plug-in, or the system under test, may fail with without ending the run."""

from __future__ import annotations

import asyncio

from ..errors import JournalError

FAULTS = (Exception, SystemExit, asyncio.CancelledError)
"""All that code of others may raise. Each place that catches them calls :func:`raise_if_fatal` first."""


def raise_if_fatal(error: BaseException) -> None:
    """Raise an error again that is not the plug-in's own: a journal that fails, or the run being cancelled.

    Args:
        error: What was caught; a ``CancelledError`` that nobody asked this task for came from within the plug-in.
    """
    if isinstance(error, JournalError):
        raise error
    task = asyncio.current_task()
    if isinstance(error, asyncio.CancelledError) and task is not None and task.cancelling():
        raise error


def format_error(error: BaseException) -> str:
    """An error in one line, whatever its own words are."""
    try:
        words = " ".join(str(error).split())
    except Exception:
        words = "an error that cannot be shown"
    return f"{type(error).__name__}: {words}" if words else type(error).__name__
