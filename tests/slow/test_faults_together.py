"""All faults that a server can have, together in one run of many conversations."""

from __future__ import annotations

import random
from collections import Counter

import jsonschema
import pytest

from multivon_eval import Persona, result_schema, result_to_json, simulate
from multivon_eval_plugins.judges.openai import OpenAI
from support.chat_server import ChatServer

pytestmark = pytest.mark.slow

COUNT = 120
BUDGET = 10_000
"""In USD; an answer of ten megabytes costs more than any bound, and raises that of all that follow."""
HANG = "hang"
HANGING = (60, 61)
"""The requests that are never answered. The timeout is long, so that on a slow machine it is hit by no others."""

FAULTS = (
    *("429:0", "500", "503", "529", "reset", "drip:0.05", "empty", "refusal", "truncated", "wrong-types"),
    *("huge", "invalid-utf8", "no-json", "no-choices", "no-usage", "negative-usage"),
)


def _fault(index: int, body: object) -> str | None:
    if index in HANGING:
        return HANG
    chance = random.Random(index)
    name = chance.choice(FAULTS) if chance.random() < 0.12 else None
    # Ten megabytes take their time, and so do drops: fewer of them.
    return None if name in ("huge", "drip:0.05") and chance.random() < 0.5 else name


@pytest.mark.usefixtures("no_pauses")
def test_all_faults_together_lose_nothing() -> None:
    """Each conversation has its one valid result, the budget holds, and every fault was met."""
    people = [
        Persona(f"p{index}", "A customer.", "Find out the refund window.", ["The refund window is stated."])
        for index in range(COUNT)
    ]
    met: Counter[str] = Counter()

    def script(index: int, body: object) -> str | None:
        name = _fault(index, body)
        met[name or "ok"] += 1
        return name

    with ChatServer(script=script, goal_after=2) as server:
        judge = OpenAI("any", server.base_url, price_in=1.0, price_out=2.0)
        results = simulate(
            lambda prompt: f"The refund window is {prompt.count('USER:')} weeks, or 30 days.",
            people,
            judge=judge,
            max_turns=2,
            concurrency=50,
            timeout=15.0,
            budget_usd=BUDGET,
            evaluators=["conversation-relevance", "turn-consistency"],
            hooks=(),
        )
    assert [result.persona.name for result in results] == [person.name for person in people]
    assert {HANG, *FAULTS} <= set(met), sorted({HANG, *FAULTS} - set(met))
    validator = jsonschema.Draft202012Validator(result_schema())
    for result in results:
        row = result_to_json(result)
        validator.validate(row)
        assert row["goal_achieved"] is not None or row["verdict"]["reason"]
        assert all(row["scores"][name] is not None or row["reasons"][name] for name in row["scores"])
        if result.stop_reason == "driver_error":
            assert row["metadata"]["error"]["source"] == "driver"
            assert result.attribution in ("infrastructure", "simulation")
    summary = results.report.summary
    assert summary.spent_usd == sum(result.cost_usd for result in results) <= BUDGET
    assert sum(len(result.metadata["judge_retries"]) for result in results) > 50
    assert summary.judged > COUNT * 0.8
