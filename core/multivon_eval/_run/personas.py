"""Step 1: personas, and the cases that become of them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import attrs

from .._plugins.isolation import FAULTS, format_fault, format_value, raise_if_fatal
from .._plugins.stint import MOST_CALLS, limit_stint
from .._types.converter import structure
from .._types.persona import Persona
from .._types.persona_json import persona_from_json
from .._types.result_json import persona_to_json
from ..errors import BudgetExceeded, JudgeError, PersonaError, UsageError
from ..protocols import PersonaSource, RunContext
from .problems import Problems
from .shard import Shard


@attrs.frozen
class Case:
    """One conversation to be had.

    Attributes:
        index: Its place among the results, from 0.
        persona: Who speaks.
        trial: Which conversation of this persona, from 1.
        uid: The identity of persona and trial.
    """

    index: int
    persona: Persona
    trial: int
    uid: str

    def describe(self) -> dict[str, Any]:
        """Say what another process must know of it."""
        persona = persona_to_json(self.persona)
        return {"index": self.index, "persona": persona, "trial": self.trial, "uid": self.uid}


def read_case(told: Mapping[str, Any]) -> Case:
    """Read what :meth:`Case.describe` said."""
    return Case(told["index"], structure(told["persona"], Persona), told["trial"], told["uid"])


@attrs.frozen
class GivenPersonas:
    """A persona source for personas that were handed in."""

    personas: tuple[Persona, ...]

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Give them as they are."""
        return self.personas


async def load_personas(
    source: PersonaSource, context: RunContext, seconds: float, most_calls: int = MOST_CALLS
) -> tuple[Persona, ...]:
    """Get the personas of a run and see that they can be told apart.

    Args:
        source: Who gives them.
        context: What it gets.
        seconds: How long it may take, beside what it asks the judge.
        most_calls: How often it may ask the judge.

    Raises:
        PersonaError: If the source fails, there is none, something else came back, or two have one name.
    """
    personas = _check_personas(await _load(source, context, seconds, most_calls))
    if not personas:
        raise PersonaError("there are no personas; give at least one")
    twice = [name for name, times in Counter(persona.name for persona in personas).items() if times > 1]
    if twice:
        raise PersonaError([f"two personas are named {name!r}; give each a name of its own" for name in twice])
    return personas


async def _load(source: PersonaSource, context: RunContext, seconds: float, most_calls: int) -> object:
    try:
        async with limit_stint("the persona source", seconds, most_calls):
            return await source.load(context)
    except (UsageError, JudgeError, BudgetExceeded):
        raise
    except FAULTS as error:
        raise_if_fatal(error)
        raise PersonaError(f"the persona source failed: {format_fault(error)}") from error


def _check_personas(given: object) -> tuple[Persona, ...]:
    """Check what a source gave; what a file may not hold a source may not give either."""
    if isinstance(given, str | Mapping) or not isinstance(given, Iterable):
        raise PersonaError(f"the persona source gave {format_value(given)}; give a list of Persona")
    personas = tuple(given)
    strangers = [one for one in personas if not isinstance(one, Persona)]
    if strangers:
        raise PersonaError(f"the persona source gave {format_value(strangers[0])}; give Persona objects")
    problems = Problems()
    for index, persona in enumerate(personas):
        problems.collect(check_persona, persona, f"personas[{index}]")
    problems.stop()
    return personas


def check_persona(persona: Persona, where: str) -> Persona:
    """Check that a persona holds what a file may hold, and return it as a file would give it.

    Raises:
        PersonaError: If something is wrong; with all of it at once.
    """
    row = {field.name: getattr(persona, field.name) for field in attrs.fields(Persona)}
    row["history"] = [{"role": said.role, "content": said.content} for said in row["history"]]
    if row["patience"] is None:
        del row["patience"]
    return persona_from_json(row, where)


def list_cases(personas: Iterable[Persona], trials: Sequence[int], shard: Shard | None = None) -> Iterator[Case]:
    """List the conversations of a run, in the personas' order, each persona's trials together.

    Args:
        personas: All personas of the run.
        trials: The numbers of each one's trials.
        shard: Which shard of the run; None for all of it. A place is always one in the whole run.
    """
    cases = ((persona, trial) for persona in personas for trial in trials)
    for index, (persona, trial) in enumerate(cases):
        uid = case_uid(persona, trial)
        if shard is None or shard.holds(uid):
            yield Case(index, persona, trial, uid)


def case_uid(persona: Persona, trial: int) -> str:
    """Derive the identity of a persona's trial from what they are: the same tomorrow, on any machine.

    Returns:
        16 hexadecimal digits of a SHA-256.
    """
    row = persona_to_json(persona)
    row.pop("metadata", None)
    text = json.dumps([row, trial], sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
