"""Persona sources that are wrong on purpose, and some that are right in an unusual way."""

from __future__ import annotations

import json
import logging
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

import attrs

from multivon_eval.sdk import (
    BudgetExceeded,
    JudgeError,
    Persona,
    PersonaError,
    PersonasAsked,
    Prompt,
    PromptMessage,
    Question,
    RunContext,
    ask,
    persona_from_json,
)
from multivon_eval.testing import PersonaSourceTests, persona

from .planted import make_planting, make_right


def _build(self: Any, cls: Any) -> object:
    path = self.folder / "people.txt"
    rows = [("Ann", "Get a refund."), ("Ben", "Find a parcel."), ("Cy", "Change an address.")]
    path.write_text("".join(f"{name}|A customer.|{goal}|It was done.\n" for name, goal in rows), "utf-8")
    return cls(str(path))


planted = make_planting(PersonaSourceTests, _build)
right = make_right(PersonaSourceTests, _build)
NAMES = ("name", "profile", "goal", "success_criteria")


@right()
@attrs.define(slots=False)
class Source:
    """Reads rows with bars between their cells."""

    path: str

    def read(self) -> str:
        try:
            return Path(self.path).read_text("utf-8")
        except (OSError, UnicodeError) as error:
            raise PersonaError(f"{self.path}: cannot be read ({error}); give another file") from None

    def read_row(self, row: str, where: str) -> Persona:
        return persona_from_json(dict(zip(NAMES, row.split("|"), strict=False)), where)

    def read_all(self) -> list[Persona]:
        found, problems = list[Persona](), list[str]()
        for number, row in enumerate(self.read().splitlines(), 1):
            try:
                found.append(self.read_row(row, f"{self.path}:{number}"))
            except PersonaError as error:
                problems += error.problems
        if problems or not found:
            raise PersonaError(problems or f"{self.path}: no persona in it; write one")
        return found

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Read all personas."""
        return self.read_all()


@planted("test_a_row_that_is_damaged")
class SkipsBadRows(Source):
    """Leaves out what is no persona, as long as one is left."""

    def read_all(self) -> list[Persona]:
        found, problems = list[Persona](), list[str]()
        for row in self.read().splitlines():
            try:
                found.append(self.read_row(row, self.path))
            except PersonaError as error:
                problems += error.problems
        if len(found) < 2:
            raise PersonaError(problems)
        return found


@planted("test_all_problems_at_once")
class OneAtATime(Source):
    """Stops at the first row that is none."""

    def read_all(self) -> list[Persona]:
        return [self.read_row(row, f"{self.path}:{at}") for at, row in enumerate(self.read().splitlines(), 1)]


@planted("test_a_file_that_is_missing")
class RawErrors(Source):
    """Raises what the operating system says."""

    def read(self) -> str:
        return Path(self.path).read_text("utf-8")


@planted("test_loads_twice")
@attrs.define(slots=False)
class EmptySecond(Source):
    """Is empty the second time."""

    rows: Any = attrs.field(default=None, init=False, eq=False)

    def _walk(self) -> Iterator[Persona]:
        yield from super().read_all()

    async def load(self, context: RunContext) -> Sequence[Persona]:
        self.rows = self.rows or self._walk()
        return list(self.rows)


@right()
class Streaming(Source):
    """Gives one after the other too."""

    def stream(self, seed: int | None) -> Iterator[Persona]:
        """Give one persona after the other."""
        yield from self.read_all()


@planted("test_streams_what_it_loads")
@attrs.define(slots=False)
class StreamsOnce(Streaming):
    """Goes on where it was when it is asked again."""

    rows: Any = attrs.field(default=None, init=False, eq=False)

    def stream(self, seed: int | None) -> Iterator[Persona]:
        """Give what is left."""
        self.rows = self.rows or super().stream(seed)
        return iter(self.rows)


@planted("test_streams_what_it_loads")
class StreamsShuffled(Streaming):
    """Gives them in an order of the seed's."""

    def stream(self, seed: int | None) -> Iterator[Persona]:
        """Give the last one first."""
        return reversed(self.read_all())


COUNT = [0]


@planted("test_gives_the_same_again")
@attrs.define(slots=False)
class OtherOrder(Source):
    """Turns the order round with each instance."""

    is_turned: bool = attrs.field(init=False, eq=False)

    def __attrs_post_init__(self) -> None:
        COUNT[0] += 1
        self.is_turned = COUNT[0] % 2 == 0

    async def load(self, context: RunContext) -> Sequence[Persona]:
        found = super().read_all()
        return found[::-1] if self.is_turned else found


@planted("test_names_differ")
class OneName(Source):
    """Gives all personas one name."""

    async def load(self, context: RunContext) -> Sequence[Persona]:
        return [attrs.evolve(one, name="user" if context.seed else one.name) for one in self.read_all()]


@planted("test_gives_personas")
class NoCriteria(Source):
    """Gives personas without success criteria."""

    def read_row(self, row: str, where: str) -> Persona:
        return attrs.evolve(super().read_row(row, where), success_criteria=())


@planted("test_personas_that_cannot_be_had", make_unusable=lambda self: MadeUp("nowhere"))
@attrs.define(slots=False)
class MadeUp:
    """Makes somebody up where nobody can be had."""

    path: str

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Give somebody."""
        return [persona("Somebody"), persona("Else")]


def _asking(self: Any, cls: Any) -> object:
    return cls("product")


planted_asking = make_planting(PersonaSourceTests, _asking)
right_asking = make_right(PersonaSourceTests, _asking)


@right_asking()
@attrs.define(slots=False)
class Proposer:
    """Asks the judge for two lots of two personas, or gives one lot."""

    about: str

    def proposal(self, seed: int | None) -> Sequence[Question[Any]]:
        """Return the question that ``load`` asks."""
        return [self.write(seed)]

    def write(self, seed: int | None, n: int = 2) -> Question[Any]:
        prompt = Prompt("You invent users.", (PromptMessage("user", (f"{n} users of {self.about}, {seed}",)),))
        return Question(prompt, PersonasAsked(self.about, n, seed))

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Ask for the personas."""
        found: Sequence[Persona] = await ask(context.judge, self.write(context.seed))
        return found


@right_asking()
@attrs.define(slots=False)
class Patient(Proposer):
    """Asks twice, and goes on where one of the questions fails."""

    def proposal(self, seed: int | None) -> Sequence[Question[Any]]:
        return [self.write(seed), self.write((seed or 0) + 1)]

    async def load(self, context: RunContext) -> Sequence[Persona]:
        found: list[Persona] = []
        for number, question in enumerate(self.proposal(context.seed)):
            try:
                some = await ask(context.judge, question)
            except JudgeError as error:
                context.log.warning("question %d: %s", number + 1, error)
                continue
            found += [attrs.evolve(one, name=f"{one.name} {number}") for one in some]
        if not found:
            raise PersonaError(f"no question on {self.about} was answered; ask another judge")
        return found


@planted_asking("test_says_that_it_asks")
class AsksMore(Proposer):
    """Asks twice, and says once."""

    async def load(self, context: RunContext) -> Sequence[Persona]:
        await super().load(context)
        return await super().load(context)


@planted_asking("test_says_that_it_asks")
class AsksUnsaid(Proposer):
    """Asks a judge without saying so."""

    proposal = None  # type: ignore[assignment]


@planted_asking("test_budget_exceeded_passes")
class SwallowsBudget(Proposer):
    """Makes somebody up where the question does not fit the budget."""

    async def load(self, context: RunContext) -> Sequence[Persona]:
        try:
            return await super().load(context)
        except BudgetExceeded:
            return [persona("Somebody"), persona("Else")]


@planted_asking("test_a_judge_that_fails_gives_no_personas")
class SwallowsFailure(Proposer):
    """Makes somebody up where the judge fails."""

    async def load(self, context: RunContext) -> Sequence[Persona]:
        try:
            return await super().load(context)
        except JudgeError:
            return [persona("Somebody"), persona("Else")]


@planted_asking("test_a_judge_that_fails_gives_no_personas")
class LeavesOutUnsaid(Patient):
    """Asks twice, and where one of the questions fails says nothing of it."""

    async def load(self, context: RunContext) -> Sequence[Persona]:
        return await super().load(attrs.evolve(context, log=logging.Logger("nobody")))


@planted("test_words_come_out_as_they_stand")
class ReadsLatin(Source):
    """Reads its file as Latin-1."""

    def read(self) -> str:
        try:
            return Path(self.path).read_text("latin-1")
        except OSError as error:
            raise PersonaError(f"{self.path}: cannot be read ({error}); give another file") from None


@right()
@attrs.define(slots=False)
class ReadsAtOnce:
    """Reads its file when it is built, and gives a tuple."""

    path: str
    _rows: Any = attrs.field(init=False, repr=False, eq=False)

    def __attrs_post_init__(self) -> None:
        self._rows = tuple(Source(self.path).read_all())

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Give what was read."""
        rows: tuple[Persona, ...] = self._rows
        return rows


def _build_json(self: Any, cls: Any) -> object:
    path = self.folder / "people.json"
    rows = [{"who": name, "wants": f"Get {name} a refund."} for name in ("Ann", "Ben")]
    path.write_text(json.dumps({"people": rows}), "utf-8")
    return cls(str(path))


right_json = make_right(PersonaSourceTests, _build_json)


@right_json()
@attrs.define(slots=False)
class Defaults(Source):
    """Has a profile and criteria of its own for everybody, and a goal for whoever has none."""

    def read_all(self) -> list[Persona]:
        try:
            rows = json.loads(self.read())["people"]
        except (ValueError, KeyError) as error:
            raise PersonaError(f"{self.path}: no JSON with people ({error}); mend it") from None
        return [Persona(row["who"], "A customer.", row["wants"] or "Get help.", "It was done.") for row in rows]


def _build_table(self: Any, cls: Any) -> object:
    path = self.folder / "people.db"
    path.unlink(missing_ok=True)
    rows = [("Ann", "A customer.", "Get a refund.", "It was done."), ("Ben", "A customer.", "Find it.", "It was done.")]
    with closing(sqlite3.connect(path)) as base:
        base.execute("create table people (name, profile, goal, success_criteria)")
        base.executemany("insert into people values (?, ?, ?, ?)", rows)
        base.commit()
    return cls(str(path))


right_table = make_right(PersonaSourceTests, _build_table)


@right_table()
@attrs.define(slots=False)
class Table(Source):
    """Reads a database, which is malformed as a whole where a byte of it is gone."""

    def read(self) -> str:
        if not Path(self.path).is_file():
            raise PersonaError(f"{self.path}: not there; give a database")
        try:
            with closing(sqlite3.connect(self.path)) as base:
                return "\n".join("|".join(row) for row in base.execute("select * from people order by rowid"))
        except sqlite3.Error as error:
            raise PersonaError(f"{self.path}: no database of people ({error})") from None
