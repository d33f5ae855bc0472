"""HTTP/1.1 on asyncio streams: reading requests, sending responses whole or broken."""

from __future__ import annotations

import asyncio
import contextlib
import json
import socket
import struct
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

import attrs

MAX_HEAD = 1024 * 1024
"""The most bytes of a request's head."""
_PIECES = 20


@attrs.frozen
class Request:
    """A request as it came.

    Attributes:
        method: GET, POST.
        path: The path, query included.
        headers: By lower-case name.
        body: The bytes.
    """

    method: str
    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def keeps_alive(self) -> bool:
        """Whether the connection stays open after the answer."""
        return self.headers.get("connection", "").lower() != "close"


async def read_request(reader: asyncio.StreamReader) -> Request | None:
    """Read one request; None where the client has closed the connection."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        first, *lines = head.decode("latin-1").rstrip("\r\n").split("\r\n")
        method, path, _ = first.split(" ", 2)
        pairs = (line.partition(":") for line in lines)
        headers = {name.strip().lower(): value.strip() for name, _, value in pairs}
        body = await reader.readexactly(int(headers.get("content-length", "0")))
    except (asyncio.IncompleteReadError, ConnectionError):
        return None
    return Request(method, path, headers, body)


def encoded(value: object, is_ascii: bool = True) -> bytes:
    """Encode a body: bytes as they are, anything else as JSON.

    Args:
        value: What to send.
        is_ascii: Whether everything beyond ASCII is escaped; if not, U+DC80 to U+DCFF become single bytes.
    """
    if isinstance(value, bytes):
        return value
    return json.dumps(value, ensure_ascii=is_ascii).encode("utf-8", "surrogateescape")


def head_of(status: int, headers: Mapping[str, str], length: int) -> bytes:
    """Write the head of a response."""
    phrase = HTTPStatus(status).phrase if status in {code.value for code in HTTPStatus} else "Error"
    every = {"Content-Type": "application/json", "Content-Length": str(length), **headers}
    lines = [f"HTTP/1.1 {status} {phrase}", *(f"{name}: {value}" for name, value in every.items()), "", ""]
    return "\r\n".join(lines).encode("latin-1")


async def send(writer: asyncio.StreamWriter, head: bytes, body: bytes) -> None:
    """Send a response whole."""
    writer.write(head + body)
    await writer.drain()


async def send_half(writer: asyncio.StreamWriter, head: bytes, body: bytes) -> None:
    """Send the head and half of the body, then reset the connection."""
    await send(writer, head, body[: len(body) // 2])
    own: Any = writer.get_extra_info("socket")
    if own is not None:
        with contextlib.suppress(OSError):
            # Lingering for no time makes closing a reset.
            own.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


async def send_slowly(writer: asyncio.StreamWriter, head: bytes, body: bytes, seconds: float) -> None:
    """Send the body in pieces over a time."""
    await send(writer, head, b"")
    size = max(1, -(-len(body) // _PIECES))
    for start in range(0, len(body), size):
        await asyncio.sleep(seconds / _PIECES)
        await send(writer, b"", body[start : start + size])
