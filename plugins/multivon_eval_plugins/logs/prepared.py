"""What would be asked of a log: read, put together, chosen, without personal data."""

from __future__ import annotations

import hashlib
import importlib
import re
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from multivon_eval.sdk import Message, Persona, PersonaError, Question, ToolCall, format_install_command, safe_json

from .clusters import Cluster, choose, find_clusters
from .formats import Log, read_log
from .question import log_question
from .redact import Redaction
from .threads import build_conversations

_LIBRARIES = ("faker", "phonenumbers", "rapidfuzz", "stdnum")
_RESULT = 600
"""How many characters of what a tool gave back are sent."""
_PLAIN_ID = re.compile(r"(?:0x)?[0-9a-f]{16,32}|[0-9a-fA-F]{8}(?:-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|[0-9a-f]{16}-\d+")


@attrs.frozen
class Inquiry:
    """One call of the judge.

    Attributes:
        cluster: The conversations that it stands for.
        question: What is asked.
        redacted: How often each rule replaced something.
        placeholders: What stands in the place of what was taken out.
        messages: The conversation as it is sent.
        left_out: How many messages in its middle are not sent, because it is too long.
    """

    cluster: Cluster
    question: Question[tuple[Persona, ...]]
    redacted: Counter[str]
    placeholders: tuple[str, ...]
    messages: tuple[Message, ...]
    left_out: int = 0

    @property
    def source(self) -> dict[str, Any]:
        """Where it comes from, without personal data."""
        shown = self.cluster.shown
        file, _, line = shown.where.rpartition(":")
        found: dict[str, Any] = {"file": Path(file).name, "line": int(line), "format": shown.format}
        if shown.id:
            digest = hashlib.sha256(shown.id.encode("utf-8", "replace")).hexdigest()[:16]
            # An id may be somebody's e-mail address.
            found["conversation"] = shown.id if _PLAIN_ID.fullmatch(shown.id) else f"sha256:{digest}"
        calls = sum(one.calls for one in self.cluster.members)
        return {
            **found,
            "calls": calls,
            "cluster_size": len(self.cluster.members),
            "redacted": dict(sorted(self.redacted.items())),
        }


@attrs.frozen
class Prepared:
    """All that would be asked.

    Attributes:
        asked: The calls, the largest clusters first.
        log: What was read.
        conversations: How many conversations the log holds.
        clusters: How many of them are no near copies of another.
    """

    asked: tuple[Inquiry, ...]
    log: Log
    conversations: int
    clusters: int


def prepare(path: str, form: str, per: str, n: int, alike: int, max_characters: int, seed: int | None) -> Prepared:
    """Read a log and prepare what is asked.

    Raises:
        PersonaError: If a library is missing, or the log cannot be read; with all problems.
    """
    _check_libraries()
    log = read_log(path, form)
    found = build_conversations(log.calls)
    if not found:
        raise PersonaError(f"{path}: no message of a user in it; a persona is made from what a user wants")
    clusters = find_clusters(found, alike) if per == "cluster" else [Cluster(one, (one,)) for one in found]
    chosen = choose(clusters, n, seed)
    return Prepared(tuple(_ask(one, max_characters, seed) for one in chosen), log, len(found), len(clusters))


def _ask(cluster: Cluster, max_characters: int, seed: int | None) -> Inquiry:
    redaction = Redaction()
    redacted = redaction.redact(cluster.shown.messages)
    messages, left_out = _shorten(redacted, max_characters)
    return Inquiry(
        cluster, log_question(messages, seed), redaction.counts, tuple(redaction.placeholders), messages, left_out
    )


def _shorten(messages: Sequence[Message], most: int) -> tuple[tuple[Message, ...], int]:
    """Cut what tools gave back, and leave out the middle of a long conversation: it begins with the request."""
    cut = [attrs.evolve(one, tool_calls=tuple(map(_cut_call, one.tool_calls))) for one in messages]
    lengths = [len(one.as_json) for one in cut]
    if sum(lengths) <= most:
        return tuple(cut), 0
    head, tail, used = 0, len(cut), 0
    while head < tail:
        # Two of the beginning for one of the end.
        place = tail - 1 if (head + len(cut) - tail) % 3 == 2 else head
        if used + lengths[place] > most and head:
            break
        used += lengths[place]
        head, tail = (head, tail - 1) if place == tail - 1 and place != head else (head + 1, tail)
    kept = [*cut[:head], *cut[tail:]]
    # One message alone may be too long.
    return tuple(attrs.evolve(one, content=one.content[:most]) for one in kept), tail - head


def _cut_call(call: ToolCall) -> ToolCall:
    text = call.result if isinstance(call.result, str) else safe_json(call.result)
    return call if len(text) <= _RESULT else attrs.evolve(call, result=f"{text[:_RESULT]} ...")


def _check_libraries() -> None:
    """Check that the libraries of the extra are there.

    Raises:
        PersonaError: If one is missing.
    """
    missing = []
    for name in _LIBRARIES:
        try:
            importlib.import_module(name)
        except ImportError:
            missing.append({"stdnum": "python-stdnum"}.get(name, name))
    if missing:
        raise PersonaError(
            f"personas-from-logs needs the extra 'logs', of which {', '.join(missing)} cannot be imported; "
            f"run: {format_install_command('logs')}"
        )


def sum_rules(asked: Sequence[Inquiry]) -> Mapping[str, int]:
    """How often each rule replaced something in all conversations, the most frequent first."""
    return dict(sum((one.redacted for one in asked), Counter[str]()).most_common())
