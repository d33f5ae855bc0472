"""What judging a conversation will cost at most, so that it can be held back."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from .._questions import Question, goal_question
from .._questions.prompt import ECHOED
from .._types.conversation import Conversation
from .._types.message import Message
from ..protocols import Evaluator, Judge
from .funds import ZERO
from .ledger import Purse
from .price import find_worst_cost
from .questions import list_questions

ALLOWANCE = 3000
"""How much longer, in bytes, a transcript may get before the hold is looked at again; half its size if more."""

# An answer that cannot be read is asked for once more, with its beginning, at four bytes a character, and a complaint.
_AGAIN = 4 * ECHOED + 500


@attrs.frozen
class _Covered:
    """What is held for a conversation.

    Attributes:
        size: Up to which size of the transcript, in bytes.
        judging: What its verdict and scores can cost, in USD.
        amount: What is held in all, in USD.
    """

    size: int
    judging: Decimal
    amount: Decimal


@attrs.define(eq=False)
class Holder:
    """Holds back in the purses of conversations what their verdicts and scores will cost at most.

    Attributes:
        judge: Who will be asked.
        evaluators: Who will ask, beside the engine for its verdict.
        is_needed: False without a ceiling; then nothing is held.
        votes: How often the verdict is asked for.
        watching: What the observers will ask about a conversation as it stands.
    """

    judge: Judge
    evaluators: Mapping[str, Evaluator]
    is_needed: bool
    votes: int = 1
    watching: Callable[[Conversation], Sequence[Question[Any]]] = attrs.field(default=lambda conversation: ())
    _covered: dict[Purse, _Covered] = attrs.field(factory=dict, init=False)

    async def __call__(self, purse: Purse, conversation: Conversation, another_turn: bool) -> None:
        """Hold back enough for a conversation, and for another turn if one is to come.

        A reply that is longer than the allowance is covered when the next turn begins, if the money reaches.

        Raises:
            BudgetExceeded: If it does not fit; what was held before still is.
        """
        if not self.is_needed:
            return
        # Rendering the questions takes time, so it is done again only when the transcript has grown.
        size, covered = _measure_transcript(conversation), self._covered.get(purse)
        if covered and size < covered.size - ALLOWANCE // 2 and purse.hold >= covered.amount:
            return
        allowance = max(ALLOWANCE, size // 2) if another_turn else 0
        # What is not said yet is stood for by padding, so that the bound holds for the transcript as it will be.
        padded = conversation.grown(_make_padding(allowance + _AGAIN))
        judging = self._add_costs(self.questions(padded))
        amount = (
            judging
            + self._add_costs(self.watching(padded))
            # Observers are asked after the reply and after the next user message: two questions a turn.
            + self._add_costs(self.watching(padded.grown(_USER_MESSAGE)))
        )
        await purse.keep(amount)
        self._covered[purse] = _Covered(size + allowance, judging, amount)

    def for_judging(self, purse: Purse) -> Decimal:
        """USD of what a purse holds that are for verdict and scores alone."""
        covered = self._covered.get(purse)
        return covered.judging if covered else ZERO

    def done(self, purse: Purse) -> None:
        """Forget a conversation that has ended."""
        self._covered.pop(purse, None)

    def _add_costs(self, questions: Iterable[Question[Any]]) -> Decimal:
        """The most that questions can cost, an answer to each that cannot be read included, in USD."""
        return 2 * sum((find_worst_cost(self.judge, question) or ZERO for question in questions), ZERO)

    def questions(self, conversation: Conversation) -> Iterable[Question[Any]]:
        """All that will be asked about a conversation; an evaluator that cannot tell counts like a verdict."""
        verdict = goal_question(conversation)
        yield from itertools.repeat(verdict, self.votes)
        for evaluator in self.evaluators.values():
            yield from list_questions(evaluator, conversation, (verdict,)) or ()
        # Observers look once more when the conversation has ended; for what reason is not known yet.
        yield from self.watching(attrs.evolve(conversation, stop_reason=conversation.stop_reason or "max_turns"))


_USER_MESSAGE = Message("user", "x" * 600)


@functools.lru_cache(maxsize=8)  # nearly always the same, and long to be made into JSON
def _make_padding(size: int) -> Message:
    return Message("assistant", "x" * size)


def _measure_transcript(conversation: Conversation) -> int:
    """How long the transcript is, in bytes, escapes aside: enough to see when it has grown."""
    return sum(len(message.content.encode("utf-8", "replace")) + _FRAME for message in conversation.messages)


_FRAME = len('{"turn": 10, "role": "assistant", "content": ""},\n')
