"""The shards of a run put together: what it was made with, and its results in their order, as one run gives them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from .._types.provenance import Provenance
from .._types.report import Report
from .._types.result import SimulationResult
from .._types.run_info import RunInfo
from .._types.run_part import RunPart
from .aims import Aims
from .people import KEPT
from .saved import rebuild_info
from .shard_files import Shards
from .sink_session import SinkSession
from .summing import Sums

_AIMS = ("until", "calibration", "baseline")


@attrs.frozen
class Merge:
    """A run put together from its shards.

    Attributes:
        shards: The shards.
        sources: Where the merge's own options came from.
        until: What it is held against, as it was asked; empty for nothing.
    """

    shards: Shards
    sources: Mapping[str, str]
    until: str = ""

    def describe(self) -> RunInfo:
        """Give what the run was made with, as far as shards and results tell."""
        shards, index = self.shards, self.shards.index
        manifest, places = shards.manifest, list(self._list_first_places())
        first = next(index.iterate(iter(places[:1])), None)
        is_held = len(places) <= KEPT
        personas = tuple(one.persona for one in index.iterate(iter(places))) if is_held else ()
        count = sum(file.count for file in index.files)
        info = rebuild_info([first] if first else [])
        return attrs.evolve(
            info,
            run_id=self._derive_run_id(),
            started_at=index.started_at,
            personas=personas,
            streamed=0 if is_held else len(places),
            trials=manifest.options["trials"],
            first_trial=manifest.options["first_trial"],
            max_turns=manifest.options["max_turns"],
            max_message=manifest.options["max_message"],
            budget_usd=info.budget_usd or manifest.budget_usd,
            conversations=count,
            until=self.until,
            sources=self._replace_sources(first.provenance.sources if first else {}),
            part=None if self._is_whole else RunPart(shards.of, shards.whole, sum(manifest.conversations)),
        )

    @property
    def _is_whole(self) -> bool:
        return len(self.shards.whole) == self.shards.of

    def _list_first_places(self) -> Iterator[int]:
        """The place of the first conversation of each persona that is there."""
        trials, last = self.shards.manifest.options["trials"], -1
        for place in self.shards.index.list_places():
            if place // trials != last:
                last = place // trials
                yield place

    def _derive_run_id(self) -> str:
        """The same for the same shards, so that a merge that is repeated gives the same bytes."""
        index = self.shards.index
        ids = sorted({*index.run_ids, *(file.header.run_id for file in index.files)})
        counts = [f"{file.header.index}:{file.count}" for file in sorted(index.files, key=lambda one: one.header.index)]
        return hashlib.sha256("\n".join([*ids, *counts]).encode()).hexdigest()[:16]

    def _replace_sources(self, before: Mapping[str, str]) -> dict[str, str]:
        """Where each option of the run came from: what holds it against something, and sinks, are the merge's own."""
        own = (*_AIMS, "sinks")
        return {name: self.sources.get(name, "default") if name in own else source for name, source in before.items()}

    def iterate(self, info: RunInfo) -> Iterator[SimulationResult]:
        """Give the results in the order of the run, as one run would have made them.

        Args:
            info: What the run was made with, the merge's sinks included.
        """
        for result in self.shards.index.iterate():
            yield attrs.evolve(result, provenance=self._adopt(result.provenance, info))

    def _adopt(self, made: Provenance, info: RunInfo) -> Provenance:
        until: dict[str, Any] = {"until": self.until} if self.until else {}
        return attrs.evolve(
            made,
            run_id=info.run_id,
            part=info.part,
            place=None if info.part is None else made.place,
            plugins=info.plugins,
            options={**until, **made.options},
            sources=self._replace_sources(made.sources),
        )


async def deliver_merged(merge: Merge, info: RunInfo, aims: Aims, session: SinkSession) -> Report:
    """Give the results of a run to sinks, and sum them up as the run would have.

    Args:
        merge: The run.
        info: What it was made with, the sinks included.
        aims: What it is held against.
        session: The sinks.

    Returns:
        The end of the run.

    Raises:
        UsageError: If a sink will not work, or a file changes meanwhile.
    """
    sums, index = Sums(aims), merge.shards.index
    if aims.until is not None:
        names = dict.fromkeys(result.persona.name for result in index.iterate())
        sums.begin(tuple(names), info.trials, info.run_id if info.seed is None else info.seed)

    def count() -> Iterator[SimulationResult]:
        for result in merge.iterate(info):
            sums.add(result)
            yield result

    def end(is_cut: bool) -> Report:
        return sums.report(info, index.spent, seconds=index.seconds, interrupted=is_cut)

    return await session.deliver_run(count(), info, end)
