"""Calls of a model out of spans: OpenTelemetry, OpenInference and Phoenix.

Based on: the GenAI semantic conventions of OpenTelemetry in their current form (``gen_ai.input.messages``) and the
two before
it (one event a message; ``gen_ai.content.prompt``), OpenLLMetry's ``gen_ai.prompt.N.content``, the attributes of
OpenInference
(``llm.input_messages``), Phoenix's ``get_spans_dataframe()``, and OTLP's JSON.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import attrs

from multivon_eval.sdk import Message

from .chat import is_message, read_chat
from .logged import Call, LogProblem
from .texts import read_input, read_output
from .tree import decode_any, decode_list, look_up, make_tree, parse_json

_SESSIONS = (
    "gen_ai.conversation.id",
    "session.id",
    "conversation.id",
    "langfuse.session.id",
    "traceloop.association.properties.session_id",
    "traceloop.association.properties.conversation_id",
    "traceloop.association.properties.thread_id",
    "traceloop.association.properties.chat_id",
    "ai.telemetry.metadata.sessionId",
    "ai.telemetry.metadata.threadId",
    "gcp.vertex.agent.session_id",
    "langsmith.metadata.thread_id",
    "langsmith.metadata.session_id",
    "metadata.thread_id",
    "metadata.session_id",
    "thread_id",
)
_EVENT_ROLES = {
    "gen_ai.user.message": "user",
    "gen_ai.assistant.message": "assistant",
    "gen_ai.tool.message": "tool",
    "gen_ai.system.message": "system",
    "gen_ai.choice": "assistant",
}

_VALUES = (
    # Where the value stands that went in, where the one that came out, and whether only calls of a model have them.
    ("input.value", "output.value", False),
    ("traceloop.entity.input", "traceloop.entity.output", False),
    ("gen_ai.prompt", "gen_ai.completion", False),
    ("mlflow.spanInputs", "mlflow.spanOutputs", False),
    ("ai.prompt", "ai.response.text", True),
    ("gcp.vertex.agent.llm_request", "gcp.vertex.agent.llm_response", True),
)


@attrs.frozen
class _Span:
    tree: Mapping[str, Any]
    events: Sequence[tuple[str, Mapping[str, Any], Any]]
    trace: str
    at: str
    is_root: bool


def is_span(row: object) -> bool:
    """Whether a record is a span or holds some."""
    if not isinstance(row, Mapping):
        return False
    if any(
        key in row
        for key in ("resourceSpans", "resource_spans", "resourceLogs", "resource_logs", "scopeSpans", "batches")
    ):
        return True
    if any(str(key).startswith(("attributes.", "context.")) for key in row):
        return True
    if _holds_spans(row):
        return True
    has_attributes = any(
        isinstance(parse_json(row.get(key)), Mapping | list)
        for key in ("attributes", "SpanAttributes", "span_attributes")
    )
    return has_attributes and any(
        key in row
        for key in ("context", "trace_id", "traceId", "span_id", "spanId", "TraceId", "span_kind", "start_time")
    )


def _holds_spans(row: Mapping[str, Any]) -> bool:
    """Whether a record is a trace with its spans, as Phoenix's command line writes it."""
    spans = row.get("spans")
    return isinstance(spans, list) and bool(spans) and all(isinstance(one, Mapping) and is_span(one) for one in spans)


def name_format(row: Mapping[str, Any]) -> str:
    """Which of the forms a record with spans has."""
    text = str(row)[:200_000]
    is_inference = "llm.input_messages" in text or "openinference" in text or "'input_messages'" in text
    if _holds_spans(row):
        return name_format(row["spans"][0])
    if any(str(key).startswith(("attributes.", "context.")) for key in row) or (
        "context" in row and "span_kind" in row
    ):
        return "phoenix"
    return "openinference" if is_inference else "otel"


def read_spans(row: Mapping[str, Any], where: str) -> Iterator[Call | str]:
    """Read the calls in a record.

    Yields:
        Each call; for a span that is none, why it is left out.

    Raises:
        LogProblem: If a message cannot be read; with the span.
    """
    name = name_format(row)
    for span in _list_spans(row):
        try:
            messages, is_text = _read_messages(span)
        except LogProblem as error:
            raise LogProblem(f"span of trace {span.trace or '?'}: {error}") from None
        if not messages:
            yield "spans without messages (tools, retrieval, or content that was not recorded)"
            continue
        session = next((str(found) for path in _SESSIONS if (found := look_up(span.tree, path)) not in (None, "")), "")
        yield Call(messages, where, name, session, span.trace, span.at, is_text=is_text)


def _list_spans(row: Mapping[str, Any]) -> Iterator[_Span]:
    if _holds_spans(row):
        for one in row["spans"]:
            yield from _list_spans(one)
        return
    for resource in _items(row, "resourceSpans", "resource_spans", "batches"):
        for scope in _items(resource, "scopeSpans", "scope_spans", "instrumentationLibrarySpans"):
            for span in _items(scope, "spans"):
                yield _make_span(span)
    for scope in _items(row, "scopeSpans"):
        for span in _items(scope, "spans"):
            yield _make_span(span)
    logs = [
        record
        for resource in _items(row, "resourceLogs", "resource_logs")
        for scope in _items(resource, "scopeLogs", "scope_logs")
        for record in _items(scope, "logRecords", "log_records")
    ]
    yield from _group_logs(logs)
    if not any(
        key in row
        for key in ("resourceSpans", "resource_spans", "resourceLogs", "resource_logs", "scopeSpans", "batches")
    ):
        yield _make_span(row)


def _items(row: object, *keys: str) -> list[Mapping[str, Any]]:
    rows = next((row[key] for key in keys if isinstance(row, Mapping) and key in row), None)
    return [one for one in rows if isinstance(one, Mapping)] if isinstance(rows, list) else []


def _make_span(row: Mapping[str, Any]) -> _Span:
    attributes: dict[str, Any] = {}
    for key in ("attributes", "SpanAttributes", "span_attributes"):
        attributes |= decode_list(parse_json(row.get(key)))
    attributes |= {
        str(key).removeprefix("attributes."): value for key, value in row.items() if str(key).startswith("attributes.")
    }
    given = row.get("context")
    context: Mapping[str, Any] = given if isinstance(given, Mapping) else {}
    ids = (row.get(key) for key in ("traceId", "trace_id", "TraceId", "context.trace_id"))
    trace = str(context.get("trace_id") or next((one for one in ids if one), ""))
    times = (
        row.get(key) for key in ("startTimeUnixNano", "start_time_unix_nano", "start_time", "Timestamp", "timestamp")
    )
    parents = (row.get(key) for key in ("parentSpanId", "parent_span_id", "parent_id", "ParentSpanId"))
    events = [
        (str(one.get("name") or ""), decode_list(one.get("attributes")), None)
        for one in _items({"events": parse_json(row.get("events"))}, "events")
    ]
    at = str(next((one for one in times if one), ""))
    return _Span(make_tree(attributes), events, trace.removeprefix("0x"), at, not any(parents))


def _group_logs(records: Sequence[Mapping[str, Any]]) -> Iterator[_Span]:
    """Messages that are log records of their own, put together by span."""
    groups: dict[str, list[Mapping[str, Any]]] = {}
    for record in records:
        groups.setdefault(str(record.get("spanId") or record.get("span_id") or record.get("traceId") or ""), []).append(
            record
        )
    for group in groups.values():
        events = []
        attributes: dict[str, Any] = {}
        for record in group:
            one = decode_list(record.get("attributes"))
            name = str(record.get("eventName") or record.get("event_name") or one.get("event.name") or "")
            events.append((name, one, decode_any(record.get("body"))))
            attributes |= {key: value for key, value in one.items() if not key.startswith("event.")}
        trace = str(group[0].get("traceId") or group[0].get("trace_id") or "")
        at = str(group[0].get("timeUnixNano") or group[0].get("time_unix_nano") or "")
        yield _Span(make_tree(attributes), events, trace, at, False)


def _read_messages(span: _Span) -> tuple[tuple[Message, ...], bool]:
    """What was said in a span, and whether it is only text without roles."""
    for source in (span.tree, *(make_tree(attributes) for _, attributes, _ in span.events)):
        for asked, answered in (
            ("gen_ai.input.messages", "gen_ai.output.messages"),
            ("llm.input_messages", "llm.output_messages"),
            ("gen_ai.prompt", "gen_ai.completion"),
            ("llm.prompts", "llm.completions"),
            ("pydantic_ai.all_messages", ""),
            ("all_messages_events", ""),
        ):
            given, got = look_up(source, asked), look_up(source, answered)
            if _is_chat(given):
                return read_chat(given, _fill_role(got)), False
        if _is_chat(given := look_up(source, "ai.prompt.messages")):
            return read_chat(
                given,
                look_up(source, "ai.response.messages")
                or [
                    {
                        "role": "assistant",
                        "content": look_up(source, "ai.response.text") or "",
                        "tool_calls": look_up(source, "ai.response.toolCalls"),
                    }
                ],
            ), False
    held = look_up(span.tree, "events")  # Logfire's, of Pydantic AI before its messages
    if isinstance(held, list) and all(isinstance(one, Mapping) for one in held):
        named = [(str(one.get("event.name") or look_up(one, "event.name") or ""), one) for one in held]
        if rows := [_read_event(name, {}, one) for name, one in named if name in _EVENT_ROLES]:
            return read_chat(rows), False
    if told := [_read_event(*event) for event in span.events if event[0] in _EVENT_ROLES]:
        return read_chat(told), False
    return _read_values(span)


def _is_chat(value: object) -> bool:
    return isinstance(value, list) and bool(value) and all(map(is_message, value))


def _fill_role(value: object) -> list[object]:
    """What a model answered, as messages of the assistant where no role stands."""
    if isinstance(value, str):
        return [{"role": "assistant", "content": value}] if value.strip() else []
    rows = value if isinstance(value, list) else [] if value is None else [value]
    return [row if is_message(row) or not isinstance(row, Mapping) else {"role": "assistant", **row} for row in rows]


def _read_event(name: str, attributes: Mapping[str, Any], body: Any) -> Mapping[str, Any]:
    """A message that is an event, in its body or its attributes."""
    held = (
        body
        if isinstance(body, Mapping)
        else {key.removeprefix("gen_ai."): parse_json(value) for key, value in attributes.items()}
    )
    held = parse_json(held.get("event_body")) if isinstance(held.get("event_body"), str) else held
    inner = parse_json(held.get("message")) if isinstance(held, Mapping) else None
    row = dict(inner if isinstance(inner, Mapping) else held)
    if isinstance(inner, str):
        row["content"] = inner
    if name == "gen_ai.tool.message" and "id" in row:
        row["tool_call_id"] = row["id"]
    row["role"] = row.get("role") or _EVENT_ROLES[name]
    return row


def _read_values(span: _Span) -> tuple[tuple[Message, ...], bool]:
    """The texts that went into a span and came out: of the one that holds the others, or of a model's call."""
    kinds = (look_up(span.tree, path) for path in ("openinference.span.kind", "traceloop.span.kind", "mlflow.spanType"))
    kind = str(next((one for one in kinds if one), "")).strip('"').upper()
    held = ((look_up(span.tree, asked), look_up(span.tree, answered), sure) for asked, answered, sure in _VALUES)
    asked, answer, is_call = next((one for one in held if one[0] is not None), (None, None, False))
    if asked is None or not (is_call or span.is_root or kind in ("LLM", "AGENT", "CHAT_MODEL")):
        return (), True
    found, is_text = read_input(asked)
    if not found:
        return (), True
    return (*found, *read_output(answer)), is_text
