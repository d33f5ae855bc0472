"""Where in the files of its shards each conversation of a run stands, and that all of them are there once."""

from __future__ import annotations

import json
from array import array
from collections.abc import Iterator, Sequence
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO

import attrs

from .._types.result import SimulationResult
from .._types.result_json import result_from_json
from .._types.shard_header import ShardHeader, is_header
from ..errors import UsageError
from .shard import find_shard

_MOST_OPEN = 100
"""How many files are kept open at once; a system allows some hundred."""
_MOST_TOLD = 5
"""Lines of one file that are told one by one."""
_NOWHERE = -1


@attrs.define
class ShardFile:
    """The file of one shard.

    Attributes:
        path: The file.
        header: Its first line.
        count: Number of whole lines with a result.
        is_torn: Whether its last line has no end: whoever wrote it was killed.
        problems: What is wrong with its lines, as far as it is told.
    """

    path: Path
    header: ShardHeader
    count: int = 0
    is_torn: bool = False
    problems: list[str] = attrs.field(factory=list)


@attrs.define
class ShardIndex:
    """Where each conversation stands: some bytes for each, whatever was said in it.

    Attributes:
        files: The files.
        started_at: When the first conversation began, ISO 8601; empty where there is none.
        seconds: From then to the end of the last one.
        spent: What all their judge calls cost, in USD.
        run_ids: The runs that made them.
    """

    files: Sequence[ShardFile]
    started_at: str = ""
    seconds: float = 0.0
    spent: Decimal = Decimal(0)
    run_ids: set[str] = attrs.field(factory=set)
    _offsets: array[int] = attrs.field(init=False, repr=False)
    _owners: array[int] = attrs.field(init=False, repr=False)
    _span: tuple[float, float] | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        whole = sum(self.files[0].header.manifest.conversations)
        self._offsets, self._owners = array("q", [_NOWHERE]) * whole, array("i", [0]) * whole
        for number, file in enumerate(self.files):
            self._read(number, file)

    def list_places(self) -> Iterator[int]:
        """List the places in the order of the run that are there, from 0."""
        return (place for place, offset in enumerate(self._offsets) if offset != _NOWHERE)

    def iterate(self, places: Iterator[int] | None = None) -> Iterator[SimulationResult]:
        """Read results one after the other.

        Args:
            places: Those at which places; all, in the order of the run, if not given.

        Raises:
            UsageError: If a file was changed meanwhile.
        """
        opened: dict[int, IO[bytes]] = {}
        try:
            for place in self.list_places() if places is None else places:
                owner = self._owners[place]
                if owner not in opened and len(opened) == _MOST_OPEN:
                    opened.pop(next(iter(opened))).close()
                file = opened.get(owner) or opened.setdefault(owner, self.files[owner].path.open("rb"))
                file.seek(self._offsets[place])
                yield self._parse(file.readline(), owner, place)
        finally:
            for file in opened.values():
                file.close()

    def _parse(self, line: bytes, owner: int, place: int) -> SimulationResult:
        try:
            result = result_from_json(json.loads(line))
        except (UsageError, ValueError):
            result = None
        if result is None or result.provenance.place != place:
            raise UsageError(f"{self.files[owner].path} was changed while it was read; merge again")
        return result

    def _read(self, number: int, file: ShardFile) -> None:
        offset = 0
        with file.path.open("rb") as lines:
            for line_number, line in enumerate(lines, 1):
                if not line.endswith(b"\n"):
                    file.is_torn = True
                elif line_number > 1 and line.strip():
                    try:
                        self._take(number, file, line, offset)
                    except (UsageError, ValueError, RecursionError) as error:
                        told = "; ".join(error.problems) if isinstance(error, UsageError) else f"not JSON ({error})"
                        file.problems.append(f"{file.path}:{line_number}: {told}")
                    if len(file.problems) == _MOST_TOLD:
                        return
                offset += len(line)

    def _take(self, number: int, file: ShardFile, line: bytes, offset: int) -> None:
        """Note where a line stands.

        Raises:
            UsageError: If it is no result of this shard, or one that is there already.
        """
        row = json.loads(line)
        if is_header(row):
            raise UsageError("a second header; give each shard in a file of its own, as simulate wrote it")
        result = result_from_json(row)
        made, header = result.provenance, file.header
        if made.place is None or made.part is None or made.part.of != header.of:
            raise UsageError("no line of this shard; take the file as simulate --shard wrote it")
        if not 0 <= made.place < len(self._offsets) or find_shard(result.case_uid, header.of) != header.index:
            raise UsageError(
                f"the conversation of {result.persona.name!r} is none of shard {header.index} of {header.of}; take the "
                "file as simulate --shard wrote it"
            )
        if self._offsets[made.place] != _NOWHERE:
            other = self.files[self._owners[made.place]].path
            raise UsageError(
                f"the conversation of {result.persona.name!r}, trial {result.trial}, stands in {other} already; take "
                "one of them out"
            )
        self._offsets[made.place], self._owners[made.place] = offset, number
        file.count += 1
        self._sum_up(result)

    def _sum_up(self, result: SimulationResult) -> None:
        self.run_ids.add(result.run_id)
        self.spent += result.cost_usd
        began = result.provenance.started_at
        try:
            start = datetime.fromisoformat(began).timestamp()
        except (ValueError, OverflowError, OSError):  # not as we write it
            return
        end = start + result.provenance.seconds
        first, last = self._span or (start, end)
        if self._span is None or start < first:
            self.started_at = began
        self._span = min(first, start), max(last, end)
        self.seconds = self._span[1] - self._span[0]
