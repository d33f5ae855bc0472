"""Hooks that are wrong on purpose, and some that are right in an unusual way."""

from __future__ import annotations

import asyncio
import os
import random
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any

from multivon_eval.sdk import Conversation, Persona, Report, RunInfo, SimulationResult, hookimpl
from multivon_eval.testing import HookTests

from .planted import make_planting, make_right

planted = make_planting(HookTests, lambda self, cls: cls())
right = make_right(HookTests, lambda self, cls: cls())
CASE: ContextVar[str] = ContextVar("case", default="")


@right()
class Hook:
    """Counts, and says in a context variable whose conversation it is."""

    def __init__(self) -> None:
        self.counts: dict[str, int] = {}

    def count(self, what: str) -> None:
        self.counts[what] = self.counts.get(what, 0) + 1

    @hookimpl
    def run_started(self, run: RunInfo) -> None:
        """A run begins."""
        self.started(run)

    def started(self, run: RunInfo) -> None:
        self.count(run.judge_model)

    @hookimpl
    def conversation_scope(self, case_uid: str) -> Any:
        """Mark what the system does."""
        return self.scope(case_uid)

    @contextmanager
    def scope(self, case_uid: str) -> Iterator[None]:
        token = CASE.set(case_uid)
        try:
            yield
        finally:
            CASE.reset(token)

    @hookimpl
    def turn_finished(self, conversation: Conversation) -> None:
        """The system answered."""
        self.turned(conversation)

    def turned(self, conversation: Conversation) -> None:
        self.count(conversation.case_uid)

    @hookimpl
    def conversation_finished(self, result: SimulationResult) -> None:
        """A conversation ended."""
        self.ended(result)

    def ended(self, result: SimulationResult) -> None:
        self.count(str(result.stop_reason))

    @hookimpl
    def run_finished(self, report: Report) -> None:
        """The run is over."""
        self.closed(report)

    def closed(self, report: Report) -> None:
        self.count(f"{report.summary.conversations} conversations")


@planted("test_bears_any_run")
class NeedsVerdict(Hook):
    """Needs a stop reason."""

    def ended(self, result: SimulationResult) -> None:
        assert result.stop_reason is not None


@planted("test_bears_any_run")
class DividesByResults(Hook):
    """Divides by the number of conversations."""

    def closed(self, report: Report) -> None:
        assert not report.interrupted or 1 / report.summary.conversations


@planted("test_bears_a_run")
class OneRunOnly(Hook):
    """Refuses a fourth run of the same judge."""

    def started(self, run: RunInfo) -> None:
        super().started(run)
        assert self.counts[run.judge_model] < 4


@right()
class TellsItsLike(Hook):
    """Counts in workers too, and adds up at the head."""

    @hookimpl
    def tell_workers(self, run: RunInfo) -> object:
        """Say what to count."""
        return {"counts": ["turns"]}

    @hookimpl
    def head_told(self, told: Any) -> None:
        """Hear it."""
        self.counts = dict.fromkeys(told["counts"], 0)

    @hookimpl
    def tell_head(self) -> object:
        """Say what was counted."""
        return list(self.counts.items())

    @hookimpl
    def worker_told(self, worker: str, told: Any) -> None:
        """Add it."""
        self.counts |= {f"{worker} {what}": count for what, count in told}


@planted("test_bears_a_run")
class TellsNoJson(Hook):
    """Tells those in workers a set, for which JSON has no word."""

    @hookimpl
    def tell_workers(self) -> object:
        """Say what to count."""
        return {"turns"}


@planted("test_bears_a_run")
class ForgetsJson(Hook):
    """Takes for a pair what comes out of JSON as a list."""

    @hookimpl
    def tell_head(self) -> object:
        """Say what was counted."""
        return [("turns", 1)]

    @hookimpl
    def worker_told(self, told: Any) -> None:
        """Add it."""
        assert isinstance(told[0], tuple)


@planted("test_is_called_in_any_number")
class NeedsStart(Hook):
    """Needs a conversation to have begun before one ends."""

    @hookimpl
    def conversation_started(self, persona: Persona) -> None:
        """A conversation begins."""
        self.count("begun")

    def turned(self, conversation: Conversation) -> None:
        assert self.counts["begun"]


@planted("test_implements_known_hooks")
class Misspelt:
    """Implements nothing that there is."""

    def run_begins(self, run: RunInfo) -> None:
        """A run begins."""


@planted("test_changes_nothing")
class Annotates(Hook):
    """Notes in a result that it was here."""

    def ended(self, result: SimulationResult) -> None:
        object.__setattr__(result, "scores", {})


@planted("test_is_quick")
class Sleeps(Hook):
    """Sleeps after each turn."""

    def turned(self, conversation: Conversation) -> None:
        time.sleep(0)


@planted("test_leaves_the_process_as_it_is")
class SetsEnvironment(Hook):
    """Writes into the environment."""

    def started(self, run: RunInfo) -> None:
        os.environ["KIT_RUN"] = f"{run.run_id}{time.perf_counter_ns()}"


@planted("test_scope_leaves_context_variables")
class ResetsAfterFailures(Hook):
    """Leaves its context variable set where nothing was raised."""

    @contextmanager
    def scope(self, case_uid: str) -> Iterator[None]:
        token = CASE.set(f"{case_uid}{time.perf_counter_ns()}")
        try:
            yield
        except RuntimeError:
            CASE.reset(token)
            raise


@planted("test_scopes_overlap")
class Stack(Hook):
    """Keeps open conversations on one stack."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    @contextmanager
    def scope(self, case_uid: str) -> Iterator[None]:
        self.open.append(case_uid)
        try:
            yield
        finally:
            assert self.open.pop() == case_uid


@planted("test_scope_ends_what_raised")
class SwallowsErrors(Hook):
    """Swallows what the system raises."""

    @contextmanager
    def scope(self, case_uid: str) -> Iterator[None]:
        try:
            yield
        except RuntimeError:
            self.count("raised")


@planted("test_a_whole_run_leaves_nothing_behind")
class LeavesThread(Hook):
    """Starts a thread for each run that has a seed of None and never ends it."""

    def started(self, run: RunInfo) -> None:
        if run.seed is None and run.conversations:
            threading.Thread(target=threading.Event().wait, daemon=True).start()


@planted("test_the_entry_point_finds_it", name="prompt-recorder")
class NotTheOne(Hook):
    """Is not what its name finds."""


@planted("test_no_standard_test_is_missing", kit=99)
class NewerKit(Hook):
    """Was written for a newer kit."""


@right()
class Scopeless:
    """Listens to the end alone, and prints."""

    @hookimpl
    def run_finished(self, report: Report) -> None:
        """Print."""
        print(report.summary.conversations)


class _Scope:
    def __enter__(self) -> _Scope:
        return self

    def __exit__(self, *exc_info: object) -> None:
        pass


@right()
class OneScope:
    """Gives one context manager of a class of its own, that can be entered many times."""

    def __init__(self) -> None:
        self._scope = _Scope()

    @hookimpl
    def conversation_scope(self) -> _Scope:
        """Give it."""
        return self._scope


@planted("test_scope_ends_what_raised")
class ResetsWhereAllIsWell(Hook):
    """Sets its context variable back only where nothing was raised."""

    @contextmanager
    def scope(self, case_uid: str) -> Iterator[None]:
        token = CASE.set(case_uid)
        yield
        CASE.reset(token)


@planted("test_leaves_the_process_as_it_is")
class SeedsEverybody(Hook):
    """Seeds the random numbers of the whole process."""

    def started(self, run: RunInfo) -> None:
        random.seed(run.run_id)


@right()
class AsksTheLoop(Hook):
    """Asks the event loop for the time: hooks are called on it."""

    def started(self, run: RunInfo) -> None:
        self.counts["began"] = int(asyncio.get_running_loop().time())
