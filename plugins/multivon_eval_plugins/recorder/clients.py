"""Clients of one's own: which of their methods carry prompts, and where these lie."""

from __future__ import annotations

import inspect
import operator
from collections.abc import Iterator
from typing import Any

import attrs

from multivon_eval.sdk import UsageError

from .capture import read_chat, read_messages, read_responses
from .listening import Reader, listen_to_function
from .patching import Called
from .points import SDKS

_METHODS: tuple[tuple[str, Reader], ...] = (
    ("chat.completions.create", read_chat),
    ("chat.completions.parse", read_chat),
    ("chat.completions.stream", read_chat),
    ("chat.complete", read_chat),
    ("chat.complete_async", read_chat),
    ("chat.stream", read_chat),
    ("chat.stream_async", read_chat),
    ("chat_completion", read_chat),
    ("responses.create", read_responses),
    ("responses.parse", read_responses),
    ("responses.stream", read_responses),
    ("messages.create", read_messages),
    ("messages.stream", read_messages),
)
"""The methods that clients of the OpenAI-compatible kind have, and who reads what they are given."""


@attrs.frozen(eq=False)
class Method:
    """A method of a client to listen to.

    Attributes:
        parent: The object or class in which it lies.
        name: Its name there.
        called: Makes the call.
    """

    parent: Any
    name: str
    called: Called


def find_methods(client: Any) -> list[Method]:
    """Find the methods of a client that carry prompts.

    Args:
        client: Any object with ``chat.completions.create``, ``responses.create`` or the like.

    Returns:
        What is to be listened to; nothing of a client whose SDK is listened to anyway.

    Raises:
        UsageError: If it has none of these methods.
    """
    found = list(_find_methods(client))
    if not found:
        known = ", ".join(path for path, _ in _METHODS if path.endswith("create"))
        raise UsageError(
            f"{type(client).__name__} has no method that carries prompts ({known}); hand in a client that has one, or "
            "an object of your own with chat.completions.create(messages=...) that asks"
        )
    return [one for one in found if not _is_heard(one.parent)]


def _find_methods(client: Any) -> Iterator[Method]:
    for path, read in _METHODS:
        owner, _, name = path.rpartition(".")
        try:
            holder = operator.attrgetter(owner)(client) if owner else client
            method = getattr(holder, name)
        except AttributeError:
            continue
        if callable(method):
            # In the class, for a client may make its parts anew each time that they are asked for.
            is_own = name in getattr(holder, "__dict__", {})
            parent = holder if is_own or inspect.ismodule(holder) else type(holder)
            sdk = type(client).__module__.partition(".")[0]
            yield Method(parent, name, listen_to_function(sdk, read))


def _is_heard(parent: Any) -> bool:
    module = str(getattr(parent, "__module__", "") or "")
    return any(module == sdk.package or module.startswith(f"{sdk.package}.") for sdk in SDKS)
