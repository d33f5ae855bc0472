"""JSON over HTTP for judges: one request, its failures in the words of the SDK, keys kept out of them."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any

import attrs
import httpx
import orjson

from multivon_eval.sdk import JudgeError, JudgeUnavailable, UsageError, hide_secrets

from .failures import find_failure, make_failure
from .transport import FAILURES, is_sent, make_client

# Google answers 400 to a key that it does not know.
_ABOUT_THE_KEY = re.compile(r"api[ _]key", re.IGNORECASE)
_CHECK_SECONDS = 30.0
_NAMES = 16
_MOST = 20_000
"""Characters of an error that are read."""
# The text of these names only sockets.
_WORDS: dict[type[Exception], str] = {
    httpx.ConnectTimeout: "no connection within the time it has",
    httpx.ReadTimeout: "no answer within the time it has",
    httpx.WriteTimeout: "the request was not taken within the time it has",
}


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
    _names: dict[str, str] = attrs.field(init=False, repr=False, factory=dict)
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
            raise self._make_error(response, path)
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
        if response.has_redirect_location:
            raise UsageError(f"{self.base_url} {_describe_redirect(response, path)}")
        # Not 403: a key may be allowed to chat, and not to list the models.
        if response.status_code == 401 or is_about_key:
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

    def clean_name(self, name: str) -> str:
        """What a server calls its model; it says so with each answer, so it is looked at once."""
        if name not in self._names:
            if len(self._names) >= _NAMES:
                self._names.clear()
            self._names[name] = self.clean_text(name)
        return self._names[name]

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
            # A query, as Azure's api-version, stays behind the path.
            base = httpx.URL(self.base_url)
            beginning = base.raw_path.partition(b"?")[0].rstrip(b"/")
            query = b"?" + base.query if base.query else b""
            self._urls[path] = base.copy_with(raw_path=beginning + b"/" + path.encode("ascii") + query)
        return self._urls[path]

    def _describe_error(self, error: Exception) -> str:
        words = _WORDS.get(type(error), "")
        return self.clean_text(
            f"{words} ({type(error).__name__})" if words else f"{type(error).__name__} {error}".strip()
        )

    def _make_error(self, response: httpx.Response, path: str) -> JudgeError:
        status, body = response.status_code, self.clean_text(response.text)
        message = f"{self.base_url} answered {status}: {body or response.reason_phrase}"
        if response.has_redirect_location:
            message = f"{self.base_url} {_describe_redirect(response, path)}"
        return make_failure(status, message, self.clean_text(response.text, _MOST), response.headers)

    def _read_object(self, response: httpx.Response) -> dict[str, Any]:
        try:
            data = json.loads(response.content)
        except (ValueError, RecursionError) as error:
            raise JudgeUnavailable(f"{self.base_url} answered no JSON: {self._describe_error(error)}", True) from error
        if not isinstance(data, dict):
            raise JudgeUnavailable(f"{self.base_url} answered JSON of type {type(data).__name__}", True)
        if failure := find_failure(data):
            status, told = failure
            text = self.clean_text(json.dumps({"error": told}, default=str), _MOST)
            message = f"{self.base_url} answered with an error: {self.clean_text(text)}"
            if not status:
                raise JudgeUnavailable(message, True)
            # The answer may have begun: what it cost nobody knows.
            raise make_failure(status, message, text, response.headers, charged=True)
        return data


def _describe_redirect(response: httpx.Response, path: str) -> str:
    target = response.request.url.join(response.headers["location"]).copy_with(query=None, userinfo=b"")
    base = str(target).removesuffix(path).rstrip("/")
    return f"answers {response.status_code}, a redirect, which is not followed; give base_url={base}"
