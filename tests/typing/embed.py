"""A program of somebody who embeds, checked by mypy and pyright and never run."""

from pathlib import Path
from typing import Any, assert_type

from multivon_eval import (
    CaseResult,
    EvalCase,
    EvalSuite,
    Message,
    Persona,
    Provenance,
    Reply,
    SimulationResult,
    SimulationResults,
    Summary,
    ascore_simulations,
    asimulate,
    from_function,
    from_messages,
    record_prompts,
    score_simulations,
    simulate,
    stream_simulations,
    to_messages,
)
from multivon_eval.sdk import Usage


def model_fn(prompt: str) -> Reply:
    return Reply(prompt, cost_usd=0.01)


personas = [Persona("a", "profile", "goal", ["one", "two"], traits=["terse"])]

results = simulate(model_fn, personas, max_turns=8, budget_usd=1.00)
assert_type(results, SimulationResults)
assert_type(results[0], SimulationResult)
assert_type(results[0].goal_achieved, bool | None)
assert_type(results[0].provenance, Provenance)
assert_type((results[0].run_id, results[0].judge_model, results[0].case_uid), tuple[str, str, str])
assert_type((results[0].usage, results[0].cut), tuple[Usage, bool])
assert_type(score_simulations(results), Summary)
assert_type(score_simulations(results, verdicts=True, judge="offline", timeout=5, sinks=["terminal"]), Summary)
assert_type(from_messages([{"role": "user", "content": "hello"}]), tuple[Message, ...])
assert_type(to_messages(results[0], style="anthropic")[0]["role"], Any)
simulate(from_function(lambda messages: "hello", "langchain"), personas)
score_simulations(results, trials=3)  # type: ignore[call-arg]  # pyright: ignore[reportCallIssue]
assert_type(EvalSuite([EvalCase("hello")], ["turn-consistency"]).run(model_fn), list[CaseResult])
assert_type(EvalCase([{"role": "user", "content": "hello"}]).conversation_str(), str)

for one in stream_simulations(model_fn, "personas.jsonl", judge="offline", trials=3):
    assert_type(one, SimulationResult)

with record_prompts(repo_root=Path("bot"), out="recordings.jsonl", record_text=True) as recording:
    assert_type(recording.summary.calls, int)
    assert_type(recording.summary.not_captured, dict[str, int])
    assert_type(recording.summary.problems, tuple[str, ...])


@record_prompts()
def length(text: str) -> int:
    return len(text)


assert_type(length("hello"), int)


async def embedded() -> None:
    async with record_prompts() as others:
        assert_type(str(others.summary), str)
    assert_type(await asimulate(model_fn, personas, evaluators=("turn-consistency",)), SimulationResults)
    assert_type(await ascore_simulations(results, concurrency=2), Summary)
    async for one in stream_simulations(model_fn, personas, hooks=()):
        assert_type(one, SimulationResult)


simulate(model_fn, personas, judge=3)  # type: ignore[arg-type]  # pyright: ignore[reportArgumentType]
simulate(model_fn, personas, evaluators=[3])  # type: ignore[list-item]  # pyright: ignore[reportArgumentType]
simulate(model_fn, personas, judge="openai:any", evaluators=["turn-consistency", {"use": "tone"}])
