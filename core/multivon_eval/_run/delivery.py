"""Step 5: where results go."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Mapping

from .._journal.journal import Journal
from .._plugins.abilities import find_ability
from .._plugins.isolation import FAULTS, format_fault, raise_if_fatal
from .._plugins.stint import StintError, limit_stint
from .._types.log import get_logger
from .._types.progress import Progress
from .._types.report import Problem, Report
from .._types.result import SimulationResult
from .._types.run_info import RunInfo
from ..errors import DeliveryError, MultivonEvalError, UsageError
from ..protocols import Follows, Retakes, Sink

_LOG = get_logger("delivery")


class Delivery:
    """The sinks of a run: opened together, fed one result at a time, closed together.

    Args:
        sinks: By name.
        report: Called with each problem.
        seconds: How long a sink may take to open, to take a result and to close.
        journal: Where it stands what each sink has taken.
        held: Sinks of which something else tells it: the file that was read.
    """

    def __init__(
        self,
        sinks: Mapping[str, Sink],
        report: Callable[[Problem], None],
        seconds: float,
        journal: Journal,
        held: Collection[str] = (),
    ) -> None:
        self._held = held
        self._sinks = sinks
        self._journal = journal
        self._report = report
        self._seconds = seconds
        self._turn = asyncio.Lock()
        self._opened: list[str] = []

    async def open(self, info: RunInfo, progress: Progress | None = None) -> None:
        """Open all sinks before anything is spent; those that show what happens get something to look at.

        Raises:
            UsageError: If a sink cannot be used.
        """
        for name, sink in self._sinks.items():
            try:
                async with limit_stint("it", self._seconds):
                    if progress is not None and (following := find_ability(sink, Follows)) is not None:
                        following.follow(progress)
                    await sink.open(info)
            except UsageError:
                raise
            except FAULTS as error:
                raise_if_fatal(error)
                raise UsageError(f"sink {name!r} cannot be opened: {format_fault(error)}") from error
            self._opened.append(name)

    @property
    def wants_earlier(self) -> bool:
        """Whether a sink may want what was finished before: one that takes all of it again, or has not all of it."""
        return any(
            name not in self._held or find_ability(self._sinks[name], Retakes) is not None for name in self._opened
        )

    async def write(self, result: SimulationResult, key: str, is_held: bool = False, is_kept: bool = False) -> None:
        """Deliver one result to each sink that has not taken it; one that fails keeps no other from getting it.

        Args:
            result: The result.
            key: What the journal calls its conversation.
            is_held: Whether the sinks of which something else tells it have it.
            is_kept: Whether it is kept of a run that ended: all sinks have it.
        """
        async with self._turn:
            for name, sink in [(name, self._sinks[name]) for name in self._opened]:
                taken = self._journal.past.delivered.get(name, ())
                has_it = is_held if name in self._held else is_kept or key in taken
                if not has_it:
                    if await self._give(name, sink.write, result):
                        self._journal.record_delivery(name, key)
                elif (retaking := find_ability(sink, Retakes)) is not None:
                    await self._give(name, retaking.retake, result)

    async def _give(
        self, name: str, take: Callable[[SimulationResult], Awaitable[None]], result: SimulationResult
    ) -> bool:
        """Give one result to one sink; whether it took it."""
        try:
            async with limit_stint("it", self._seconds):
                await take(result)
        except FAULTS as error:
            raise_if_fatal(error)
            trial = f", trial {result.trial}" if result.trial > 1 else ""
            self._report_failure(name, f"did not take the result of {result.persona.name!r}{trial}", error)
            return False
        return True

    async def close(self, report: Report) -> None:
        """Close all sinks that were opened."""
        for name in self._opened:
            try:
                async with limit_stint("it", self._seconds):
                    await self._sinks[name].close(report)
            except FAULTS as error:
                raise_if_fatal(error)
                self._report_failure(name, "could not be closed", error)
                # What it had taken may be lost with it.
                self._journal.forget_deliveries(name)

    def _report_failure(self, name: str, what: str, error: BaseException) -> None:
        _LOG.warning("sink %s %s", name, what, exc_info=error)
        is_loss = isinstance(error, DeliveryError | StintError) or not isinstance(error, MultivonEvalError)
        self._report(Problem(f"sink {name}", f"{what}: {format_fault(error)}", undelivered=is_loss))
