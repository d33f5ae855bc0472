"""The door to the prompt recorder, which is a plug-in like any other."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self, TypeVar

from .._plugins.kinds import HOOK
from .._plugins.registry import Registry
from .._run.defaults import RECORDER
from ..errors import PluginBroken

_F = TypeVar("_F", bound=Callable[..., Any])


class RecordingSummary(Protocol):
    """What a recording has caught so far; as a string, one line for a person.

    Attributes:
        calls: How many calls were recorded.
        parts: How many texts and tool definitions they held.
        not_captured: How many images, tool results and other parts were counted instead, by kind.
        without_site: How many of the calls had no frame below the repository root.
        problems: What could not be recorded, a sentence each.
    """

    @property
    def calls(self) -> int: ...
    @property
    def parts(self) -> int: ...
    @property
    def not_captured(self) -> dict[str, int]: ...
    @property
    def without_site(self) -> int: ...
    @property
    def problems(self) -> tuple[str, ...]: ...


class PromptRecording(Protocol):
    """A recording that is on between entering and leaving it: ``with``, ``async with``, or as a decorator."""

    @property
    def summary(self) -> RecordingSummary:
        """What was caught so far."""
        ...

    def __enter__(self) -> Self: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    async def __aenter__(self) -> Self: ...

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...

    def __call__(self, function: _F) -> _F:
        """Give the function with a recording of its own around each call."""
        ...


def record_prompts(
    repo_root: str | Path = ".",
    out: str | Path | None = None,
    record_text: bool = False,
    clients: Iterable[object] = (),
) -> PromptRecording:
    """Record which prompts this process renders, and where, while the recording is on.

    What the SDKs of the known providers are asked is caught before the call goes out. Only fingerprints are kept.
    In a simulation each recording carries the ``case_uid`` of its conversation.

    Args:
        repo_root: The folder in which call sites are looked for.
        out: The JSONL file that recordings are merged into; ``prompt_recordings.jsonl`` in the current folder if
            None.
        record_text: Whether the text is kept beside its fingerprint.
        clients: Clients of other SDKs that are listened to as well: whatever has ``chat.completions.create``,
            ``responses.create`` or ``messages.create``.

    Returns:
        The recording, which is a context manager (``with`` and ``async with``) and a decorator.

    Raises:
        PluginError: If the plug-in that records is not installed, offered twice, or broken.
        UsageError: If a client has none of these methods; when it is entered, if ``repo_root`` is no folder or ``out``
            cannot be written.
        DeliveryError: When it is left: the recordings could not be written.
    """
    entry = Registry().find(HOOK, RECORDER)
    start = getattr(entry.load(), "record_prompts", None)
    if not callable(start):
        raise PluginBroken(f"{entry} cannot be used: it has no function 'record_prompts'; reinstall multivon-eval")
    recording: PromptRecording = start(repo_root, out, record_text, clients)
    return recording
