"""What is asked of MLflow; each call waits for its answer, so they are made in a thread."""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path

import attrs
from mlflow import MlflowClient
from mlflow.entities import Metric, Param, RunTag, TraceData
from mlflow.exceptions import MlflowException
from mlflow.tracing.client import TracingClient
from mlflow.tracking.context.registry import resolve_tags

from multivon_eval.sdk import Report, RunInfo, SimulationResult

from .assessments import list_assessments
from .conversation_trace import Place, describe_trace, list_spans
from .facts import RUN_TAG, list_last_tags, list_metrics, list_params, list_tags
from .quiet import set_for_a_moment

_AT_ONCE = 100
"""Parameters that MLflow takes at once."""


@attrs.frozen
class Tracking:
    """One MLflow run.

    The functions that log to the current run and make the current trace are not used: they go where the process as a
    whole logs to, and say nothing of what fails.

    Attributes:
        client: MLflow's client.
        traces: Its client for traces, for the same destination.
        place: The run and its experiment.
        is_resumption: Whether the run was there before.
    """

    client: MlflowClient
    traces: TracingClient
    place: Place
    is_resumption: bool

    @classmethod
    def begin(cls, tracking_uri: str, experiment: str, run_name: str, run: RunInfo) -> Tracking:
        """Begin a run, or go on with the one that the run before had.

        Raises:
            MlflowException: If MLflow does not take it.
        """
        client, traces = MlflowClient(tracking_uri or None), TracingClient(tracking_uri or None)
        experiment_id = _find_experiment(client, experiment)
        run_id = _find_run(client, experiment_id, run.run_id) if run.is_resumption else ""
        is_resumption = bool(run_id)
        if run_id:
            client.update_run(run_id, status="RUNNING")
        else:
            tags = resolve_tags(list_tags(run))
            run_id = client.create_run(experiment_id, tags=tags, run_name=run_name or None).info.run_id
        tracking = cls(client, traces, Place(experiment_id, run_id), is_resumption)
        tracking._log_params(list_params(run))
        return tracking

    def log_conversation(self, result: SimulationResult) -> None:
        """Log a conversation as a trace, with its assessments; what stands there already is left as it is.

        Raises:
            MlflowException: If MLflow does not take it.
        """
        info = describe_trace(result, self.place)
        had = self._list_assessed(info.trace_id) if self.is_resumption else None
        if had is None:
            spans = list_spans(result, self.place)
            started = self.traces.start_trace(info)
            try:
                self.traces.log_spans(self.place.experiment_id, spans)
            except (NotImplementedError, MlflowException):
                # Older stores keep spans as a file beside the trace.
                self.traces._upload_trace_data(started, TraceData(spans))
        for assessment in list_assessments(result):
            if assessment.name not in (had or ()):
                assessment.trace_id = info.trace_id
                self.traces.log_assessment(info.trace_id, assessment)

    def finish(self, report: Report, folder: Path) -> None:
        """Log the numbers and the files of a folder, and end the run.

        Raises:
            MlflowException: If MLflow does not take them.
        """
        run_id, now = self.place.run_id, int(time.time() * 1000)
        metrics = [Metric(name, value, now, 0) for name, value in list_metrics(report).items()]
        self.client.log_batch(run_id, metrics=metrics, tags=_make_tags(list_last_tags(report)))
        self.client.log_artifacts(run_id, str(folder))
        # A tracking server's client would print where the run is.
        with set_for_a_moment("MLFLOW_SUPPRESS_PRINTING_URL_TO_STDOUT", "true"):
            self.client.set_terminated(run_id, "KILLED" if report.interrupted else "FINISHED")

    def _log_params(self, params: Mapping[str, str]) -> None:
        # A parameter cannot change: a run that goes on keeps what it began with.
        had = self.client.get_run(self.place.run_id).data.params if self.is_resumption else {}
        new = [Param(name, value) for name, value in params.items() if name not in had]
        for start in range(0, len(new), _AT_ONCE):
            self.client.log_batch(self.place.run_id, params=new[start : start + _AT_ONCE])

    def _list_assessed(self, trace_id: str) -> set[str] | None:
        """Name the assessments of a trace; None if there is no such trace."""
        try:
            return {one.name for one in self.traces.get_trace_info(trace_id).assessments}
        except MlflowException:
            return None


def _find_experiment(client: MlflowClient, name: str) -> str:
    found = client.get_experiment_by_name(name)
    if found is None:
        return str(client.create_experiment(name))
    if found.lifecycle_stage != "active":
        raise MlflowException(f"the experiment {name!r} is deleted; restore it, or name another")
    return str(found.experiment_id)


def _find_run(client: MlflowClient, experiment_id: str, run_id: str) -> str:
    quoted = run_id.replace("'", "")
    wanted = f"tags.`{RUN_TAG}` = '{quoted}'"
    found = client.search_runs([experiment_id], wanted, max_results=1, order_by=["attributes.start_time DESC"])
    return str(found[0].info.run_id) if found else ""


def _make_tags(tags: Mapping[str, str]) -> list[RunTag]:
    return [RunTag(name, value) for name, value in tags.items()]
