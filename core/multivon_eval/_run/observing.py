"""Asking the observers of a run; one that fails is left out for the rest of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import attrs

from .._money.questions import list_questions
from .._plugins.abilities import find_ability
from .._plugins.calls import Calls
from .._plugins.isolation import FAULTS, format_fault, format_value, raise_if_fatal
from .._plugins.stint import limit_stint
from .._questions import Question
from .._types.conversation import Conversation
from .._types.observation import Observation
from .._types.report import Problem
from ..errors import BudgetExceeded, PluginBroken
from ..protocols import Asks, Observer, RunContext


class Observers:
    """The observers of a run.

    Args:
        observers: By name, asked in this order.
        report: Called with a problem for each observer that fails.
        seconds: How long each may take for one look, beside what it asks the judge.
        calls: Tells hooks of each look.
    """

    def __init__(
        self,
        observers: Mapping[str, Observer],
        report: Callable[[Problem], None],
        seconds: float = 600.0,
        calls: Calls | None = None,
    ) -> None:
        self._observers = dict(observers)
        self._report = report
        self._seconds = seconds
        self._calls = calls or Calls()

    @property
    def plugins(self) -> tuple[Observer, ...]:
        """The observers that take part."""
        return tuple(self._observers.values())

    @property
    def may_ask(self) -> bool:
        """Whether one of them may ask the judge."""
        return any(find_ability(observer, Asks) for observer in self._observers.values())

    def questions(self, conversation: Conversation) -> list[Question[Any]]:
        """Return what they will ask the judge about a conversation as it stands."""
        found: list[Question[Any]] = []
        for observer in self._observers.values():
            found += list_questions(observer, conversation) or ()
        return found

    async def observe(self, conversation: Conversation, context: RunContext) -> tuple[Observation, ...]:
        """Ask each observer about a conversation as it stands.

        Args:
            conversation: Ends with the message that is new, or has a stop reason.
            context: The metered judge.

        Returns:
            What they saw, in their order. Without the money for what an observer asks, it sees nothing.

        Raises:
            JournalError: If a call to the judge cannot be recorded.
        """
        found: list[Observation] = []
        for name, observer in list(self._observers.items()):
            try:
                with self._calls.tell("observer", name, conversation.case_uid) as note:
                    async with limit_stint("it", self._seconds):
                        seen = await observer.observe(conversation, context)
                    note(checked := _check(name, seen))
                found += checked
            except BudgetExceeded:
                continue
            except FAULTS as error:
                raise_if_fatal(error)
                self._leave_out(name, format_fault(error))
        return tuple(found)

    def _leave_out(self, name: str, why: str) -> None:
        # Conversations run side by side: one that was in it still may fail a second time.
        if self._observers.pop(name, None) is not None:
            self._report(Problem(f"observer {name}", f"{why}; left out for the rest of the run"))


def _check(name: str, seen: object) -> list[Observation]:
    if isinstance(seen, str) or not isinstance(seen, Sequence):
        raise PluginBroken(f"it gave {format_value(seen)}, not a list of Observation")
    for one in seen:
        if not isinstance(one, Observation):
            raise PluginBroken(f"it gave a list with {format_value(one)} in it, not Observation")
    return [attrs.evolve(one, observer=name) for one in seen]
