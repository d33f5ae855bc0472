"""Evals to look at: a model that says what it is told to, and the log read back from its file."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from inspect_ai import Task
from inspect_ai import eval as run_eval
from inspect_ai.log import EvalLog, EvalSample, read_eval_log
from inspect_ai.model import Model, ModelOutput, ModelUsage, get_model
from inspect_ai.solver import Solver

from multivon_eval import Persona
from multivon_eval_inspect import conversation_scores, goal_achieved, persona_dataset, simulated_user

ANN = Persona("Ann", "A customer.", "Find out when it arrives.", "The assistant stated the day.")
BOB = Persona("Bob", "Another.", "Find out who delivers.", ["The assistant named the carrier.", "It was polite."])


def usage(tokens: int = 10) -> ModelUsage:
    """What a call took."""
    return ModelUsage(input_tokens=tokens, output_tokens=tokens, total_tokens=2 * tokens)


def says(*texts: str) -> Model:
    """A model that says texts one after the other, the last one again and again."""
    calls = iter(range(10**6))

    def answer(*_: Any) -> ModelOutput:
        output = ModelOutput.from_content("mockllm/model", texts[min(next(calls), len(texts) - 1)])
        output.usage = usage()
        return output

    return answers(answer)


def answers(answer: Callable[..., Any]) -> Model:
    """A model that answers with what a function gives."""
    return get_model("mockllm/model", custom_outputs=answer)


def run(
    folder: Path, *, user: Solver | None = None, model: Model | None = None, personas: Any = (ANN,), **options: Any
) -> EvalLog:
    """Run an eval and read its log back from the file."""
    before = options.pop("setup", None)
    scorers = [goal_achieved(), conversation_scores()]
    task = Task(dataset=persona_dataset(list(personas)), setup=before, solver=user or simulated_user(), scorer=scorers)
    (log,) = run_eval(task, model=model or says("On Friday."), log_dir=str(folder), display="none", **options)
    return read_eval_log(log.location)


def only_sample(log: EvalLog) -> EvalSample:
    """The one sample of a log."""
    assert log.samples is not None and len(log.samples) == 1, log.error
    return log.samples[0]


def list_roles(sample: EvalSample) -> list[str]:
    """Who spoke, in order."""
    return [message.role for message in sample.messages]
