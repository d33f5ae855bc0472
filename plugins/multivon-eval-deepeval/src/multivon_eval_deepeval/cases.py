"""Results as DeepEval's conversational test cases, and back, with nothing lost on the way."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs
from deepeval.test_case import ConversationalTestCase, ToolCall, Turn
from deepeval.test_case.llm_test_case import RetrievedContextData, ToolCallType

from multivon_eval import (
    Conversation,
    Message,
    SimulationResult,
    UsageError,
    result_from_json,
    result_to_json,
)
from multivon_eval import ToolCall as OurToolCall
from multivon_eval.sdk import Persona, read_results

OURS = "multivon_eval"
"""Where a test case's metadata holds what DeepEval has no field for: the result's line without its transcript."""
THEIRS = "deepeval"
"""Where a message's metadata, and a result's extra fields, hold what we have no field for."""
CONTEXT = "retrieval_context"
"""Where a reply's metadata holds what was retrieved for it, a list of strings."""
_PLACES = {
    "name": "name",
    "scenario": "goal",
    "user_description": "profile",
    "expected_outcome": "success_criteria",
}
"""Fields of a test case that a persona has a place for."""
_SHARED = {"turns", "metadata", *_PLACES}
"""Fields of a test case that are not kept as they are."""
_TOLD = ("user_id", "latency_ms", "interrupted", "provider_transcript")
"""Fields of a turn that we have no place for, and that can be written back."""
_DERIVED = {"multimodal", "voice"}
"""Fields of a test case that DeepEval derives from the others."""


def to_test_case(result: SimulationResult) -> ConversationalTestCase:
    """Make a test case of a result.

    ``scenario`` is the persona's goal, ``user_description`` its profile, ``expected_outcome`` the success criteria, a
    line each. A reply's ``retrieval_context`` is that of its metadata. All else stands in the test case's ``metadata``.

    Raises:
        UsageError: If nothing was said: DeepEval has no test case without turns.
    """
    row = result_to_json(result)
    theirs = dict(row.pop(THEIRS, {}))
    metadata = {**theirs.pop("metadata", {}), OURS: {key: row[key] for key in row if key != "transcript"}}
    said = _list_fields(result.conversation.persona)
    return _make_case(row["transcript"], {**said, **theirs, "metadata": metadata})


def conversation_to_test_case(conversation: Conversation, chatbot_role: str = "") -> ConversationalTestCase:
    """Make a test case of a conversation, as a metric gets it.

    Args:
        conversation: With at least one message.
        chatbot_role: The part that the assistant is to keep to, for metrics that look at it.

    Raises:
        UsageError: If nothing was said.
    """
    rows = [_write_message(message) for message in conversation.messages]
    return _make_case(rows, {**_list_fields(conversation.persona), "chatbot_role": chatbot_role or None})


def from_test_case(case: ConversationalTestCase) -> SimulationResult:
    """Make a result of a test case.

    One that :func:`to_test_case` made becomes the result it was, with what was changed in the test case since; any
    other an imported transcript, not judged yet. What we have no field for stands in ``extra`` and in the messages'
    metadata, under ``deepeval``.

    Raises:
        UsageError: If it has no turn of the assistant, or what stands in its metadata was damaged.
    """
    rows = [_read_turn(turn) for turn in case.turns]
    metadata = dict(case.metadata or {})
    ours = metadata.pop(OURS, None)
    theirs = case.model_dump(mode="json", exclude=_SHARED | _DERIVED, exclude_defaults=True)
    if metadata:
        theirs["metadata"] = metadata
    if ours is None:
        return _import(case, rows, theirs)
    row = {**ours, "persona": _update_persona(ours["persona"], case), "transcript": rows}
    return result_from_json({**row, THEIRS: theirs} if theirs else row)


def _list_fields(persona: Persona | None) -> dict[str, str | None]:
    """What a test case says of the user; what is not known of an imported one is None."""
    if persona is None:
        return {}
    return {
        "name": persona.name,
        "scenario": persona.goal or None,
        "user_description": persona.profile or None,
        "expected_outcome": "\n".join(persona.criteria) or None,
    }


def _make_case(rows: Sequence[Mapping[str, Any]], fields: Mapping[str, Any]) -> ConversationalTestCase:
    if not rows:
        raise UsageError("a conversation without messages is no test case of DeepEval's; leave it out")
    return ConversationalTestCase(turns=[_make_turn(row) for row in rows], **fields)


def _write_message(message: Message) -> dict[str, Any]:
    """A message as it stands in a result line."""
    calls = [{"name": call.name, "arguments": call.arguments, "result": call.result} for call in message.tool_calls]
    return {
        "role": message.role,
        "content": message.content,
        "tool_calls": _thaw(calls),
        "seconds": message.seconds,
        "metadata": _thaw(message.metadata),
    }


def _thaw(value: Any) -> Any:
    """A value of ours as dicts and lists, which pydantic takes as they are."""
    if isinstance(value, Mapping):
        return {key: _thaw(item) for key, item in value.items()}
    return [_thaw(item) for item in value] if isinstance(value, list | tuple) else value


def _make_turn(row: Mapping[str, Any]) -> Turn:
    metadata = dict(row.get("metadata") or {})
    theirs = dict(metadata.pop(THEIRS, {}))
    fields: dict[str, Any] = {name: theirs[name] for name in _TOLD if name in theirs}
    calls = row.get("tool_calls") or []
    more = theirs.get("tools_called") or [{}] * len(calls)
    if calls:
        fields["tools_called"] = [_make_call(call, also) for call, also in zip(calls, more, strict=True)]
    context = metadata.pop(CONTEXT, None)
    if _is_context(context):
        fields["retrieval_context"] = [one if isinstance(one, str) else RetrievedContextData(**one) for one in context]
    elif context is not None:
        metadata[CONTEXT] = context
    if row.get("seconds") is not None:
        metadata["seconds"] = row["seconds"]
    return Turn(role=row["role"], content=row["content"], metadata=metadata or None, **fields)


def _is_context(value: Any) -> bool:
    """Whether a value can be a turn's retrieval context: texts, or objects with a text and its source."""
    return isinstance(value, list) and all(
        isinstance(one, str)
        or (isinstance(one, dict) and one.keys() == {"context", "source"} and set(map(type, one.values())) == {str})
        for one in value
    )


def _make_call(call: Mapping[str, Any], more: Mapping[str, Any]) -> ToolCall:
    return ToolCall(name=call["name"], input_parameters=call.get("arguments"), output=call.get("result"), **more)


def _read_turn(turn: Turn) -> dict[str, Any]:
    """A turn as a message of a result line."""
    metadata = dict(turn.metadata or {})
    row: dict[str, Any] = {"role": turn.role, "content": turn.content}
    if isinstance(metadata.get("seconds"), float):
        row["seconds"] = metadata.pop("seconds")
    theirs = turn.model_dump(
        mode="json", exclude={"role", "content", "tools_called", CONTEXT, "metadata"}, exclude_none=True
    )
    if turn.tools_called:
        row["tool_calls"] = [
            {"name": call.name, "arguments": call.input_parameters or {}, "result": call.output}
            for call in turn.tools_called
        ]
        if any(more := [_list_more(call) for call in turn.tools_called]):
            theirs["tools_called"] = more
    if turn.retrieval_context:
        metadata[CONTEXT] = [one if isinstance(one, str) else dict(one) for one in turn.retrieval_context]
    if theirs:
        metadata[THEIRS] = theirs
    return {**row, "metadata": metadata}


def _list_more(call: ToolCall) -> dict[str, Any]:
    """What a call says beside name, arguments and result."""
    more = {"description": call.description, "reasoning": call.reasoning}
    if call.type is not ToolCallType.FUNCTION:
        more["type"] = call.type.value
    return {name: value for name, value in more.items() if value is not None}


def _update_persona(row: Mapping[str, Any], case: ConversationalTestCase) -> dict[str, Any]:
    """The persona as it was, with what was changed in the test case since."""
    criteria = row.get("success_criteria") or []
    before = "\n".join([criteria] if isinstance(criteria, str) else criteria)
    changed = {"name": case.name or row["name"]}
    for key, said, known in (
        ("goal", case.scenario, row.get("goal")),
        ("profile", case.user_description, row.get("profile")),
        ("success_criteria", case.expected_outcome, before),
    ):
        if (said or "") != (known or ""):
            changed[key] = said or ""
    return {**row, **changed}


def _import(case: ConversationalTestCase, rows: list[dict[str, Any]], theirs: dict[str, Any]) -> SimulationResult:
    """An imported transcript, read as ``multivon-eval score`` reads one."""
    places = {name: getattr(case, name) for name in _PLACES}
    known = {_PLACES[name]: value for name, value in places.items() if value and value.strip()}
    # What says nothing has no place in a persona, and a persona has a name; on the way back it is as it was.
    unsaid = {name: value for name, value in places.items() if _PLACES[name] not in known}
    line = {"messages": [{"role": row["role"], "content": row["content"]} for row in rows], "persona": known}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "transcript.jsonl")
        path.write_text(json.dumps(line) + "\n", encoding="utf-8")
        (result,) = read_results(path, takes_foreign=True)
    conversation = attrs.evolve(result.conversation, messages=tuple(map(_make_message, rows)))
    return attrs.evolve(result, conversation=conversation, extra={THEIRS: {**theirs, **unsaid}})


def _make_message(row: Mapping[str, Any]) -> Message:
    calls = tuple(OurToolCall(**call) for call in row.get("tool_calls", ()))
    return Message(row["role"], row["content"], calls, row.get("seconds"), row["metadata"])
