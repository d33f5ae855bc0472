"""The workers of a run: placed on the cluster, watched, and replaced when they die."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from typing import Any

import attrs

from multivon_eval.sdk import Desk

from .link import FAREWELL, Link, describe_end
from .worker import RayWorker

_STILLBORN = 3
"""Workers that may die in one place before they say a word."""


@attrs.define(eq=False)
class Place:
    """A worker that Ray was asked for.

    Attributes:
        number: Which of the run's workers it is, from 1.
        actor: Its handle; another one where the first was lost before it ran.
        described: What it says of itself, once it has found a place on the cluster.
    """

    number: int
    actor: Any
    described: asyncio.Future[dict[str, str]] = attrs.field(init=False)

    @property
    def name(self) -> str:
        """What people call it."""
        told = self.described.result()
        return f"{self.number} (process {told['process']} on {told['machine']})"

    @property
    def is_there(self) -> bool:
        """Whether it has found a place and works."""
        return self.described.done() and not self.described.cancelled() and self.described.exception() is None


class Staff:
    """Asks Ray for workers, and for others in their place.

    Args:
        ray: The module.
        needs: What each worker takes of a machine, as options of an actor.
        wait: Seconds without any worker before it is given up.
    """

    def __init__(self, ray: Any, needs: dict[str, Any], wait: float) -> None:
        self._ray = ray
        # A worker that died may be to blame for it, and Ray would not tell: the desk decides what becomes of its work.
        self._make = ray.remote(max_restarts=0, scheduling_strategy="SPREAD", **needs)(RayWorker)
        self._wait = wait
        self._places: dict[int, Place] = {}
        self._filled: set[int] = set()
        self._at_work: set[int] = set()
        self._tasks: dict[int, asyncio.Task[None]] = {}
        self._idle_since = 0.0

    def open_places(self, number: int) -> None:
        """Ask for so many workers; Ray starts each when there is room."""
        for one in range(1, number + 1):
            self._ask(one)

    def _ask(self, number: int) -> Place:
        place = self._places[number] = Place(number, self._make.remote())
        place.described = asyncio.ensure_future(self._greet(place))
        return place

    async def _greet(self, place: Place) -> dict[str, str]:
        """Ask a worker who it is; one that never ran is asked for again."""
        for _ in range(_STILLBORN - 1):
            try:
                return await _ask_who(place.actor)
            except self._ray.exceptions.RayActorError:
                # Ray sees late that a machine is gone, and places workers on it until then.
                place.actor = self._make.remote()
        return await _ask_who(place.actor)

    @property
    def places(self) -> Sequence[Place]:
        """The workers that were asked for."""
        return list(self._places.values())

    def employ(self, desk: Desk, slots: Sequence[int]) -> None:
        """Let the workers do the work of a desk, until it has none.

        Args:
            desk: The desk.
            slots: How many conversations each drives at once.
        """
        self._idle_since = time.monotonic()
        self._filled = set(self._places)
        for number in self._places:
            task = asyncio.create_task(self._fill(number, desk, slots[number - 1]))
            task.add_done_callback(lambda task: _tell_failure(task, desk))
            self._tasks[number] = task

    async def dismiss(self) -> None:
        """End all workers."""
        if leaving := [self._tasks[number] for number in self._at_work]:
            await asyncio.wait(leaving, timeout=FAREWELL)
        for task in self._tasks.values():
            task.cancel()
        await asyncio.gather(*self._tasks.values(), return_exceptions=True)
        for place in self._places.values():
            place.described.cancel()
            self._ray.kill(place.actor)
        await asyncio.gather(*(place.described for place in self._places.values()), return_exceptions=True)
        self._places.clear()
        self._tasks.clear()

    async def _fill(self, number: int, desk: Desk, slots: int) -> None:
        """Keep one place filled, with one worker after the other."""
        stillborn, place = 0, self._places[number]
        while await self._find_room(place, desk):
            if not place.is_there:
                return self._close(number, desk, describe_end(place.described.exception()))
            said, why = await self._work(place, desk, slots)
            if not why or not desk.lose(place.name, why):
                return None
            stillborn = 0 if said else stillborn + 1
            if stillborn == _STILLBORN:
                return self._close(number, desk, why)
            place = self._ask(number)
        return None

    def _close(self, number: int, desk: Desk, why: str) -> None:
        """Fill a place no more; without any the run cannot go on."""
        self._filled.discard(number)
        if not self._filled:
            desk.give_up(
                f"executor 'ray' lost {_STILLBORN} workers one after the other before they said a word, the last: "
                f"{why}; correct that, and go on with --resume"
            )

    async def _work(self, place: Place, desk: Desk, slots: int) -> tuple[int, str]:
        """Let a worker work; returns how much it said, and why it died if it did."""
        link, said, name = Link(self._ray, place.actor), 0, place.name

        def receive(message: bytes) -> None:
            nonlocal said
            said += 1
            desk.receive(name, message)

        self._at_work.add(place.number)
        try:
            desk.add(name, link.send, slots)
            why = await link.run(desk.setup, receive)
            return said, why
        finally:
            self._at_work.discard(place.number)
            self._idle_since = time.monotonic()

    async def _find_room(self, place: Place, desk: Desk) -> bool:
        """Wait until it is known what became of a worker; False if nobody works and none is to be had."""
        while not (await asyncio.wait({place.described}, timeout=self._wait))[0]:
            if not self._at_work and time.monotonic() - self._idle_since >= self._wait:
                desk.give_up(
                    f"executor 'ray' found no place for a worker for {self._wait:g} seconds; see 'ray status', add "
                    "nodes, and go on with --resume"
                )
                return False
        return True


async def _ask_who(actor: Any) -> dict[str, str]:
    described: dict[str, str] = await actor.describe.remote()
    return described


def _tell_failure(task: asyncio.Task[None], desk: Desk) -> None:
    if not task.cancelled() and (error := task.exception()):
        desk.give_up(f"executor 'ray' fails: {describe_end(error)}; report it, and go on with --resume")
