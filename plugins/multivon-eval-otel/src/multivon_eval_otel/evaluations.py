"""Verdict and scores as ``gen_ai.evaluation.result``."""

from __future__ import annotations

from collections.abc import Iterator

from opentelemetry._logs import LoggerProvider, LogRecord, NoOpLoggerProvider, get_logger_provider
from opentelemetry.trace import Span, set_span_in_context

from multivon_eval.sdk import Score, SimulationResult, hide_secrets

from . import names
from .calls import Attributes

GOAL = "goal_achieved"
"""The name of the verdict among the evaluations."""


def list_evaluations(result: SimulationResult) -> Iterator[Attributes]:
    """List verdict and scores of a conversation, each as the attributes of its event."""
    verdict = result.verdict
    told: Attributes = {names.EVALUATION_NAME: GOAL, names.EVALUATION_LABEL: verdict.outcome}
    if verdict.achieved is not None:
        told[names.EVALUATION_VALUE] = float(verdict.achieved)
    if verdict.failed or verdict.cut:
        told[names.ERROR] = "budget_exceeded" if verdict.cut else "judge_failed"
    yield {**told, names.EVALUATION_EXPLANATION: hide_secrets(verdict.reason)}
    for name, score in result.scores.items():
        yield {names.EVALUATION_NAME: name, **_describe(score)}


def emit_evaluation(span: Span, attributes: Attributes, provider: LoggerProvider | None) -> None:
    """Tell one evaluation of what a span shows.

    It is an event of the Logs API, with the span as its parent, as the conventions have it. Where only traces are set
    up it is an event on the span: nobody would get the other.

    Args:
        span: The span that is evaluated; it has not ended.
        attributes: Those of the event.
        provider: Who takes events; None for the one that the process has.
    """
    taker = provider or get_logger_provider()
    if not _is_real(taker):
        span.add_event(names.EVALUATION, attributes)
        return
    record = LogRecord(event_name=names.EVALUATION, context=set_span_in_context(span), attributes=attributes)
    taker.get_logger("multivon_eval_otel").emit(record)


def _is_real(provider: LoggerProvider) -> bool:
    # The API has no public name for the provider that stands for none.
    return not isinstance(provider, NoOpLoggerProvider) and type(provider).__name__ != "ProxyLoggerProvider"


def _describe(score: Score) -> Attributes:
    told: Attributes = {names.EVALUATION_EXPLANATION: hide_secrets(score.reason)}
    if score.value is None:
        told[names.EVALUATION_LABEL] = score.status
    else:
        told[names.EVALUATION_VALUE] = score.value
        if score.threshold is not None:
            told[names.EVALUATION_LABEL] = "pass" if score.value >= score.threshold else "fail"
    if score.cut or score.status == "failed":
        told[names.ERROR] = "budget_exceeded" if score.cut else "score_failed"
    return told
