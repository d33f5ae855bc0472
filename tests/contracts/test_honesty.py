"""The honesty contract, section 9: each line pinned by a test."""

from __future__ import annotations

import json
import math
from decimal import Decimal
from pathlib import Path
from typing import Any

import attrs
import pyarrow.parquet
import pytest

from multivon_eval import DISCLAIMER, Persona, result_to_json, score_simulations, simulate
from multivon_eval._plugins.kinds import SINK
from multivon_eval._plugins.registry import Registry
from multivon_eval.sdk import Answer, Prices, Question
from multivon_eval_plugins.judges.offline import Offline
from support.command import multivon_eval, workplace
from support.people import SaysJudge

SENTENCE = "simulated personas — measures behavior under synthetic users, not real traffic"
ANN = Persona("ann", "A customer.", "Find out the refund window.", "The assistant stated the refund window.")
BOB = attrs.evolve(ANN, name="bob", goal="Find out the return address.")


def _bot(prompt: str) -> str:
    return f"The refund window is {prompt.count('USER:') * 10} days."


@attrs.frozen
class Paid:
    """The rules of ``offline``, at a price: a cent a call, two at most."""

    async def complete(self, question: Question[Any]) -> Answer:
        """Answer by rule."""
        answer = await Offline().complete(question)
        return attrs.evolve(answer, cost_usd=Decimal("0.01"))

    def worst_cost(self, question: Question[Any]) -> Decimal:
        """Two cents."""
        return Decimal("0.02")

    def prices(self) -> Prices:
        """Made up."""
        return Prices(Decimal(1), Decimal(1), Decimal(1), "made up")


@pytest.mark.process
def test_every_result_and_report_carries_the_sentence(tmp_path: Path) -> None:
    """1: the sentence stands in results, in the summary, on the terminal and in JSON."""
    assert DISCLAIMER == SENTENCE
    results = simulate(_bot, [ANN])
    assert results[0].disclaimer == SENTENCE
    assert result_to_json(results[0])["disclaimer"] == SENTENCE
    assert score_simulations(results).disclaimer == SENTENCE
    args = ("simulate", "--model-cmd", "model.py", "--personas", "personas.jsonl", "--out", "r.jsonl")
    shown = multivon_eval(*args, cwd=workplace(tmp_path)).stdout
    assert " ".join(shown.split()).count(SENTENCE) == 2
    assert json.loads(multivon_eval(*args, "--json", cwd=tmp_path).stdout)["disclaimer"] == SENTENCE


def _read_sink(name: str, path: Path) -> str:
    """What a sink that writes to a file left there, as text."""
    if name == "parquet":
        table = pyarrow.parquet.read_table(path)
        return str(table.to_pylist()) + str(table.schema.metadata)
    return path.read_text(encoding="utf-8")


SINKS = [entry.name for entry in Registry().entries(SINK) if entry.distribution == "multivon-eval"]


@pytest.mark.parametrize("name", SINKS)
def test_every_sink_carries_the_sentence(name: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """1: wherever results go the sentence goes with them."""
    path = tmp_path / "results"
    sink = name if name == "terminal" else f"{name}:{path}"
    simulate(_bot, [ANN], judge=SaysJudge(), sinks=[sink], hooks=())
    told = capsys.readouterr().out if name == "terminal" else _read_sink(name, path)
    assert SENTENCE in " ".join(told.replace("\\u2014", "—").split())


def test_the_budget_is_a_ceiling() -> None:
    """2: whatever the budget, no more is spent, and what was cut says so."""
    for cents in range(0, 16):
        budget = Decimal(cents) / 100
        people = [attrs.evolve(ANN, name=f"ann{index}") for index in range(5)]
        results = simulate(_bot, people, judge=Paid(), budget_usd=budget, evaluators=["turn-consistency"])
        assert sum(result.cost_usd for result in results) <= budget
        assert len(results) == 5
        for result in results:
            if result.goal_achieved is None:
                assert result.verdict.reason


def test_what_a_run_was_made_with_is_recorded() -> None:
    """3: seed, judge, prices, plug-ins and versions stand in every result; no determinism is claimed."""
    (result,) = simulate(_bot, [ANN], judge=Paid(), seed=3, budget_usd=1)
    row = result_to_json(result)["metadata"]
    assert row["seed"] == 3
    assert row["prices"]["source"] == "made up"
    assert {"kind", "name", "spec", "distribution", "version"} == set(row["plugins"][0])
    assert set(row["versions"]) == {"multivon-eval", "python"}


def test_a_driver_error_never_ends_the_run() -> None:
    """4: one conversation that fails leaves the others as they are."""

    def half(prompt: str) -> str:
        if "return address" in prompt:
            raise RuntimeError("no such page")
        return _bot(prompt)

    first, second = simulate(half, [BOB, ANN])
    assert first.stop_reason == "driver_error"
    assert result_to_json(first)["metadata"]["error"]["source"] == "model_fn"
    assert "no such page" in result_to_json(first)["metadata"]["error"]["message"]
    assert second.stop_reason == "goal_reached"


def test_numbers_come_with_their_gaps_and_uncertainty() -> None:
    """6: a rate has its interval and the count it is over; what was not judged is not in it."""

    def half(prompt: str) -> str:
        if "bob" in prompt:
            raise RuntimeError("no such page")
        return _bot(prompt)

    summary = score_simulations(simulate(half, [BOB, ANN], judge=SaysJudge()))
    assert (summary.conversations, summary.judged, summary.errors) == (2, 1, 1)
    rate = summary.goal_rate
    # The one in which the system crashed was not judged, and it was not achieved.
    assert (rate.hits, rate.of, summary.crashed) == (1, 2, 1)
    assert rate.low is not None
    assert math.isclose(rate.low, 0.0945, abs_tol=1e-3)
    assert summary.scores["turn_consistency"].scored == 1
    assert summary.scores["turn_consistency"].skipped == 1
