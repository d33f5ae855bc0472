"""The contract of judges."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

from .._plugins.abilities import find_ability
from .._plugins.isolation import format_error
from .._plugins.kinds import JUDGE, Kind
from .._questions import join_questions
from .._set_module import set_module
from ..errors import JudgeError
from ..sdk import (
    Answer,
    Judge,
    Named,
    Priced,
    Prices,
    Question,
    Usage,
    YesNo,
    count_question,
    goal_question,
    text_question,
    user_turn_question,
    yes_no_question,
)
from .judge_wire import WireTests
from .nouns import conversation
from .oddities import WORDS
from .plugins import copied
from .standard import basic

__all__ = ["JudgeTests"]

_INSTRUCTIONS = (
    "You play a customer who writes to an assistant. Write the next message of this customer. Answer with one JSON "
    'object: {"message": what you write, "ends": "no", "goal_reached" or "gave_up"}.'
)
_RARE = "".join(map(chr, range(0x9F00, 0x9F80)))
"""Characters of which each takes a token of its own at least, in any vocabulary."""


@set_module("multivon_eval.testing")
class JudgeTests(WireTests):
    """Subclass it, give ``make``, and the protocol ``Judge`` is checked.

    A judge behind a network is made with a transport that answers for it, or ``make_at`` an address of the kit's
    own provider.
    """

    kind: ClassVar[Kind] = JUDGE
    at_once: ClassVar[int] = 3

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

    async def use(self, made: Any, judge: Judge | None = None) -> None:
        """Answer all questions."""
        for question in self.questions():
            await made.complete(question)

    @basic
    def test_text_usage_and_cost(self) -> None:
        """It answers with the text, its usage and its cost."""
        for answer in self.ask_all():
            assert isinstance(answer, Answer), f"gave {type(answer).__name__}, not an Answer"
            assert isinstance(answer.text, str), f"the text is {type(answer.text).__name__}"
            assert isinstance(answer.usage, Usage), f"the usage is {type(answer.usage).__name__}"
            usage = answer.usage
            tokens = (usage.input_tokens, usage.output_tokens, usage.cached_tokens, usage.cache_write_tokens)
            assert all(isinstance(count, int) and count >= 0 for count in tokens), f"usage is {usage}"
            of_the_cache = usage.cached_tokens + usage.cache_write_tokens
            assert of_the_cache <= usage.input_tokens, "cached tokens are input tokens too"
            assert isinstance(answer.cost_usd, Decimal), f"cost_usd is {type(answer.cost_usd).__name__}, not Decimal"
            assert answer.cost_usd.is_finite() and answer.cost_usd >= 0, f"cost_usd is {answer.cost_usd}"
            assert isinstance(answer.model, str), f"the model is {type(answer.model).__name__}"

    @basic
    def test_the_answer_can_be_read(self) -> None:
        """It answers the question it was asked: the question can read the text."""
        for question, answer in zip(self.questions(), self.ask_all(), strict=True):
            question.read(answer.text)

    @basic
    def test_worst_cost_is_usd_or_none(self) -> None:
        """``worst_cost`` is USD, or None where the prices are not known; for every question, in any script."""
        judge = self.make()
        for what, question in (*list_kinds_of_question(), ("words from all over the world", text_question(WORDS))):
            try:
                worst = judge.worst_cost(question)
            except Exception as error:
                raise AssertionError(f"{what}: worst_cost raised {format_error(error)}") from error
            assert worst is None or isinstance(worst, Decimal), f"{what}: worst_cost is {type(worst).__name__}"
            assert worst is None or (worst.is_finite() and worst >= 0), f"{what}: worst_cost is {worst}"

    @basic
    def test_worst_cost_does_not_vary(self) -> None:
        """The ledger reserves what ``worst_cost`` says: asked twice about one question it says the same."""
        judge = self.make()
        before = [judge.worst_cost(question) for question in self.questions()]
        after = [judge.worst_cost(question) for question in self.questions()]
        assert after == before, f"the first time {before}, then {after}"

    @basic
    def test_no_answer_costs_more_than_its_worst_cost(self) -> None:
        """``worst_cost`` is a true upper bound, of long questions too."""
        long = text_question(f"{WORDS} " * 2000, system="Answer with one word.", max_tokens=4000)

        async def job(made: Judge) -> list[tuple[Decimal | None, Answer]]:
            found = []
            for question in (*self.questions(), long):
                worst = made.worst_cost(question)
                try:
                    found.append((worst, await made.complete(question)))
                except JudgeError:
                    assert question is long, "it does not answer its own questions"
            return found

        for worst, answer in self.run(job):
            assert worst is None or answer.cost_usd <= worst, f"cost {answer.cost_usd}, at worst {worst}"

    @basic
    def test_worst_cost_covers_what_its_prices_say(self) -> None:
        """With ``prices`` the bound covers a token for each rare character, and all tokens that the answer may have."""
        judge = self.make()
        priced = find_ability(judge, Priced)
        prices = priced.prices() if priced is not None else None
        if prices is None:
            return
        assert isinstance(prices, Prices), f"'prices' gives {type(prices).__name__}"
        question = text_question(_RARE * 100, max_tokens=3000)
        least = prices.cost(Usage(len(_RARE) * 100, _read_limit(judge, 3000)))
        worst = judge.worst_cost(question)
        assert worst is None or worst >= least, f"worst_cost is {worst}, and such a call may cost {least}"

    @basic
    def test_answers_or_says_that_it_does_not(self) -> None:
        """A judge that has no answer to a kind of question raises ``JudgeError`` that names another way."""

        async def job(made: Judge) -> None:
            for what, question in list_kinds_of_question():
                try:
                    answer = await made.complete(question)
                except JudgeError:
                    continue
                except Exception as error:
                    raise AssertionError(f"{what}: raised {format_error(error)}, not JudgeError") from error
                assert isinstance(answer, Answer), f"{what}: gave {type(answer).__name__}"

        self.run(job)

    @basic
    def test_the_question_is_not_changed(self) -> None:
        """Nothing a method is given may be changed."""

        async def job(made: Judge) -> None:
            for question in self.questions():
                before = copied(question)
                made.worst_cost(question)
                await made.complete(question)
                assert question == before, "the question was changed"

        self.run(job)

    @basic
    def test_questions_at_once(self) -> None:
        """Its methods are called from several tasks at once: each question gets its own answer."""

        async def job(made: Judge) -> list[Answer]:
            return await asyncio.gather(*(made.complete(question) for question in [*self.questions()] * 2))

        for question, answer in zip([*self.questions()] * 2, self.run(job), strict=True):
            question.read(answer.text)

    @basic
    def test_says_prices_and_model_if_it_can(self) -> None:
        """A judge that can say its prices gives ``Prices`` or None; one that can say its model gives its name."""
        judge = self.make()
        if (priced := find_ability(judge, Priced)) is not None:
            prices = priced.prices()
            assert prices is None or isinstance(prices, Prices), f"'prices' gives {type(prices).__name__}"
        if (named := find_ability(judge, Named)) is not None:
            assert named.model, "'model' is empty"


def _read_limit(judge: Judge, limit: int) -> int:
    """The most tokens of an answer; an option of that name may set another limit than the question."""
    own = getattr(judge, "max_tokens", None)
    return min(own, limit) if isinstance(own, int) else limit


def list_kinds_of_question() -> list[tuple[str, Question[Any]]]:
    """List a question of each kind, with what it is."""
    about = conversation()
    helps = YesNo("helps", "Does the assistant help?")
    goal, known = goal_question(about), yes_no_question(about, (helps,))
    joined, _ = join_questions([goal, known])
    assert joined is not None, "a verdict and a yes/no question can be asked together"
    schema = {"type": "object", "properties": {"word": {"type": "string"}}, "required": ["word"],
              "additionalProperties": False}  # fmt: skip
    return [
        ("a verdict", goal),
        ("yes/no questions", known),
        ("a user turn", user_turn_question(about, _INSTRUCTIONS)),
        ("a question that counts", count_question(about, "misses", "Which replies miss?", of=2)),
        ("free text", text_question("Say a word.", temperature=None)),
        ("free text without a limit", text_question("Say a word.", max_tokens=None)),
        ("a schema of one's own", text_question("Say a word.", schema=schema)),
        ("several questions together", joined),
        ("a question asked again", known.again("nonsense", "it is no JSON")),
    ]
