"""Logs in the forms in which others export them, read as one conversation."""

import copy
import csv
import json
import random

import pyarrow
import pyarrow.parquet
import pytest

from multivon_eval import simulate
from multivon_eval.sdk import Message, PersonaError, ToolCall
from multivon_eval_plugins.logs.formats import read_log
from multivon_eval_plugins.logs.prepared import prepare
from multivon_eval_plugins.logs.threads import build_conversations

ASKED = "Where is my parcel?"
ANSWERED = "It is on its way."
AGAIN = "Since when?"
LAST = "Since Monday."
SAID = [("user", ASKED), ("assistant", ANSWERED), ("user", AGAIN), ("assistant", LAST)]
CHAT = [{"role": "system", "content": "You help."}, *({"role": role, "content": text} for role, text in SAID)]
TRACE, SPAN = "5b8efff798038103d269b633813fc60c", "eee19b7ec3c1b174"


def write(path, *rows):
    """Write lines of JSON."""
    path.write_text("\n".join(json.dumps(row) for row in rows) + "\n", encoding="utf-8")
    return path


def read(path, form=""):
    """The conversations of a log."""
    return build_conversations(read_log(str(path), form).calls)


def told(conversation):
    """Who said what."""
    return [(message.role, message.content) for message in conversation.messages]


def otlp(*spans):
    """An export of OTLP in JSON, as the collector's file exporter writes it."""
    return {
        "resourceSpans": [
            {
                "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "bot"}}]},
                "scopeSpans": [{"scope": {"name": "openai"}, "spans": list(spans)}],
            }
        ]
    }


def span(attributes, at=1, events=(), trace=TRACE, parent=SPAN):
    """A span of OTLP."""
    return {
        "traceId": trace,
        "spanId": f"{at:016x}",
        "parentSpanId": parent,
        "name": "chat gpt-4o",
        "kind": 3,
        "startTimeUnixNano": str(1_700_000_000_000_000_000 + at),
        "attributes": encode(attributes),
        "events": [{"timeUnixNano": str(at), "name": name, "attributes": encode(held)} for name, held in events],
    }


def encode(attributes):
    """Attributes as OTLP writes them."""
    return [{"key": key, "value": encode_value(value)} for key, value in attributes.items()]


def encode_value(value):
    if isinstance(value, str):
        return {"stringValue": value}
    if isinstance(value, int):
        return {"intValue": str(value)}
    if isinstance(value, list):
        return {"arrayValue": {"values": [encode_value(one) for one in value]}}
    return {"kvlistValue": {"values": encode(value)}}


def parts(rows):
    """Messages as the GenAI conventions write them."""
    return [{"role": row["role"], "parts": [{"type": "text", "content": row["content"]}]} for row in rows]


def indexed(prefix, rows, inner=""):
    """Messages as attributes with numbers in their names."""
    return {f"{prefix}.{n}.{inner}{key}": value for n, row in enumerate(rows) for key, value in row.items()}


INPUT, OUTPUT = CHAT[:-1], CHAT[-1:]
GENAI = {
    "gen_ai.operation.name": "chat",
    "gen_ai.conversation.id": "conv_5j66UpCpwteGg4YSxUnt7lPY",
    "gen_ai.input.messages": json.dumps(parts(INPUT)),
    "gen_ai.output.messages": json.dumps([{**parts(OUTPUT)[0], "finish_reason": "stop"}]),
    "gen_ai.usage.input_tokens": 97,
}
PHOENIX_ROW = {
    "context.span_id": SPAN,
    "context.trace_id": TRACE,
    "name": "ChatCompletion",
    "span_kind": "LLM",
    "parent_id": None,
    "start_time": "2024-05-01T10:00:00+00:00",
    "attributes.openinference.span.kind": "LLM",
    "attributes.llm.input_messages": [
        {"message.role": row["role"], "message.content": row["content"]} for row in INPUT
    ],
    "attributes.llm.output_messages": [{"message.role": "assistant", "message.content": LAST}],
    "attributes.session.id": "s-1",
}
GENERATION = {
    "id": "obs-1",
    "traceId": TRACE,
    "type": "GENERATION",
    "name": "chat",
    "startTime": "2024-05-01T10:00:00.000Z",
    "model": "gpt-4o",
    "input": INPUT,
    "output": OUTPUT[0],
    "parentObservationId": None,
}
EXPORTS = {
    "messages": ("messages", {"messages": CHAT}),
    "bare list": ("messages", CHAT),
    "content lists": (
        "messages",
        {"messages": [{"role": role, "content": [{"type": "text", "text": text}]} for role, text in SAID]},
    ),
    "request and response": (
        "messages",
        {"request": {"messages": INPUT}, "response": {"choices": [{"message": OUTPUT[0]}]}},
    ),
    "sharegpt": (
        "messages",
        {
            "conversations": [
                {"from": {"user": "human", "assistant": "gpt"}[role], "value": text} for role, text in SAID
            ]
        },
    ),
    "gemini": (
        "messages",
        {"messages": [{"role": {"user": "user", "assistant": "model"}[r], "parts": [{"text": t}]} for r, t in SAID]},
    ),
    "langchain": (
        "messages",
        {
            "messages": [
                {
                    "lc": 1,
                    "type": "constructor",
                    "id": ["langchain", "schema", "messages", {"user": "HumanMessage", "assistant": "AIMessage"}[role]],
                    "kwargs": {"content": text},
                }
                for role, text in SAID
            ]
        },
    ),
    "responses api": (
        "messages",
        {
            "input": [
                {"role": r, "content": [{"type": "input_text" if r == "user" else "output_text", "text": t}]}
                for r, t in SAID[:-1]
            ],
            "output": [
                {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": LAST}]},
            ],
        },
    ),
    "genai, strings": ("otel", otlp(span(GENAI))),
    "genai, structured": (
        "otel",
        otlp(span({**GENAI, "gen_ai.input.messages": parts(INPUT), "gen_ai.output.messages": parts(OUTPUT)})),
    ),
    "genai, one event": (
        "otel",
        otlp(span({"gen_ai.operation.name": "chat"}, events=[("gen_ai.client.inference.operation.details", GENAI)])),
    ),
    "genai, an event a message": (
        "otel",
        otlp(
            span(
                {},
                events=[
                    *(
                        (f"gen_ai.{row['role']}.message", {"content": row["content"], "role": row["role"]})
                        for row in INPUT
                    ),
                    ("gen_ai.choice", {"index": 0, "finish_reason": "stop", "message": json.dumps(OUTPUT[0])}),
                ],
            )
        ),
    ),
    "openllmetry": (
        "otel",
        otlp(
            span({**indexed("gen_ai.prompt", INPUT), **indexed("gen_ai.completion", OUTPUT), "gen_ai.system": "OpenAI"})
        ),
    ),
    "span of the sdk": (
        "otel",
        {
            "name": "chat",
            "context": {"trace_id": f"0x{TRACE}", "span_id": f"0x{SPAN}", "trace_state": "[]"},
            "kind": "SpanKind.CLIENT",
            "parent_id": None,
            "start_time": "2024-05-01T10:00:00.000000Z",
            "attributes": GENAI,
            "events": [],
        },
    ),
    "openinference": (
        "openinference",
        otlp(
            span(
                {
                    "openinference.span.kind": "LLM",
                    "session.id": "s-1",
                    **indexed("llm.input_messages", INPUT, "message."),
                    **indexed("llm.output_messages", OUTPUT, "message."),
                }
            )
        ),
    ),
    "phoenix, row": ("phoenix", PHOENIX_ROW),
    "phoenix, nested": (
        "phoenix",
        {
            "name": "ChatCompletion",
            "context": {"trace_id": TRACE, "span_id": SPAN},
            "span_kind": "LLM",
            "parent_id": None,
            "start_time": "2024-05-01T10:00:00+00:00",
            "attributes": {
                "openinference": {"span": {"kind": "LLM"}},
                "session": {"id": "s-1"},
                "llm": {
                    "input_messages": [{"message": row} for row in INPUT],
                    "output_messages": [{"message": row} for row in OUTPUT],
                },
            },
        },
    ),
    "langfuse, observation": ("langfuse", GENERATION),
    "langfuse, strings": ("langfuse", {**GENERATION, "input": json.dumps(INPUT), "output": json.dumps(OUTPUT[0])}),
    "langfuse, text out": ("langfuse", {**GENERATION, "input": {"messages": INPUT}, "output": LAST}),
    "langfuse, blob": (
        "langfuse",
        {
            "id": "o",
            "trace_id": TRACE,
            "type": "GENERATION",
            "start_time": "2024-05-29 13:46:19.963000",
            "session_id": "s-1",
            "user_id": "u",
            "input": json.dumps(INPUT),
            "output": json.dumps(OUTPUT),
        },
    ),
    "langfuse, trace": (
        "langfuse",
        {"id": TRACE, "timestamp": "2024-05-01", "name": "chat", "sessionId": "s-1", "input": ASKED, "output": LAST}
        | {"observations": [GENERATION], "scores": []},
    ),
    "langfuse, session": (
        "langfuse",
        {
            "id": "s-1",
            "traces": [
                {"id": "t1", "timestamp": "2024-05-01T10:00:00Z", "input": ASKED, "output": ANSWERED},
                {
                    "id": "t2",
                    "timestamp": "2024-05-01T10:01:00Z",
                    "input": {"query": AGAIN},
                    "output": {"answer": LAST},
                },
            ],
        },
    ),
    "langfuse, page of the api": ("langfuse", {"data": [GENERATION], "meta": {"page": 1, "totalItems": 1}}),
}


ASK, REPLY = {"role": "user", "content": ASKED}, {"role": "assistant", "content": ANSWERED}
COMPLETION = {"id": "c", "object": "chat.completion", "choices": [{"index": 0, "message": REPLY}]}
SAID_TEXT = [{"type": "output_text", "text": ANSWERED, "annotations": []}]
NODES = {
    "r": {"message": None, "parent": None},
    "a": {
        "message": {"author": {"role": "user"}, "content": {"content_type": "text", "parts": [ASKED]}},
        "parent": "r",
    },
    "x": {"message": {"author": {"role": "assistant"}, "content": {"content_type": "thoughts"}}, "parent": "a"},
    "b": {
        "message": {"author": {"role": "assistant"}, "content": {"content_type": "text", "parts": [ANSWERED]}},
        "parent": "x",
    },
    "old": {
        "message": {"author": {"role": "assistant"}, "content": {"content_type": "text", "parts": ["No."]}},
        "parent": "a",
    },
}


def thread_message(role, text, at):
    """A message of a thread, as OpenAI lists them."""
    content = [{"type": "text", "text": {"value": text, "annotations": []}}]
    return {"object": "thread.message", "created_at": at, "thread_id": "t", "role": role, "content": content}


def constructed(name, text):
    """A message as LangChain serialises it."""
    return {"lc": 1, "type": "constructor", "id": ["langchain", "schema", name], "kwargs": {"content": text}}


ONE_TURN = {
    "vercel": otlp(span({"ai.prompt": json.dumps({"messages": [ASK]}), "ai.response.text": ANSWERED})),
    "vercel, call": otlp(span({"ai.prompt.messages": json.dumps([ASK]), "ai.response.text": ANSWERED})),
    "pydantic ai": otlp(
        span(
            {
                "pydantic_ai.all_messages": json.dumps(
                    [
                        {"role": one["role"], "parts": [{"type": "text", "content": one["content"]}]}
                        for one in (ASK, REPLY)
                    ]
                )
            }
        )
    ),
    "logfire events": otlp(
        span(
            {
                "events": json.dumps(
                    [
                        {"event.name": "gen_ai.user.message", **ASK},
                        {"event.name": "gen_ai.choice", "index": 0, "message": REPLY},
                    ]
                )
            }
        )
    ),
    "mlflow": otlp(
        span(
            {
                "mlflow.spanType": '"CHAT_MODEL"',
                "mlflow.spanInputs": json.dumps({"messages": [ASK]}),
                "mlflow.spanOutputs": json.dumps(COMPLETION),
            }
        )
    ),
    "adk": otlp(
        span(
            {
                "gcp.vertex.agent.llm_request": json.dumps(
                    {"contents": [{"role": "user", "parts": [{"text": ASKED}]}]}
                ),
                "gcp.vertex.agent.llm_response": json.dumps(
                    {"content": {"role": "model", "parts": [{"text": ANSWERED}]}}
                ),
            }
        )
    ),
    "traceloop": otlp(
        span(
            {
                "traceloop.span.kind": "agent",
                "traceloop.entity.input": json.dumps({"inputs": {"messages": [ASK]}}),
                "traceloop.entity.output": json.dumps({"outputs": ANSWERED}),
            }
        )
    ),
    "phoenix, trace": {"traceId": TRACE, "rootSpan": {}, "spans": [{**PHOENIX_ROW, "parent_id": None}]},
    "langfuse, gemini": {
        **GENERATION,
        "input": {"contents": [{"role": "user", "parts": [{"text": ASKED}]}]},
        "output": {"candidates": [{"content": {"role": "model", "parts": [{"text": ANSWERED}]}}]},
    },
    "request and response": {"request": {"body": {"messages": [ASK]}}, "response": {"body": COMPLETION}},
    "proxy": {"request_id": "r", "request_body": {"messages": [ASK]}, "response_body": COMPLETION},
    "batch": {"custom_id": "r", "body": {"messages": [ASK, REPLY]}},
    "batch of anthropic": {"custom_id": "r", "params": {"messages": [ASK, REPLY]}},
    "responses": {
        "input": ASKED,
        "output": [
            {"type": "reasoning", "summary": []},
            {"type": "message", "role": "assistant", "content": SAID_TEXT},
        ],
    },
    "items": {"object": "list", "data": [ASK, {"type": "message", "role": "assistant", "content": SAID_TEXT}]},
    "thread, newest first": {
        "object": "list",
        "data": [thread_message("assistant", ANSWERED, 2), thread_message("user", ASKED, 1)],
    },
    "chatgpt": {"title": "t", "conversation_id": "c", "current_node": "b", "mapping": NODES},
    "claude": {
        "uuid": "c",
        "chat_messages": [{"text": ASKED, "sender": "human"}, {"text": ANSWERED, "sender": "assistant"}],
    },
    "open webui": {"id": "c", "chat": {"messages": [ASK, REPLY]}},
    "bedrock": {
        "schemaType": "ModelInvocationLog",
        "input": {"inputBodyJson": {"messages": [{"role": "user", "content": [{"text": ASKED}]}]}},
        "output": {"outputBodyJson": {"output": {"message": {"role": "assistant", "content": [{"text": ANSWERED}]}}}},
    },
    "langsmith": {
        "run_type": "llm",
        "session_id": "a project",
        "trace_id": "t",
        "inputs": {"messages": [[constructed("HumanMessage", ASKED)]]},
        "outputs": {"generations": [[{"text": ANSWERED, "message": constructed("AIMessage", ANSWERED)}]]},
    },
}
"""Forms with one question and its answer."""


@pytest.mark.parametrize("name", ONE_TURN)
@pytest.mark.parametrize("suffix", ["jsonl", "json"])
def test_forms_of_services_are_read(tmp_path, name, suffix):
    """The exports and spans of services; of an edited conversation the branch that was shown last."""
    path = tmp_path / f"log.{suffix}"
    path.write_text(json.dumps(ONE_TURN[name], indent=None if suffix == "jsonl" else 2), encoding="utf-8")
    [conversation] = read(path)
    assert told(conversation)[:2] == SAID[:2]
    assert name == "phoenix, trace" or len(told(conversation)) == 2


def test_runs_of_one_project_are_not_one_conversation(tmp_path):
    """LangSmith's ``session_id`` is a project; a thread in the metadata is a conversation; steps are counted."""
    run = ONE_TURN["langsmith"]
    other = {**run, "trace_id": "u", "inputs": {"messages": [[constructed("HumanMessage", "Refund me.")]]}}
    step = {"run_type": "tool", "trace_id": "t", "inputs": {"input": "x"}, "outputs": {"output": "y"}}
    log = read_log(str(write(tmp_path / "runs.jsonl", run, other, step)))
    assert len(build_conversations(log.calls)) == 2
    assert sum(log.left_out.values()) == 1


def test_a_branch_that_leads_nowhere_is_told(tmp_path):
    """With the message that is missing."""
    path = write(tmp_path / "c.jsonl", {"conversation_id": "c", "current_node": "gone", "mapping": NODES})
    with pytest.raises(PersonaError, match="'gone' is not in its mapping"):
        read(path)


@pytest.mark.parametrize("name", EXPORTS)
@pytest.mark.parametrize("suffix", ["jsonl", "json"])
def test_each_form_is_recognised(tmp_path, name, suffix):
    """One conversation comes of each, as a line and as a file; instructions are no part of it."""
    form, row = EXPORTS[name]
    path = tmp_path / f"log.{suffix}"
    path.write_text(json.dumps(row, indent=None if suffix == "jsonl" else 2), encoding="utf-8")
    [conversation] = read(path)
    assert (told(conversation), conversation.format) == (SAID, form)
    assert conversation.where.startswith(str(path))
    [again] = read(path, form)
    assert told(again) == SAID


def test_a_message_a_line(tmp_path):
    """Messages that name their conversation are put together, in their order, others kept apart."""
    rows = [{"conversation_id": "a", "role": role, "content": text} for role, text in SAID]
    rows.insert(2, {"conversation_id": "b", "role": "user", "content": "Hello?"})
    both = read(write(tmp_path / "log.jsonl", *rows))
    assert [told(one) for one in both] == [SAID, [("user", "Hello?")]]
    assert [one.calls for one in both] == [4, 1]
    path = tmp_path / "log.json"
    path.write_text(json.dumps(rows, indent=1), encoding="utf-8")
    assert [told(one) for one in read(path)] == [SAID, [("user", "Hello?")]]


def test_messages_in_another_order_are_sorted_by_their_time(tmp_path):
    """Where each has a time."""
    rows = [
        {
            "session_id": "a",
            "sender": {"user": "customer", "assistant": "bot"}[role],
            "text": text,
            "timestamp": 100 + n,
        }
        for n, (role, text) in enumerate(SAID)
    ]
    assert told(read(write(tmp_path / "log.jsonl", *reversed(rows)))[0]) == SAID


def test_tool_calls_keep_what_came_back(tmp_path):
    """In OpenAI's form, Anthropic's, and that of the GenAI conventions."""
    openai = [
        {"role": "user", "content": ASKED},
        {"role": "assistant", "content": None}
        | {"tool_calls": [{"id": "c1", "type": "function", "function": {"name": "find", "arguments": '{"id": 7}'}}]},
        {"role": "tool", "tool_call_id": "c1", "content": "on its way"},
        {"role": "assistant", "content": ANSWERED},
    ]
    anthropic = [
        {"role": "user", "content": ASKED},
        {"role": "assistant", "content": [{"type": "tool_use", "id": "c1", "name": "find", "input": {"id": 7}}]},
        {"role": "user", "content": [{"type": "tool_result", "tool_use_id": "c1", "content": "on its way"}]},
        {"role": "assistant", "content": [{"type": "text", "text": ANSWERED}]},
    ]
    genai = [
        {"role": "user", "parts": [{"type": "text", "content": ASKED}]},
        {"role": "assistant", "parts": [{"type": "tool_call", "id": "c1", "name": "find", "arguments": {"id": 7}}]},
        {"role": "tool", "parts": [{"type": "tool_call_response", "id": "c1", "response": "on its way"}]},
        {"role": "assistant", "parts": [{"type": "text", "content": ANSWERED}]},
    ]
    for number, rows in enumerate((openai, anthropic, genai)):
        [conversation] = read(write(tmp_path / f"{number}.jsonl", {"messages": rows}))
        call = ToolCall("find", {"id": 7}, "on its way")
        assert conversation.messages == (Message("user", ASKED), Message("assistant", ANSWERED, (call,)))


def test_growing_histories_are_one_conversation(tmp_path):
    """Each call of a session sends all that was said before; the longest counts, and no copy stands beside it."""
    calls = [
        span(
            {
                **GENAI,
                "gen_ai.input.messages": json.dumps(parts(CHAT[:2])),
                "gen_ai.output.messages": json.dumps(parts(CHAT[2:3])),
            },
            1,
        ),
        span(GENAI, 2, trace="0" * 31 + "1"),
    ]
    [conversation] = read(write(tmp_path / "log.jsonl", otlp(calls[1]), otlp(calls[0])))
    assert (told(conversation), conversation.calls) == (SAID, 2)
    # Without an id as well: the shorter one is the beginning of the longer.
    rows = [{"messages": CHAT[: 2 * n + 1]} for n in (1, 2)]
    [conversation] = read(write(tmp_path / "lines.jsonl", *rows))
    assert (told(conversation), conversation.calls) == (SAID, 2)


def test_windows_that_slide_are_put_together(tmp_path):
    """A history of which the beginning was cut goes on where the other ended."""
    rows = [{"session_id": "a", "messages": CHAT[1:4]}, {"session_id": "a", "messages": CHAT[3:]}]
    [conversation] = read(write(tmp_path / "log.jsonl", *rows))
    assert told(conversation) == SAID


def test_phoenix_as_csv_and_parquet(tmp_path):
    """A data frame as pandas saves it: lists in CSV are Python's."""
    with (tmp_path / "spans.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, ["", *PHOENIX_ROW])
        writer.writeheader()
        writer.writerow({"": 0, **PHOENIX_ROW})
    assert told(read(tmp_path / "spans.csv")[0]) == SAID
    pyarrow.parquet.write_table(pyarrow.Table.from_pylist([PHOENIX_ROW]), tmp_path / "spans.parquet")
    [conversation] = read(tmp_path / "spans.parquet")
    assert (told(conversation), conversation.where) == (SAID, f"{tmp_path / 'spans.parquet'}:1")


def test_langfuse_as_csv(tmp_path):
    """The table's export: JSON in cells."""
    row = {"id": TRACE, "timestamp": "2024-05-01", "name": "chat", "userId": "u", "sessionId": "s-1"}
    rows = [{**row, "input": json.dumps({"messages": INPUT}), "output": json.dumps(OUTPUT[0])}]
    with (tmp_path / "traces.csv").open("w", newline="", encoding="utf-8") as file:
        writer = csv.DictWriter(file, list(rows[0]))
        writer.writeheader()
        writer.writerows(rows)
    [conversation] = read(tmp_path / "traces.csv")
    assert (told(conversation), conversation.format, conversation.id) == (SAID, "langfuse", "s-1")


def test_our_own_results(tmp_path):
    """What ``simulate`` wrote is a log too."""
    person = {"name": "ann", "profile": "P.", "goal": "Learn where the parcel is.", "success_criteria": ["It is told."]}
    out = tmp_path / "results.jsonl"
    results = simulate(
        lambda prompt: ANSWERED, [person], judge="offline", max_turns=2, sinks=[f"jsonl:{out}"], hooks=()
    )
    [conversation] = read(out)
    assert conversation.messages == results[0].conversation.messages
    assert (conversation.format, conversation.where) == ("results", f"{out}:1")


def test_a_folder_is_read_with_all_its_files(tmp_path):
    """Also those in folders below; other files are no logs."""
    (tmp_path / "below").mkdir()
    write(tmp_path / "a.jsonl", {"messages": CHAT})
    write(tmp_path / "below" / "b.json", GENERATION)
    (tmp_path / "README.txt").write_text("hello", encoding="utf-8")
    assert sorted(one.format for one in read(tmp_path)) == ["langfuse", "messages"]


def test_all_broken_lines_are_told_at_once(tmp_path):
    """Each with its file and line and what to do; nothing is read past in silence."""
    path = tmp_path / "log.jsonl"
    lines = [
        json.dumps({"messages": CHAT}),
        '{"messages": [',
        json.dumps({"question": "?"}),
        json.dumps({"messages": [{"role": "wizard", "content": "x"}]}),
        json.dumps({"messages": [{"role": "assistant", "content": "Hello."}]}),
        json.dumps({"role": "user", "content": "Hello."}),
        "7",
    ]
    path.write_text("\n".join(lines), encoding="utf-8")
    with pytest.raises(PersonaError) as caught:
        read(path)
    problems = [problem.removeprefix(f"{path}:") for problem in caught.value.problems]
    assert [int(problem.partition(":")[0]) for problem in problems] == [2, 3, 4, 5, 6, 7]
    wanted = ("not JSON", "no form that is known (keys: question)", "has the role 'wizard'", "no message of a user")
    assert all(part in problem for part, problem in zip(wanted, problems, strict=False))
    assert "add conversation_id" in problems[4]


def test_of_very_many_problems_the_first_are_told(tmp_path):
    """And how many more there are."""
    with pytest.raises(PersonaError) as caught:
        read(write(tmp_path / "log.jsonl", *range(200)))
    assert len(caught.value.problems) == 51
    assert caught.value.problems[-1] == "... and 150 more"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (b"", "nothing is in it"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (
            json.dumps(otlp(span({"gen_ai.operation.name": "chat"}))).encode(),
            "no conversation in it (1 spans without messages",
        ),
        (json.dumps([{"messages": CHAT}, 5])[:-4].encode(), "not JSON"),
    ],
)
def test_files_that_hold_no_conversation(tmp_path, content, why):
    """What is wrong is said, with the file."""
    path = tmp_path / "log.json"
    path.write_bytes(content)
    with pytest.raises(PersonaError) as caught:
        read(path)
    assert str(path) in str(caught.value) and why in str(caught.value)


def test_files_that_are_not_there(tmp_path):
    """A path that is wrong, and a folder without logs."""
    with pytest.raises(PersonaError, match="no such file"):
        read(tmp_path / "no.jsonl")
    with pytest.raises(PersonaError, match="no file of logs in this folder"):
        read(tmp_path)


def test_a_form_that_is_asked_for_is_held_to(tmp_path):
    """A record that has another one is a problem."""
    with pytest.raises(PersonaError, match=r"log\.jsonl:1: no span; format=otel"):
        read(write(tmp_path / "log.jsonl", {"messages": CHAT}), "otel")


JUNK = (
    None,
    7,
    1.5,
    True,
    "",
    "x",
    "[",
    '{"a":',
    [],
    {},
    [1],
    [None],
    [[]],
    {"a": 1},
    {"role": "user"},
    [{"role": "user"}],
)


def spoil(value, chance):
    """Put something else in some places of a value, and leave some out."""
    if chance.random() < 0.06:
        return copy.deepcopy(chance.choice(JUNK))
    if isinstance(value, dict):
        return {key: spoil(item, chance) for key, item in value.items() if chance.random() > 0.03}
    return [spoil(item, chance) for item in value] if isinstance(value, list) else value


SPOILT = {**EXPORTS, **{name: ("", row) for name, row in ONE_TURN.items()}}


@pytest.mark.parametrize("name", SPOILT)
def test_whatever_stands_in_a_record_it_is_read_or_refused(tmp_path, name):
    """With its place; nothing else is raised. A hundred spoilt ones of each form."""
    form, row = SPOILT[name]
    path, chance = tmp_path / "log.json", random.Random(name)
    for number in range(100):
        path.write_text(json.dumps(spoil(row, chance)), encoding="utf-8")
        try:
            asked = prepare(str(path), form if number % 3 == 0 else "", "cluster", 5, 85, 2000, None).asked
            problems = ()
        except PersonaError as error:
            asked, problems = (), error.problems
        assert bool(asked) != bool(problems)
        assert all(str(path) in problem for problem in problems)
