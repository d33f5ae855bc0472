"""Plug-ins of somebody else, checked by mypy and pyright and never run."""

from decimal import Decimal
from typing import Any

import attrs

from multivon_eval.sdk import (
    Answer,
    Conversation,
    Driver,
    Evaluator,
    Judge,
    Persona,
    PersonasAsked,
    PersonaSource,
    Proposes,
    Question,
    Report,
    RunContext,
    RunInfo,
    Score,
    SimulationResult,
    Sink,
    UserTurn,
    answered,
    text_question,
)


@attrs.frozen
class MyJudge:
    model: str = "mine"

    async def complete(self, question: Question[Any]) -> Answer:
        return Answer("{}")

    def worst_cost(self, question: Question[Any]) -> Decimal:
        return Decimal(0)


@attrs.frozen
class MyDriver:
    async def next_message(self, conversation: Conversation, context: RunContext) -> UserTurn:
        return UserTurn("hello")


@attrs.frozen
class MySource:
    path: str

    async def load(self, context: RunContext) -> list[Persona]:
        return []


@attrs.frozen
class MyProposer:
    path: str
    n: int = 5

    def proposal(self, seed: int | None) -> list[Question[tuple[Persona, ...]]]:
        return [Question(text_question("Who?").prompt, PersonasAsked("A shop.", self.n, seed))]

    async def load(self, context: RunContext) -> tuple[Persona, ...]:
        personas, _ = await answered(context.judge, self.proposal(context.seed)[0])
        return personas


@attrs.frozen
class MyEvaluator:
    threshold: float = 0.5

    async def evaluate(self, conversation: Conversation, context: RunContext) -> Score:
        return Score(1.0, "fine", threshold=self.threshold)


@attrs.frozen
class MySink:
    path: str

    async def open(self, run: RunInfo) -> None: ...

    async def write(self, result: SimulationResult) -> None: ...

    async def close(self, report: Report) -> None: ...


judge: Judge = MyJudge()
driver: Driver = MyDriver()
source: PersonaSource = MySource("personas.csv")
proposing: PersonaSource = MyProposer("product.txt")
proposer: Proposes = MyProposer("product.txt")
evaluator: Evaluator = MyEvaluator()
sink: Sink = MySink("out.md")
