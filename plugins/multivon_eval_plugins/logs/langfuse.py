"""Calls out of exports of Langfuse: traces, observations and sessions.

Based on: Langfuse's export from the tables (JSON, JSONL, CSV), its downloads of one trace and one session, its API,
and the fields
of its export to blob storage, which are written with underscores.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .logged import Call, LogProblem
from .texts import read_input, read_output
from .tree import parse_json

_TYPES = frozenset("GENERATION SPAN EVENT AGENT TOOL CHAIN RETRIEVER EVALUATOR EMBEDDING GUARDRAIL".split())
_MARKS = (
    *(
        "sessionId",
        "session_id",
        "traceId",
        "trace_id",
        "observations",
        "htmlPath",
        "projectId",
        "project_id",
        "userId",
        "user_id",
    ),
    *("traceName", "trace_name", "parentObservationId", "parent_observation_id", "bookmarked", "scores", "latency"),
)


def is_langfuse(row: object) -> bool:
    """Whether a record is a trace, an observation or a session of Langfuse, or holds some."""
    if not isinstance(row, Mapping) or "schema_version" in row:
        return False
    if isinstance(row.get("traces"), list) or (
        isinstance(row.get("observations"), list) and ("id" in row or "trace" in row)
    ):
        return True
    if "input" not in row and "output" not in row:
        return False
    return str(row.get("type")) in _TYPES or any(key in row for key in _MARKS)


def read_langfuse(row: Mapping[str, Any], where: str, session: str = "", trace: str = "") -> Iterator[Call | str]:
    """Read the calls in a record.

    Args:
        row: The record.
        where: Its file and line.
        session: The session that it was found in.
        trace: The trace that it was found in.

    Yields:
        Each call; for what is none, why it is left out.

    Raises:
        LogProblem: If a message cannot be read.
    """
    session = str(_get(row, "sessionId", "session_id") or session or "")
    if isinstance(row.get("traces"), list):
        for one in row["traces"]:
            yield from _read_inner(one, where, str(row.get("id") or session), "")
        return
    if isinstance(row.get("trace"), Mapping):
        outer = {**row["trace"], "observations": row.get("observations") or row["trace"].get("observations") or []}
        yield from read_langfuse(outer, where, session, trace)
        return
    kind = str(row.get("type") or "")
    is_observation = kind in _TYPES or bool(_get(row, "traceId", "trace_id"))
    trace = str(_get(row, "traceId", "trace_id") or (row.get("id") if not is_observation else "") or trace or "")
    if kind not in ("TOOL", "RETRIEVER", "EMBEDDING", "EVENT", "EVALUATOR", "GUARDRAIL"):
        call = _read_call(row, where, session, trace, is_observation)
        if call is not None:
            yield call
        elif not row.get("observations"):
            yield "observations without messages (steps, or content that was not recorded)"
    else:
        yield "observations without messages (steps, or content that was not recorded)"
    inner = parse_json(row.get("observations"))
    for one in inner if isinstance(inner, list) else ():
        if isinstance(one, Mapping):  # the table's export has their ids alone
            yield from _read_inner(one, where, session, trace)


def _read_inner(row: object, where: str, session: str, trace: str) -> Iterator[Call | str]:
    if not isinstance(row, Mapping):
        raise LogProblem(f"a trace or observation is a {type(row).__name__}; give an object")
    yield from read_langfuse(row, where, session, trace)


def _read_call(row: Mapping[str, Any], where: str, session: str, trace: str, is_observation: bool) -> Call | None:
    messages, is_text = read_input(row.get("input"))
    is_inner = is_observation and bool(_get(row, "parentObservationId", "parent_observation_id"))
    if not messages or (is_text and is_inner and row.get("type") != "GENERATION"):
        return None
    at = str(_get(row, "startTime", "start_time", "timestamp", "createdAt", "created_at") or "")
    return Call((*messages, *read_output(row.get("output"))), where, "langfuse", session, trace, at, is_text=is_text)


def _get(row: Mapping[str, Any], *keys: str) -> Any:
    return next((row[key] for key in keys if row.get(key) not in (None, "")), None)
