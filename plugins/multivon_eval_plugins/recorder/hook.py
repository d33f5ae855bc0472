"""Binds what ``model_fn`` asks of a model to the conversation it was asked in, while prompts are recorded.

It sets a context variable and nothing else: no SDK is imported or patched until a recording is started.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from multivon_eval.sdk import Report, RunInfo, hookimpl

from .binding import CASE, NOT_THE_SYSTEM
from .running import RUNNING

if TYPE_CHECKING:
    from .in_workers import HeadRecordings, WorkerRecordings
    from .recording import Recording

_AT_HEAD: dict[str, HeadRecordings] = {}
"""By run, the recordings at the head of one whose workers record."""

_IN_WORKER: dict[tuple[str, str], WorkerRecordings] = {}
"""By run and worker, what is recorded in this process for a head elsewhere."""


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


@hookimpl
def tell_workers(run: RunInfo) -> object:
    """Say what is recorded here, so that workers record it too; None if nothing is."""
    if not RUNNING:
        return None
    from .in_workers import HeadRecordings

    _AT_HEAD[run.run_id] = recordings = HeadRecordings.of(RUNNING.values())
    return recordings.describe()


@hookimpl
def head_told(run: RunInfo, told: Any) -> None:
    """Begin to record in a worker."""
    from .in_workers import WorkerRecordings, is_this_process

    # An executor may hold conversations in the process of the head, where they are heard already.
    if not is_this_process(told):
        _IN_WORKER[run.run_id, run.worker] = WorkerRecordings.start(told, run.worker)


@hookimpl
def tell_head(run: RunInfo) -> object:
    """Hand over what was recorded in a worker since the last time; None if nothing was."""
    recordings = _IN_WORKER.get((run.run_id, run.worker))
    return recordings.take() if recordings else None


@hookimpl
def worker_told(run: RunInfo, told: Any) -> None:
    """Add what was recorded in a worker to the recordings here."""
    _AT_HEAD[run.run_id].add(told)


@hookimpl
def worker_lost(run: RunInfo, worker: str) -> None:
    """Say that there is a gap."""
    if run.run_id in _AT_HEAD:
        _AT_HEAD[run.run_id].note_loss(worker)


@hookimpl
def run_finished(report: Report) -> None:
    """Record no more for this run; in a worker what is left is handed over after this."""
    run = report.info
    _AT_HEAD.pop(run.run_id, None)
    if recordings := _IN_WORKER.get((run.run_id, run.worker)):
        recordings.stop()


def record_prompts(
    repo_root: str | Path = ".",
    out: str | Path | None = None,
    record_text: bool = False,
    clients: Iterable[object] = (),
) -> Recording:
    """Give a recording; see ``multivon_eval.record_prompts``."""
    from .recording import Recording

    return Recording(repo_root, out, record_text, clients)
