"""Whether a chat completions request is one that OpenAI would take."""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterator, Mapping
from typing import Any

import jsonschema

from .chat_faults import error_body

_KNOWN = {
    "model",
    "messages",
    "temperature",
    "max_tokens",
    "max_completion_tokens",
    "response_format",
    "reasoning_effort",
    "n",
    "seed",
    "stop",
    "stream",
    "top_p",
    "user",
}
_NAME = re.compile(r"[a-zA-Z0-9_-]{1,64}")
REFUSABLE = ("json_schema", "json_object", "response_format", "temperature", "max_tokens")
"""What a server can be told to refuse."""


class Refused(Exception):
    """A request that is answered 400.

    Args:
        message: What is wrong.
        param: Which parameter.
        code: OpenAI's word for it.
    """

    def __init__(self, message: str, param: str | None = None, code: str | None = None) -> None:
        super().__init__(message)
        self.body = error_body(message, param, code)


def check_request(body: object, refuse: Collection[str]) -> dict[str, Any]:
    """Check a request's body.

    Args:
        body: Parsed JSON.
        refuse: Parameters that this server does not know, of :data:`REFUSABLE`.

    Raises:
        Refused: It is not as it must be.
    """
    if not isinstance(body, dict):
        raise Refused("We could not parse the JSON body of your request.")
    for name in body:
        if name not in _KNOWN:
            raise Refused(f"Unrecognized request argument supplied: {name}", name)
    if not isinstance(body.get("model"), str) or not body["model"]:
        raise Refused("you must provide a model parameter", "model")
    if body.get("stream"):
        raise Refused("This server does not stream.", "stream")
    _check_messages(body.get("messages"))
    _check_numbers(body, refuse)
    if "response_format" in body:
        _check_format(body["response_format"], refuse, body["messages"])
    return body


def _check_messages(messages: object) -> None:
    """Check that roles are known and alternate, from the user to the user, a system message first if any."""
    if not isinstance(messages, list) or not messages:
        raise Refused("Invalid 'messages': expected an array with at least one message.", "messages")
    for index, message in enumerate(messages):
        place = f"messages[{index}]"
        if not isinstance(message, dict) or set(message) != {"role", "content"}:
            raise Refused(f"Invalid '{place}': expected an object with role and content.", place)
        if message["role"] not in ("system", "developer", "user", "assistant"):
            raise Refused(f"Invalid value: {message['role']!r}.", f"{place}.role")
        if not isinstance(message["content"], str) or not message["content"]:
            raise Refused(f"Invalid value for 'content' of {place}.", f"{place}.content")
    roles = [message["role"] for message in messages]
    if roles[0] in ("system", "developer"):
        roles = roles[1:]
    expected = ["assistant" if index % 2 else "user" for index in range(len(roles))]
    if not roles or roles != expected or roles[-1] != "user":
        raise Refused(f"Conversation roles must alternate user/assistant/... and end with user: {roles}.", "messages")


def _check_numbers(body: Mapping[str, Any], refuse: Collection[str]) -> None:
    """Check temperature and the limit on the answer's length."""
    if "temperature" in body:
        value = body["temperature"]
        if "temperature" in refuse:
            raise Refused(
                f"Unsupported value: 'temperature' does not support {value} with this model.",
                "temperature",
                "unsupported_value",
            )
        if not isinstance(value, int | float) or isinstance(value, bool) or not 0 <= value <= 2:
            raise Refused(f"Invalid 'temperature': {value!r}.", "temperature")
    limits = [name for name in ("max_tokens", "max_completion_tokens") if name in body]
    if "max_tokens" in refuse and "max_tokens" in limits:
        raise Refused(
            "Unsupported parameter: 'max_tokens' is not supported with this model. "
            "Use 'max_completion_tokens' instead.",
            "max_tokens",
            "unsupported_parameter",
        )
    if len(limits) > 1:
        raise Refused("Set one of 'max_tokens' and 'max_completion_tokens', not both.", "max_tokens")
    if not limits:
        return
    value = body[limits[0]]
    if not isinstance(value, int) or isinstance(value, bool) or value < 1:
        raise Refused(f"Invalid '{limits[0]}': integer below minimum value, {value!r}.", limits[0])


def _check_format(given: object, refuse: Collection[str], messages: list[dict[str, Any]]) -> None:
    """Check how the answer's form is asked for."""
    kind = given.get("type") if isinstance(given, dict) else None
    if kind in refuse or "response_format" in refuse:
        raise Refused(
            f"Invalid parameter: 'response_format' of type '{kind}' is not supported with this model.",
            "response_format",
        )
    if kind not in ("text", "json_object", "json_schema"):
        raise Refused(f"Invalid value: {kind!r}.", "response_format.type")
    if kind == "json_object" and not any("json" in message["content"].lower() for message in messages):
        raise Refused("'messages' must contain the word 'json' in some form to use json_object.", "messages")
    if kind == "json_schema":
        assert isinstance(given, dict)
        _check_named_schema(given.get("json_schema"))


def _check_named_schema(named: object) -> None:
    """Check the name of a schema and the schema under it."""
    place = "response_format.json_schema"
    if not isinstance(named, dict) or not set(named) <= {"name", "strict", "schema", "description"}:
        raise Refused(f"Invalid '{place}'.", place)
    if not isinstance(named.get("name"), str) or not _NAME.fullmatch(named["name"]):
        raise Refused(f"Invalid '{place}.name': string does not match pattern.", f"{place}.name")
    schema = named.get("schema")
    if named.get("strict") is not True or not isinstance(schema, dict):
        raise Refused(f"Invalid '{place}': strict must be true and schema an object.", place)
    problem = strict_problem(schema)
    if problem:
        raise Refused(f"Invalid schema for response_format '{named['name']}': {problem}", "response_format")


def strict_problem(schema: Mapping[str, Any]) -> str:
    """Say what keeps a schema from being taken in strict mode, or give the empty string.

    Source: https://platform.openai.com/docs/guides/structured-outputs, "Supported schemas".
    """
    try:
        jsonschema.Draft202012Validator.check_schema(schema)
    except jsonschema.SchemaError as error:
        return f"it is no JSON Schema: {error.message}"
    if schema.get("type") != "object":
        return "schema must be a JSON Schema of 'type: \"object\"'"
    for place, part in _parts(schema, "()"):
        if part.get("type") != "object" and "properties" not in part:
            continue
        if part.get("additionalProperties") is not False:
            return f"In context={place}, 'additionalProperties' is required to be supplied and to be false."
        if sorted(part.get("required", ())) != sorted(part.get("properties", {})):
            return f"In context={place}, 'required' must list every key in properties."
    return ""


def _parts(schema: Mapping[str, Any], place: str) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Walk over a schema and the schemas inside it, each with its place."""
    yield place, schema
    for keyword in ("properties", "$defs"):
        for name, part in schema.get(keyword, {}).items():
            yield from _parts(part, f"{place}.{keyword}.{name}")
    for index, part in enumerate(schema.get("anyOf", ())):
        yield from _parts(part, f"{place}.anyOf[{index}]")
    if isinstance(schema.get("items"), dict):
        yield from _parts(schema["items"], f"{place}.items")


def schema_of(body: Mapping[str, Any]) -> tuple[str, dict[str, Any] | None]:
    """Find the schema of the answer: sent with the request, or written into the system message.

    Returns:
        Its name, empty where none was sent, and the schema, or None.
    """
    named = body.get("response_format", {}).get("json_schema")
    if named:
        return named["name"], named["schema"]
    for line in reversed(body["messages"][0]["content"].splitlines()):
        if line.startswith("{"):
            try:
                found = json.loads(line)
            except ValueError:
                continue
            if isinstance(found, dict) and "properties" in found:
                return "", found
    return "", None
