"""Sinks outside of a run: for commands that deliver saved results."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

import attrs

from .._journal.journal import Journal
from .._plugins.build import Built
from .._plugins.kinds import SINK
from .._plugins.registry import Registry
from .._set_module import set_module
from .._types.report import Problem, Report
from .._types.result import SimulationResult
from .._types.run_info import RunInfo
from ..errors import UsageError
from ..protocols import Sink
from .build_all import build_all
from .delivery import Delivery
from .lifecycle import find_problems
from .paths import find_clashes, find_path
from .problems import Problems


@set_module("multivon_eval.sdk")
class SinkSession:
    """Sinks that a command fills with saved results, as a run fills them.

    Making one loads the sinks, :meth:`check` lets them tell whether they will work, :meth:`deliver` opens, fills and
    closes them.

    Args:
        sinks: SPECs, tables with ``use``, or instances.
        reads: The files that are read, by what they are: no sink may write over one.
        timeout: Seconds that a sink may take for one thing.

    Raises:
        UsageError: If a sink cannot be had, or would write over what is read; with everything that is wrong.
    """

    def __init__(
        self,
        sinks: Iterable[str | Mapping[str, Any] | Sink],
        *,
        reads: Mapping[str, str | Path] | None = None,
        timeout: float = 60.0,
    ) -> None:
        problems = Problems()
        self._built: Mapping[str, Built] = build_all(SINK, sinks, Registry(), problems)
        read = {what: Path(path) for what, path in (reads or {}).items()}
        written = {f"sink {name!r}": find_path(built.plugin) for name, built in self._built.items()}
        problems.add(*find_clashes(read, written))
        problems.stop()
        self._timeout = timeout
        self._is_checked = False

    @property
    def _sinks(self) -> dict[str, Sink]:
        return {name: built.plugin for name, built in self._built.items()}

    async def check(self) -> None:
        """Let each sink tell whether it will work; nothing is written.

        Raises:
            UsageError: If one will not; with all that will not.
        """
        if found := await find_problems(tuple(self._sinks.values()), self._timeout):
            raise UsageError(found)
        self._is_checked = True

    async def deliver(self, results: Iterable[SimulationResult], report: Report) -> Report:
        """Give results to all sinks, and close them with a report.

        Args:
            results: One after the other.
            report: The end of their run.

        Returns:
            The report with what went wrong on the way.

        Raises:
            UsageError: If a sink will not work; with all that will not. Then none was opened.
        """
        report = attrs.evolve(report, info=self.replace_sinks(report.info))
        return await self.deliver_run(results, report.info, lambda is_cut: report)

    async def deliver_run(
        self, results: Iterable[SimulationResult], info: RunInfo, end: Callable[[bool], Report]
    ) -> Report:
        """Give results to all sinks, and close them with a report that is made when all are given.

        Args:
            results: One after the other.
            info: What their run was made with.
            end: Makes the report, given whether the results broke off.

        Returns:
            The report with what went wrong on the way.

        Raises:
            UsageError: If a sink will not work; with all that will not. Then none was opened.
        """
        if not self._is_checked:
            await self.check()
        found: list[Problem] = []
        delivery, is_cut = Delivery(self._sinks, found.append, self._timeout, Journal()), True
        try:
            await delivery.open(info)
            for result in results:
                await delivery.write(result, result.case_uid)
                # Sinks may never wait: Ctrl-C, and the clocks that bound each of them, need the loop to turn.
                await asyncio.sleep(0)
            is_cut = False
        finally:
            report = end(is_cut)
            await delivery.close(report.with_problems(found))
        return report.with_problems(found)

    def replace_sinks(self, info: RunInfo) -> RunInfo:
        """Give what a run was made with, with these sinks in the place of its own."""
        uses = info.plugins
        place = next((number for number, use in enumerate(uses) if use.kind == SINK.name), len(uses))
        rest = (use for use in uses[place:] if use.kind != SINK.name)
        mine = (built.use for built in self._built.values())
        return attrs.evolve(info, plugins=(*uses[:place], *mine, *rest))
