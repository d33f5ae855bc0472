"""Binds what ``model_fn`` asks of a model to the conversation it was asked in, while prompts are recorded.

It sets a context variable and nothing else: no SDK is imported or patched until a recording is started.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from multivon_eval.sdk import hookimpl

from .binding import CASE, NOT_THE_SYSTEM

if TYPE_CHECKING:
    from .recording import Recording


@hookimpl
def conversation_started() -> None:
    """From here on, in the task of this conversation, only ``model_fn`` is the system under test."""
    # Never reset: the task ends with its conversation, and its context with it.
    CASE.set(NOT_THE_SYSTEM)


@hookimpl
@contextmanager
def conversation_scope(case_uid: str) -> Iterator[None]:
    """Inside, calls carry the ``case_uid``."""
    token = CASE.set(case_uid)
    try:
        yield
    finally:
        CASE.reset(token)


def record_prompts(
    repo_root: str | Path = ".",
    out: str | Path | None = None,
    record_text: bool = False,
    clients: Iterable[object] = (),
) -> Recording:
    """Give a recording; see ``multivon_eval.record_prompts``."""
    from .recording import Recording

    return Recording(repo_root, out, record_text, clients)
