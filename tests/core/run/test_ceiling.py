"""The ceiling holds: over random prices, budgets, concurrency, orders of events, failures and usages."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval import Persona, SimulationResults, asimulate
from multivon_eval.sdk import Answer, JudgeError, JudgeUnavailable, Question, Usage
from multivon_eval_plugins.judges.offline import Offline
from support.examples import examples
from support.people import asks_refusal

pytestmark = pytest.mark.slow

# What multiplies the calls to a judge.
WATCHED = {"observers": ["driver-faults", "refusals:judge"]}
MORE = st.sampled_from([{}, {"judge_votes": 3}, WATCHED, {"judge_votes": 3, **WATCHED}])
EVALUATORS = ("conversation-relevance", "knowledge-retention", "turn-consistency")


@attrs.define
class Provider:
    """A judge with a till: what it charges is counted where it is charged, not where it is booked.

    An answer costs a share of the most that it can cost, from ``least`` to ``most``.
    """

    seed: int
    price: Decimal
    fails: float
    lies: float = 0.0
    least: float = 0.0
    most: float = 1.0
    charged: Decimal = Decimal(0)
    calls: int = 0
    _random: random.Random = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self._random = random.Random(self.seed)

    def worst_cost(self, question: Question[Any]) -> Decimal:
        """A price for each byte of the prompt and each token of the answer."""
        size = len(question.prompt.system.encode())
        size += sum(len(message.text.encode()) for message in question.prompt.messages)
        return (size + question.prompt.max_tokens) * self.price / 1000

    async def complete(self, question: Question[Any]) -> Answer:
        """Answer by rule after a while, or fail, charging up to the worst case."""
        self.calls += 1
        for _ in range(self._random.randrange(4)):
            await asyncio.sleep(0)
        worst = self.worst_cost(question)
        if self._random.random() < self.fails:
            return self._failed(worst)
        share = self._random.uniform(self.least, self.most)
        cost = worst * Decimal(str(round(share, 3)))
        self.charged += cost
        if self._random.random() < self.lies:
            return Answer("no JSON at all", Usage(), cost)
        return attrs.evolve(await Offline().complete(question), cost_usd=cost)

    def _failed(self, worst: Decimal) -> Answer:
        kind = self._random.randrange(4)
        if kind == 0:
            raise JudgeUnavailable("overloaded", retry_after=0, overloaded=True)
        if kind == 1:
            self.charged += worst
            raise JudgeUnavailable("hung up after it charged", True, retry_after=0)
        if kind == 2:
            self.charged += worst
            raise ValueError("a fault of the judge's own")
        raise JudgeError("refused")


class FailsOnTheWay(Provider):
    """One that fails only where it is asked whether a reply refuses."""

    async def complete(self, question: Question[Any]) -> Answer:
        """Answer as any, and never fail but for that."""
        fails = self.fails
        self.fails = fails if asks_refusal(question) else 0.0
        try:
            return await super().complete(question)
        finally:
            self.fails = fails


def people(count: int) -> list[Persona]:
    """Personas that talk for more than a turn."""
    return [
        Persona(f"p{index}", "A customer.", "Find out the refund window and the address.", ["The window is stated."])
        for index in range(count)
    ]


async def _bot(prompt: str) -> str:
    await asyncio.sleep(0)
    return f"The refund window is {prompt.count('USER:')} days. " + "More words. " * (len(prompt) % 7)


def _run(
    provider: Provider, budget: Decimal | None, personas: Sequence[Persona], concurrency: int, **more: Any
) -> SimulationResults:
    return asyncio.run(
        asimulate(
            _bot,
            personas,
            judge=provider,
            budget_usd=budget,
            evaluators=EVALUATORS,
            concurrency=concurrency,
            max_turns=4,
            hooks=(),
            **more,
        )
    )


@examples(40)
@given(
    seed=st.integers(0, 2**32),
    price=st.decimals("0.0001", "1", places=4),
    budget=st.decimals("0", "60", places=3),
    count=st.integers(1, 6),
    concurrency=st.integers(1, 8),
    fails=st.sampled_from([0.0, 0.0, 0.1, 0.5]),
    lies=st.sampled_from([0.0, 0.2]),
    more=MORE,
)
def test_no_more_is_charged_than_the_budget(
    seed: int,
    price: Decimal,
    budget: Decimal,
    count: int,
    concurrency: int,
    fails: float,
    lies: float,
    more: dict[str, Any],
) -> None:
    """Whatever happens, the provider has charged at most the budget, and every conversation has its result."""
    provider = Provider(seed, price, fails, lies)
    results = _run(provider, budget, people(count), concurrency, **more)
    assert provider.charged <= budget
    assert len(results) == count
    spent = results.report.summary.spent_usd
    assert provider.charged <= spent <= budget
    assert sum(result.cost_usd for result in results) == spent


@examples(30)
@given(
    seed=st.integers(0, 2**32),
    price=st.decimals("0.0001", "1", places=4),
    count=st.integers(1, 6),
    concurrency=st.integers(1, 8),
)
def test_with_money_enough_nothing_is_cut(seed: int, price: Decimal, count: int, concurrency: int) -> None:
    """With a budget that all calls fit in at their worst, no conversation, verdict or score is cut."""
    provider = Provider(seed, price, fails=0.0)
    results = _run(provider, Decimal(100_000), people(count), concurrency)
    for result in results:
        assert result.stop_reason in ("goal_reached", "max_turns")
        assert not result.verdict.cut
        assert not any(score.cut for score in result.scores.values())


@examples(30)
@given(
    seed=st.integers(0, 2**32),
    budget=st.decimals("0", "40", places=2),
    count=st.integers(1, 5),
    concurrency=st.integers(1, 6),
    fails=st.sampled_from([0.0, 0.3]),
    more=MORE,
)
def test_a_conversation_that_the_budget_cuts_is_still_judged(
    seed: int, budget: Decimal, count: int, concurrency: int, fails: float, more: dict[str, Any]
) -> None:
    """Where there was a reply and the budget ended the conversation, verdict and scores were not cut.

    What judging costs is expected; here it is what it is usually, less than a third of what it can be.
    """
    provider = FailsOnTheWay(seed, Decimal("0.2"), fails, least=0.1, most=0.3)
    for result in _run(provider, budget, people(count), concurrency, **more):
        if result.stop_reason == "budget_exceeded" and result.turns:
            assert not result.verdict.cut
            assert not any(score.cut for score in result.scores.values())
            assert result.attribution in (None, "infrastructure")


class Grows(Provider):
    """One whose answers cost ten times as much from some call on."""

    async def complete(self, question: Question[Any]) -> Answer:
        """Answer as any."""
        if self.calls == self.seed % 40:
            self.least, self.most = 10 * self.least, 10 * self.most
        return await super().complete(question)


@examples(30)
@given(
    seed=st.integers(0, 2**32),
    budget=st.decimals("0", "60", places=2),
    count=st.integers(1, 6),
    concurrency=st.integers(1, 8),
    more=MORE,
)
def test_an_expectation_that_is_wrong_breaks_no_ceiling(
    seed: int, budget: Decimal, count: int, concurrency: int, more: dict[str, Any]
) -> None:
    """Where all that was learned turns out ten times too low, the run ends, under its budget, with all its results."""
    provider = Grows(seed, Decimal("0.2"), 0.0, least=0.02, most=0.1)
    results = _run(provider, budget, people(count), concurrency, **more)
    assert provider.charged == results.report.summary.spent_usd <= budget
    assert len(results) == count


def test_a_bound_that_was_broken_is_raised() -> None:
    """What follows is reserved at as much more as was seen, and goes out one after another, until it goes well."""

    @attrs.define
    class Dear(Provider):
        async def complete(self, question: Question[Any]) -> Answer:
            cost = self.worst_cost(question) * 3
            self.charged += cost
            return attrs.evolve(await Offline().complete(question), cost_usd=cost)

    provider = Dear(1, Decimal("0.01"), 0.0)
    results = _run(provider, Decimal("3"), people(3), 1)
    # Only the first call cost more than it could: from then on three times as much is reserved.
    assert [problem.where for problem in results.report.problems].count("judge") == 1
    assert provider.charged <= 3


def test_a_provider_that_breaks_its_bounds_is_named() -> None:
    """A call that cost more than its worst case stands among the problems of the report."""

    @attrs.define
    class Dear(Provider):
        async def complete(self, question: Question[Any]) -> Answer:
            return attrs.evolve(await Offline().complete(question), cost_usd=self.worst_cost(question) * 2)

    results = _run(Dear(1, Decimal("0.001"), 0.0), Decimal(50), people(1), 1)
    assert any("more than the $" in problem.message for problem in results.report.problems)
