"""What judging a conversation will cost at most, so that it can be held back."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from ..data import Conversation, Message
from ..protocols import Asks, Evaluator, Judge
from ..questions import Question, goal_question
from ..questions.prompt import ECHOED
from .ledger import ZERO, Purse

ALLOWANCE = 3000
"""How much longer, in bytes, a transcript may get before the hold is looked at again; half its size if more."""

# An answer that cannot be read is asked for once more, with its beginning, at four bytes a character, and a complaint.
_AGAIN = 4 * ECHOED + 500


@attrs.define(eq=False)
class Holder:
    """Holds back in the purses of conversations what their verdicts and scores will cost at most.

    Attributes:
        judge: Who will be asked.
        evaluators: Who will ask, beside the engine for its verdict.
        is_needed: False without a ceiling; then nothing is held.
    """

    judge: Judge
    evaluators: Mapping[str, Evaluator]
    is_needed: bool
    _covered: dict[Purse, int] = attrs.field(factory=dict, init=False)

    async def __call__(self, purse: Purse, conversation: Conversation) -> None:
        """Hold back enough for a conversation and the turn to come.

        A reply that is longer than the allowance is covered when the next turn begins, if the money reaches.

        Raises:
            BudgetExceeded: It does not fit; what was held before still is.
        """
        if not self.is_needed:
            return
        size = _size(conversation)
        if size < self._covered.get(purse, 0) - ALLOWANCE // 2:
            return
        allowance = max(ALLOWANCE, size // 2)
        await purse.keep(self.cost(conversation, allowance))
        self._covered[purse] = size + allowance

    def done(self, purse: Purse) -> None:
        """Forget a conversation that has ended."""
        self._covered.pop(purse, None)

    def cost(self, conversation: Conversation, allowance: int) -> Decimal:
        """The most that verdict and scores can cost, an answer to each that cannot be read included.

        Args:
            conversation: As it is so far.
            allowance: Bytes that it may grow by.

        Returns:
            USD.
        """
        padded = conversation.grown(Message("assistant", "x" * (allowance + _AGAIN)))
        return 2 * sum((self.judge.worst_cost(question) or ZERO for question in self.questions(padded)), ZERO)

    def questions(self, conversation: Conversation) -> Iterable[Question[Any]]:
        """All that will be asked about a conversation; an evaluator that cannot tell counts like a verdict."""
        verdict = goal_question(conversation)
        yield verdict
        for evaluator in self.evaluators.values():
            asked: Sequence[Question[Any]] = [verdict]
            if isinstance(evaluator, Asks):
                asked = evaluator.questions(conversation)
            yield from asked


def _size(conversation: Conversation) -> int:
    """How long the transcript is, in bytes, escapes aside: enough to see when it has grown."""
    return sum(len(message.content.encode("utf-8", "replace")) + _FRAME for message in conversation.messages)


_FRAME = len('{"turn": 10, "role": "assistant", "content": ""},\n')
