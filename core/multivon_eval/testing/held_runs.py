"""Small runs through an executor: what they are made with has a name in every process, and nothing costs anything."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

import attrs

from .._plugins.registry import Registry
from .._run.model_file import find_system
from .._run.planning import make_plan
from .._run.run import Run
from .._run.settings import Settings
from .._types.result_json import result_to_json
from ..sdk import (
    Answer,
    Conversation,
    JudgeUnusable,
    Persona,
    Question,
    Report,
    RunContext,
    RunInfo,
    SimulationResult,
    Usage,
    UserTurn,
)
from .fakes import fitting_answer
from .nouns import persona
from .stage import Stage, write_message

_OF_A_RUN = ("run_id", "started_at", "seconds", "usage", "plugins", "versions", "sources")
"""What differs from run to run, in the metadata of a result."""


@attrs.frozen
class Speaker:
    """A driver that asks nobody, and says who speaks."""

    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        """Give the next message."""
        turn = len(conversation.said_by("user")) + 1
        assert conversation.persona is not None, "a simulation has a persona"
        return UserTurn(write_message(conversation.persona.name, conversation.trial, turn))


@attrs.frozen
class Agreeing:
    """A judge that answers everything as hoped, for nothing.

    Attributes:
        is_broken: Whether it can never be asked.
    """

    model: ClassVar[str] = "agreeing"
    is_broken: bool = False

    def worst_cost(self, question: Question[Any]) -> Decimal:
        """Cost nothing."""
        return Decimal(0)

    async def complete(self, question: Question[Any]) -> Answer:
        """Answer at once."""
        if self.is_broken:
            raise JudgeUnusable("the judge of this test is out of order")
        return Answer(fitting_answer(question), Usage(), Decimal(0), self.model)


@attrs.define(eq=False)
class CountingSink:
    """Counts what was delivered.

    Attributes:
        count: How many results.
    """

    count: int = attrs.field(default=0, init=False)

    async def open(self, run: RunInfo) -> None:
        """Begin."""

    async def write(self, result: SimulationResult) -> None:
        """Count a result."""
        self.count += 1

    async def close(self, report: Report) -> None:
        """End."""


def make_people(*names: str) -> list[Persona]:
    """Make a persona of each name."""
    return [persona(name) for name in names]


def make_run(
    stage: Stage,
    people: Sequence[Persona],
    executor: object = None,
    *,
    is_strict: bool = False,
    sink: object = None,
    **options: Any,
) -> Run:
    """Make a run.

    Args:
        stage: Who answers for the system.
        people: The personas.
        executor: Who holds the conversations; the one that is taken where nobody names one if None.
        is_strict: Whether the judge can never be asked, and the run ends for it.
        sink: Where results go beside.
        **options: Other options of ``simulate``.
    """
    home = Speaker.__module__
    given: dict[str, Any] = {
        "driver": f"{home}.{Speaker.__name__}",
        "judge": f"{home}.{Agreeing.__name__}" + (",is_broken=true" if is_strict else ""),
        "evaluators": [],
        "observers": [],
        "sinks": [] if sink is None else [sink],
        "max_turns": 2,
        "budget_usd": None,
        "hooks": (),
        **({} if executor is None else {"executor": executor}),
        **options,
    }
    settings, wrong = Settings.read(given)
    assert not wrong, wrong
    system = find_system(f"{stage.model}:model_fn")
    return Run(make_plan(system, people, settings, Registry(), is_strict=is_strict))


def describe_result(result: SimulationResult) -> dict[str, Any]:
    """Say all of a result that does not differ from run to run."""
    row = result_to_json(result)
    row["metadata"] = {name: value for name, value in row["metadata"].items() if name not in _OF_A_RUN}
    row["transcript"] = [
        {name: value for name, value in said.items() if name != "seconds"} for said in row["transcript"]
    ]
    return row


def name_result(result: SimulationResult) -> str:
    """Say whose result it is: persona and trial, as the stage tells them apart."""
    return f"{result.persona.name} #{result.trial}"
