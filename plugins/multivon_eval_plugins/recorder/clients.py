"""Clients of one's own: which of their methods carry prompts, and where these lie."""

from __future__ import annotations

import importlib
import inspect
import operator
import sys
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
        parent: The object, class or module in which it lies.
        path: Its path in the client, ``chat.completions.create`` say.
        sdk: What recordings call it.
    """

    parent: Any
    path: str
    sdk: str

    @property
    def name(self) -> str:
        """Its name in the object or class."""
        return self.path.rpartition(".")[2]

    @property
    def called(self) -> Called:
        """Makes the call."""
        return listen_to_function(self.sdk, dict(_METHODS)[self.path])

    @property
    def address(self) -> tuple[str, str, str, str] | None:
        """Where another process finds it: module, qualified name in it, path, SDK; None if it has no name there."""
        if inspect.ismodule(self.parent):
            return self.parent.__name__, "", self.path, self.sdk
        module, qualname = getattr(self.parent, "__module__", ""), getattr(self.parent, "__qualname__", "")
        is_named = inspect.isclass(self.parent) and module != "__main__" and "<locals>" not in qualname
        return (module, qualname, self.path, self.sdk) if is_named else None

    @classmethod
    def load(cls, module: str, qualname: str, path: str, sdk: str) -> Method:
        """Find a method by its address.

        Raises:
            ImportError: If there is no such module.
            AttributeError: If there is nothing of that name in it.
        """
        parent: Any = sys.modules.get(module) or importlib.import_module(module)
        return cls(operator.attrgetter(qualname)(parent) if qualname else parent, path, sdk)


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
    for path, _ in _METHODS:
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
            yield Method(parent, path, sdk)


def _is_heard(parent: Any) -> bool:
    module = str(getattr(parent, "__module__", "") or "")
    return any(module == sdk.package or module.startswith(f"{sdk.package}.") for sdk in SDKS)
