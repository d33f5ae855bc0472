"""Fakes to test plug-ins with: a judge that says what it is told to, a sink that remembers."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Mapping, Sequence
from decimal import Decimal
from typing import Any, Literal

import attrs

from .._journal.journal import Journal
from .._money.account import Account
from .._money.ledger import Ledger
from .._money.limit import Limit
from .._money.meter import MeteredJudge
from .._money.purse import Purse
from .._set_module import set_module
from ..sdk import (
    Answer,
    Conversation,
    CountAsked,
    GoalAsked,
    Judge,
    PersonasAsked,
    Question,
    Report,
    RunContext,
    RunInfo,
    SimulationResult,
    Usage,
    UserTurnAsked,
    YesNoAsked,
)

__all__ = ["RecordingSink", "ScriptedJudge", "context", "fitting_answer"]

Says = Literal["hoped", "against", "unknown"]
Script = str | BaseException | Sequence[str | BaseException] | Callable[[Question[Any]], str]


def fitting_answer(question: Question[Any], says: Says = "hoped") -> str:
    """Give an answer that fits a question's schema.

    Args:
        question: Any; one with a schema of its own gets the smallest thing that fits.
        says: ``hoped``, what is asked of a good conversation; ``against``, the opposite; ``unknown``.

    Returns:
        The text as a model would write it.
    """
    about = question.about
    if isinstance(about, UserTurnAsked):
        said = len(about.conversation.said_by("user"))
        return json.dumps({"message": f"This is message {said + 1} of the user.", "ends": "no"})
    if isinstance(about, GoalAsked):
        return _make_verdict(about, says)
    if isinstance(about, YesNoAsked):
        evidence = _make_quotes(about.conversation)
        opposite = {"yes": "no", "no": "yes", "unknown": "yes"}
        answers = {}
        for one in about.questions:
            word = {"hoped": one.hoped, "against": opposite[one.hoped], "unknown": "unknown"}[says]
            answers[one.key] = {"reason": f"It is {word}.", "evidence": evidence, "answer": word}
        return json.dumps(answers)
    if isinstance(about, CountAsked):
        return json.dumps(_make_count(about, says))
    if isinstance(about, PersonasAsked):
        return json.dumps(
            {"personas": [_make_persona(number, about.n, question.prompt.schema) for number in range(1, about.n + 1)]}
        )
    if question.prompt.schema is not None:
        return json.dumps(_make_fitting(question.prompt.schema, says))
    return {"hoped": "yes", "against": "no", "unknown": "unknown"}[says]


def _make_verdict(about: GoalAsked, says: Says) -> str:
    quotes = _make_quotes(about.conversation)
    met = {"hoped": "yes" if quotes else "no", "against": "no", "unknown": "unknown"}[says]
    rows = [
        {"number": number, "reason": f"It is {met}.", "evidence": quotes, "turns": [], "met": met}
        for number in range(1, len(about.persona.criteria) + 1)
    ]
    return json.dumps({"criteria": rows, "claims": [], "reason": f"It is {met}."})


def _make_count(about: CountAsked, says: Says) -> dict[str, object]:
    of = 3 if about.of is None else about.of
    quotes = _make_quotes(about.conversation)[:of] if says == "against" else []
    unknown = of if says == "unknown" else 0
    return {
        "reason": f"All is {says}.",
        **({} if about.of is not None else {"of": of}),
        "against": quotes,
        "unknown": unknown,
    }


def _make_persona(number: int, of: int, schema: Mapping[str, Any] | None) -> dict[str, object]:
    known: dict[str, object] = {
        "name": f"persona_{number}",
        "profile": f"User number {number}.",
        "goal": f"Learn thing {number}.",
        "success_criteria": [f"The assistant explained thing {number}."],
        "traits": ["adversarial" if number == of else "terse"],
        "facts": [],
    }
    # What a proposer asks for beyond that differs from persona to persona, where its schema leaves room.
    row = schema or {}
    for part in ("personas", "items"):
        row = row.get("properties", {}).get(part, {}) if part == "personas" else row.get("items", {})
    asked: dict[str, object] = {}
    for name, part in row.get("properties", {}).items():
        words = part.get("enum")
        asked[name] = words[number % len(words)] if words else [] if part.get("type") == "array" else f"{name} {number}"
    return {**asked, **known}


def _make_quotes(about: Conversation) -> list[dict[str, object]]:
    replies = [(turn, message.content) for turn, message in about.numbered() if message.role == "assistant"]
    return [{"turn": turn, "quote": text[:40]} for turn, text in replies[-1:]]


def _make_fitting(schema: Mapping[str, Any], says: Says) -> Any:
    if "enum" in schema:
        words = list(schema["enum"])
        wanted = {"hoped": "yes", "against": "no", "unknown": "unknown"}[says]
        return wanted if wanted in words else words[-1]
    kind = schema.get("type")
    if kind == "object":
        return {name: _make_fitting(part, says) for name, part in schema.get("properties", {}).items()}
    if kind == "boolean":
        return says == "hoped"
    return {"array": [], "integer": 0, "number": 0, "null": None}.get(str(kind), "unknown")


@set_module("multivon_eval.testing")
@attrs.define(eq=False)
class ScriptedJudge:
    """A judge that says what it is told to, and remembers what it was asked.

    Attributes:
        script: One text for all questions; texts in their order, each said once; or a function of the
            question. An exception in the place of a text is raised.
        cost_usd: What each answer costs, in USD.
        worst_usd: The most one can cost, in USD; None where that is not known.
        asked: The questions so far.
    """

    script: Script = attrs.field(default=fitting_answer)
    cost_usd: Decimal = Decimal("0.001")
    worst_usd: Decimal | None = Decimal("0.002")
    asked: list[Question[Any]] = attrs.field(factory=list, init=False)

    @property
    def calls(self) -> int:
        """How often it was asked."""
        return len(self.asked)

    @property
    def model(self) -> str:
        """The model's name in results."""
        return "fake"

    def worst_cost(self, question: Question[Any]) -> Decimal | None:
        """The same for every question."""
        return self.worst_usd

    async def complete(self, question: Question[Any]) -> Answer:
        """Say what stands in the script for this question.

        Raises:
            AssertionError: If it is asked more often than the script has texts.
        """
        place = len(self.asked)
        self.asked.append(question)
        said = self._said(question, place)
        # Give way, as a judge behind a network does, so that calls side by side meet in the middle.
        await asyncio.sleep(0)
        if isinstance(said, BaseException):
            raise said
        usage = Usage(input_tokens=10 * len(question.prompt.messages), output_tokens=max(1, len(said) // 4))
        return Answer(said, usage, self.cost_usd, self.model, question.prompt.temperature)

    def _said(self, question: Question[Any], place: int) -> str | BaseException:
        script = self.script
        if isinstance(script, str | BaseException):
            return script
        if not isinstance(script, Sequence):
            return script(question)
        if place >= len(script):
            raise AssertionError(f"the script has {len(script)} answers and is asked for answer {place + 1}")
        return script[place]


def context(judge: Judge | None = None, *, budget_usd: Decimal | None = None, seed: int | None = 7) -> RunContext:
    """Give what reaches a plug-in in a run, with the metered judge; a call that fails is not repeated.

    Args:
        judge: Who is asked; a :class:`ScriptedJudge` whose answers fit, if None.
        budget_usd: The ceiling in USD; None for no ceiling.
        seed: The run's seed.
    """
    asked = judge if judge is not None else ScriptedJudge()
    account = Account(Purse(Ledger(budget_usd)), Journal())
    return RunContext(MeteredJudge(asked, account, Limit(100), retries=0), seed)


@set_module("multivon_eval.testing")
@attrs.define(eq=False)
class RecordingSink:
    """A sink that remembers what it was given.

    Attributes:
        calls: The names of its methods as they were called.
        run: What it was opened with, the last time.
        results: What was written.
        report: What it was closed with, the last time.
    """

    calls: list[str] = attrs.field(factory=list, init=False)
    run: RunInfo | None = attrs.field(default=None, init=False)
    results: list[SimulationResult] = attrs.field(factory=list, init=False)
    report: Report | None = attrs.field(default=None, init=False)

    async def open(self, run: RunInfo) -> None:
        """Remember the run."""
        self.calls.append("open")
        self.run = run

    async def write(self, result: SimulationResult) -> None:
        """Remember a result."""
        self.calls.append("write")
        self.results.append(result)

    async def close(self, report: Report) -> None:
        """Remember the report."""
        self.calls.append("close")
        self.report = report
