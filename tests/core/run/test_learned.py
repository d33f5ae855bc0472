"""What a run learns of its costs, how it is kept, and what follows from it near the ceiling."""

from __future__ import annotations

import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

from multivon_eval import BudgetExceeded, SharedBudget, simulate
from multivon_eval._journal.journal import Journal
from multivon_eval._money.account import Account
from multivon_eval._money.learned import Kind, Learned, Peak
from multivon_eval._money.ledger import Ledger
from multivon_eval._money.limit import Limit
from multivon_eval._money.meter import MeteredJudge
from multivon_eval._money.purse import Purse
from multivon_eval.sdk import Answer, Prices, Question, Usage, text_question
from support.people import SaysJudge, Talks, answers, persona

amounts = st.decimals("0.000001", "1000", places=6)
peaks = st.builds(Peak, st.none() | amounts)
PRICES = Prices(Decimal(1), Decimal(5), Decimal(1), "stated")


@attrs.define
class Paid:
    """A judge with prices, whose answers have so many tokens."""

    tokens: int = 20
    asked: list[Question[Any]] = attrs.field(factory=list)

    def prices(self) -> Prices:
        """What its tokens cost."""
        return PRICES

    def worst_cost(self, question: Question[Any]) -> Decimal:
        """A token for each byte, and all that an answer may have."""
        size = sum(len(message.text.encode()) for message in question.prompt.messages)
        return (size * PRICES.input + (question.prompt.max_tokens or 0) * PRICES.output) / 1_000_000

    async def complete(self, question: Question[Any]) -> Answer:
        """Answer."""
        self.asked.append(question)
        usage = Usage(sum(len(message.text) for message in question.prompt.messages) // 4, self.tokens)
        return Answer("yes", usage, PRICES.cost(usage))


@given(st.lists(amounts, min_size=1))
def test_a_peak_rises_at_once_and_falls_by_tenths(values: list[Decimal]) -> None:
    """It is never below the last value, nor above the largest."""
    peak = Peak()
    for value in values:
        before = peak.value
        peak.learn(value)
        assert peak.value is not None
        assert value <= peak.value <= max(values)
        assert before is None or peak.value >= min(before, value)


@given(
    kinds=st.dictionaries(st.text(max_size=5), st.builds(Kind, peaks, peaks, peaks), max_size=3),
    wholes=st.tuples(peaks, peaks, peaks, peaks),
)
def test_what_was_learned_is_read_as_it_was_written(kinds: dict[str, Kind], wholes: tuple[Peak, ...]) -> None:
    """To the seventh digit, which is more than an expectation has."""
    learned = Learned(kinds, *wholes)
    again = Learned.from_json(learned.to_json())
    assert again.to_json() == learned.to_json()
    assert (again.whole.value is None) == (learned.whole.value is None)


def test_an_expectation_is_what_was_seen() -> None:
    """Before anything was seen it is a usual one; then what a byte and an answer did cost."""
    learned, judge, question = Learned(), Paid(), text_question("Why? " * 200, max_tokens=1000)
    before = learned.expect(judge, question)
    assert 0 < before < judge.worst_cost(question)
    answer = asyncio.run(judge.complete(question))
    learned.learn_call(judge, question, answer, judge.worst_cost(question))
    assert learned.expect(judge, question) == pytest.approx(answer.cost_usd)
    assert learned.expect(judge, question, is_safe=True) == pytest.approx(answer.cost_usd * Decimal("1.15"))
    longer = text_question("Why? " * 400, max_tokens=1000)
    assert answer.cost_usd < learned.expect(judge, longer) < 2 * answer.cost_usd


def test_a_run_that_is_gone_on_with_knows_what_it_had_learned(tmp_path: Path) -> None:
    """It is in the journal."""
    journal = Journal(tmp_path / "journal")
    journal.begin("run", {})
    journal.record_learned({"whole": "1.0"})
    journal.record_learned({"whole": "2.0"})
    journal.close(keep=True)
    again = Journal(tmp_path / "journal")
    assert again.resume().learned == {"whole": "2.0"}
    again.close(keep=False)


def test_runs_that_share_a_budget_share_what_they_learned(tmp_path: Path) -> None:
    """The second begins with what the first did cost."""
    budget = SharedBudget(tmp_path / "budget", "1.00")
    assert budget.recall() == {}
    how: Any = {"judge": SaysJudge(cost=Decimal("0.01")), "driver": Talks(goal_after=1), "hooks": ()}
    first = simulate(answers, [persona()], budget_usd=budget, **how)
    assert Learned.from_json(budget.recall()).whole.value == first[0].cost_usd == Decimal("0.01")
    plan = simulate(answers, [persona()], budget_usd=budget, **how)._plan
    assert plan.forecast.learned.whole.value == Decimal("0.01")
    assert budget.spent == Decimal("0.02")


@pytest.mark.parametrize(("budget", "room"), [("0.0100", 1000), ("0.0030", 124), ("0.0001", None)])
def test_near_the_ceiling_there_is_less_room_for_an_answer(budget: str, room: int | None) -> None:
    """Three times as much as the longest answer had; where that does not fit either, the call is not made."""
    learned, judge, question = Learned(), Paid(), text_question("Why?", max_tokens=1000)
    for _ in range(2):
        learned.learn_call(judge, question, asyncio.run(judge.complete(question)), judge.worst_cost(question))
    judge.asked.clear()
    account = Account(Purse(Ledger(Decimal(budget))), Journal())
    metered = MeteredJudge(judge, account, Limit(1), shorten=learned.shorten)
    if room is None:
        with pytest.raises(BudgetExceeded):
            asyncio.run(metered.complete(question))
        assert judge.asked == []
        return
    asyncio.run(metered.complete(question))
    assert [asked.prompt.max_tokens for asked in judge.asked] == [room]
