"""Executor ``ray``: conversations are held by processes on a Ray cluster."""

from __future__ import annotations

import contextlib
import math
from collections.abc import AsyncGenerator
from typing import Any

import attrs

from multivon_eval.sdk import SimulationResult, UsageError, Work

from .connection import Connection, connect
from .environment import read_environment
from .placing import await_worker, see_workers
from .staff import Staff

_GLANCE = 15.0
"""Seconds that a check waits for workers; most are there after two."""
_COUNT = attrs.validators.optional(attrs.validators.ge(1))


def _is_amount(_: object, attribute: Any, value: float | None) -> None:
    if value is not None and not (math.isfinite(value) and value >= 0):
        raise ValueError(f"{attribute.name} is {value}; give a number from 0 on")


@attrs.define(eq=False)
class RayExecutor:
    """Holds conversations in worker processes on a Ray cluster; results, money and journal stay with the run.

    Each worker loads what the run is made with by its names, and drives several conversations at once. When a worker
    or its machine dies, others go on with its conversations. It needs Ray, the extra ``ray``.

    Attributes:
        address: Where the cluster's head listens, as ``10.0.0.1:6379``, or ``auto``. If not given, the variable
            ``RAY_ADDRESS``, and without it a Ray of this run's own, on this machine.
        workers: How many processes; as many as the cluster has room for if not given.
        num_cpus: CPUs that each worker takes, in Ray's account.
        num_gpus: GPUs that each worker takes; parts of one are possible.
        per_worker: Conversations that talk in each at once; the run's ``concurrency`` divided among them if not given.
        working_dir: A folder that Ray copies to each worker, which works in it. If not given, a worker goes to the
            folder in which the run was started, if its machine has it.
        runtime_env: A file (YAML or JSON) with Ray's runtime environment, for packages that nodes do not have.
        wait: Seconds in which one worker at least must have found a place, when the run begins and later; 60 if not
            given, or 600 with a runtime environment. If given, the cluster may still have to grow for it.
    """

    address: str = ""
    workers: int | None = attrs.field(default=None, validator=_COUNT)
    num_cpus: float = attrs.field(default=1.0, validator=_is_amount)
    num_gpus: float = attrs.field(default=0.0, validator=_is_amount)
    per_worker: int | None = attrs.field(default=None, validator=_COUNT)
    working_dir: str = ""
    runtime_env: str = ""
    wait: float | None = attrs.field(default=None, validator=attrs.validators.optional(attrs.validators.gt(0)))
    _connection: Connection | None = attrs.field(default=None, init=False, repr=False)
    _staff: Staff | None = attrs.field(default=None, init=False, repr=False)

    async def check(self) -> None:
        """Join the cluster and place the workers.

        Raises:
            UsageError: If Ray is not there or does not answer, if the cluster has no room, or if a worker has another
                version than the run.
        """
        staff = await self._start()
        if self._patience > _GLANCE:
            # A check is bounded in time; whoever has not come by then may still come before the first conversation.
            await see_workers(staff, _GLANCE)
        else:
            await await_worker(staff, self._patience)

    async def execute(self, work: Work) -> AsyncGenerator[SimulationResult | None, None]:
        """Let the workers hold the conversations of a run.

        Raises:
            UsageError: If no worker finds a place in time.
        """
        staff = await self._start()
        await await_worker(staff, self._patience)
        desk = work.open_desk()
        staff.employ(desk, self._divide(work.concurrency, len(staff.places)))
        async with contextlib.aclosing(desk.results()) as results:
            async for result in results:
                yield result

    def count_workers(self) -> int:
        """Return how many workers there will be; 0 as long as the cluster has not been asked."""
        return len(self._staff.places) if self._staff else self.workers or 0

    async def aclose(self) -> None:
        """End the workers, and leave the cluster."""
        staff, self._staff = self._staff, None
        connection, self._connection = self._connection, None
        try:
            if staff:
                await staff.dismiss()
        finally:
            if connection:
                await connection.close()

    @property
    def _patience(self) -> float:
        """Seconds without a worker before it is given up."""
        return self.wait or (600.0 if self.runtime_env or self.working_dir else 60.0)

    async def _start(self) -> Staff:
        """Join the cluster and ask for workers, if that is not done yet."""
        if self._staff is None:
            environment = read_environment(self.runtime_env, self.working_dir)
            self._connection = await connect(self.address, environment)
            has = await self._connection.count()
            number = self.workers or self._find_room(has)
            if self.wait is None:
                self._refuse_too_much(number, has)
            needs = {"num_cpus": self.num_cpus, "num_gpus": self.num_gpus}
            self._staff = Staff(self._connection.ray, needs, self._patience)
            self._staff.open_places(number)
        return self._staff

    def _find_room(self, has: dict[str, float]) -> int:
        """Say how many workers the cluster has room for."""
        rooms = [int(has.get(kind, 0) / need) for kind, need in self._needs() if need]
        return max(min(rooms, default=int(has.get("CPU", 1))), 1)

    def _refuse_too_much(self, number: int, has: dict[str, float]) -> None:
        """Refuse what the cluster has not even when nothing else runs there: Ray would wait for it for ever."""
        problems = [
            f"executor 'ray': {number} worker{'s' * (number > 1)} with {need:g} {kind} each take {number * need:g}, "
            f"and the cluster has {has.get(kind, 0):g}; ask for less with workers= or num_{kind.lower()}s=, add nodes, "
            "or say with wait=SECONDS how long they may take to come"
            for kind, need in self._needs()
            if number * need > has.get(kind, 0)
        ]
        if problems:
            raise UsageError(problems)

    def _needs(self) -> tuple[tuple[str, float], ...]:
        return ("CPU", self.num_cpus), ("GPU", self.num_gpus)

    def _divide(self, concurrency: int, workers: int) -> list[int]:
        """Divide what is held at once among the workers, so that each has one at least."""
        if self.per_worker:
            return [self.per_worker] * workers
        each, more = divmod(concurrency, workers)
        return [max(each + (index < more), 1) for index in range(workers)]
