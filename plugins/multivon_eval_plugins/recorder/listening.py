"""What happens when a wrapped function of an SDK is called: the prompt is recorded, then the call goes out."""

from __future__ import annotations

import contextlib
import inspect
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from .binding import is_the_systems
from .call_site import CallSite, here
from .capture import Part, read_chat, read_contents
from .patching import Called
from .tally import Tally

Reader = Callable[[object], Iterator[Part]]

_NOTED: ContextVar[Mapping[Tally, CallSite | None] | None] = ContextVar("multivon_eval_recorder_noted", default=None)
"""The call sites of an asynchronous method, for its request."""

_RECORDED: ContextVar[bool] = ContextVar("multivon_eval_recorder_recorded", default=False)
"""Whether this runs within a call that is recorded already: litellm asks through other SDKs."""


def stainless(sdk: str, readers: Mapping[str, Reader], noted: bool = False) -> Called:
    """Listen to the one ``request`` of openai's and anthropic's clients, which are generated alike.

    Args:
        sdk: What recordings call it.
        readers: By the end of the path.
        noted: Whether the call site may have been noted before, because the request is asynchronous.
    """

    def called(listeners: tuple[Tally, ...], wrapped: Any, args: Any, kwargs: Any) -> Any:
        with _harmless(listeners, sdk):
            # The first argument is the type to read the answer as; both are passed by position or by name, by version.
            options = kwargs["options"] if "options" in kwargs else args[1]
            path = options.url.partition("?")[0]
            # By its end: a gateway or Azure puts a path of its own before it.
            reader = next((reader for end, reader in readers.items() if path.endswith(end)), None)
            if reader and options.method.lower() == "post":
                # What extra_body adds is sent too, and wins over what stands in the body.
                body, extra = options.json_data, getattr(options, "extra_json", None)
                body = {**body, **extra} if extra and isinstance(body, Mapping) else body
                _heard(listeners, sdk, reader(body), noted)
        return wrapped(*args, **kwargs)

    return called


def gemini(sdk: str, noted: bool = False) -> Called:
    """Listen to the requests of google-genai's client; see :func:`stainless`."""

    def called(listeners: tuple[Tally, ...], wrapped: Any, args: Any, kwargs: Any) -> Any:
        with _harmless(listeners, sdk):
            given = {**dict(zip(("http_method", "path", "request_dict"), args, strict=False)), **kwargs}
            if given["path"].partition("?")[0].endswith((":generateContent", ":streamGenerateContent")):
                _heard(listeners, sdk, read_contents(given["request_dict"]), noted)
        return wrapped(*args, **kwargs)

    return called


def litellm(sdk: str) -> Called:
    """Listen to litellm's ``completion`` and ``acompletion``, and to nothing that they call."""

    def called(listeners: tuple[Tally, ...], wrapped: Any, args: Any, kwargs: Any) -> Any:
        with _harmless(listeners, sdk):
            given = {**dict(zip(("model", "messages"), args, strict=False)), **kwargs}
            _heard(listeners, sdk, read_chat(given))
        # litellm calls the openai SDK for many providers: heard twice, each prompt would count twice.
        token = _RECORDED.set(True)
        try:
            result = wrapped(*args, **kwargs)
        finally:
            _RECORDED.reset(token)
        # An asynchronous call does its work when it is awaited, long after the line above was undone.
        return _with(_RECORDED, True, result) if inspect.iscoroutine(result) else result

    return called


def noting(listeners: tuple[Tally, ...], wrapped: Any, args: Any, kwargs: Any) -> Any:
    """Note the call site of an asynchronous method for the request that it will make."""
    # Before anything else: a method that refuses its arguments raises as it would without us.
    result = wrapped(*args, **kwargs)
    if not inspect.iscoroutine(result):
        return result
    sites: Mapping[Tally, CallSite | None] = {}
    with _harmless(listeners, "an SDK"):
        frame = here()
        sites = {listener: listener.site(frame) for listener in listeners}
    return _with(_NOTED, sites, result)


def _heard(listeners: tuple[Tally, ...], sdk: str, read: Iterator[Part], noted: bool = False) -> None:
    if _RECORDED.get() or not is_the_systems():
        return
    # Read now, while the request is as it is sent: the caller may change the same lists afterwards.
    parts, frame = list(read), here()
    sites = (_NOTED.get() if noted else None) or {}
    for listener in listeners:
        listener.add(sdk, parts, sites[listener] if listener in sites else listener.site(frame))


@contextlib.contextmanager
def _harmless(listeners: tuple[Tally, ...], sdk: str) -> Iterator[None]:
    """Whatever fails in recording, the call goes out."""
    try:
        yield
    except Exception as error:
        # To each recording that runs: it is each one's numbers that miss the call.
        for listener in listeners:
            listener.trouble(f"a call of {sdk} could not be read ({type(error).__name__}: {error}); report it to us")


async def _with(variable: ContextVar[Any], value: object, coroutine: Coroutine[Any, Any, Any]) -> Any:
    token = variable.set(value)
    try:
        return await coroutine
    finally:
        # One that is given up is closed in the context of whoever clears it away, where the token is a stranger.
        with contextlib.suppress(ValueError):
            variable.reset(token)
