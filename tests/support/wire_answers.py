"""What providers answer, as they do on a good day and on a strange one: labels made before the code that reads them.

The shapes are those of the providers' references and of reports of their users. Each says what has to come of it: the
answer, or how the call ends.
"""

from __future__ import annotations

import json
from typing import Any

import attrs

from .call_ends import PASSES, STAYS, UNUSABLE, WITHHELD

READ, UNREADABLE = "read", "unreadable"
"""The answer is read; there is one, and it does not fit the question."""

YES = '{"met": "yes", "number": 1}'
NO = '{"met": "no", "number": 0}'
_USAGE = {"prompt_tokens": 20, "completion_tokens": 10, "total_tokens": 30}


@attrs.frozen
class WireAnswer:
    """One answer.

    Attributes:
        name: For the test's id.
        judge: Whose wire it is.
        body: What was sent, with status 200.
        means: What comes of it, or how the call ends.
    """

    name: str
    judge: str
    body: Any
    means: str = READ


def _chat(name: str, means: str = READ, *, reason: Any = "stop", **message: Any) -> WireAnswer:
    choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": reason}
    return WireAnswer(name, "openai", {"id": "c", "model": "m", "choices": [choice], "usage": _USAGE}, means)


def _whole(name: str, body: Any, means: str) -> WireAnswer:
    return WireAnswer(name, "openai", body, means)


def _claude(name: str, content: Any, means: str = READ, reason: Any = "end_turn", **more: Any) -> WireAnswer:
    usage = {"input_tokens": 20, "output_tokens": 10}
    body = {"id": "m", "type": "message", "role": "assistant", "model": "m", "content": content}
    return WireAnswer(name, "anthropic", {**body, "stop_reason": reason, "usage": usage, **more}, means)


def _gemini(name: str, parts: Any, means: str = READ, reason: str = "STOP", **more: Any) -> WireAnswer:
    candidate = {"content": {"role": "model", "parts": parts}, "finishReason": reason}
    usage = {"promptTokenCount": 20, "candidatesTokenCount": 10}
    return WireAnswer(name, "gemini", {"candidates": [candidate], "usageMetadata": usage, **more}, means)


def _text(text: str) -> dict[str, str]:
    return {"type": "text", "text": text}


def _tool(given: Any, name: str = "answer") -> dict[str, Any]:
    return {"type": "tool_use", "id": "t", "name": name, "input": given}


def _call(arguments: Any) -> list[dict[str, Any]]:
    return [{"id": "c", "type": "function", "function": {"name": "answer", "arguments": arguments}}]


OPENAI = (
    _chat("as it should be", content=YES),
    _chat("no reason", content=YES, reason=None),
    _chat("a new reason", content=YES, reason="end_of_turn"),
    _chat("in a fence", content=f"```json\n{YES}\n```"),
    _chat("words around it", content=f"Sure! Here it is:\n{YES}\nAnything else?"),
    _chat("braces before it", content=f"The set {{a, b}} is given. {YES}"),
    _chat("a thought with a draft", content=f"<think>{NO} hm</think>{YES}"),
    _chat("a thought without a beginning", content=f"{NO} hm, no.</think>\n{YES}"),
    _chat("a draft and an answer", content=f"{NO}\nNo, wait.\n{YES}"),
    _chat("text in parts", content=[_text(YES)]),
    _chat("text in several parts", content=[_text(YES[:9]), _text(YES[9:])]),
    _chat("a thought among the parts", content=[{"type": "thinking", "thinking": [_text(NO)]}, _text(YES)]),
    _chat("parts of another name", content=[{"type": "output_text", "text": YES}]),
    _chat("strings as parts", content=[YES]),
    _chat("an object", content=json.loads(YES)),
    _chat("one part alone", content=_text(YES)),
    _chat("only in the thoughts", content="", reasoning_content=f"So the answer is {YES}"),
    _chat("only in the thoughts, null", content=None, reasoning=YES),
    _chat("thoughts beside it", content=YES, reasoning_content=NO),
    _chat("as a function's arguments", content=None, tool_calls=_call(YES), reason="tool_calls"),
    _chat("as a function's object", content="", tool_calls=_call(json.loads(YES)), reason="stop"),
    _chat("a number with a point", content='{"met": "yes", "number": 1.0}'),
    _chat("a number as text", content='{"met": "yes", "number": "1"}'),
    _chat("a wrapping", content=f'{{"answer": {YES}}}'),
    _chat("a line break in a string", content='{"note": "a\nb", "met": "yes", "number": 1}'),
    _chat("more than was asked for", content='{"why": "so", "met": "yes", "number": 1}'),
    _chat("complete though cut", content=YES, reason="length"),
    _chat("a filter, and the answer is there", content=YES, reason="content_filter"),
    _chat("cut in the middle", UNREADABLE, content=YES[:12], reason="length"),
    _chat("no object", UNREADABLE, content="Yes, the goal was met."),
    _chat("a list", UNREADABLE, content="[1, 2]"),
    _chat("a field is missing", UNREADABLE, content='{"met": "yes"}'),
    _chat("a field of another type", UNREADABLE, content='{"met": "yes", "number": "one"}'),
    _chat("empty", UNREADABLE, content=""),
    _chat("null", UNREADABLE, content=None),
    _chat("blank", UNREADABLE, content=" \n"),
    _chat("cut before it began", STAYS, content="", reason="length"),
    _chat("thoughts left no room", PASSES, content="", reasoning_content="Hm, let me", reason="length"),
    _chat("a filter", WITHHELD, content="", reason="content_filter"),
    _chat("a refusal", WITHHELD, content=None, refusal="I can't help with that."),
    _chat("a refusal among the parts", WITHHELD, content=[{"type": "refusal", "refusal": "No."}]),
    _chat("no resources", PASSES, content="", reason="insufficient_system_resource"),
    _chat("a number as content", PASSES, content=7),
    _chat("it broke off", PASSES, content="", reason="error"),
    _whole("no choices", {"choices": []}, PASSES),
    _whole("choices are null", {"choices": None}, PASSES),
    _whole("a message is missing", {"choices": [{"finish_reason": "stop"}]}, PASSES),
    _whole("an error in it", {"error": {"message": "Provider returned error", "code": 502}}, PASSES),
    _whole("too many, in it", {"error": {"message": "Slow down", "code": "rate_limit_exceeded"}}, PASSES),
    _whole("no money, in it", {"error": {"message": "No.", "code": "insufficient_quota"}}, UNUSABLE),
    _whole("no key, in it", {"error": {"message": "No.", "code": "invalid_api_key"}}, UNUSABLE),
    _whole("no such model, in it", {"error": {"message": "No.", "code": 404}}, UNUSABLE),
    _whole("an error as a string", {"error": "upstream request failed"}, PASSES),
    _whole("a list as the body", [1], PASSES),
    _whole("an empty object", {}, PASSES),
)

ANTHROPIC = (
    _claude("the tool", [_tool(json.loads(YES))], reason="tool_use"),
    _claude("words before the tool", [_text(f"I first thought {NO}."), _tool(json.loads(YES))], reason="tool_use"),
    _claude("two tools", [_tool(json.loads(NO)), _tool(json.loads(YES))], reason="tool_use"),
    _claude("the input as text", [_tool(YES)], reason="tool_use"),
    _claude("a wrapping", [_tool({"answer": json.loads(YES)})], reason="tool_use"),
    _claude("no tool", [_text(YES)]),
    _claude("a thought before it", [{"type": "thinking", "thinking": NO, "signature": "s"}, _text(YES)]),
    _claude("a thought that is kept secret", [{"type": "redacted_thinking", "data": "x"}, _text(YES)]),
    _claude("a pause", [_text(YES)], reason="pause_turn"),
    _claude("nothing", [], UNREADABLE),
    _claude("an empty tool", [_tool({})], UNREADABLE, "tool_use"),
    _claude("cut", [_text(YES[:9])], UNREADABLE, "max_tokens"),
    _claude("cut before it began", [], STAYS, "max_tokens"),
    _claude("thoughts left no room", [{"type": "thinking", "thinking": "Hm"}], PASSES, "max_tokens"),
    _claude("a refusal", [], WITHHELD, "refusal"),
    _claude("a refusal in words", [_text("I will not.")], WITHHELD, "refusal"),
    _claude("too long", [], STAYS, "model_context_window_exceeded"),
    _claude("no list", "text", PASSES),
    WireAnswer("an error in it", "anthropic", {"type": "error", "error": {"type": "overloaded_error"}}, PASSES),
)

GEMINI = (
    _gemini("as it should be", [{"text": YES}]),
    _gemini("in parts", [{"text": YES[:9]}, {"text": YES[9:]}]),
    _gemini("a thought before it", [{"text": NO, "thought": True}, {"text": YES}]),
    _gemini("only in a thought", [{"text": YES, "thought": True}]),
    _gemini("a new reason", [{"text": YES}], reason="SOMETHING_NEW"),
    _gemini("a broken call, and the answer is there", [{"text": YES}], reason="MALFORMED_FUNCTION_CALL"),
    _gemini("a broken call", [], PASSES, "MALFORMED_FUNCTION_CALL"),
    _gemini("a call nobody offered", [{"functionCall": {"name": "x", "args": {}}}], PASSES, "UNEXPECTED_TOOL_CALL"),
    _gemini("safety", [], WITHHELD, "SAFETY"),
    _gemini("recitation", [], WITHHELD, "RECITATION"),
    _gemini("no parts", None, UNREADABLE),
    _gemini("cut before it began", [], STAYS, "MAX_TOKENS"),
    WireAnswer("blocked", "gemini", {"promptFeedback": {"blockReason": "OTHER"}}, WITHHELD),
    WireAnswer("no candidates", "gemini", {"usageMetadata": {"promptTokenCount": 1}}, PASSES),
    WireAnswer("an error in it", "gemini", {"error": {"code": 503, "status": "UNAVAILABLE"}}, PASSES),
    WireAnswer(
        "thoughts left no room",
        "gemini",
        {
            "candidates": [{"content": {"role": "model"}, "finishReason": "MAX_TOKENS"}],
            "usageMetadata": {"promptTokenCount": 20, "thoughtsTokenCount": 390},
        },
        PASSES,
    ),
)

ANSWERS = (*OPENAI, *ANTHROPIC, *GEMINI)
