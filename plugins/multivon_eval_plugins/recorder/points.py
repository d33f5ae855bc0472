"""The places in the SDKs through which every prompt goes.

The requests of an SDK pass one method, whichever of its own methods made them: ``create``, ``stream`` and ``parse``,
with raw responses or streamed ones, bound before the recording began or after. That is where they are read, as they
are sent. An asynchronous request is made when it is awaited, perhaps in a task of its own, where nothing on the stack
tells who asked; so the asynchronous methods are wrapped too, and note the call site when they are called.
"""

from __future__ import annotations

import attrs

from .capture import read_chat, read_messages, read_responses
from .listening import (
    listen_to_function,
    listen_to_gemini,
    listen_to_interactions,
    listen_to_stainless,
    note_call_site,
)
from .patching import Called


@attrs.frozen
class Point:
    """A function to listen to.

    Attributes:
        module: Where it lies.
        path: Its name, with its class's before it if it is a method.
        called: Makes the call.
        loses: What is not recorded where it is missing; empty where it may be missing, because only some versions
            have it.
        is_late: Whether its SDK imports the package around it only when it is used; until then nothing is lost.
    """

    module: str
    path: str
    called: Called
    loses: str = ""
    is_late: bool = False

    def __str__(self) -> str:
        return f"{self.module}.{self.path}"


@attrs.frozen
class Sdk:
    """A package of a provider.

    Attributes:
        name: The distribution, and what recordings call it.
        package: The package.
        points: Where to listen.
    """

    name: str
    package: str
    points: tuple[Point, ...]


_SYNC = "what is asked synchronously is not recorded"
_ASYNC = "what is asked asynchronously is not recorded"
_SITE = "what is asked in tasks of their own is recorded without a call site"

_CHAT = {"/chat/completions": read_chat, "/responses": read_responses}
_MESSAGES = {"/messages": read_messages}
_OPENAI, _AIO_OPENAI = listen_to_stainless("openai", _CHAT), listen_to_stainless("openai", _CHAT, noted=True)
_ANTHROPIC, _AIO_ANTHROPIC = (
    listen_to_stainless("anthropic", _MESSAGES),
    listen_to_stainless("anthropic", _MESSAGES, noted=True),
)
_GEMINI, _AIO_GEMINI = listen_to_gemini("google-genai"), listen_to_gemini("google-genai", noted=True)
_INTERACTIONS, _AIO_INTERACTIONS = (
    listen_to_interactions("google-genai"),
    listen_to_interactions("google-genai", noted=True),
)
_LITELLM = listen_to_function("litellm", read_chat, ("model", "messages"))
_LITELLM_RESPONSES = listen_to_function("litellm", read_responses, ("input", "model"))

SDKS = (
    Sdk(
        "openai",
        "openai",
        (
            Point("openai._base_client", "SyncAPIClient.request", _OPENAI, _SYNC),
            Point("openai._base_client", "AsyncAPIClient.request", _AIO_OPENAI, _ASYNC),
            Point("openai.resources.chat.completions", "AsyncCompletions.create", note_call_site, _SITE),
            Point("openai.resources.chat.completions", "AsyncCompletions.parse", note_call_site),
            Point("openai.resources.responses", "AsyncResponses.create", note_call_site),
            Point("openai.resources.responses", "AsyncResponses.parse", note_call_site),
        ),
    ),
    Sdk(
        "anthropic",
        "anthropic",
        (
            Point("anthropic._base_client", "SyncAPIClient.request", _ANTHROPIC, _SYNC),
            Point("anthropic._base_client", "AsyncAPIClient.request", _AIO_ANTHROPIC, _ASYNC),
            Point("anthropic.resources.messages", "AsyncMessages.create", note_call_site, _SITE),
            Point("anthropic.resources.messages", "AsyncMessages.parse", note_call_site),
            Point("anthropic.resources.beta.messages", "AsyncMessages.create", note_call_site),
            Point("anthropic.resources.beta.messages", "AsyncMessages.parse", note_call_site),
        ),
    ),
    Sdk(
        "google-genai",
        "google.genai",
        (
            Point("google.genai._api_client", "BaseApiClient.request", _GEMINI, _SYNC),
            Point("google.genai._api_client", "BaseApiClient.request_streamed", _GEMINI, _SYNC),
            Point("google.genai._api_client", "BaseApiClient.async_request", _AIO_GEMINI, _ASYNC),
            Point("google.genai._api_client", "BaseApiClient.async_request_streamed", _AIO_GEMINI, _ASYNC),
            Point("google.genai.models", "AsyncModels.generate_content", note_call_site, _SITE),
            Point("google.genai.models", "AsyncModels.generate_content_stream", note_call_site, _SITE),
            Point("google.genai._gaos.basesdk", "BaseSDK.do_request", _INTERACTIONS, _SYNC, True),
            Point("google.genai._gaos.basesdk", "AsyncBaseSDK.do_request_async", _AIO_INTERACTIONS, _ASYNC, True),
            Point(
                "google.genai._gaos.google_genai", "AsyncGeminiNextGenInteractions.create", note_call_site, _SITE, True
            ),
        ),
    ),
    Sdk(
        "litellm",
        "litellm",
        (
            Point("litellm", "completion", _LITELLM, _SYNC),
            Point("litellm", "acompletion", _LITELLM, _ASYNC),
            Point("litellm.main", "completion", _LITELLM),
            Point("litellm.main", "acompletion", _LITELLM),
            Point("litellm", "responses", _LITELLM_RESPONSES),
            Point("litellm", "aresponses", _LITELLM_RESPONSES),
            Point("litellm.responses.main", "responses", _LITELLM_RESPONSES),
            Point("litellm.responses.main", "aresponses", _LITELLM_RESPONSES),
        ),
    ),
)
