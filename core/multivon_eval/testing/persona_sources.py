"""The contract of persona sources."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from typing import Any, ClassVar

from .._plugins.abilities import find_ability
from .._plugins.kinds import PERSONA_SOURCE, Kind
from .._set_module import set_module
from ..sdk import Judge, Persona, PersonaError, PersonasAsked, PersonaSource, Proposes, Question, RunContext, Streams
from .asking import AskingTests, budget_for, raises_budget
from .fakes import ScriptedJudge, context, fitting_answer
from .plugins import outcome
from .source_files import SourceFileTests
from .standard import basic, expecting, optional, skip

__all__ = ["PersonaSourceTests"]


class _Told(logging.Handler):
    """Keeps what is said as a warning, or as something worse."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.words: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.words.append(record.getMessage())


@set_module("multivon_eval.testing")
class PersonaSourceTests(SourceFileTests, AskingTests):
    """Subclass it, give ``make``, and the protocol ``PersonaSource`` is checked.

    ``self.folder`` is a folder for the file that the source reads: give it two personas at least. What becomes of a
    file that is missing or damaged is tried on what ``make`` writes there. Where a source can be unusable in
    another way, override ``make_unusable``.
    """

    kind: ClassVar[Kind] = PERSONA_SOURCE

    def make(self) -> PersonaSource:
        """Make an instance that has personas to give."""
        source: PersonaSource = super().make()
        return source

    def make_unusable(self) -> PersonaSource | None:
        """Make an instance whose personas cannot be had; None where there is no such thing."""
        return None

    def answer(self, question: Question[Any]) -> str:  # type: ignore[override]
        """Answer what the source asks, if it asks."""
        return fitting_answer(question)

    def load(self, around: RunContext | None = None, source: PersonaSource | None = None) -> Sequence[Persona]:
        """Let an instance give its personas, a new one if None."""

        async def job(made: PersonaSource) -> Sequence[Persona]:
            return await made.load(around or context(ScriptedJudge(self.answer)))

        return self.run(job, source)

    async def use(self, made: Any, judge: Judge | None = None) -> None:
        """Load the personas."""
        await made.load(context(judge or ScriptedJudge(self.answer)))

    @basic
    def test_gives_personas(self) -> None:
        """It gives personas, at least one, each with all that a conversation needs."""
        personas = self.load()
        assert isinstance(personas, Sequence), f"gave {type(personas).__name__}, not a list"
        assert personas, "gave no persona"
        for one in personas:
            assert isinstance(one, Persona), f"gave {type(one).__name__}, not a Persona"
            needed = (one.name, one.profile, one.goal, *one.criteria)
            assert all(isinstance(text, str) and text.strip() for text in needed), f"something is empty: {one}"
            assert one.criteria, f"{one.name!r} has no success criteria"

    @basic
    def test_names_differ(self) -> None:
        """A persona's name is unique within a run."""
        names = [one.name for one in self.load()]
        assert len(names) == len(set(names)), f"names occur twice: {names}"

    @basic
    def test_gives_the_same_again(self) -> None:
        """It gives them in order: a new instance gives the same personas in the same order."""
        assert list(self.load()) == list(self.load()), "another instance gives other personas, or in another order"

    @basic
    def test_loads_twice(self) -> None:
        """One instance may serve several runs: loading a second time gives what the first time gave."""

        async def twice(made: PersonaSource) -> tuple[list[Persona], list[Persona]]:
            first = list(await made.load(context(ScriptedJudge(self.answer))))
            return first, list(await made.load(context(ScriptedJudge(self.answer))))

        first, second = self.run(twice)
        assert first == second, f"the first time it gives {len(first)} personas, then {len(second)}, or others"

    @basic
    def test_streams_what_it_loads(self) -> None:
        """A source that streams gives what ``load`` gives, one after the other, and the same when it is asked again."""

        async def both(made: PersonaSource) -> tuple[list[Persona], list[list[Persona]]]:
            loaded = list(await made.load(context(ScriptedJudge(self.answer), seed=7)))
            streaming = find_ability(made, Streams)
            return loaded, [] if streaming is None else [list(streaming.stream(7)) for _ in range(2)]

        loaded, streamed = self.run(both)
        for what, came in zip(("gives", "gives when it is asked again"), streamed, strict=False):
            problem = (
                f"'load' gives {len(loaded)} personas; 'stream' {what} {len(came)}, or others, or in another order"
            )
            assert came == loaded, problem

    @basic
    def test_budget_exceeded_passes(self) -> None:
        """``BudgetExceeded``, raised where a call does not fit, passes: at the first call and at a later one."""
        judge = ScriptedJudge(self.answer)
        self.load(context(judge))
        for calls in range(judge.calls):
            around = context(ScriptedJudge(self.answer), budget_usd=budget_for(calls))
            came = raises_budget(lambda around=around: self.load(around))  # type: ignore[misc]
            assert not came, f"call {calls + 1} does not fit and it {came}"

    @basic
    def test_a_judge_that_fails_gives_no_personas(self) -> None:
        """Where asking fails at the only question, it raises; at one of many, none is made up, or left out unsaid."""
        judge = ScriptedJudge(self.answer)
        whole = self.load(context(judge))
        for place in range(judge.calls):
            failing = self.failing_at(place)
            around, told = context(failing), _Told()
            around.log.addHandler(told)
            try:
                came = outcome(lambda around=around: self.load(around))  # type: ignore[misc]
            finally:
                around.log.removeHandler(told)
            if not isinstance(came, BaseException):
                assert judge.calls > 1, f"call {place + 1} fails and it gives {len(came)} personas"
                assert len(came) < len(whole), f"call {place + 1} fails and it gives as many personas as without"
                assert told.words, f"call {place + 1} fails, a persona is left out, and nobody is told; use context.log"

    @basic
    def test_says_that_it_asks(self) -> None:
        """A source that asks the judge says so with ``proposal``: the questions of ``load``, the same each time."""
        made, judge = self.make(), ScriptedJudge(self.answer)
        proposes = find_ability(made, Proposes)
        promised = [list(proposes.proposal(7)), list(proposes.proposal(7))] if proposes is not None else []
        personas = self.load(context(judge, seed=7), made)
        if not judge.calls:
            return
        assert promised and promised[0], "it asks the judge and has no method 'proposal' that says what"
        one, again = ([question.prompt for question in questions] for questions in promised)
        assert one == again, "'proposal' says something else the second time"
        asked = [question.prompt for question in judge.asked]
        assert all(prompt in asked for prompt in one), "'load' does not ask what 'proposal' says"
        assert len(asked) == len(one), f"'proposal' says {len(one)} questions, and 'load' asks {len(asked)}"
        abouts = [question.about for question in promised[0]]
        for about in abouts:
            assert isinstance(about, PersonasAsked), f"it asks for {type(about).__name__}, not PersonasAsked"
        most = sum(about.n for about in abouts if isinstance(about, PersonasAsked))
        assert most == len(personas), f"'proposal' says {most} personas, and 'load' gives {len(personas)}"

    @optional("`make_unusable`")
    def test_personas_that_cannot_be_had(self) -> None:
        """``load`` raises ``PersonaError`` where they cannot be had, and says what is wrong with each."""
        source = self.make_unusable()
        if source is None:
            skip("no source whose personas cannot be had; override 'make_unusable'")
        with expecting(PersonaError, "it gives personas that cannot be had") as caught:
            self.load(context(ScriptedJudge(self.answer)), source)
        assert all(problem.strip() for problem in getattr(caught[0], "problems", ())), "a problem says nothing"
