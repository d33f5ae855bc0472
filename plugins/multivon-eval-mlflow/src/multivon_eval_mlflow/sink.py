"""The sink ``mlflow``."""

from __future__ import annotations

import asyncio
import json
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

import attrs

from multivon_eval import result_from_json
from multivon_eval.sdk import DeliveryError, Report, RunInfo, SimulationResult, SinkSession, UsageError, result_to_json

from .destination import find_obstacle
from .quiet import import_mlflow

if TYPE_CHECKING:
    from .tracking import Tracking

_IN_MEMORY = 1 << 20
"""Bytes of results that stay in memory; what goes beyond lies in a file without a name."""


@attrs.define
class MlflowSink:
    """Logs a run to MLflow.

    Each conversation is there, as a trace with its assessments, when it is delivered; the numbers, the results and the
    report follow when the run ends. A run that is resumed goes on with the MLflow run that it had.

    Attributes:
        experiment: The MLflow experiment, which is made if there is none.
        tracking_uri: Where MLflow is; as MLflow itself finds it if empty (``MLFLOW_TRACKING_URI``).
        run_name: The name of the MLflow run; one that MLflow makes up if empty.
    """

    experiment: str
    tracking_uri: str = ""
    run_name: str = ""
    # A Tracking: its module imports MLflow, which takes seconds, and the types of fields are looked up at once.
    _tracking: Any = attrs.field(default=None, init=False, eq=False, repr=False)
    _is_doubtful: bool = attrs.field(default=False, init=False, eq=False, repr=False)
    _results: IO[bytes] | None = attrs.field(default=None, init=False, eq=False, repr=False)

    async def check(self) -> None:
        """Look whether MLflow is there; nothing is written.

        Raises:
            UsageError: If it cannot be reached, or written to.
        """
        if not self.experiment.strip():
            raise UsageError("the sink 'mlflow' needs the name of an experiment; write mlflow:NAME")
        await asyncio.to_thread(import_mlflow)
        if obstacle := await asyncio.to_thread(find_obstacle, self.tracking_uri):
            raise self._make_error(obstacle)

    async def open(self, run: RunInfo) -> None:
        """Begin an MLflow run, or go on with the one of the run that is resumed.

        Raises:
            UsageError: If MLflow does not take it.
        """
        await self.check()
        from .tracking import Tracking

        given = (self.tracking_uri, self.experiment, self.run_name, run)
        try:
            self._tracking = await asyncio.to_thread(Tracking.begin, *given)
        except Exception as error:  # whatever its stores and transports raise
            raise self._make_error(_format(error)) from error
        # Closed by ``close``: it lives from one call of a sink to another.
        self._results = tempfile.SpooledTemporaryFile(_IN_MEMORY)  # noqa: SIM115

    async def write(self, result: SimulationResult) -> None:
        """Log a conversation; it is there when this returns.

        Raises:
            DeliveryError: If MLflow does not take it.
        """
        tracking: Tracking = self._tracking
        assert tracking is not None, "a sink is opened before it is written to"
        await self._deliver(lambda: tracking.log_conversation(result))
        await self.retake(result)

    async def retake(self, result: SimulationResult) -> None:
        """Keep a result for the files at the end; its trace is there already."""
        assert self._results is not None, "a sink is opened before it is written to"
        self._results.write(json.dumps(result_to_json(result)).encode("ascii") + b"\n")

    async def close(self, report: Report) -> None:
        """Log numbers, results and report, and end the MLflow run.

        Raises:
            DeliveryError: If MLflow does not take them.
        """
        if self._tracking is None or self._results is None:
            return
        tracking: Tracking = self._tracking
        kept = self._results
        self._tracking = self._results = None
        with kept, tempfile.TemporaryDirectory() as name:
            await _write_files(Path(name), kept, report)
            await self._deliver(lambda: tracking.finish(report, Path(name)))

    async def _deliver(self, job: Callable[[], None]) -> None:
        # MLflow's client tries for minutes to reach a server that is gone: each result would wait as long as the first.
        if self._is_doubtful and (obstacle := await asyncio.to_thread(find_obstacle, self.tracking_uri)):
            raise DeliveryError(f"MLflow is not there: {obstacle}")
        self._is_doubtful = True
        try:
            await asyncio.to_thread(job)
        except Exception as error:  # whatever its stores and transports raise
            raise DeliveryError(f"MLflow did not take it: {_format(error)}") from error
        self._is_doubtful = False

    def _make_error(self, why: str) -> UsageError:
        where = self.tracking_uri or "the tracking URI of this process"
        return UsageError(
            f"mlflow:{self.experiment} cannot be used: {where}: {why}; name a tracking server, or a database such as "
            "tracking_uri=sqlite:///mlflow.db"
        )


async def _write_files(folder: Path, kept: IO[bytes], report: Report) -> None:
    """Write ``results.jsonl`` and ``report.html`` as the built-in sinks do."""
    session = SinkSession([{"use": "jsonl", "path": str(folder / "results.jsonl")}, f"html:{folder / 'report.html'}"])
    info = attrs.evolve(report.info, is_resumption=False)
    written = await session.deliver(_read(kept), attrs.evolve(report, info=info))
    if len(written.problems) > len(report.problems):
        raise DeliveryError(written.problems[-1].message)


def _read(kept: IO[bytes]) -> Iterator[SimulationResult]:
    kept.seek(0)
    for line in kept:
        yield result_from_json(json.loads(line))


def _format(error: Exception) -> str:
    text = " ".join(str(error).split())
    return text[:500] or type(error).__name__
