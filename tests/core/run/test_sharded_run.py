"""Shards from Python: what a sink learns of them, and how the ceiling is divided."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from multivon_eval import RunInfo, RunPart, SharedBudget, SimulationResults, UsageError, simulate
from multivon_eval.sdk import Persona, Question, RunContext
from support.people import Keeps, SaysJudge, Talks, answers, persona

PEOPLE = [persona(name=f"p{number}", success_criteria="It was said. " * (1 + 40 * number)) for number in range(6)]


def make_shard(index: int, of: int, judge: object, **options: Any) -> tuple[SimulationResults, RunInfo]:
    """Make a shard: its results, and what its sink was told."""
    kept = Keeps()
    results = simulate(answers, PEOPLE, shard=f"{index}/{of}", judge=judge, driver=Talks(), sinks=[kept], **options)
    return results, kept.report.info


class CountsWords(SaysJudge):
    """A judge whose calls cost what their prompt is long."""

    def worst_cost(self, question: Question) -> Decimal:
        """A millionth of a dollar for each character."""
        return Decimal(sum(len(said.text) for said in question.prompt.messages)) / 1_000_000


def test_shares_follow_what_conversations_are_expected_to_cost() -> None:
    """Each shard reckons the same, all shares together are the budget, and a dearer conversation gets more of it."""
    made = [make_shard(index, 6, CountsWords(), budget_usd="1.00", evaluators=()) for index in range(1, 7)]
    shares = [info.header["manifest"]["shares_usd"] for _, info in made if info.header is not None]
    assert len(shares) == 6
    assert all(share == shares[0] for share in shares)
    assert Decimal("0.99999") < sum(Decimal(repr(share)) for share in shares[0]) <= 1
    alone = {}
    for index, (results, info) in enumerate(made, 1):
        assert info.part == RunPart(6, (index,), 6)
        assert info.conversations == len(results)
        assert [result.provenance.part for result in results] == [info.part] * len(results)
        assert info.budget_usd == Decimal("1.00")
        assert info.ceiling_usd == info.share_usd == Decimal(repr(shares[0][index - 1]))
        if len(results) == 1:
            alone[len(str(results[0].persona.success_criteria))] = info.share_usd
    assert len(alone) > 1
    assert [alone[size] for size in sorted(alone)] == sorted(alone.values())
    assert len({*alone.values()}) == len(alone)


def test_without_a_ceiling_there_is_no_share() -> None:
    """Nothing is divided, and the shard has no ceiling either."""
    _, info = make_shard(1, 2, SaysJudge(), budget_usd=None, evaluators=())
    assert info.share_usd is None
    assert info.ceiling_usd is None


def test_a_budget_that_runs_share_is_none_for_shards(tmp_path: Path) -> None:
    """It lies on one machine, and shards share nothing."""
    with pytest.raises(UsageError, match="a shared budget with a shard"):
        simulate(answers, PEOPLE, shard="1/2", judge=SaysJudge(), budget_usd=SharedBudget(tmp_path / "budget", "1.00"))


class Asks:
    """A persona source that asks the judge and does not say so."""

    async def load(self, context: RunContext) -> list[Persona]:
        """Ask, and give personas all the same."""
        from multivon_eval.sdk import ask, text_question

        await ask(context.judge, text_question("Whom do you know?"))
        return PEOPLE


def test_personas_that_cost_money_are_refused_in_a_shard() -> None:
    """Each shard would pay, and get others."""
    judge = SaysJudge()
    with pytest.raises(UsageError, match="write them to a file"):
        simulate(answers, Asks(), shard="1/2", judge=judge, driver=Talks())
    assert judge.asked == []
