"""A conversation as MLflow's trace: a span for each turn, one for each tool that was called in it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

import attrs
from mlflow.entities import Span, SpanType, TraceInfo, TraceLocation, TraceState

from multivon_eval.sdk import Message, SimulationResult, ToolCall

from .facts import RUN_TAG, shorten

_NANOSECONDS = 1_000_000_000
_PREVIEW = 1000
"""Characters of a message that lists of traces show."""


@attrs.frozen
class Place:
    """Where a trace belongs.

    Attributes:
        experiment_id: The MLflow experiment.
        run_id: The MLflow run in it.
    """

    experiment_id: str
    run_id: str


def name_trace(result: SimulationResult, place: Place) -> str:
    """Give the id of a conversation's trace, the same each time: one that is delivered again is no second one."""
    before = result.provenance.rescored_from
    parts = (place.run_id, before.run_id if before else "", result.run_id, result.case_uid)
    return f"tr-{hashlib.sha256('/'.join(parts).encode()).hexdigest()[:32]}"


def describe_trace(result: SimulationResult, place: Place) -> TraceInfo:
    """Tell what MLflow lists of a trace."""
    tags = {
        "mlflow.traceName": _name(result),
        RUN_TAG: result.run_id,
        "multivon_eval.case_uid": result.case_uid,
        "multivon_eval.persona": result.persona.name,
        "multivon_eval.trial": str(result.trial),
        "multivon_eval.stop_reason": result.stop_reason or "imported",
        "multivon_eval.verdict": result.verdict.outcome,
        "multivon_eval.attribution": result.attribution or "",
        "multivon_eval.cost_usd": f"{result.cost_usd:f}",
        "multivon_eval.disclaimer": result.disclaimer,
    }
    start, end = _measure(result)
    said = result.transcript
    return TraceInfo(
        trace_id=name_trace(result, place),
        trace_location=TraceLocation.from_experiment_id(place.experiment_id),
        request_time=start // 1_000_000,
        execution_duration=(end - start) // 1_000_000,
        state=TraceState.OK if result.conversation.error is None else TraceState.ERROR,
        request_preview=said[0].content[:_PREVIEW] if said else None,
        response_preview=said[-1].content[:_PREVIEW] if said else None,
        trace_metadata={
            "mlflow.sourceRun": place.run_id,
            "mlflow.trace_schema.version": "3",
            "mlflow.trace.user": shorten(result.persona.name)[:250],
        },
        tags={name: shorten(value) for name, value in tags.items()},
    )


def list_spans(result: SimulationResult, place: Place) -> list[Span]:
    """Give the spans of a trace, the root first.

    How long a reply took was measured; when it began was not, so turns stand one after the other from the beginning.
    """
    trace_id = name_trace(result, place)
    start, end = _measure(result)
    failure = result.conversation.error
    root = _Draft(trace_id, "conversation", _name(result), SpanType.AGENT, start, end)
    root.inputs, root.outputs = _write_all(result.transcript[:-1]), _write_replies(result.transcript[-1:])
    root.error = f"{failure.source}: {failure.message}" if failure else ""
    drafts, at = [root], start
    for number, messages in enumerate(_split_turns(result.transcript), 1):
        turn, tools = _draft_turn(root, number, messages, at)
        drafts += [turn, *tools]
        at = turn.end
    return [draft.make() for draft in drafts]


@attrs.define
class _Draft:
    """A span that is being put together; its id follows from its path."""

    trace_id: str
    path: str
    name: str
    kind: str
    start: int
    end: int
    parent: str = ""
    inputs: Any = None
    outputs: Any = None
    error: str = ""

    @property
    def span_id(self) -> str:
        return hashlib.sha256(f"{self.trace_id}/{self.path}".encode()).hexdigest()[:16]

    def make(self) -> Span:
        told = {
            "mlflow.traceRequestId": self.trace_id,
            "mlflow.spanType": self.kind,
            "mlflow.spanInputs": self.inputs,
            "mlflow.spanOutputs": self.outputs,
        }
        if self.kind != SpanType.TOOL:
            told["mlflow.message.format"] = "openai"
        span: Span = Span.from_dict(
            {
                "trace_id": self.trace_id,
                "span_id": self.span_id,
                "parent_span_id": self.parent,
                "name": self.name,
                "start_time_unix_nano": self.start,
                "end_time_unix_nano": self.end,
                "attributes": {name: json.dumps(value, default=str) for name, value in told.items()},
                "status": {"code": "STATUS_CODE_ERROR" if self.error else "STATUS_CODE_OK", "message": self.error},
            }
        )
        return span


def _draft_turn(root: _Draft, number: int, messages: Sequence[Message], at: int) -> tuple[_Draft, list[_Draft]]:
    seconds = sum(message.seconds or 0.0 for message in messages)
    path = f"{root.path}/{number}"
    turn = _Draft(root.trace_id, path, f"turn {number}", SpanType.CHAIN, at, at + int(seconds * _NANOSECONDS))
    turn.parent = root.span_id
    turn.inputs = _write_all([message for message in messages if message.role == "user"])
    turn.outputs = _write_replies([message for message in messages if message.role != "user"])
    tools = []
    for place, call in enumerate((call for message in messages for call in message.tool_calls), 1):
        tool = _Draft(root.trace_id, f"{path}/{place}", call.name, SpanType.TOOL, turn.start, turn.start, turn.span_id)
        tool.inputs, tool.outputs = dict(call.arguments), call.result
        tools.append(tool)
    return turn, tools


def _split_turns(messages: Sequence[Message]) -> Iterator[list[Message]]:
    turn: list[Message] = []
    for message in messages:
        if message.role == "user" and turn:
            yield turn
            turn = []
        turn.append(message)
    if turn:
        yield turn


def _write(message: Message, number: int = 0) -> dict[str, Any]:
    """Write a message in the form of OpenAI's, which MLflow shows as a chat."""
    row: dict[str, Any] = {"role": message.role, "content": message.content}
    if message.tool_calls:
        row["tool_calls"] = [
            _write_call(call, f"call_{number}_{place}") for place, call in enumerate(message.tool_calls)
        ]
    return row


def _write_call(call: ToolCall, call_id: str) -> dict[str, Any]:
    arguments = json.dumps(dict(call.arguments), default=str)
    return {"id": call_id, "type": "function", "function": {"name": call.name, "arguments": arguments}}


def _write_all(messages: Sequence[Message]) -> dict[str, Any]:
    return {"messages": [_write(message, number) for number, message in enumerate(messages)]}


def _write_replies(messages: Sequence[Message]) -> dict[str, Any]:
    return {
        "choices": [{"index": number, "message": _write(message, number)} for number, message in enumerate(messages)]
    }


def _name(result: SimulationResult) -> str:
    return f"{result.persona.name} #{result.trial}" if result.trial > 1 else result.persona.name


def _measure(result: SimulationResult) -> tuple[int, int]:
    """Beginning and end in nanoseconds; one that was held elsewhere has no time, and begins with the epoch."""
    try:
        began = datetime.fromisoformat(result.provenance.started_at).timestamp()
    except ValueError:
        began = 0.0
    start = int(began * _NANOSECONDS)
    return start, start + int(result.provenance.seconds * _NANOSECONDS)
