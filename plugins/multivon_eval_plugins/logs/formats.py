"""Which form a record has, and the calls in it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import attrs

from multivon_eval.sdk import PersonaError, UsageError, read_results

from .chat import ROLES, is_message, read_chat
from .chatgpt import is_chatgpt, list_branch
from .files import SPREAD, Record, list_files, read_records
from .langfuse import is_langfuse, read_langfuse
from .logged import FORMATS, Call, LogProblem
from .spans import is_span, read_spans
from .texts import read_input, read_output
from .tree import look_up, parse_json

MOST_PROBLEMS = 50
"""How many problems are said; of more, how many there are."""
_LISTS = (
    "messages",
    "conversation",
    "conversations",
    "transcript",
    "turns",
    "chat_messages",
    "history",
    "chat",
    "dialog",
    "dialogue",
)
_REQUESTS = ("request_body", "body", "params", "chat", "conversation")
_IDS = (*sorted(SPREAD), "conversation", "session", "thread", "chat", "ticket_id", "id")


@attrs.define
class Log:
    """What was read of a log.

    Attributes:
        calls: In the order in which they stand.
        left_out: How many records were no calls, by the reason.
    """

    calls: list[Call] = attrs.field(factory=list)
    left_out: Counter[str] = attrs.field(factory=Counter)


def read_log(path: str, form: str = "") -> Log:
    """Read all calls of a file or a folder.

    Args:
        path: The file or folder.
        form: The form of all records; empty to recognise it.

    Raises:
        PersonaError: If a file or a record cannot be read; with all problems, up to a limit, each with its file and
        line.
    """
    log, problems = Log(), list[str]()
    for file in list_files(path):
        try:
            records = list(read_records(file))
        except PersonaError as error:
            problems += error.problems
            continue
        if form == "results" or (not form and any(_is_result(one.value) for one in records[:1])):
            _collect_results(file, records, log, problems)
            continue
        for record in records:
            try:
                if record.problem:
                    raise LogProblem(record.problem)
                for found in _read(record, form):
                    if isinstance(found, Call):
                        log.calls.append(found)
                    else:
                        log.left_out[found] += 1
            except LogProblem as error:
                problems.append(f"{record.where}: {error}")
    if problems:
        more = [f"... and {len(problems) - MOST_PROBLEMS} more"] if len(problems) > MOST_PROBLEMS else []
        raise PersonaError([*problems[:MOST_PROBLEMS], *more])
    if not any(call.messages for call in log.calls):
        why = "; ".join(f"{times} {reason}" for reason, times in log.left_out.items())
        raise PersonaError(
            f"{path}: no conversation in it{f' ({why})' if why else ''}; record the content of messages, or "
            f"name the form "
            f"with format={'|'.join(FORMATS)}"
        )
    return log


def _is_result(value: object) -> bool:
    return isinstance(value, Mapping) and "schema_version" in value


def _collect_results(file: Path, records: Iterable[Record], log: Log, problems: list[str]) -> None:
    places = [one.where for one in records]
    try:
        results = read_results(file)
    except UsageError as error:
        problems += error.problems
        return
    for result, where in zip(results, places, strict=False):
        log.calls.append(Call(result.conversation.messages, where, "results", f"{result.case_uid}-{result.trial}"))


def _read(record: Record, form: str) -> Iterator[Call | str]:
    """Read one record in the form that is asked for, or in the one that it has.

    Raises:
        LogProblem: If it has none of them, or cannot be read.
    """
    value, where = record.value, record.where
    if form in ("otel", "openinference", "phoenix"):
        if not is_span(value):
            raise LogProblem(f"no span; format={form} reads spans with attributes, or OTLP's resourceSpans")
        yield from read_spans(value, where)
    elif form == "langfuse":
        if not isinstance(value, Mapping):
            raise LogProblem("no object; format=langfuse reads traces and observations")
        yield from read_langfuse(value, where)
    elif form == "messages" or not isinstance(value, Mapping):
        yield from _read_plain(value, where)
    elif is_span(value):
        yield from read_spans(value, where)
    elif is_langfuse(value) and not any(is_list(value.get(key)) for key in _LISTS):
        yield from read_langfuse(value, where)
    else:
        yield from _read_plain(value, where)


def is_list(value: object) -> bool:
    """Whether a value is a list of messages, or JSON of one."""
    return isinstance(parse_json(value), list)


def _read_plain(value: object, where: str) -> Iterator[Call | str]:
    """Read a conversation that is one record, or a message that is one."""
    if isinstance(value, list):
        yield _make_call(read_chat(value), where, {})
        return
    if not isinstance(value, Mapping):
        raise LogProblem(
            f"a {type(value).__name__}; write a conversation as an object with messages, or as a list of them"
        )
    key = next((key for key in _LISTS if is_list(value.get(key))), None)
    if key is not None:
        yield _make_call((*read_chat(parse_json(value[key])), *_read_answer(value)), where, value)
    elif is_chatgpt(value):
        yield _make_call(read_chat(list_branch(value)), where, value)
    elif "run_type" in value:
        yield _read_run(value, where)
    elif rows := _list_page(value):
        yield _make_call(read_chat(rows), where, {"thread_id": rows[0].get("thread_id", "")})
    elif isinstance(value.get("request"), Mapping | str) and read_input(value["request"])[0]:
        yield _make_call((*read_input(value["request"])[0], *_read_answer(value)), where, value)
    elif is_message(value) or _names_role(value):
        yield _read_piece(value, where)
    elif asked := next((found for key in _REQUESTS if (found := _read_request(value.get(key)))), ()):
        yield _make_call((*asked, *_read_answer(value)), where, value)
    elif "input" in value and ("output" in value or "response" in value) and read_input(value["input"])[0]:
        found, is_text = read_input(value["input"])
        yield attrs.evolve(_make_call((*found, *_read_answer(value)), where, value), is_text=is_text)
    else:
        keys = ", ".join(map(str, list(value)[:8]))
        raise LogProblem(
            f"no form that is known (keys: {keys}); write messages, or name the form with format={'|'.join(FORMATS)}"
        )


def _read_request(value: Any) -> tuple[Any, ...]:
    value = parse_json(value)
    return read_input(value)[0] if isinstance(value, Mapping) else ()


def _read_run(value: Mapping[str, Any], where: str) -> Call | str:
    """Read a run of LangSmith; its ``session_id`` names a project, a thread stands in its metadata."""
    found, is_text = read_input(value.get("inputs"))
    if not found or (is_text and value.get("parent_run_id")) or value["run_type"] in ("tool", "retriever", "embedding"):
        return "runs without messages (steps, or content that was not recorded)"
    messages = (*found, *read_output(value.get("outputs")))
    threads = (look_up(value, f"extra.metadata.{key}") for key in ("thread_id", "session_id", "conversation_id"))
    named = next((str(one) for one in threads if one), "")
    return Call(
        messages, where, "messages", named, str(value.get("trace_id") or ""), _find_time(value), is_text=is_text
    )


def _list_page(value: Mapping[str, Any]) -> list[Any]:
    """The messages on a page of an API, the oldest first."""
    rows = value.get("data")
    if not isinstance(rows, list) or not rows or not all(map(is_message, rows)):
        return []
    times = [row.get("created_at") for row in rows]
    # Threads are listed with the newest first.
    return sorted(rows, key=lambda row: row["created_at"]) if all(isinstance(one, int) for one in times) else rows


def _names_role(value: Mapping[str, Any]) -> bool:
    return any(isinstance(value.get(key), str) for key in ("role", "sender", "author", "from", "speaker"))


def _read_answer(value: Mapping[str, Any]) -> tuple[Any, ...]:
    """What the assistant answered, beside what it was asked with."""
    if isinstance(value.get("choices"), list):
        return read_output({"choices": value["choices"]})
    return next(
        (read_output(value[key]) for key in ("response", "response_body", "completion", "output") if value.get(key)), ()
    )


def _make_call(messages: tuple[Any, ...], where: str, row: Mapping[str, Any]) -> Call:
    if not any(one.role == "user" for one in messages):
        raise LogProblem("no message of a user in it; a persona is made from what a user wants")
    named = next((str(row[key]) for key in _IDS if isinstance(row.get(key), str | int) and row.get(key) != ""), "")
    return Call(messages, where, "messages", named, at=_find_time(row))


def _read_piece(value: Mapping[str, Any], where: str) -> Call:
    session = next(
        (str(value[key]) for key in _IDS[:-1] if isinstance(value.get(key), str | int) and value.get(key) != ""), ""
    )
    if not session:
        raise LogProblem("a message without its conversation; add conversation_id, or write a conversation a line")
    role = next(
        (
            value[key]
            for key in ("role", "sender", "author", "from", "speaker", "type")
            if isinstance(value.get(key), str)
        ),
        "",
    )
    if role.strip().lower() not in ROLES:
        raise LogProblem(f"the role is {role!r}; give user, assistant, tool or system")
    return Call(read_chat([value]), where, "messages", session, at=_find_time(value), is_piece=True)


def _find_time(row: Mapping[str, Any]) -> str:
    keys = ("timestamp", "created_at", "createdAt", "created", "time", "ts", "date", "sent_at")
    return next((str(row[key]) for key in keys if isinstance(row.get(key), str | int | float)), "")
