"""The one place where an HTTP client is made.

httpx's API over aiohttp's connections: httpx's own pool costs time that grows with the number of open
connections, so that a run with 200 conversations at once would wait for its client.
"""

from __future__ import annotations

from typing import Any
from urllib.request import getproxies

import aiohttp
import httpx
from httpx_aiohttp import AiohttpTransport, HttpxAiohttpClient

# aiohttp's word for "as many as there are conversations".
_UNLIMITED = httpx.Limits(max_connections=0, max_keepalive_connections=None, keepalive_expiry=30.0)


MOST_BYTES = 20_000_000
"""Of an answer: more than any model writes, and less than a machine chokes on."""

FAILURES = (httpx.HTTPError, aiohttp.ClientError)
"""What a request may fail with; the transport lets some of aiohttp's own errors through."""


def make_client(timeout: float | None, base_url: str) -> httpx.AsyncClient:
    """Make a client; it belongs to the event loop it is first used on.

    Args:
        timeout: Seconds without a byte before a request is given up; None for no bound of its own.
        base_url: Where it will talk to; without TLS no certificates are loaded.
    """
    bounds = httpx.Timeout(timeout, connect=timeout or 10.0)
    if getproxies():
        return _ProxiedClient(timeout=bounds, limits=_UNLIMITED)
    return _PlainClient(bounds, verify=base_url.startswith("https:"))


class _ProxiedClient(HttpxAiohttpClient):
    """httpx's own client, which knows the proxies of the environment."""

    async def send(self, request: httpx.Request, **options: Any) -> httpx.Response:
        """Send a request and read the answer whole, unless it is larger than any answer."""
        response = await super().send(request, **{**options, "stream": True})
        try:
            return await _read_whole(response)
        except BaseException:
            await response.aclose()
            raise


class _PlainClient(httpx.AsyncClient):
    """A client without what a judge's calls never use: cookies, redirects, authentication flows, event hooks.

    They are half of what httpx adds to the transport, and a run makes many thousands of calls.
    """

    def __init__(self, timeout: httpx.Timeout, verify: bool) -> None:
        self._direct = AiohttpTransport(verify=verify, limits=_UNLIMITED)
        self._bounds = {"timeout": timeout.as_dict()}
        super().__init__(transport=self._direct, timeout=timeout, verify=verify)

    def build_request(
        self,
        method: str,
        url: httpx.URL | str,
        *,
        content: Any = None,
        headers: Any = None,
        **others: Any,
    ) -> httpx.Request:
        """Make a request of what is given, without merging in the client's defaults."""
        if any(value is not None for value in others.values()):
            return super().build_request(method, url, content=content, headers=headers, **others)
        # Given as a stream, httpx adds no Host and no Content-Length: aiohttp does that, and quicker.
        stream = httpx.ByteStream(content or b"")
        request = httpx.Request(method, url, headers=headers, stream=stream, extensions=self._bounds)
        request.read()
        request.headers.encoding = "utf-8"  # it would be guessed again for each header that is read
        return request

    async def send(self, request: httpx.Request, **_: Any) -> httpx.Response:
        """Send a request and read the answer whole."""
        response = await self._direct.handle_async_request(request)
        response.request = request
        try:
            return await _read_whole(response)
        except BaseException:
            await response.aclose()
            raise


async def _read_whole(response: httpx.Response) -> httpx.Response:
    """Read an answer, unless it is larger than any answer.

    Raises:
        httpx.ReadError: If it is.
    """
    declared = response.headers.get("content-length", "")
    parts, size = [], int(declared) if declared.isdigit() else 0
    if size <= MOST_BYTES:
        size = 0
        async for part in response.aiter_bytes():
            parts.append(part)
            size += len(part)
            if size > MOST_BYTES:
                break
    if size > MOST_BYTES:
        raise httpx.ReadError(f"the answer is larger than {MOST_BYTES // 1_000_000} MB", request=response.request)
    headers = [(name, value) for name, value in response.headers.raw if name.lower() != b"content-encoding"]
    return httpx.Response(response.status_code, headers=headers, content=b"".join(parts), request=response.request)


def is_sent(error: Exception) -> bool:
    """Whether a request may have reached the server before it failed, so that it may be charged for.

    The transport gives a server that hung up the same exception as one that could not be reached: the cause
    tells them apart.
    """
    cause = error.__cause__
    if isinstance(cause, aiohttp.ClientError):
        return not isinstance(cause, aiohttp.ClientConnectorError | aiohttp.ConnectionTimeoutError)
    return not isinstance(error, httpx.ConnectError | httpx.ConnectTimeout | httpx.PoolTimeout)
