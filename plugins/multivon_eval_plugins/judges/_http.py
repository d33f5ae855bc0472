"""JSON over HTTP for judges: one request, its failures in the words of the SDK, keys kept out of them."""

from __future__ import annotations

import asyncio
import json
import math
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Any

import attrs
import httpx
import orjson

from multivon_eval.sdk import JudgeError, JudgeUnavailable, UsageError, hide_secrets

from ._transport import FAILURES, is_sent, make_client

_PASSING = {408, 409, 429}
_OVERLOADED = {429, 529}
# Google answers 400 to a key that it does not know.
_ABOUT_THE_KEY = re.compile(r"api[ _]key", re.IGNORECASE)
# Said with 429 too, and no pause brings the money.
_NO_MONEY = re.compile(r'"(?:insufficient_quota|billing_hard_limit_reached|credit_balance_too_low|quota_exhausted)"')
_DELAY = re.compile(r'"retryDelay"\s*:\s*"(\d+(?:\.\d+)?)s"')
_CHECK_SECONDS = 30.0


class RequestRefused(JudgeError):
    """The server refused a request as it stands (400, 404, 422).

    Attributes:
        status: The HTTP status.
        body: What the server said, without secrets.
    """

    def __init__(self, message: str, status: int, body: str) -> None:
        super().__init__(message)
        self.status = status
        self.body = body
        self.args = (message, status, body)


@attrs.define(eq=False)
class JsonHttp:
    """Talks JSON to one endpoint.

    Attributes:
        base_url: Where it is.
        headers: What goes with every request; the secrets among them are kept out of messages.
        secrets: What must never be seen.
        timeout: Seconds without a byte before a request is given up; None leaves it to the run's timeout.
        client: A client to use as it is; one is made for each event loop if None.
    """

    base_url: str
    headers: Mapping[str, str]
    secrets: tuple[str, ...] = ()
    timeout: float | None = None
    client: httpx.AsyncClient | None = None
    _headers: httpx.Headers = attrs.field(init=False, repr=False)
    _urls: dict[str, httpx.URL] = attrs.field(init=False, repr=False, factory=dict)
    _own: httpx.AsyncClient | None = attrs.field(default=None, init=False)
    _loop: asyncio.AbstractEventLoop | None = attrs.field(default=None, init=False)

    def __attrs_post_init__(self) -> None:
        self._headers = httpx.Headers({**self.headers, "Content-Type": "application/json"})

    async def post(self, path: str, body: Mapping[str, Any]) -> dict[str, Any]:
        """Send one request and read the answer.

        Raises:
            JudgeUnavailable: If it fails in a way that often passes.
            RequestRefused: If the server refuses the request as it stands.
            JudgeError: If it fails in another way.
        """
        try:
            content = orjson.dumps(body)
            client = self._get_client()
            request = client.build_request("POST", self._make_url(path), content=content, headers=self._headers)
            response = await client.send(request)
        except FAILURES as error:
            if not is_sent(error):
                raise JudgeUnavailable(f"{self.base_url} cannot be reached: {self._describe_error(error)}") from error
            # The request was on its way: whether it is charged for nobody knows.
            raise JudgeUnavailable(f"{self.base_url} broke off: {self._describe_error(error)}", True) from error
        if not response.is_success:
            raise self._make_error(response)
        return self._read_object(response)

    async def check(self, path: str) -> None:
        """See with a request that costs nothing whether the endpoint answers and takes the key.

        An endpoint without that path is taken as it is: it did answer.

        Raises:
            UsageError: If it does not answer, or refuses the key.
        """
        seconds = _CHECK_SECONDS if self.timeout is None else self.timeout
        try:
            async with asyncio.timeout(seconds):
                client = self._get_client()
                response = await client.send(client.build_request("GET", self._make_url(path), headers=self._headers))
        except TimeoutError:
            raise UsageError(
                f"{self.base_url} did not answer within {seconds:g} seconds; start it or correct base_url"
            ) from None
        except (*FAILURES, httpx.InvalidURL) as error:
            raise UsageError(
                f"{self.base_url} cannot be reached ({self._describe_error(error)}); start it or correct base_url"
            ) from None
        is_about_key = response.status_code == 400 and _ABOUT_THE_KEY.search(response.text)
        if response.status_code in (401, 403) or is_about_key:
            raise UsageError(
                f"{self.base_url} refused the key ({response.status_code} {self.clean_text(response.text)}); "
                "correct the variable that api_key_env names"
            )

    async def aclose(self) -> None:
        """Close the connections, unless the client was handed in."""
        if self._own is not None:
            own, self._own = self._own, None
            await own.aclose()

    def clean_text(self, text: str, limit: int = 300) -> str:
        """Something a server said: one line, cut, without secrets."""
        text = " ".join(hide_secrets(text, self.secrets).split())
        return text if len(text) <= limit else text[: limit - 3] + "..."

    def _get_client(self) -> httpx.AsyncClient:
        if self.client is not None:
            return self.client
        loop = asyncio.get_running_loop()
        if self._own is None or self._loop is not loop:
            # A client belongs to the loop it was first used on; the one before ended with its loop.
            self._loop = loop
            self._own = make_client(self.timeout, self.base_url)
        return self._own

    def _make_url(self, path: str) -> httpx.URL:
        if path not in self._urls:
            self._urls[path] = httpx.URL(f"{self.base_url.rstrip('/')}/{path}")
        return self._urls[path]

    def _describe_error(self, error: Exception) -> str:
        return self.clean_text(f"{type(error).__name__} {error}".strip())

    def _make_error(self, response: httpx.Response) -> JudgeError:
        status = response.status_code
        body = self.clean_text(response.text)
        message = f"{self.base_url} answered {status}: {body or response.reason_phrase}"
        if (status in _PASSING or status >= 500) and not _NO_MONEY.search(response.text[:4000]):
            pause = find_hint(response.headers, response.text)
            return JudgeUnavailable(message, False, pause, overloaded=status in _OVERLOADED)
        if status in (400, 404, 422):
            return RequestRefused(message, status, self.clean_text(response.text, 2000))
        return JudgeError(message)

    def _read_object(self, response: httpx.Response) -> dict[str, Any]:
        try:
            data = json.loads(response.content)
        except (ValueError, RecursionError) as error:
            raise JudgeUnavailable(f"{self.base_url} answered no JSON: {self._describe_error(error)}", True) from error
        if not isinstance(data, dict):
            raise JudgeUnavailable(f"{self.base_url} answered JSON of type {type(data).__name__}", True)
        return data


def find_hint(headers: Mapping[str, str], body: str = "") -> float | None:
    """Find how long a provider asks to wait, wherever it says so.

    That is ``retry-after-ms`` (OpenAI, Azure), ``Retry-After`` in seconds or as a date, or Google's
    ``google.rpc.RetryInfo`` in the body.

    Returns:
        Seconds from now; None where it does not say, or says that the time has passed.
    """
    milliseconds = headers.get("retry-after-ms", "")
    if milliseconds.strip().isdigit():
        return int(milliseconds) / 1000 or None
    if found := _DELAY.search(body[:20_000]):
        return float(found[1]) or None
    return retry_after(headers.get("retry-after")) or None


def retry_after(header: str | None) -> float | None:
    """Read a Retry-After header: seconds, or a date.

    Returns:
        Seconds from now, 0 or more; None where it says neither.
    """
    if not header:
        return None
    try:
        seconds = float(header)
        return max(0.0, seconds) if math.isfinite(seconds) else None
    except ValueError:
        pass
    try:
        date = parsedate_to_datetime(header)
    except ValueError:
        return None
    date = date if date.tzinfo else date.replace(tzinfo=UTC)
    return max(0.0, (date - datetime.now(UTC)).total_seconds())
