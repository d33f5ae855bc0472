"""Step 1: personas, and the cases that become of them."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

import attrs

from .._types.persona import Persona
from .._types.result_json import persona_to_json
from ..errors import PersonaError
from ..protocols import PersonaSource, RunContext


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


@attrs.frozen
class GivenPersonas:
    """A persona source for personas that were handed in."""

    personas: tuple[Persona, ...]

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Give them as they are."""
        return self.personas


async def load_personas(source: PersonaSource, context: RunContext) -> tuple[Persona, ...]:
    """Get the personas of a run and see that they can be told apart.

    Raises:
        PersonaError: If there is none, something else came back, or two have one name.
    """
    personas = tuple(await source.load(context))
    strangers = [item for item in personas if not isinstance(item, Persona)]
    if strangers:
        raise PersonaError(f"{type(strangers[0]).__name__} is no Persona; give Persona objects")
    if not personas:
        raise PersonaError("there are no personas; give at least one")
    twice = [name for name, times in Counter(persona.name for persona in personas).items() if times > 1]
    if twice:
        raise PersonaError([f"two personas are named {name!r}; give each a name of its own" for name in twice])
    return personas


def cases_of(personas: Sequence[Persona], trials: Iterable[int]) -> Iterator[Case]:
    """The conversations of a run, in the personas' order, each persona's trials together."""
    index, trials = 0, tuple(trials)
    for persona in personas:
        for trial in trials:
            yield Case(index, persona, trial, case_uid(persona, trial))
            index += 1


def case_uid(persona: Persona, trial: int) -> str:
    """Derive the identity of a persona's trial from what they are: the same tomorrow, on any machine.

    Returns:
        16 hexadecimal digits of a SHA-256.
    """
    row = persona_to_json(persona)
    row.pop("metadata", None)
    text = json.dumps([row, trial], sort_keys=True, ensure_ascii=True, default=str)
    return hashlib.sha256(text.encode()).hexdigest()[:16]
