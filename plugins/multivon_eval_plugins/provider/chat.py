"""Chat completions: how a prompt becomes a request, and what was meant by a reply."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from multivon_eval.sdk import AnswerWithheld, JudgeError, JudgeUnavailable, Prompt, Usage, whole_text

from .json_http import JsonHttp
from .reading import Reading, describe_missing_answer, read_usage, write_schema_note
from .refusable import IN_FIRST_MESSAGE, LEFT_OUT, Refusable

REFUSABLE = (
    # An answer's length is never left unbounded: the ceiling hangs on it.
    Refusable("max_tokens", ("max_tokens",), ("sent as max_completion_tokens",), r"use\W+max_completion_tokens"),
    Refusable("temperature", ("temperature",)),
    Refusable("reasoning_effort", ("reasoning_effort", "reasoning")),
    Refusable(
        "response_format",
        ("response_format", "json_schema", "json_object", "structured outputs", "structured output", "text.format"),
        ("sent as json_object", LEFT_OUT),
        r"invalid schema for|json mode is not",
    ),
    Refusable(
        "system role",
        (),
        (IN_FIRST_MESSAGE,),
        r"roles must alternate|(?:system|developer) (?:role|messages?|prompts?|instructions?)(?: is| are)? not"
        r"|not support (?:the )?\W?(?:system|developer)\b",
    ),
)
_CUT = {"length", "max_tokens", "model_length"}
_PASSING = {
    "insufficient_system_resource": "the provider had no room left",
    "error": "the provider broke off",
    "tool_calls": "the model called a function that nobody offered",
    "function_call": "the model called a function that nobody offered",
}


def write_chat_body(model: str, prompt: Prompt, left_out: Mapping[str, str]) -> dict[str, Any]:
    """Write a prompt as the body of a chat completion.

    Args:
        model: The model.
        prompt: What is asked, with the temperature and the length that are sent.
        left_out: What the model refused, and what is done instead.
    """
    body: dict[str, Any] = {"model": model}
    system = whole_text(prompt.system)
    if prompt.schema is not None:
        how = left_out.get("response_format", "")
        if how != LEFT_OUT:
            body["response_format"] = _JSON_OBJECT if how else _write_json_schema(prompt)
        if how:
            system += f"\n\n{write_schema_note(prompt)}"
    body["messages"] = _write_messages(system, prompt, "system role" in left_out)
    if "temperature" not in left_out and prompt.temperature is not None:
        body["temperature"] = prompt.temperature
    if prompt.max_tokens is not None:
        body["max_completion_tokens" if "max_tokens" in left_out else "max_tokens"] = prompt.max_tokens
    return body


def _write_messages(system: str, prompt: Prompt, is_in_first: bool) -> list[dict[str, str]]:
    messages = [{"role": item.role, "content": whole_text(item.text)} for item in prompt.messages]
    if not system:
        return messages
    if not is_in_first:
        return [{"role": "system", "content": system}, *messages]
    first = messages[0]
    return [{**first, "content": f"{system}\n\n{first['content']}"}, *messages[1:]]


def read_chat_answer(data: Mapping[str, Any], model: str, http: JsonHttp) -> Reading:
    """Read a chat completion.

    Args:
        data: The reply.
        model: The model that was asked for.
        http: What knows the secrets that a reply may echo.

    Raises:
        AnswerWithheld: If the model refuses to answer, or a filter withholds what it said.
        JudgeUnavailable: If the reply is no chat completion, or the provider broke off.
    """
    try:
        choice = data["choices"][0]
        message = choice["message"]
        content, refusal, reason = message.get("content"), message.get("refusal"), choice.get("finish_reason")
    except (KeyError, IndexError, TypeError, AttributeError):
        raise describe_missing_answer(data, "chat completion", http.clean_text) from None
    text, refused = _read_content(content)
    if refusal := refusal or refused:
        said = http.clean_text(str(refusal), 4000)
        raise AnswerWithheld(f"the model refused to answer: {http.clean_text(said)}", said=said)
    text = text or _read_arguments(message)
    if reason == "content_filter" and not text.strip():
        raise AnswerWithheld("a filter of the provider withheld the answer (content_filter)")
    if not text.strip() and isinstance(reason, str) and reason in _PASSING:
        raise _make_empty_error(choice, reason, http)
    return Reading(
        text=text,
        model=http.clean_name(str(data.get("model") or model)),
        is_cut=reason in _CUT,
        thoughts=_read_thoughts(message),
        has_thought=_count_thoughts(data.get("usage")) > 0,
    )


def _make_empty_error(choice: Mapping[str, Any], reason: str, http: JsonHttp) -> JudgeError:
    told = choice.get("error")
    detail = f": {http.clean_text(json.dumps(told, default=str))}" if told else ""
    return JudgeUnavailable(f"{_PASSING[reason]} ({reason}){detail}", True)


def _read_content(content: object) -> tuple[str, str]:
    """The text of a message, however it is packed, and a refusal among its parts."""
    if content is None or isinstance(content, str):
        return content or "", ""
    if isinstance(content, Mapping) and "type" not in content:
        return json.dumps(content, ensure_ascii=False), ""
    if not isinstance(content, list | Mapping):
        raise JudgeUnavailable(f"the answer's content is {type(content).__name__}, not text", True)
    parts = list(_list_parts(content if isinstance(content, list) else [content]))
    texts = "".join(text for kind, text in parts if kind != "refusal")
    return texts, "".join(text for kind, text in parts if kind == "refusal")


def _list_parts(content: list[Any]) -> Iterator[tuple[str, str]]:
    for part in content:
        if isinstance(part, str):
            yield "text", part
        elif isinstance(part, Mapping) and part.get("type", "text") in ("text", "output_text", "refusal"):
            kind = "refusal" if part.get("type") == "refusal" else "text"
            text = part.get("refusal") if kind == "refusal" else part.get("text")
            if isinstance(text, str):
                yield kind, text


def _read_arguments(message: Mapping[str, Any]) -> str:
    """The arguments of a function that the model called instead of writing its answer."""
    calls = message.get("tool_calls")
    for call in calls if isinstance(calls, list) else ():
        function = call.get("function") if isinstance(call, Mapping) else None
        arguments = function.get("arguments") if isinstance(function, Mapping) else None
        if isinstance(arguments, Mapping):
            return json.dumps(arguments, ensure_ascii=False)
        if isinstance(arguments, str) and arguments.strip():
            return arguments
    return ""


def _read_thoughts(message: Mapping[str, Any]) -> str:
    for key in ("reasoning_content", "reasoning", "thinking"):
        if isinstance(message.get(key), str):
            return str(message[key])
    return ""


def read_chat_usage(data: Mapping[str, Any]) -> Usage | None:
    """Read what a chat completion says that it took."""
    usage = data.get("usage")
    told = usage if isinstance(usage, Mapping) else {}
    details = told.get("prompt_tokens_details")
    cache = details if isinstance(details, Mapping) else {}
    return read_usage(
        told.get("prompt_tokens"),
        told.get("completion_tokens"),
        cache.get("cached_tokens"),
        cache.get("cache_write_tokens"),
        told.get("total_tokens"),
        _count_thoughts(told),
    )


def _count_thoughts(usage: object) -> int:
    details = usage.get("completion_tokens_details") if isinstance(usage, Mapping) else None
    count = details.get("reasoning_tokens") if isinstance(details, Mapping) else None
    return count if isinstance(count, int) else 0


_JSON_OBJECT = {"type": "json_object"}


def _write_json_schema(prompt: Prompt) -> dict[str, Any]:
    named = {"name": prompt.schema_name, "strict": True, "schema": prompt.schema}
    return {"type": "json_schema", "json_schema": named}
