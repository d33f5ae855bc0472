"""What an ambient plug-in may listen to, in the order in which it is called.

A hook observes and wraps; it never changes the outcome. An implementation takes any subset of the arguments by
name. All hooks are synchronous and called on the event loop of the run: be quick. One that raises is left out
for the rest of the run, and the report says so.

Where workers hold the conversations, in other processes, each of them has its own hooks. ``run_started`` and
``run_finished`` are called at the head, for the whole run, and in each worker, for its part; ``RunInfo.worker`` tells
which. All that concerns one conversation is called in the worker that holds it.
"""

from __future__ import annotations

from contextlib import AbstractContextManager
from typing import Any, Final

import pluggy

from ._questions import Question
from ._types.call import Call
from ._types.conversation import Conversation
from ._types.persona import Persona
from ._types.report import Report
from ._types.result import SimulationResult
from ._types.run_info import RunInfo

PROJECT = "multivon_eval"

hookspec: Final = pluggy.HookspecMarker(PROJECT)
hookimpl: Final = pluggy.HookimplMarker(PROJECT)
"""Marks a function of a plug-in as the implementation of the hook of its name."""


@hookspec
def run_started(run: RunInfo) -> None:
    """A run begins: everything is loaded and checked, no conversation has begun; at most a proposal was paid."""


@hookspec
def conversation_started(persona: Persona, trial: int, case_uid: str, run_id: str) -> None:
    """A conversation begins, in the task that drives it to its end; or one that is over is judged or scored again.

    In that task ``conversation_finished`` is called too. The ``case_uid`` is that of the calls that are made for it.
    """


@hookspec
def conversation_scope(  # type: ignore[empty-body]
    persona: Persona, case_uid: str, run_id: str
) -> AbstractContextManager[object]:
    """Give a context manager that is entered around each call of ``model_fn`` and its ``close``, and only around that.

    It is entered in the task that drives the conversation. A context variable set in it is visible to
    ``model_fn``, in its tasks and in the thread of a synchronous one; the calls of driver and judge stay
    outside.
    """


@hookspec
def call_started(call: Call, question: Question[Any] | None) -> None:
    """A call of driver, system, observer, evaluator or judge begins.

    It is told in the task that makes the call. A context variable set here is seen by what is called, and may be set
    back in ``call_finished`` of the same call.

    Args:
        call: Whom it asks, for which conversation, and its number.
        question: What a judge is asked, with its prompt; None for the other kinds.
    """


@hookspec
def call_finished(call: Call, outcome: object, error: BaseException | None) -> None:
    """A call has ended, in the task in which it began.

    Args:
        call: The same object as in ``call_started``.
        outcome: What it gave: a ``UserTurn`` of a driver, a ``Reply`` of the system, the ``Observation`` objects of an
            observer, a ``Score`` of an evaluator, an ``Answer`` of a judge with its tokens and cost; None where it
            failed.
        error: What it raised, cancellation included; None where it did not.
    """


@hookspec
def turn_finished(conversation: Conversation) -> None:
    """The system has answered; the conversation ends with its reply."""


@hookspec
def conversation_finished(result: SimulationResult) -> None:
    """A conversation has ended and is judged, scored and delivered."""


@hookspec
def run_finished(report: Report) -> None:
    """The run is over; also called when it was interrupted."""


@hookspec
def tell_workers(run: RunInfo) -> object:
    """Tell the same plug-in in the workers of a run something: called at the head, after ``run_started``.

    Only where an executor holds the conversations in other processes. A worker that joins later is told the same.

    Returns:
        A JSON value without any secret, for ``head_told``; None for nothing.
    """


@hookspec
def head_told(run: RunInfo, told: Any) -> None:
    """In a worker, before its ``run_started``: what this plug-in said at the head in ``tell_workers``, if anything."""


@hookspec
def tell_head(run: RunInfo) -> object:
    """Tell the same plug-in at the head what is new: called in a worker.

    It is called after each ``conversation_finished`` there, before the result goes to the head, and once more after
    ``run_finished``.

    Returns:
        A JSON value without any secret, for ``worker_told``; None for nothing.
    """


@hookspec
def worker_told(run: RunInfo, worker: str, told: Any) -> None:
    """At the head: what this plug-in said in a worker in ``tell_head``, once and in its order."""


@hookspec
def worker_lost(run: RunInfo, worker: str, why: str) -> None:
    """At the head: a worker died, and what it had not told yet will not come.

    Others hold its conversations from the last turn that reached the head.
    """
