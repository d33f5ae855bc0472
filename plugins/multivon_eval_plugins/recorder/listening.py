"""What happens when a wrapped function of an SDK is called: the prompt is recorded, then the call goes out."""

from __future__ import annotations

import contextlib
import inspect
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping
from contextvars import ContextVar
from typing import Any

from .binding import is_the_systems
from .call_site import CallSite, get_caller_frame
from .capture import Part, read_contents, read_interactions
from .patching import Called
from .tally import Tally

Reader = Callable[[object], Iterator[Part]]

_NOTED: ContextVar[Mapping[Tally, CallSite | None] | None] = ContextVar("multivon_eval_recorder_noted", default=None)
"""The call sites of an asynchronous method, for its request."""

_RECORDED: ContextVar[bool] = ContextVar("multivon_eval_recorder_recorded", default=False)
"""Whether this runs within a call that is recorded already: litellm asks through other SDKs."""


def listen_to_stainless(sdk: str, readers: Mapping[str, Reader], noted: bool = False) -> Called:
    """Listen to the one ``request`` of openai's and anthropic's clients, which are generated alike.

    Args:
        sdk: What recordings call it.
        readers: By the end of the path.
        noted: Whether the call site may have been noted before, because the request is asynchronous.
    """

    def hear_call(listeners: tuple[Tally, ...], wrapped: Any, args: Any, kwargs: Any) -> Any:
        with _ignore_failures(listeners, sdk):
            # The first argument is the type to read the answer as; both are passed by position or by name, by version.
            options = kwargs["options"] if "options" in kwargs else args[1]
            path = options.url.partition("?")[0]
            # By its end: a gateway or Azure puts a path of its own before it.
            reader = next((reader for end, reader in readers.items() if path.endswith(end)), None)
            if reader and options.method.lower() == "post":
                # What extra_body adds is sent too, and wins over what stands in the body.
                body, extra = options.json_data, getattr(options, "extra_json", None)
                body = {**body, **extra} if extra and isinstance(body, Mapping) else body
                _record_call(listeners, sdk, reader(body), noted)
        return wrapped(*args, **kwargs)

    return hear_call


def listen_to_gemini(sdk: str, noted: bool = False) -> Called:
    """Listen to the requests of google-genai's client; see :func:`listen_to_stainless`."""

    def hear_call(listeners: tuple[Tally, ...], wrapped: Any, args: Any, kwargs: Any) -> Any:
        with _ignore_failures(listeners, sdk):
            given = {**dict(zip(("http_method", "path", "request_dict"), args, strict=False)), **kwargs}
            if given["path"].partition("?")[0].endswith((":generateContent", ":streamGenerateContent")):
                _record_call(listeners, sdk, read_contents(given["request_dict"]), noted)
        return wrapped(*args, **kwargs)

    return hear_call


def listen_to_interactions(sdk: str, noted: bool = False) -> Called:
    """Listen to the requests of google-genai's interactions, which are made ready as those of httpx."""

    def hear_call(listeners: tuple[Tally, ...], wrapped: Any, args: Any, kwargs: Any) -> Any:
        with _ignore_failures(listeners, sdk):
            request = kwargs["request"] if "request" in kwargs else args[1]
            if request.method == "POST" and request.url.path.endswith("/interactions"):
                _record_call(listeners, sdk, read_interactions(json.loads(request.content)), noted)
        return wrapped(*args, **kwargs)

    return hear_call


def listen_to_function(sdk: str, read: Reader, names: tuple[str, ...] = ()) -> Called:
    """Listen to a function that takes a request as its arguments, and to nothing that it calls.

    Args:
        sdk: What recordings call it.
        read: Reads the request, by the names of the arguments.
        names: Of the arguments that are given by position; the function's own where there are none.
    """

    def hear_call(listeners: tuple[Tally, ...], wrapped: Any, args: Any, kwargs: Any) -> Any:
        with _ignore_failures(listeners, sdk):
            by_place = names or (_list_names(wrapped) if args else ())
            _record_call(listeners, sdk, read({**dict(zip(by_place, args, strict=False)), **kwargs}))
        # litellm calls the openai SDK for many providers: heard twice, each prompt would count twice.
        token = _RECORDED.set(True)
        try:
            result = wrapped(*args, **kwargs)
        finally:
            _RECORDED.reset(token)
        # An asynchronous call does its work when it is awaited, long after the line above was undone.
        return _run_with(_RECORDED, True, result) if inspect.iscoroutine(result) else result

    return hear_call


def _list_names(function: Any) -> tuple[str, ...]:
    try:
        return tuple(inspect.signature(function).parameters)
    except (TypeError, ValueError):  # some callables written in C have no signature
        return ()


def note_call_site(listeners: tuple[Tally, ...], wrapped: Any, args: Any, kwargs: Any) -> Any:
    """Note the call site of an asynchronous method for the request that it will make."""
    # Before anything else: a method that refuses its arguments raises as it would without us.
    result = wrapped(*args, **kwargs)
    if not inspect.iscoroutine(result):
        return result
    sites: Mapping[Tally, CallSite | None] = {}
    with _ignore_failures(listeners, "an SDK"):
        frame = get_caller_frame()
        sites = {listener: listener.site(frame) for listener in listeners}
    return _run_with(_NOTED, sites, result)


def _record_call(listeners: tuple[Tally, ...], sdk: str, read: Iterator[Part], noted: bool = False) -> None:
    if _RECORDED.get() or not is_the_systems():
        return
    # Read now, while the request is as it is sent: the caller may change the same lists afterwards.
    parts, frame = list(read), get_caller_frame()
    sites = (_NOTED.get() if noted else None) or {}
    for listener in listeners:
        listener.add(sdk, parts, sites[listener] if listener in sites else listener.site(frame))


@contextlib.contextmanager
def _ignore_failures(listeners: tuple[Tally, ...], sdk: str) -> Iterator[None]:
    """Whatever fails in recording, the call goes out."""
    try:
        yield
    except Exception as error:
        # To each recording that runs: it is each one's numbers that miss the call.
        for listener in listeners:
            listener.trouble(f"a call of {sdk} could not be read ({type(error).__name__}: {error}); report it to us")


async def _run_with(variable: ContextVar[Any], value: object, coroutine: Coroutine[Any, Any, Any]) -> Any:
    token = variable.set(value)
    try:
        return await coroutine
    finally:
        # One that is given up is closed in the context of whoever clears it away, where the token is a stranger.
        with contextlib.suppress(ValueError):
            variable.reset(token)
