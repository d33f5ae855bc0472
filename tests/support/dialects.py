"""What a provider's wire differs in from another's: paths, the key's header, requests, replies, errors.

The server thinks in chat completions. A dialect checks a request of its own strictly, gives it as the body of a chat
completion, and writes what is answered in its own words.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any, Protocol

import attrs

from .chat_checks import REFUSABLE, Refused, check_request
from .chat_completion import Completions, model_list
from .chat_faults import Response

NATIVE = "native"
"""The key under which a checked body holds the request as it was sent."""


class Dialect(Protocol):
    """One provider's wire."""

    base_path: str
    refusable: Collection[str]

    def wanted(self, method: str, path: str) -> str:
        """Say what a request wants: ``models``, ``answer``, or nothing that is known."""
        ...

    def key(self, headers: Mapping[str, str]) -> str:
        """Give the key that came with a request."""
        ...

    def checked(self, body: object, refuse: Collection[str]) -> dict[str, Any]:
        """Check a request, and give it as the body of a chat completion.

        Raises:
            Refused: It is not as it must be.
        """
        ...

    def made(self, checked: dict[str, Any], response: Response, index: int) -> Response:
        """Give the response with the reply, encoded, as its body, unless it brings a body of its own."""
        ...

    def models(self) -> Response:
        """List a model."""
        ...

    def told(self, response: Response) -> Response:
        """Write an error in the words of this dialect."""
        ...


@attrs.define
class ChatCompletions:
    """OpenAI's."""

    base_path = "/v1"
    refusable = REFUSABLE
    _completions: Completions = attrs.field(init=False, factory=Completions)

    def wanted(self, method: str, path: str) -> str:
        """See the protocol."""
        known = {("GET", "/v1/models"): "models", ("POST", "/v1/chat/completions"): "answer"}
        return known.get((method, path), "")

    def key(self, headers: Mapping[str, str]) -> str:
        """See the protocol."""
        return headers.get("authorization", "").removeprefix("Bearer ")

    def checked(self, body: object, refuse: Collection[str]) -> dict[str, Any]:
        """See the protocol."""
        return check_request(body, refuse)

    def made(self, checked: dict[str, Any], response: Response, index: int) -> Response:
        """See the protocol."""
        return self._completions.made(checked, response, index)

    def models(self) -> Response:
        """See the protocol."""
        return model_list()

    def told(self, response: Response) -> Response:
        """See the protocol."""
        return response


def only(value: object, known: Collection[str], place: str) -> dict[str, Any]:
    """Give an object that has no other keys.

    Raises:
        Refused: It is none, or has.
    """
    if not isinstance(value, dict) or not set(value) <= set(known):
        extra = sorted(set(value) - set(known)) if isinstance(value, dict) else type(value).__name__
        raise Refused(f"{place}: Extra inputs are not permitted or wrong type: {extra}", place)
    return value


def message_of(body: object) -> str:
    """The message in an error's body, whatever wrote it."""
    error = body.get("error") if isinstance(body, dict) else None
    return str(error.get("message", error) if isinstance(error, dict) else body)
