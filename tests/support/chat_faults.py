"""What the chat server can answer with, and the faults it can show, by name."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from enum import StrEnum
from typing import Any, Literal

import attrs

HUGE = 10 * 1024 * 1024
"""How many characters the fault ``huge`` has, in bytes of UTF-8."""


class Fault(StrEnum):
    """A fault by name; as a string it may carry an argument behind a colon, ``"429:0"`` say."""

    RATE_LIMITED = "429"
    """With ``:SECONDS`` or ``:date+SECONDS`` a Retry-After in seconds or as an HTTP date."""
    INTERNAL = "500"
    UNAVAILABLE = "503"
    OVERLOADED = "529"
    UNAUTHORIZED = "401"
    """The key that was sent stands in the body."""
    RESET = "reset"
    """Half of the body, then the connection is reset."""
    DRIP = "drip"
    """The body in small pieces over ``:SECONDS`` (0.2)."""
    HANG = "hang"
    """No byte until the server closes."""
    EMPTY = "empty"
    """A completion whose content is the empty string."""
    REFUSAL = "refusal"
    """A completion without content, with a ``refusal``."""
    TRUNCATED = "truncated"
    """The content cut in half, as if max_tokens had been reached."""
    WRONG_TYPES = "wrong-types"
    """The content is JSON with every value of another type."""
    HUGE = "huge"
    """10 MB of content that is no JSON."""
    INVALID_UTF8 = "invalid-utf8"
    """A body with a byte that is no UTF-8."""
    NO_USAGE = "no-usage"
    NEGATIVE_USAGE = "negative-usage"
    NO_JSON = "no-json"
    """Status 200 and a page of HTML."""
    NO_CHOICES = "no-choices"
    """Status 200 and a JSON object that is no completion."""


Sending = Literal["whole", "reset", "drip", "hang"]
_SENDING: dict[Fault, Sending] = {Fault.RESET: "reset", Fault.DRIP: "drip", Fault.HANG: "hang"}


class _Counted:
    """The mark for: count the tokens."""


COUNTED = _Counted()


@attrs.frozen
class Response:
    """What the server answers with.

    Attributes:
        text: The content of the completion.
        status: The HTTP status.
        headers: Further headers.
        body: Sent instead of a completion: JSON, or bytes as they are.
        message: Laid over the completion's message.
        usage: Sent as ``usage``; counted if not given, left out if None.
        model: The model that is named; the one asked for if empty.
        finish_reason: Why the completion ended.
        is_ascii: Whether the JSON is sent with everything beyond ASCII escaped.
        sending: How the bytes go out.
        seconds: How long a drip takes.
    """

    text: str = ""
    status: int = 200
    headers: Mapping[str, str] = attrs.field(factory=dict)
    body: object = None
    message: Mapping[str, Any] = attrs.field(factory=dict)
    usage: object = COUNTED
    model: str = ""
    finish_reason: str = "stop"
    is_ascii: bool = True
    sending: Sending = "whole"
    seconds: float = 0.2


FaultLike = str | None
"""A :class:`Fault`, its string with or without an argument, or None (also ``"ok"``) for none."""
Script = list[FaultLike] | tuple[FaultLike, ...] | Callable[[int, dict[str, Any]], FaultLike]
"""One fault for each request, then none; or a function of the request's index and body."""


def fault_for(script: Script, index: int, body: dict[str, Any]) -> FaultLike:
    """Look up the fault of one request."""
    if callable(script):
        return script(index, body)
    return script[index] if index < len(script) else None


def http_date(seconds: float) -> str:
    """Write the time so many seconds from now as an HTTP date."""
    return format_datetime(datetime.now(UTC) + timedelta(seconds=seconds), usegmt=True)


def error_body(message: str, param: str | None = None, code: str | None = None, kind: str = "") -> dict[str, Any]:
    """Make an error body of the shape OpenAI sends."""
    return {"error": {"message": message, "type": kind or "invalid_request_error", "param": param, "code": code}}


def with_fault(response: Response, fault: FaultLike, authorization: str = "") -> Response:
    """Turn what would have been answered into the fault.

    Args:
        response: The answer without a fault.
        fault: Which fault, or None.
        authorization: The request's header, for the fault that echoes the key.
    """
    if fault is None or fault == "ok":
        return response
    name, _, argument = str(fault).partition(":")
    kind = Fault(name)
    if kind.isdigit():
        return _status(kind, argument, authorization)
    if kind in _SENDING:
        return attrs.evolve(response, sending=_SENDING[kind], seconds=float(argument or 0.2))
    return _spoiled(response, kind)


def _status(kind: Fault, argument: str, authorization: str) -> Response:
    """Answer with an HTTP error."""
    if kind is Fault.UNAUTHORIZED:
        key = authorization.removeprefix("Bearer ")
        return Response(status=401, body=error_body(f"Incorrect API key provided: {key}.", code="invalid_api_key"))
    headers = {}
    if argument:
        value = http_date(float(argument.removeprefix("date"))) if argument.startswith("date") else argument
        headers["Retry-After"] = value
    told = {"429": "Rate limit reached.", "529": "Overloaded."}.get(kind, "The server had an error.")
    return Response(status=int(kind), headers=headers, body=error_body(told, kind="server_error"))


def _spoiled(response: Response, kind: Fault) -> Response:
    """Answer with a completion, or a body, that is not as it should be."""
    changes: dict[Fault, dict[str, Any]] = {
        Fault.EMPTY: {"text": ""},
        Fault.REFUSAL: {"text": "", "message": {"content": None, "refusal": "I'm sorry, I can't assist with that."}},
        Fault.TRUNCATED: {"text": response.text[: len(response.text) // 2], "finish_reason": "length"},
        Fault.HUGE: {"text": "A" * HUGE},
        # With surrogateescape this becomes the byte 0xff.
        Fault.INVALID_UTF8: {"text": "\udcff" + response.text, "is_ascii": False},
        Fault.NO_USAGE: {"usage": None},
        Fault.NEGATIVE_USAGE: {"usage": {"prompt_tokens": -5, "completion_tokens": -7, "total_tokens": -12}},
        Fault.NO_JSON: {"body": b"<html><body>Bad gateway</body></html>"},
        Fault.NO_CHOICES: {"body": error_body("Provider returned error", kind="upstream_error")},
    }
    if kind is Fault.WRONG_TYPES:
        return attrs.evolve(response, text=json.dumps(_wrong(json.loads(response.text))))
    return attrs.evolve(response, **changes[kind])


def _wrong(value: Any) -> Any:
    """Change the type of every value inside a JSON object, and keep its keys."""
    if isinstance(value, dict):
        return {key: _wrong(item) for key, item in value.items()}
    if isinstance(value, str):
        return 7
    return "seven" if isinstance(value, bool | int | float | list) else {}
