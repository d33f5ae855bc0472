"""A bound that grows while a call waits for its turn: what is sent is never more than what was reserved."""

from __future__ import annotations

import asyncio
from decimal import Decimal

import pytest

from multivon_eval._journal.journal import Journal
from multivon_eval._money.account import Account
from multivon_eval._money.ledger import Ledger
from multivon_eval._money.limit import Limit
from multivon_eval._money.meter import MeteredJudge
from multivon_eval._money.purse import Purse
from multivon_eval.errors import JudgeError
from multivon_eval.sdk import text_question
from support.chat_faults import Response, error_body
from support.chat_server import ChatServer
from support.openai_judge import judge_for

SCHEMA = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"], "additionalProperties": False}
MANY = 6


def thoughts_only(body):
    """A model that thinks for as long as it may, and uses up all that it was given."""
    limit = body.get("max_tokens") or body["max_completion_tokens"]
    usage = {"prompt_tokens": 9, "completion_tokens": limit, "total_tokens": limit + 9}
    if limit > 10_000:
        return Response('{"a": "b"}', usage=usage)
    return Response("", finish_reason="length", usage=usage, message={"reasoning": "Hm"})


@pytest.mark.usefixtures("no_pauses")
@pytest.mark.parametrize("places", [1, MANY])
@pytest.mark.parametrize("refuses", [False, True])
def test_no_call_costs_more_than_was_reserved_for_it(places, refuses):
    """Whoever waits while others find out that the model thinks reserves anew; so does nobody by asking twice."""
    refused = []

    def answer(body):
        if refuses and "temperature" in body:
            refused.append(body)
            return Response(status=400, body=error_body("unsupported parameter: temperature", "temperature"))
        return thoughts_only(body)

    async def work(judge):
        ledger = Ledger(Decimal(100))
        limit = Limit(places)
        metered = [MeteredJudge(judge, Account(Purse(ledger), Journal()), limit) for _ in range(MANY)]
        question = text_question("Why?", schema=SCHEMA)
        try:
            return ledger, await asyncio.gather(*(one.complete(question) for one in metered))
        finally:
            await judge.aclose()

    with ChatServer(answer) as server:
        ledger, answers = asyncio.run(work(judge_for(server)))
    assert [one.text for one in answers] == ['{"a": "b"}'] * MANY
    assert list(ledger.overruns) == []
    assert bool(refused) == refuses


def test_a_call_without_usage_is_booked_at_what_it_was_sent_with():
    """Not at what another call has learned meanwhile: that would be more than was reserved."""
    question = text_question("Why?", schema=SCHEMA)
    answers = [Response('{"a": "b"}', usage=None), Response("", finish_reason="length", message={"reasoning": "Hm"})]

    async def work(server):
        judge = judge_for(server)
        bound = judge.worst_cost(question)
        first = asyncio.ensure_future(judge.complete(question))
        with pytest.raises(JudgeError, match="asked again"):
            await judge.complete(text_question("And?", schema=SCHEMA))
        answer = await first
        await judge.aclose()
        return bound, answer

    def answer(body):
        return answers["And?" in str(body["messages"])]

    # The one without usage comes last.
    with ChatServer(
        answer, script=lambda index, body: None if "And?" in str(body["messages"]) else "drip:0.5"
    ) as server:
        bound, found = asyncio.run(work(server))
    assert found.cost_usd == bound
