"""A program of somebody who embeds, checked by mypy and pyright and never run."""

from typing import assert_type

from multivon_eval import (
    EvalCase,
    EvalSuite,
    Persona,
    Reply,
    SimulationResult,
    SimulationResults,
    Summary,
    asimulate,
    score_simulations,
    simulate,
    stream_simulations,
)
from multivon_eval.suite import CaseResult


def model_fn(prompt: str) -> Reply:
    return Reply(prompt, cost_usd=0.01)


personas = [Persona("a", "profile", "goal", ["one", "two"], traits=["terse"])]

results = simulate(model_fn, personas, max_turns=8, budget_usd=1.00)
assert_type(results, SimulationResults)
assert_type(results[0], SimulationResult)
assert_type(results[0].goal_achieved, bool | None)
assert_type(score_simulations(results), Summary)
assert_type(EvalSuite([EvalCase("hello")], ["turn-consistency"]).run(model_fn), list[CaseResult])
assert_type(EvalCase([{"role": "user", "content": "hello"}]).conversation_str(), str)

for one in stream_simulations(model_fn, "personas.jsonl", judge="offline", trials=3):
    assert_type(one, SimulationResult)


async def embedded() -> None:
    assert_type(await asimulate(model_fn, personas, evaluators=("turn-consistency",)), SimulationResults)
    async for one in stream_simulations(model_fn, personas, hooks=()):
        assert_type(one, SimulationResult)
