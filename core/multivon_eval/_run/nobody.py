"""The judge of those who may not ask one."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NoReturn

from .._questions import Question
from ..errors import UsageError


class Nobody:
    """The judge of those who may not ask one.

    Attributes:
        was_asked: Whether somebody tried.
    """

    def __init__(self) -> None:
        self.was_asked = False

    async def complete(self, question: Question[Any]) -> NoReturn:
        """Refuse.

        Raises:
            UsageError: Always.
        """
        self.was_asked = True
        raise UsageError(
            "these personas are proposed by a judge, which costs money; write them to a file, and name that"
        )

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """Give nothing: nothing is asked."""
        return None
