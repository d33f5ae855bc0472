"""The contract of judges."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from .._plugins.abilities import find_ability
from .._plugins.kinds import JUDGE, Kind
from .._set_module import set_module
from ..sdk import (
    Answer,
    Judge,
    Named,
    Priced,
    Prices,
    Question,
    Usage,
    YesNo,
    goal_question,
    user_turn_question,
    yes_no_question,
)
from .nouns import conversation
from .plugins import PluginTests, copied

__all__ = ["JudgeTests"]

_INSTRUCTIONS = (
    "You play a customer who writes to an assistant. Write the next message of this customer. Answer with one JSON "
    'object: {"message": what you write, "ends": "no", "goal_reached" or "gave_up"}.'
)


@set_module("multivon_eval.testing")
class JudgeTests(PluginTests):
    """Subclass it, give ``make``, and the protocol ``Judge`` is checked.

    A judge behind a network is made with a transport that answers for it.
    """

    kind: ClassVar[Kind] = JUDGE

    def make(self) -> Judge:
        """Make an instance."""
        judge: Judge = super().make()
        return judge

    def questions(self) -> Sequence[Question[Any]]:
        """Give questions that the judge can answer; at least one."""
        about = conversation()
        helps = YesNo("helps", "Does the assistant help?")
        return (user_turn_question(about, _INSTRUCTIONS), goal_question(about), yes_no_question(about, (helps,)))

    def ask_all(self, judge: Judge | None = None) -> list[Answer]:
        """Ask all questions, one by one."""

        async def job(made: Judge) -> list[Answer]:
            return [await made.complete(question) for question in self.questions()]

        return self.run(job, judge)

    def test_text_usage_and_cost(self) -> None:
        """It answers with the text, its usage and its cost."""
        for answer in self.ask_all():
            assert isinstance(answer, Answer), f"gave {type(answer).__name__}, not an Answer"
            assert isinstance(answer.text, str) and isinstance(answer.usage, Usage)
            usage = answer.usage
            tokens = (usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.cache_write_tokens)
            assert all(isinstance(count, int) and count >= 0 for count in tokens), f"usage is {usage}"
            of_the_cache = usage.cached_tokens + usage.cache_write_tokens
            assert of_the_cache <= usage.input_tokens, "cached tokens are input tokens too"
            assert isinstance(answer.cost_usd, Decimal), f"cost_usd is {type(answer.cost_usd).__name__}, not Decimal"
            assert answer.cost_usd.is_finite() and answer.cost_usd >= 0

    def test_the_answer_can_be_read(self) -> None:
        """It answers the question it was asked: the question can read the text."""
        for question, answer in zip(self.questions(), self.ask_all(), strict=True):
            question.read(answer.text)

    def test_worst_cost_is_usd_or_none(self) -> None:
        """``worst_cost`` is USD, or None where the prices are not known."""
        judge = self.make()
        for question in self.questions():
            worst = judge.worst_cost(question)
            assert worst is None or isinstance(worst, Decimal), f"worst_cost is {type(worst).__name__}"
            assert worst is None or (worst.is_finite() and worst >= 0)

    def test_worst_cost_does_not_vary(self) -> None:
        """The ledger reserves what ``worst_cost`` says: asked twice about one question it says the same."""
        judge = self.make()
        before = [judge.worst_cost(question) for question in self.questions()]
        assert [judge.worst_cost(question) for question in self.questions()] == before

    def test_no_answer_costs_more_than_its_worst_cost(self) -> None:
        """``worst_cost`` is a true upper bound."""

        async def job(made: Judge) -> list[tuple[Decimal | None, Answer]]:
            return [(made.worst_cost(question), await made.complete(question)) for question in self.questions()]

        for worst, answer in self.run(job):
            assert worst is None or answer.cost_usd <= worst, f"cost {answer.cost_usd}, at worst {worst}"

    def test_the_question_is_not_changed(self) -> None:
        """Nothing a method is given may be changed."""

        async def job(made: Judge) -> None:
            for question in self.questions():
                before = copied(question)
                made.worst_cost(question)
                await made.complete(question)
                assert question == before, "the question was changed"

        self.run(job)

    def test_questions_at_once(self) -> None:
        """Its methods are called from several tasks at once: each question gets its own answer."""

        async def job(made: Judge) -> list[Answer]:
            return await asyncio.gather(*(made.complete(question) for question in [*self.questions()] * 2))

        for question, answer in zip([*self.questions()] * 2, self.run(job), strict=True):
            question.read(answer.text)

    def test_says_prices_and_model_if_it_can(self) -> None:
        """A judge that can say its prices gives ``Prices`` or None; one that can say its model gives its name."""
        judge = self.make()
        if (priced := find_ability(judge, Priced)) is not None:
            assert priced.prices() is None or isinstance(priced.prices(), Prices)
        if (named := find_ability(judge, Named)) is not None:
            assert named.model
