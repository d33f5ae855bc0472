"""What a plug-in, or the system under test, may fail with without ending the run."""

from __future__ import annotations

import asyncio

from .._types.hide_secrets import hide_secrets
from .._types.json_value import exact_text
from ..errors import JournalError, MultivonEvalError, RunStopped

FAULTS = (BaseException,)
"""All that code of others may raise: some raise what is no ``Exception``, a ``SystemExit``, pytest's ``Failed``, the
panic of a library that is not written in Python. Each place that catches them calls :func:`raise_if_fatal` first."""

_MOST = 2000
"""How many characters of an error's words are kept."""


def raise_if_fatal(error: BaseException) -> None:
    """Raise an error again that is not the plug-in's own.

    These are a journal that fails, a strict run that cannot go on, Ctrl-C, and the run being cancelled or thrown away.

    Args:
        error: What was caught; a ``CancelledError`` that nobody asked this task for came from within the plug-in.
    """
    if isinstance(error, JournalError | RunStopped | KeyboardInterrupt):
        raise error
    if isinstance(error, asyncio.CancelledError | GeneratorExit) and _is_ended_from_outside(error):
        raise error


def _is_ended_from_outside(error: BaseException) -> bool:
    try:
        task = asyncio.current_task()
    except RuntimeError:
        task = None  # no loop runs: a coroutine that nobody will go on with is being closed
    if isinstance(error, GeneratorExit):
        return task is None
    return task is not None and bool(task.cancelling())


def format_error(error: BaseException) -> str:
    """An error in one line, whatever its own words are."""
    try:
        words = " ".join(hide_secrets(exact_text(str(error)[: 10 * _MOST])).split())
    except KeyboardInterrupt:
        raise
    except BaseException:
        words = "an error that cannot be shown"
    words = words if len(words) <= _MOST else words[:_MOST] + "..."
    return f"{type(error).__name__}: {words}" if words else type(error).__name__


def format_fault(error: BaseException) -> str:
    """An error in one line: our own by its words alone, which name everything."""
    return str(error) if isinstance(error, MultivonEvalError) else format_error(error)


def format_value(value: object) -> str:
    """A value of a wrong type in a few words: its type and the beginning of its repr."""
    if value is None:
        return "None"
    try:
        shown = hide_secrets(exact_text(repr(value)[:_MOST]))
    except KeyboardInterrupt:
        raise
    except BaseException:
        return f"{type(value).__name__} (which has no repr)"
    return f"{type(value).__name__} ({shown if len(shown) <= 80 else shown[:77] + '...'})"
