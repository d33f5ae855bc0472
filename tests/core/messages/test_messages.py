"""Messages of OpenAI, Anthropic and LangChain, both ways, held against the types of their SDKs."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import attrs
import pytest
from anthropic.types import Message as AnthropicMessage
from anthropic.types import MessageParam
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
    convert_to_messages,
    convert_to_openai_messages,
    messages_to_dict,
)
from openai.types.chat import ChatCompletionMessage, ChatCompletionMessageParam
from openai.types.responses import ResponseInputItemParam
from pydantic import TypeAdapter

from multivon_eval import (
    Conversation,
    EvalCase,
    Message,
    MessageStyle,
    Persona,
    ToolCall,
    UsageError,
    from_messages,
    simulate,
    to_messages,
)
from multivon_eval._run.result_file import read_results
from multivon_eval._types.message_parts import read_result, write_result

STYLES: tuple[MessageStyle, ...] = ("openai", "anthropic", "langchain")
TEXTS = st.text(max_size=30)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | TEXTS,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(TEXTS, inner, max_size=3),
    max_leaves=6,
)
# What looks like JSON and is none, and what is.
LIKE_JSON = st.sampled_from(["007", "1.50", "1e5", "null", "7", '"', '"a"', "{", '{"a": 1}', "[1, 2]", "NaN", "true"])
CALLS = st.builds(
    ToolCall, st.text(min_size=1, max_size=10), st.dictionaries(TEXTS, JSON, max_size=3), JSON | LIKE_JSON
)
MESSAGES = st.lists(
    st.builds(Message, st.just("user"), TEXTS)
    | st.builds(Message, st.just("assistant"), TEXTS, st.lists(CALLS, max_size=3)),
    max_size=6,
).map(tuple)
TOLD = [{"role": "system", "content": "Be brief."}, {"role": "developer", "content": "Never guess."}]
OPENAI: list[dict[str, Any]] = [
    *TOLD,
    {"role": "user", "content": [{"type": "text", "text": "Where is it?"}, {"type": "image_url", "image_url": {}}]},
    {
        "role": "assistant",
        "content": None,
        "tool_calls": [{"id": "c1", "type": "function", "function": {"name": "look_up", "arguments": '{"id": 7}'}}],
    },
    {"role": "tool", "tool_call_id": "c1", "content": '{"status": "on its way"}'},
    {"role": "assistant", "content": "It is on its way."},
]
SAID = (
    Message("user", "Where is it?\n[image]"),
    Message("assistant", "It is on its way.", [ToolCall("look_up", {"id": 7}, {"status": "on its way"})]),
)


def plain(messages: tuple[Message, ...]) -> tuple[Message, ...]:
    """The messages without their metadata."""
    return tuple(attrs.evolve(message, metadata={}) for message in messages)


@pytest.mark.parametrize("style", STYLES)
@given(messages=MESSAGES)
def test_there_and_back(style: MessageStyle, messages: tuple[Message, ...]) -> None:
    """What is written in a form is read as it was, whatever is in it."""
    written = to_messages(messages, style)
    assert from_messages(written) == messages
    assert from_messages({"messages": written}) == messages


@given(value=JSON | LIKE_JSON | TEXTS)
def test_results_of_tools_there_and_back(value: Any) -> None:
    """Each JSON value, and each string that looks like one, has a text that gives it back."""
    frozen = ToolCall("tool", {}, value).result
    back = ToolCall("tool", {}, read_result({"content": write_result(frozen)})).result
    assert (back, type(back)) == (frozen, type(frozen))


@given(messages=MESSAGES)
def test_openai_takes_what_is_written(messages: tuple[Message, ...]) -> None:
    """By the types of its SDK; each call has its result, before anything else is said."""
    rows = to_messages(messages)
    adapter: TypeAdapter[Any] = TypeAdapter(list[ChatCompletionMessageParam])
    adapter.validate_python(rows)
    waiting: list[str] = []
    for row in rows:
        if row["role"] == "tool":
            waiting.remove(row["tool_call_id"])
        else:
            assert not waiting
            waiting = [call["id"] for call in row.get("tool_calls", ())]
    assert not waiting


@given(messages=MESSAGES)
def test_anthropic_takes_what_is_written(messages: tuple[Message, ...]) -> None:
    """By the types of its SDK; the results stand in the message after the calls."""
    rows = to_messages(messages, "anthropic")
    adapter: TypeAdapter[Any] = TypeAdapter(list[MessageParam])
    adapter.validate_python(rows)
    for row, after in zip(rows, [*rows, {}][1:], strict=True):
        calls = [part["id"] for part in row["content"] if isinstance(part, dict) and part["type"] == "tool_use"]
        assert not calls or calls == [part["tool_use_id"] for part in after["content"]]


@given(messages=MESSAGES)
def test_langchain_takes_what_is_written(messages: tuple[Message, ...]) -> None:
    """They are its own objects, which it makes the same messages of OpenAI from as we do."""
    written = to_messages(messages, "langchain")
    assert all(isinstance(one, BaseMessage) for one in convert_to_messages(written))
    assert from_messages(convert_to_openai_messages(written)) == messages
    assert from_messages(messages_to_dict(written)) == messages


def test_instructions_are_kept_beside_what_was_said() -> None:
    """In the metadata of the message that they stand before, and go back to their place."""
    read = from_messages(OPENAI)
    assert plain(read) == SAID
    assert read[0].metadata == {"instructions": TOLD}
    assert to_messages(read)[:2] == TOLD
    chain = to_messages(read, "langchain")
    assert [type(one) for one in chain[:2]] == [SystemMessage, SystemMessage]
    assert from_messages(chain) == read
    assert from_messages(to_messages(read, "anthropic")) == SAID, "Anthropic takes them beside the messages"
    assert from_messages([*OPENAI[2:], TOLD[0]])[-1].metadata == {"instructions": TOLD[:1]}
    assert from_messages(TOLD) == ()


def test_requests_of_anthropic() -> None:
    """Thoughts are left out, a failure is told as one, and what the provider's own tools did stands there too."""
    rows = [
        {"role": "user", "content": "Where is it?"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Hm.", "signature": "s"},
                {"type": "text", "text": "Let me look."},
                {"type": "tool_use", "id": "t1", "name": "look_up", "input": {"id": 7}},
                {"type": "server_tool_use", "id": "t2", "name": "web_search", "input": {"query": "parcel"}},
                {"type": "web_search_tool_result", "tool_use_id": "t2", "content": [{"type": "web_search_result"}]},
            ],
        },
        {
            "role": "user",
            "content": [
                {
                    "type": "tool_result",
                    "tool_use_id": "t1",
                    "content": [{"type": "text", "text": "down"}],
                    "is_error": True,
                },
                {"type": "document", "source": {}, "title": "invoice.pdf"},
            ],
        },
    ]
    TypeAdapter(list[MessageParam]).validate_python(rows[:1])
    read = from_messages({"system": [{"type": "text", "text": "Be brief."}], "messages": rows})
    assert read[0].metadata["instructions"] == [{"role": "system", "content": "Be brief."}]
    assert plain(read) == (
        Message("user", "Where is it?"),
        Message(
            "assistant",
            "Let me look.",
            [
                ToolCall("look_up", {"id": 7}, {"error": "down"}),
                ToolCall("web_search", {"query": "parcel"}, [{"type": "web_search_result"}]),
            ],
        ),
        Message("user", "[file invoice.pdf]"),
    )


def test_objects_of_the_sdks() -> None:
    """What the SDKs give back is read as it is."""
    refused = ChatCompletionMessage(role="assistant", content=None, refusal="I can't.")
    answered = AnthropicMessage.model_validate(
        {
            "id": "m",
            "type": "message",
            "role": "assistant",
            "model": "some",
            "content": [{"type": "text", "text": "Yes."}, {"type": "tool_use", "id": "t", "name": "go", "input": {}}],
            "stop_reason": "end_turn",
            "stop_sequence": None,
            "usage": {"input_tokens": 1, "output_tokens": 1},
        }
    )
    chunk = AIMessageChunk("Soon.") + AIMessageChunk(" Tomorrow.")
    wrong = AIMessage("", invalid_tool_calls=[{"name": "go", "args": "{", "id": "1", "error": "no JSON"}])
    failed = ToolMessage("no such place", tool_call_id="1", status="error")
    read = from_messages([refused, answered, chunk, HumanMessage("Now?"), wrong, failed])
    assert read == (
        Message("assistant", "I can't."),
        Message("assistant", "Yes.", [ToolCall("go")]),
        Message("assistant", "Soon. Tomorrow."),
        Message("user", "Now?"),
        Message("assistant", "", [ToolCall("go", {"text": "{"}, {"error": "no such place"})]),
    )
    assert from_messages([("system", "Be brief."), ("human", "Hi"), ("ai", "Hello")])[1].content == "Hello"


def test_items_of_openais_responses() -> None:
    """Calls and their results are items of their own; a tool of the provider is a call too."""
    items: list[dict[str, Any]] = [
        {"role": "user", "content": "Where is it?"},
        {"type": "reasoning", "id": "r", "summary": []},
        {"type": "function_call", "call_id": "c", "name": "look_up", "arguments": '{"id": 7}'},
        {"type": "function_call_output", "call_id": "c", "output": "on its way"},
        {
            "type": "message",
            "id": "m",
            "role": "assistant",
            "status": "completed",
            "content": [{"type": "output_text", "text": "Soon.", "annotations": []}],
        },
        {"type": "web_search_call", "id": "w", "status": "completed", "action": {"type": "search", "query": "parcel"}},
    ]
    adapter: TypeAdapter[Any] = TypeAdapter(list[ResponseInputItemParam])
    adapter.validate_python(items)
    assert from_messages(items) == (
        Message("user", "Where is it?"),
        Message("assistant", "Soon.", [ToolCall("look_up", {"id": 7}, "on its way")]),
        Message("assistant", "", [ToolCall("web_search", {"action": {"type": "search", "query": "parcel"}})]),
    )


@pytest.mark.parametrize(
    ("given", "problem"),
    [
        ("hello", "'messages' is str; give a list of messages"),
        (7, "'messages' is int"),
        ([7], "messages[0] is no message"),
        ([{"content": "Hi"}], "messages[0] is no message"),
        ([{"role": "narrator", "content": "Hi"}], "messages[0] has the role 'narrator'"),
        ([{"role": "user", "content": 7}], "messages[0].content is int; give a string, or a list of parts"),
        ([{"role": "user", "content": [7]}], "messages[0].content[0] is int"),
        ([{"role": "assistant", "tool_calls": [{"id": "1"}]}], "messages[0].tool_calls has a call without a name"),
        ([{"type": "item_reference", "id": "1"}], "messages[0] is of the type 'item_reference'"),
    ],
)
def test_what_is_no_message_is_named_with_its_place(given: Any, problem: str) -> None:
    with pytest.raises(UsageError) as caught:
        from_messages(given)
    assert problem in str(caught.value)


def test_messages_that_a_person_writes() -> None:
    """In a history or a case tool calls and parts are read; instructions belong to the system and are refused."""
    assert Persona("ann", "p", "g", "c", history=OPENAI[2:]).history == SAID
    assert EvalCase([*OPENAI[2:], {"role": "user", "content": "Thanks."}]).messages[:2] == SAID
    for make in (lambda rows: Persona("ann", "p", "g", "c", history=rows), EvalCase, lambda rows: Conversation(rows)):
        with pytest.raises(UsageError, match="role 'system', which is no part of what was said; give it to the system"):
            make(OPENAI)
    assert EvalCase(from_messages([*OPENAI, {"role": "user", "content": "Thanks."}])).messages[-1].content == "Thanks."
    with pytest.raises(UsageError, match=r"a message has the role 'tool', .* from_messages"):
        Message("tool", "7")  # type: ignore[arg-type]
    with pytest.raises(UsageError, match=r"a message has list as its content, .* from_messages"):
        Message("user", [{"type": "text", "text": "Hi"}])  # type: ignore[arg-type]


def test_results_and_conversations_are_written() -> None:
    """A result of ours goes to any of the SDKs."""
    (result,) = simulate(
        lambda prompt: "30 days.",
        [Persona("ann", "A customer.", "Ask.", "It was said.", script=["How long?"])],
        judge="offline",
        max_turns=1,
    )
    rows = [{"role": "user", "content": "How long?"}, {"role": "assistant", "content": "30 days."}]
    assert to_messages(result) == to_messages(result.conversation) == to_messages(rows) == rows
    assert [one.content for one in to_messages(result, style="langchain")] == ["How long?", "30 days."]
    with pytest.raises(UsageError, match="no form of messages is named 'langchian'; did you mean 'langchain'"):
        to_messages(result, "langchian")  # type: ignore[arg-type]


def test_score_reads_messages_of_all_and_keeps_instructions(tmp_path: Path) -> None:
    """The command ``score`` reads with the same reader; what the system was told stands in the metadata."""
    path = tmp_path / "transcripts.jsonl"
    forms = [OPENAI, to_messages(OPENAI, "anthropic"), messages_to_dict(to_messages(OPENAI, "langchain"))]
    path.write_text("".join(json.dumps({"messages": rows}) + "\n" for rows in forms), encoding="utf-8")
    results = read_results(path, takes_foreign=True)
    assert [result.transcript for result in results] == [SAID] * 3
    assert [result.metadata.get("instructions") for result in results] == [TOLD, None, TOLD]


@pytest.mark.process
def test_langchain_is_imported_only_when_it_is_asked_for() -> None:
    """Without it an error says what to install, and the other forms work."""
    program = (
        "import sys\n"
        "sys.modules['langchain_core'] = None\n"
        "from multivon_eval import Message, to_messages, from_messages, UsageError\n"
        "print(from_messages(to_messages([Message('user', 'Hi')])))\n"
        "try:\n    to_messages([Message('user', 'Hi')], 'langchain')\n"
        "except UsageError as error:\n    print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, timeout=60)
    assert done.returncode == 0, done.stderr
    assert "need langchain-core, which cannot be imported" in done.stdout
