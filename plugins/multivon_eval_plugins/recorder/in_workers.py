"""Recordings of a run whose conversations are held in other processes: made there, merged at the head."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from .call_site import CallSite
from .clients import Method
from .recording import Recording
from .running import RUNNING
from .sdk_patches import SdkPatches
from .tally import Recorded, Summary, Tally

_MARK = secrets.token_hex(8)


def is_this_process(told: Mapping[str, Any]) -> bool:
    """Whether the recordings that are told of are on in this very process; a fork of it is another one."""
    return bool(told["process"] == _name_process())


def _name_process() -> str:
    return f"{_MARK}-{os.getpid()}"


@attrs.frozen
class HeadRecordings:
    """The recordings that were on when the workers of a run were started.

    Attributes:
        recordings: By a number, under which workers tell of them.
    """

    recordings: Mapping[str, Recording]

    @classmethod
    def of(cls, running: Iterable[object]) -> HeadRecordings:
        """Number those that are on."""
        recordings = [one for one in running if isinstance(one, Recording)]
        return cls({str(number): one for number, one in enumerate(recordings)})

    def describe(self) -> dict[str, Any]:
        """Say what workers are to record."""
        described = {number: _describe(one) for number, one in self.recordings.items()}
        return {"process": _name_process(), "recordings": described}

    def add(self, told: Mapping[str, Any]) -> None:
        """Add what a worker has recorded."""
        for number, news in told.items():
            recording = self.recordings[number]
            summary = Summary(**{**news["summary"], "problems": tuple(news["summary"]["problems"])})
            recording.tally.add_all([_read_row(row) for row in news["rows"]], summary)
            if id(recording) not in RUNNING:
                recording.tally.warn("what workers recorded came after the recording had ended, and is in no file")

    def note_loss(self, worker: str) -> None:
        """Say in each recording that a worker died."""
        for recording in self.recordings.values():
            lost = "what it recorded since its last finished conversation is lost"
            recording.tally.trouble(f"worker {worker} died, and {lost}")


@attrs.frozen
class WorkerRecordings:
    """What is recorded in this process for the head of a run.

    Attributes:
        tallies: What is counted, by the number of the recording at the head.
    """

    tallies: Mapping[str, Tally]
    _patches: Sequence[SdkPatches]

    @classmethod
    def start(cls, told: Mapping[str, Any], worker: str) -> WorkerRecordings:
        """Begin to listen.

        Args:
            told: What the head said of its recordings.
            worker: What this worker is called.
        """
        tallies, all_patches = dict[str, Tally](), []
        for number, one in told["recordings"].items():
            tallies[number] = tally = _make_tally(one, worker)
            patches = SdkPatches(tally, _find_methods(one["methods"], tally, worker))
            patches.start()
            all_patches.append(patches)
        return cls(tallies, all_patches)

    def take(self) -> dict[str, Any] | None:
        """Give what was recorded since the last time; None if nothing was."""
        found = {}
        for number, tally in self.tallies.items():
            rows, summary = tally.take_all()
            if rows or summary != Summary():
                found[number] = {"rows": [attrs.asdict(row) for row in rows], "summary": attrs.asdict(summary)}
        return found or None

    def stop(self) -> None:
        """Listen no more."""
        for patches in self._patches:
            patches.stop()


def _describe(recording: Recording) -> dict[str, Any]:
    addresses = [(method, method.address) for method in recording.methods]
    for parent in {str(method.parent): None for method, address in addresses if address is None}:
        recording.tally.warn(
            f"{parent} has no name in other processes, so its calls are not recorded in workers; "
            "define its class at the top of a module"
        )
    return {
        "root": _find_way(recording.root),
        "record_text": recording.record_text,
        "case": recording.tally.case,
        "methods": [address for _, address in addresses if address is not None],
    }


def _find_way(root: Path) -> str:
    """The way from the folder of the run to the root: on another machine both may lie elsewhere."""
    try:
        return os.path.relpath(root)
    except ValueError:  # on another drive
        return str(root)


def _make_tally(told: Mapping[str, Any], worker: str) -> Tally:
    root = Path(told["root"]).absolute()
    tally = Tally(root, told["record_text"])
    tally.case = told["case"]
    if not root.is_dir():
        tally.warn(f"worker {worker} has no folder {root}, so its calls have no site; copy the code there")
    return tally


def _find_methods(addresses: Sequence[Sequence[str]], tally: Tally, worker: str) -> list[Method]:
    found = []
    for address in addresses:
        try:
            found.append(Method.load(*address))
        except Exception as error:  # a module may raise anything while it is imported
            name = ".".join(part for part in address[:2] if part)
            tally.warn(f"calls of {name} are not recorded in worker {worker}: {type(error).__name__}: {error}")
    return found


def _read_row(row: Mapping[str, Any]) -> Recorded:
    site = row["site"]
    return Recorded(**{**row, "site": site and CallSite(**site)})
