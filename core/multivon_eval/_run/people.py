"""The personas of a run, looked at once before anything is spent: held where they are few, else asked for again."""

from __future__ import annotations

import asyncio
import hashlib
from array import array
from collections.abc import Callable, Collection, Iterator, Sequence
from typing import TypeVar

import attrs

from .._plugins.abilities import find_ability
from .._plugins.isolation import FAULTS, format_fault, format_value, raise_if_fatal
from .._types.names import Names
from .._types.persona import Persona
from ..errors import PersonaError, UsageError
from ..protocols import PersonaSource, RunContext, Streams
from .personas import case_uid, check_persona, load_personas
from .problems import Problems

T = TypeVar("T")

KEPT = 1_000
"""Up to so many personas of a source that streams are held all the same: whoever listens gets all of them."""

SAMPLE = 5
"""From how many personas, spread over all of them, the rest is reckoned; up to four times as many where they stream."""

_END = object()
_AT_ONCE = 200
"""So many are looked at before another task has its turn."""


@attrs.frozen(eq=False)
class People(Collection[Persona]):
    """The personas of a run after a look at each; it can be gone through again and again.

    Attributes:
        digest: What they are, in order, without their metadata; 16 hexadecimal digits.
        sample: Some of them, spread over all.
        held: All of them; None where they are asked for again each time.
        source: Who is asked for them.
        seed: The seed of the run.
        prints: A number for each, by which it is known again; 8 bytes.
    """

    digest: str
    sample: Sequence[Persona]
    held: tuple[Persona, ...] | None
    source: Streams | None = None
    seed: int | None = None
    prints: Sequence[int] = ()

    def __len__(self) -> int:
        return len(self.prints) if self.held is None else len(self.held)

    def __contains__(self, persona: object) -> bool:
        return any(persona == mine for mine in self)

    def __iter__(self) -> Iterator[Persona]:
        """Give each persona, in order.

        Raises:
            PersonaError: If the source gives others than the first time.
        """
        if self.held is not None or self.source is None:
            yield from self.held or ()
            return
        place = 0
        for persona in iterate_stream(self.source, self.seed):
            if place == len(self.prints) or compute_print(case_uid(persona, 1)) != self.prints[place]:
                raise self._make_error(f"number {place + 1} is {persona.name!r} and was not")
            place += 1
            yield persona
        if place < len(self.prints):
            raise self._make_error(f"there were {len(self.prints)}, and now {place}")

    def _make_error(self, what: str) -> PersonaError:
        return PersonaError(
            f"the personas changed while the run went on ({what}); put them back and go on with --resume, or begin "
            "anew with --overwrite"
        )


def hold_people(personas: Sequence[Persona]) -> People:
    """Give personas that are held already."""
    look = _Look(0)
    for persona in personas:
        look.take(persona)
    # As many as are reckoned with, however many there are.
    sample = personas[:: max(1, len(personas) // SAMPLE)]
    return People(look.digest, sample, tuple(personas))


async def find_people(
    source: PersonaSource, context: RunContext, seconds: float, most_held: int | None = KEPT
) -> People:
    """Get the personas of a run, and look at each of them.

    Args:
        source: Who gives them; it asks no judge.
        context: What it gets.
        seconds: How long it may take to load them all.
        most_held: How many personas of a source that streams are held; None for all.

    Raises:
        PersonaError: If they cannot be had, or something is wrong with some; with all of it.
    """
    streaming = None if most_held is None else find_ability(source, Streams)
    if streaming is None or most_held is None:
        return hold_people(await load_personas(source, context, seconds))
    try:
        look = await _look_at_all(streaming, context.seed, most_held)
    except PersonaError:
        # It says all that is wrong, each thing with its place.
        await load_personas(source, context, seconds)
        raise
    if look.held is not None:
        return hold_people(look.held)
    return People(look.digest, look.sample, None, streaming, context.seed, look.prints)


def iterate_stream(source: Streams, seed: int | None) -> Iterator[Persona]:
    """Give the personas of a source one after the other.

    Raises:
        PersonaError: If it fails, or gives something else.
    """
    stream = _call(lambda: iter(source.stream(seed)))
    while (persona := _call(lambda: next(stream, _END))) is not _END:
        if not isinstance(persona, Persona):
            raise PersonaError(f"the persona source gave {format_value(persona)}; give Persona objects")
        yield persona


def _call(step: Callable[[], T]) -> T:
    """Ask a source for something; what it raises becomes a ``PersonaError``."""
    try:
        return step()
    except UsageError:
        raise
    except FAULTS as error:
        raise_if_fatal(error)
        raise PersonaError(f"the persona source failed: {format_fault(error)}") from error


class _Look:
    """What is kept of personas that are looked at one after the other.

    Args:
        most_held: Up to how many are held.
    """

    def __init__(self, most_held: int) -> None:
        self.held: list[Persona] | None = []
        self.sample: list[Persona] = []
        self.prints = array("Q")
        self._most_held, self._digest, self._step = most_held, hashlib.sha256(), 1

    def take(self, persona: Persona) -> None:
        """Look at the next persona."""
        if self.held is not None:
            self.held.append(persona)
            if len(self.held) > self._most_held:
                self.held = None
        if len(self.prints) % self._step == 0:
            self.sample.append(persona)
            if len(self.sample) == 4 * SAMPLE:
                # Every second one goes: however many there will be, those that stay are spread over all of them.
                self.sample, self._step = self.sample[::2], 2 * self._step
        uid = case_uid(persona, 1)
        self._digest.update(uid.encode())
        self.prints.append(compute_print(uid))

    @property
    def digest(self) -> str:
        """What the personas are, in order."""
        return self._digest.hexdigest()[:16]


async def _look_at_all(source: Streams, seed: int | None, most_held: int) -> _Look:
    look, names, problems = _Look(most_held), Names(), Problems()
    for place, persona in enumerate(iterate_stream(source, seed)):
        if problems.collect(check_persona, persona, f"personas[{place}]") is not None:
            if names.add(persona.name) < len(look.prints):
                problems.add(f"two personas are named {persona.name!r}; give each a name of its own")
            look.take(persona)
        if place % _AT_ONCE == 0:
            await asyncio.sleep(0)
    if not look.prints and not problems.found:
        problems.add("there are no personas; give at least one")
    if problems.found:
        raise PersonaError(problems.found)
    return look


def compute_print(uid: str) -> int:
    """Give the identity of a conversation as a number of 8 bytes."""
    return int(uid, 16)
