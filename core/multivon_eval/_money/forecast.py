"""What a conversation is expected to cost: before it begins, and what is still to come while it goes on."""

from __future__ import annotations

import functools
import itertools
from collections.abc import Callable, Iterable, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from .._plugins.abilities import find_ability
from .._questions import Question, goal_question, join_questions
from .._types.conversation import Conversation
from .._types.message import Message
from ..protocols import Asks, Evaluator, Judge
from .funds import ZERO
from .learned import Learned
from .price import find_worst_cost
from .purse import Expected, Purse
from .questions import list_questions

USUAL_TURN = 650
"""Bytes by which a transcript grows in a turn, before one has shown it."""
_CAREFUL = Decimal(4)
"""What a conversation is taken to cost of what the estimate says, before one has shown it."""
_SHOWN = 2
"""Turns after which a conversation has shown what it costs."""
_GROWS = Decimal("0.1")
"""By what part of the first a user turn is dearer than the one before, before two have shown it."""


@attrs.define
class _Course:
    """How a conversation goes.

    Attributes:
        size: Up to which size of its transcript judging was reckoned, in bytes.
        expected: What was reckoned.
        has_shown: Whether that was when it had shown what it costs.
        talks: What its user turns did cost, in USD, one after another: the first, the last, and how many.
    """

    size: int = -1
    expected: Expected = attrs.field(factory=Expected)
    has_shown: bool = False
    first: Decimal = ZERO
    last: Decimal = ZERO
    count: int = 0


@attrs.define(eq=False)
class Forecast:
    """Expects costs, and holds money for them in the purses of conversations.

    Attributes:
        judge: Who will judge.
        evaluators: Who will ask, beside the engine for its verdict.
        is_needed: False without a ceiling; then nothing is held.
        max_turns: The most turns of a conversation.
        votes: How often the verdict is asked for.
        is_joined: Whether what can be asked in one request is.
        watching: What the observers will ask about a conversation as it stands.
        learned: What the run has learned.
        usual: What the estimate says of a conversation of all its turns.
    """

    judge: Judge
    evaluators: Mapping[str, Evaluator]
    is_needed: bool
    max_turns: int
    votes: int = 1
    is_joined: bool = False
    watching: Callable[[Conversation], Sequence[Question[Any]]] = attrs.field(default=lambda conversation: ())
    learned: Learned = attrs.field(factory=Learned)
    usual: Expected = attrs.field(factory=Expected)
    _courses: dict[Purse, _Course] = attrs.field(factory=dict, init=False)

    async def begin(self, purse: Purse, has_begun: bool) -> None:
        """Let a conversation begin, when it is expected to end.

        Args:
            purse: Its account.
            has_begun: Whether it had begun before the run was cut off.

        Raises:
            BudgetExceeded: If it does not fit, and nobody runs any more who could give money back.
        """
        if self.is_needed:
            await purse.begin(self.expect_new, has_begun)

    def expect_new(self, is_alone: bool) -> Expected:
        """What a conversation is expected to cost that has not begun: what others did cost, or are about to.

        Args:
            is_alone: Whether nobody else runs; then there is nobody to learn from, and nothing to wait for.
        """
        running = [(purse, course) for purse, course in self._courses.items() if course.count > _SHOWN]
        known = self.usual.surplus if self.learned.surplus.value is None else self.learned.surplus.value
        surplus = max((course.expected.surplus for _, course in running), default=known)
        if self.learned.whole.value is not None:
            judging = self.learned.judging.value or ZERO
            return Expected(judging, max(self.learned.whole.value - judging, ZERO), surplus)
        if not running:
            if is_alone:
                # The first one shows how right the estimate is: with it a run never ends before it has begun.
                return Expected(self.usual.judging, self.usual.talking / (self.max_turns + 1), surplus)
            return Expected(self.usual.judging * _CAREFUL, self.usual.talking * _CAREFUL, surplus)
        judging = max(purse.hold - purse.watching for purse, _ in running)
        talking = max(purse.spent + purse.planned for purse, _ in running)
        return Expected(judging, talking, surplus)

    async def hold(self, purse: Purse, conversation: Conversation, another_turn: bool) -> None:
        """Hold back what judging a conversation is expected to cost, after another turn if one is to come.

        Raises:
            BudgetExceeded: If it does not fit; what was held before still is.
        """
        if not self.is_needed:
            return
        course = self._courses.setdefault(purse, _Course())
        # Rendering the questions takes time, so it is done again only when the transcript has grown.
        size, turns = _measure_transcript(conversation), conversation.turns
        left = self._count_turns_left(turns) if another_turn else 0
        has_shown = turns >= _SHOWN or not another_turn
        if size >= course.size or has_shown > course.has_shown:
            # What is still to be said will be judged too: it is as long as what was said so far.
            allowance = left * (max(size // turns, _FRAME) if turns else USUAL_TURN)
            course.size, course.has_shown = size + allowance, has_shown
            course.expected = self.expect_judging(conversation, allowance)
        judging, talking = course.expected.judging, self._expect_talking(course, left) if another_turn else ZERO
        if not has_shown:
            # Some ask nothing of so short a conversation: what it began with counts until it has shown its course.
            judging, talking = max(judging, purse.hold - purse.watching), max(talking, purse.planned)
        expected = course.expected
        await purse.keep(Expected(judging + expected.watching, talking, expected.surplus, expected.watching))

    def expect_judging(self, conversation: Conversation, allowance: int = 0) -> Expected:
        """What judging a conversation is expected to cost, when its transcript has grown by so many bytes."""
        padded = conversation.grown(_make_padding(allowance)) if allowance else conversation
        expected = self.measure(list(self.questions(padded)))
        if not allowance:
            return expected
        # Observers are asked after the reply and after the next user message: two questions a turn.
        seen = [*self.watching(padded), *self.watching(padded.grown(_USER_MESSAGE))]
        return attrs.evolve(expected, watching=self.measure(seen).judging)

    def measure(self, questions: Sequence[Question[Any]]) -> Expected:
        """What questions for verdict and scores are expected to cost."""
        costs = [self.learned.expect(self.judge, question, is_safe=True) for question in questions]
        worsts = (find_worst_cost(self.judge, question) or ZERO for question in questions)
        surplus = max((worst - cost for worst, cost in zip(worsts, costs, strict=True)), default=ZERO)
        return Expected(sum(costs, ZERO), ZERO, max(surplus, ZERO))

    def _count_turns_left(self, turns: int) -> int:
        return max(int(self.learned.turns.value or self.max_turns) - turns, 1)

    def _expect_talking(self, course: _Course, left: int) -> Decimal:
        """What the user turns to come are expected to cost: each as much more than the last as those before."""
        if not course.count:
            return self.usual.talking
        grows = course.first * _GROWS
        if course.count > 1:
            grows = max((course.last - course.first) / (course.count - 1), ZERO)
        # Once more than there are turns: the goal is looked for after the last one.
        return (left + 1) * course.last + grows * (left + 1) * (left + 2) / 2

    def note_talk(self, purse: Purse, cost: Decimal) -> None:
        """Take in what a user turn did cost, in USD."""
        course = self._courses.setdefault(purse, _Course())
        course.first = course.first if course.count else cost
        course.last, course.count = cost, course.count + 1

    def done(
        self, purse: Purse, conversation: Conversation | None = None, whole: Decimal = ZERO, judging: Decimal = ZERO
    ) -> None:
        """Forget a conversation that has ended, and learn from one that came to its own end.

        Args:
            purse: Its account.
            conversation: How it ended; None where it did not.
            whole: What it did cost, in USD.
            judging: What of it were its verdict and scores.
        """
        course = self._courses.pop(purse, None)
        if course is None or conversation is None or conversation.stop_reason not in ("goal_reached", "max_turns"):
            return
        self.learned.learn_conversation(whole, judging, course.expected.surplus, conversation.turns)

    def list_told(self, conversation: Conversation, evaluators: Mapping[str, Evaluator]) -> list[Question[Any]]:
        """The verdict, unless it is voted on, and what evaluators say that they will ask about a conversation."""
        verdicts = [goal_question(conversation)] if self.votes == 1 and conversation.has_criteria else []
        asked = (list_questions(one, conversation) or () for one in evaluators.values())
        return [*verdicts, *(question for questions in asked for question in questions)]

    def questions(self, conversation: Conversation) -> Iterable[Question[Any]]:
        """All that will be asked about a conversation; an evaluator that cannot tell counts like a verdict."""
        verdict = goal_question(conversation)
        told = self.list_told(conversation, self.evaluators)
        if self.is_joined:
            joined, told = join_questions(told)
            told = told if joined is None else [joined, *told]
        yield from told
        # Votes are asked for at a temperature, each by itself.
        silent = sum(find_ability(evaluator, Asks) is None for evaluator in self.evaluators.values())
        yield from itertools.repeat(verdict, silent + (self.votes if self.votes > 1 else 0))
        # Observers look once more when the conversation has ended; for what reason is not known yet.
        yield from self.watching(attrs.evolve(conversation, stop_reason=conversation.stop_reason or "max_turns"))


_USER_MESSAGE = Message("user", "x" * 400)


@functools.lru_cache(maxsize=8)  # nearly always the same, and long to be made into JSON
def _make_padding(size: int) -> Message:
    return Message("assistant", "x" * size)


def _measure_transcript(conversation: Conversation) -> int:
    """How long the transcript is, in bytes, escapes aside: enough to see when it has grown."""
    return sum(len(message.content.encode("utf-8", "replace")) + _FRAME for message in conversation.messages)


_FRAME = len('{"turn": 10, "role": "assistant", "content": ""},\n')
