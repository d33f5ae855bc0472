"""The contract of persona sources."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any, ClassVar

import pytest

from .._plugins.kinds import PERSONA_SOURCE, Kind
from .._set_module import set_module
from ..sdk import BudgetExceeded, Persona, PersonaError, PersonaSource, Question, RunContext
from .fakes import ScriptedJudge, context, fitting_answer
from .plugins import PluginTests

__all__ = ["PersonaSourceTests"]


@set_module("multivon_eval.testing")
class PersonaSourceTests(PluginTests):
    """Subclass it, give ``make``, and the protocol ``PersonaSource`` is checked.

    ``self.folder`` is a folder for the file that the source reads. Where a source can be unusable, override
    :meth:`make_unusable`.
    """

    kind: ClassVar[Kind] = PERSONA_SOURCE

    def make(self) -> PersonaSource:
        """Make an instance that has personas to give."""
        source: PersonaSource = super().make()
        return source

    def make_unusable(self) -> PersonaSource | None:
        """Make an instance whose personas cannot be had; None where there is no such thing."""
        return None

    def answer(self, question: Question[Any]) -> str:
        """Answer what the source asks, if it asks."""
        return fitting_answer(question)

    def load(self, around: RunContext | None = None) -> Sequence[Persona]:
        """Let a new instance give its personas."""

        async def job(made: PersonaSource) -> Sequence[Persona]:
            return await made.load(around or context(ScriptedJudge(self.answer)))

        return self.run(job)

    def test_gives_personas(self) -> None:
        """It gives personas, at least one, each with all that a conversation needs."""
        personas = self.load()
        assert personas, "gave no persona"
        for one in personas:
            assert isinstance(one, Persona), f"gave {type(one).__name__}, not a Persona"
            needed = (one.name, one.profile, one.goal, *one.criteria)
            assert all(isinstance(text, str) and text.strip() for text in needed), f"something is empty: {one}"
            assert one.criteria, f"{one.name!r} has no success criteria"

    def test_names_differ(self) -> None:
        """A persona's name is unique within a run."""
        names = [one.name for one in self.load()]
        assert len(names) == len(set(names)), f"names occur twice: {names}"

    def test_gives_the_same_again(self) -> None:
        """It gives them in order: loading twice gives the same personas in the same order."""
        assert list(self.load()) == list(self.load())

    def test_budget_exceeded_passes(self) -> None:
        """The metered judge raises ``BudgetExceeded`` where a call does not fit. Let that pass."""
        judge = ScriptedJudge(self.answer)
        self.load(context(judge))
        if judge.calls:
            with pytest.raises(BudgetExceeded):
                self.load(context(ScriptedJudge(self.answer), budget_usd=Decimal(0)))

    def test_personas_that_cannot_be_had(self) -> None:
        """``load`` raises ``PersonaError`` where they cannot be had, and says what is wrong with each."""
        source = self.make_unusable()
        if source is None:
            pytest.skip("no source whose personas cannot be had; override 'make_unusable'")

        async def job(made: PersonaSource) -> None:
            with pytest.raises(PersonaError) as caught:
                await made.load(context())
            assert all(problem.strip() for problem in caught.value.problems)

        self.run(job, source)
