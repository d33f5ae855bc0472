"""Collects what is wrong, so that all of it is said at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from ..errors import UsageError

T = TypeVar("T")


class Problems:
    """What was found to be wrong so far."""

    def __init__(self) -> None:
        self.found: list[str] = []
        self._known: set[str] = set()
        self._kinds: set[type[UsageError]] = set()

    def add(self, *messages: str) -> None:
        """Keep what is wrong."""
        self._keep(UsageError(messages))

    def collect(self, step: Callable[..., T], *arguments: Any, **named: Any) -> T | None:
        """Do one step; what is wrong with it is kept, and the result is None then."""
        try:
            return step(*arguments, **named)
        except UsageError as error:
            self._keep(error)
            return None

    def stop(self) -> None:
        """Stop if anything was wrong.

        Raises:
            UsageError: If anything was wrong; with all of it, of one class where all of it is of one.
        """
        if self.found:
            kind = self._kinds.pop() if len(self._kinds) == 1 else UsageError
            raise kind(self.found)

    def _keep(self, error: UsageError) -> None:
        messages = [message for message in dict.fromkeys(error.problems) if message not in self._known]
        if messages:
            self.found += messages
            self._known.update(messages)
            self._kinds.add(type(error))
