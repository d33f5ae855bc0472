"""A provider on 127.0.0.1 that answers as it is told, or fails as providers do."""

from __future__ import annotations

import contextlib
import functools
import json
import re
import socket
import struct
import sys
import threading
from collections.abc import Callable, Iterator, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, Self
from urllib.parse import urlsplit

import attrs

from .._set_module import set_module

Reply = Callable[[str, str, int, int], Mapping[str, Any]]
_LIMIT = re.compile(r'"[^"]*tokens[^"]*"\s*:\s*(\d+)|"num_predict"\s*:\s*(\d+)', re.IGNORECASE)
_UNBOUND = 100_000
"""Tokens that a model writes whom nobody gave a limit."""


@set_module("multivon_eval.testing")
@attrs.frozen
class Call:
    """A request that a provider got.

    Attributes:
        path: Its path.
        headers: Its headers, names in lower case.
        body: Its body as text.
    """

    path: str
    headers: Mapping[str, str]
    body: str

    @property
    def limit(self) -> int:
        """The most tokens of an answer that it asks for; very many where it names no limit."""
        found = [int(one or other) for one, other in _LIMIT.findall(self.body)]
        return max(found) if found else _UNBOUND

    def find_limit(self, wanted: int) -> int:
        """Like ``limit``, for a request that may name its limit in words of its own.

        Args:
            wanted: The most tokens that the question lets an answer have: a number that stands for nothing else.
        """
        if wanted and self.limit == _UNBOUND and re.search(rf":\s*{wanted}\s*[,}}]", self.body):
            return wanted
        return self.limit


def reply_like_a_provider(path: str, text: str, read: int, written: int) -> Mapping[str, Any]:
    """Write an answer as it is written at a path: completions, messages, generateContent or responses.

    Args:
        path: The path of the request.
        text: The answer.
        read: Tokens of the prompt.
        written: Tokens of the answer.
    """
    if path.endswith("/messages"):
        usage = {"input_tokens": read, "output_tokens": written}
        content = [{"type": "text", "text": text}]
        return {"type": "message", "role": "assistant", "model": "kit", "content": content, "stop_reason": "end_turn",
                "usage": usage}  # fmt: skip
    if "enerateContent" in path:
        counts = {"promptTokenCount": read, "candidatesTokenCount": written, "totalTokenCount": read + written}
        content_ = {"role": "model", "parts": [{"text": text}]}
        return {"candidates": [{"content": content_, "finishReason": "STOP", "index": 0}], "usageMetadata": counts,
                "modelVersion": "kit"}  # fmt: skip
    if path.endswith("/responses"):
        said = {"type": "message", "role": "assistant", "content": [{"type": "output_text", "text": text}]}
        usage = {"input_tokens": read, "output_tokens": written, "total_tokens": read + written}
        return {"object": "response", "status": "completed", "model": "kit", "output": [said], "usage": usage}
    usage = {"prompt_tokens": read, "completion_tokens": written, "total_tokens": read + written}
    message = {"role": "assistant", "content": text}
    choice = {"index": 0, "message": message, "finish_reason": "stop"}
    return {"id": "kit", "created": 0, "model": "kit", "choices": [choice], "usage": usage}


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def __init__(self, provider: Provider, *args: Any) -> None:
        self._provider = provider
        super().__init__(*args)

    def do_GET(self) -> None:
        """Answer a request for the list of models."""
        self._send(200, b'{"object": "list", "data": [], "models": []}')

    def do_POST(self) -> None:
        """Answer a question, or fail."""
        body = self.rfile.read(int(self.headers.get("content-length") or 0)).decode("utf-8", "replace")
        call = Call(urlsplit(self.path).path, {name.lower(): value for name, value in self.headers.items()}, body)
        provider = self._provider
        provider.calls.append(call)
        act = provider.act
        if act == "hang":
            provider.asked.set()
            provider.closing.wait()
            self.close_connection = True
        elif act == "reset":
            self._reset()
        elif isinstance(act, int):
            self._fail(act, call)
        elif act == "garbage":
            self._send(200, b"<p>not today</p>", "text/plain")
        else:
            provider.sent += 1
            self._send(200, json.dumps(provider.write(call)).encode())

    def _fail(self, status: int, call: Call) -> None:
        said = " ".join(call.headers.get(name, "") for name in ("authorization", "x-api-key", "x-goog-api-key"))
        error = {"type": "error", "message": f"refused: {said}", "code": status, "status": "FAILED"}
        extra = {"Retry-After": self._provider.retry_after} if status == 429 else {}
        self._send(status, json.dumps({"type": "error", "error": error}).encode(), **extra)

    def _reset(self) -> None:
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        self.close_connection = True
        self.connection.close()

    def _send(self, status: int, content: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def finish(self) -> None:
        """End a connection, also one that was reset."""
        with contextlib.suppress(OSError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:
        """Print nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that went away is no news."""


@set_module("multivon_eval.testing")
class Provider:
    """The loopback provider; enter it to start it.

    Args:
        reply: How an answer is written; see ``reply_like_a_provider``.

    Attributes:
        base_url: Where it listens, without a path.
        text: What it answers.
        read: Tokens that it says it read.
        act: ``answer``; ``hang``; ``reset``, the connection breaks; ``garbage``; or the status of an error.
        retry_after: What it says of how long to wait, with status 429: a number of seconds, or a date.
        calls: The requests so far.
        wanted: The most tokens that the question lets an answer have; 0 if it is known by its name only.
        sent: How many answers it gave.
        asked: Set when it hangs.
    """

    def __init__(self, reply: Reply = reply_like_a_provider) -> None:
        self._reply = reply
        self.text: str = ""
        self.read: int = 10
        self.wanted: int = 0
        self.act: str | int = "answer"
        self.retry_after: str = "3"
        self.calls: list[Call] = []
        self.sent: int = 0
        self.asked: threading.Event = threading.Event()
        self.closing: threading.Event = threading.Event()
        self.base_url: str = ""

    def write(self, call: Call) -> Mapping[str, Any]:
        """Write the answer to a request; it is as long as the request lets it be."""
        return self._reply(call.path, self.text, self.read, call.find_limit(self.wanted))

    def __enter__(self) -> Self:
        self._server = _Server(("127.0.0.1", 0), functools.partial(_Handler, self))
        self.base_url = f"http://127.0.0.1:{self._server.server_address[1]}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), name="provider")
        self._thread.start()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()


@contextlib.contextmanager
def redirecting(provider: Provider) -> Iterator[None]:
    """Send what goes through httpx to a provider instead, wherever it was meant to go and by whatever transport.

    A judge that is tested with a transport that answers for its provider, or with an SDK built on httpx, is seen this
    way without a line of its author. Nothing is patched where nobody has imported httpx.
    """
    httpx: Any = sys.modules.get("httpx")
    if httpx is None:
        yield
        return
    original = httpx.AsyncClient.send

    async def send(client: Any, request: Any, **options: Any) -> Any:
        url = request.url.copy_with(scheme="http", host="127.0.0.1", port=urlsplit(provider.base_url).port)
        headers = [(name, value) for name, value in request.headers.multi_items() if name != "host"]
        moved = httpx.Request(request.method, url, headers=headers, content=await request.aread())
        moved.extensions.update(request.extensions)
        async with httpx.AsyncClient(trust_env=False, verify=False) as sender:
            return await original(sender, moved)

    httpx.AsyncClient.send = send
    try:
        yield
    finally:
        httpx.AsyncClient.send = original
