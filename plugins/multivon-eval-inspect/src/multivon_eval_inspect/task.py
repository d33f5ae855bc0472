"""The task ``simulate``: a simulation in one line of Inspect's command line."""

from __future__ import annotations

from collections.abc import Sequence

from inspect_ai import Task, task
from inspect_ai.solver import Solver, chain, system_message

from multivon_eval.sdk import DISCLAIMER

from .casting import UNSAID, Budget
from .dataset import persona_dataset
from .scorers import conversation_scores, goal_achieved
from .solver import EVALUATORS, simulated_user


@task
def simulate(
    personas: str,
    judge: str | Sequence[str] | None = None,
    driver: str | Sequence[str] | None = None,
    driver_judge: str | Sequence[str] | None = None,
    evaluators: str | Sequence[str] = EVALUATORS,
    max_turns: int = 8,
    trials: int = 1,
    budget_usd: Budget = UNSAID,
    timeout: float = 600.0,
    seed: int | None = None,
    system: str = "",
) -> Task:
    """Let personas talk to the model under evaluation, and score what came of it.

    Args:
        personas: A path to JSONL, or the SPEC of a persona source.
        judge: See ``simulated_user``; so for what follows.
        driver: See there.
        driver_judge: See there.
        evaluators: See there; ``none`` for verdicts alone.
        max_turns: See there.
        trials: Conversations of each persona: Inspect's epochs.
        budget_usd: See there.
        timeout: See there.
        seed: See there.
        system: Instructions for the model under evaluation.
    """
    scored = _read_specs(evaluators)
    talk = simulated_user(
        judge=_read_spec(judge),
        driver=_read_spec(driver),
        driver_judge=_read_spec(driver_judge),
        evaluators=scored,
        max_turns=max_turns,
        budget_usd=budget_usd,
        timeout=timeout,
        seed=seed,
    )
    solvers: list[Solver] = [system_message(system), talk] if system else [talk]
    return Task(
        dataset=persona_dataset(personas),
        solver=chain(solvers),
        scorer=[goal_achieved(), conversation_scores()] if scored else [goal_achieved()],
        epochs=trials,
        metadata={"disclaimer": DISCLAIMER},
    )


def _read_spec(given: str | Sequence[str] | None) -> str | None:
    # Inspect's command line splits a value at its commas, and a SPEC may have some.
    return given if given is None or isinstance(given, str) else ",".join(map(str, given))


def _read_specs(given: str | Sequence[str]) -> tuple[str, ...]:
    parts = [given] if isinstance(given, str) else list(given)
    specs: list[str] = []
    for part in parts:
        is_option = "=" in part and ":" not in part.partition("=")[0] and "," not in part.partition("=")[0]
        if is_option and specs:
            specs[-1] += f",{part}"
        else:
            specs.append(part)
    return () if specs == ["none"] else tuple(specs)
