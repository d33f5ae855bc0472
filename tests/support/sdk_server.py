"""A server on 127.0.0.1 that answers the official SDKs of openai, anthropic and google-genai, streams included.

It says the same thing to everybody: the recorder's tests look at what is asked, not at what is answered.
"""

from __future__ import annotations

import json
import threading
from collections.abc import Iterable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self

TEXT = "The refund window is 30 days."
_USAGE = {"input_tokens": 1, "output_tokens": 1}


def chat(**fields: Any) -> dict[str, Any]:
    """A chat completion."""
    message = {"role": "assistant", "content": TEXT}
    whole = {"id": "c", "object": "chat.completion", "created": 1, "model": "m"}
    usage = {"prompt_tokens": 1, "completion_tokens": 1, "total_tokens": 2}
    return {
        **whole,
        "choices": [{"index": 0, "message": message, "finish_reason": "stop"}],
        "usage": usage,
        **fields,
    }


def chat_stream() -> list[dict[str, Any]]:
    """The chunks of a chat completion."""
    chunk = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "m"}
    deltas = [({"role": "assistant", "content": TEXT}, None), ({}, "stop")]
    return [{**chunk, "choices": [{"index": 0, "delta": delta, "finish_reason": reason}]} for delta, reason in deltas]


def response() -> dict[str, Any]:
    """A response of OpenAI's responses."""
    content = [{"type": "output_text", "text": TEXT, "annotations": []}]
    message = {"id": "m", "type": "message", "role": "assistant", "status": "completed", "content": content}
    return {
        "id": "r",
        "object": "response",
        "created_at": 1,
        "model": "m",
        "status": "completed",
        "output": [message],
        "parallel_tool_calls": False,
        "tool_choice": "auto",
        "tools": [],
    }


def response_stream() -> list[dict[str, Any]]:
    """The events of a response."""
    return [
        {"type": "response.created", "sequence_number": 0, "response": {**response(), "output": []}},
        {"type": "response.completed", "sequence_number": 1, "response": response()},
    ]


def message() -> dict[str, Any]:
    """A message of Anthropic's."""
    whole = {
        "id": "m",
        "type": "message",
        "role": "assistant",
        "model": "m",
        "content": [{"type": "text", "text": TEXT}],
    }
    return {**whole, "stop_reason": "end_turn", "stop_sequence": None, "usage": _USAGE}


def message_stream() -> list[dict[str, Any]]:
    """The events of a message."""
    return [
        {"type": "message_start", "message": {**message(), "content": [], "stop_reason": None}},
        {"type": "content_block_start", "index": 0, "content_block": {"type": "text", "text": ""}},
        {"type": "content_block_delta", "index": 0, "delta": {"type": "text_delta", "text": TEXT}},
        {"type": "content_block_stop", "index": 0},
        {"type": "message_delta", "delta": {"stop_reason": "end_turn", "stop_sequence": None}, "usage": _USAGE},
        {"type": "message_stop"},
    ]


def content() -> dict[str, Any]:
    """What Google's models generate."""
    return {"candidates": [{"content": {"role": "model", "parts": [{"text": TEXT}]}, "finishReason": "STOP"}]}


def interaction() -> dict[str, Any]:
    """An interaction of Google's."""
    steps = [{"type": "model_output", "content": [{"type": "text", "text": TEXT}]}]
    return {"id": "i", "object": "interaction", "model": "m", "status": "completed", "steps": steps}


def interaction_stream() -> list[dict[str, Any]]:
    """The events of an interaction."""
    return [
        {"event_type": "interaction.created", "interaction": {**interaction(), "steps": []}},
        {"event_type": "interaction.completed", "interaction": interaction()},
    ]


class SdkServer:
    """The server; enter it to start it, in a thread of its own.

    Args:
        status: The HTTP status of every answer; an error's has no content.

    Attributes:
        url: ``http://127.0.0.1:PORT``, once it runs.
        bodies: The parsed bodies of all POSTs, in the order in which they came.
    """

    def __init__(self, status: int = 200) -> None:
        self.bodies: list[dict[str, Any]] = []
        self._server = _Server(("127.0.0.1", 0), self, status)
        self._thread = threading.Thread(target=self._server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}"

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 128

    def __init__(self, address: tuple[str, int], owner: SdkServer, status: int) -> None:
        super().__init__(address, _Handler)
        self.owner, self.status = owner, status

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of clients that hang up."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server
    protocol_version = "HTTP/1.1"

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""

    def do_POST(self) -> None:
        """Answer a request."""
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.server.owner.bodies.append(body)
        if self.server.status != 200:
            self._send(b'{"error": {"message": "no", "type": "error"}}', "application/json")
            return
        path = self.path.partition("?")[0]
        is_streamed = bool(body.get("stream"))
        if path.endswith("/chat/completions"):
            self._answer(chat_stream() if is_streamed else chat(), end="data: [DONE]\n\n")
        elif path.endswith("/responses"):
            self._answer(response_stream() if is_streamed else response())
        elif path.endswith("/messages"):
            self._answer(message_stream() if is_streamed else message())
        elif path.endswith("/interactions"):
            self._answer(interaction_stream() if is_streamed else interaction())
        elif path.endswith(":streamGenerateContent"):
            self._answer([content()])
        else:
            self._answer(content())

    def _answer(self, given: dict[str, Any] | Iterable[dict[str, Any]], end: str = "") -> None:
        if isinstance(given, dict):
            self._send(json.dumps(given).encode(), "application/json")
            return
        events = "".join(f"{_name(event)}data: {json.dumps(event)}\n\n" for event in given)
        self._send((events + end).encode(), "text/event-stream")

    def _send(self, data: bytes, kind: str) -> None:
        self.send_response(self.server.status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def _name(event: dict[str, Any]) -> str:
    return f"event: {event['type']}\n" if "type" in event else ""
