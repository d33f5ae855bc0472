"""A judge that a command asks under a ceiling."""

import asyncio
from decimal import Decimal

import pytest

from multivon_eval import BudgetExceeded, UsageError
from multivon_eval.sdk import JudgeSession, ask, text_question
from support.people import SaysJudge

QUESTION = text_question("How?")


def test_calls_are_metered():
    """What was asked, spent and read stands on the session, and the judge is closed."""
    judge = SaysJudge(says=["so", "so"], cost=Decimal("0.10"))

    async def work():
        async with JudgeSession(judge, budget_usd=0.25, seed=3) as session:
            assert session.fits(QUESTION)
            answers = [await ask(session.context.judge, QUESTION) for _ in range(2)]
            assert not session.fits(QUESTION)
            with pytest.raises(BudgetExceeded):
                await ask(session.context.judge, QUESTION)
        return session, answers

    session, answers = asyncio.run(work())
    assert answers == ["so", "so"]
    assert (session.calls, session.spent_usd, session.context.seed) == (2, Decimal("0.20"), 3)
    assert (session.reason, session.worst_cost(QUESTION)) == ("asked for", Decimal("0.10"))
    assert judge.closed == [True]


def test_everything_wrong_is_said_before_anything_is_asked():
    """Numbers at once; an unknown judge with what was perhaps meant; a price that nobody knows."""
    with pytest.raises(UsageError) as caught:
        JudgeSession(budget_usd="much", timeout=0, seed="x")
    assert len(caught.value.problems) == 3
    with pytest.raises(UsageError, match="did you mean 'offline'"):
        JudgeSession("ofline")
    with pytest.raises(UsageError, match="the price of judge"):
        JudgeSession("openai:any,base_url=http://127.0.0.1:9/v1")


def test_judge_that_will_not_work_is_refused_when_it_is_entered():
    """An endpoint that does not answer is found with a request that costs nothing."""

    async def work():
        async with JudgeSession("openai:any,base_url=http://127.0.0.1:9/v1,price_in=1,price_out=1"):
            raise AssertionError("entered")

    with pytest.raises(UsageError, match="cannot be reached"):
        asyncio.run(work())
