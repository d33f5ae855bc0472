"""Calls put together to conversations: several calls of one session are one conversation, its longest history."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence

import attrs

from multivon_eval.sdk import Message

from .logged import Call, Logged


def build_conversations(calls: Iterable[Call]) -> list[Logged]:
    """Put calls together.

    Args:
        calls: In the order in which they stand in the log.

    Returns:
        The conversations with at least one message of a user, in the order in which they begin in the log. Those
        that are
        only the beginning of another one are left out, and counted there.
    """
    groups: dict[tuple[str, str], list[Call]] = {}
    for index, call in enumerate(calls):
        key = (
            ("session", call.session)
            if call.session
            else ("trace", call.trace)
            if call.trace
            else ("alone", str(index))
        )
        groups.setdefault(key, []).append(call)
    built = [(key[0] != "session", _build(group)) for key, group in groups.items()]
    return _drop_beginnings([one for one in built if any(said.role == "user" for said in one[1].messages)])


def _build(group: Sequence[Call]) -> Logged:
    """Build the conversation of one session or trace."""
    ordered = _order(group)
    if all(call.is_piece for call in ordered):
        messages = tuple(message for call in ordered for message in call.messages)
        return _finish(messages, ordered[0], len(group))
    threads: list[tuple[tuple[Message, ...], Call]] = []
    texts: tuple[Message, ...] = ()
    for call in ordered:
        if call.is_text or (_count_users(call.messages) == 1 and not _extends(threads, call.messages)):
            texts += () if _holds(texts, call.messages) else call.messages
        _grow(threads, call)
    best = max(threads, key=lambda one: (_count_users(one[0]), len(one[0]), _size(one[0])))
    # Calls that each hold one question and its answer are the turns of one conversation.
    is_spread = _count_users(texts) > _count_users(best[0]) and _count_users(best[0]) <= 1
    return _finish(texts if is_spread else best[0], best[1], len(group))


def _finish(messages: tuple[Message, ...], call: Call, calls: int) -> Logged:
    return Logged(messages, call.where, call.format, call.session or call.trace, calls)


def _order(group: Sequence[Call]) -> list[Call]:
    """By time where all say it alike, else as they stand."""
    if not all(call.at for call in group):
        return list(group)
    try:
        return sorted(group, key=lambda call: float(call.at))
    except ValueError:
        return sorted(group, key=lambda call: call.at)


def _grow(threads: list[tuple[tuple[Message, ...], Call]], call: Call) -> None:
    """Add what a call holds to the history that it goes on with, or begin another."""
    for place, (said, _) in enumerate(threads):
        if _holds(said, call.messages):
            return
        overlap = _find_overlap(said, call.messages)
        if overlap:
            threads[place] = ((*said[: len(said) - overlap], *call.messages), call)
            return
    threads.append((call.messages, call))


def _extends(threads: Sequence[tuple[tuple[Message, ...], Call]], messages: Sequence[Message]) -> bool:
    return any(_find_overlap(said, messages) > 1 for said, _ in threads)


def _plain(message: Message) -> tuple[str, str]:
    return message.role, " ".join(message.content.split())


def _holds(said: Sequence[Message], messages: Sequence[Message]) -> bool:
    """Whether messages stand in others, one after the other."""
    mine, theirs = [_plain(one) for one in messages], [_plain(one) for one in said]
    return any(theirs[start : start + len(mine)] == mine for start in range(len(theirs) - len(mine) + 1))


def _find_overlap(said: Sequence[Message], messages: Sequence[Message]) -> int:
    """How many messages at the end of a history stand at the beginning of another: also where its own begin was cut."""
    theirs, mine = [_plain(one) for one in said], [_plain(one) for one in messages]
    for size in range(min(len(theirs), len(mine)), 0, -1):
        if theirs[-size:] == mine[:size]:
            return size
    return 0


def _drop_beginnings(found: Sequence[tuple[bool, Logged]]) -> list[Logged]:
    """Leave out conversations that are the beginning of a longer one, where no session says that they are others.

    Args:
        found: Each with whether it may be the beginning of another.
    """
    longest: dict[str, int] = {}
    digests = {index: _digest_beginnings(one.messages) for index, (is_loose, one) in enumerate(found) if is_loose}
    for index, beginnings in digests.items():
        for digest in beginnings:
            place = longest.setdefault(digest, index)
            if len(found[place][1].messages) < len(found[index][1].messages):
                longest[digest] = index
    calls = Counter[int]()
    for index, (_, one) in enumerate(found):
        place = longest[digests[index][-1]] if index in digests else index
        # Of the same length they are copies: how many there are is worth knowing.
        is_own = len(found[place][1].messages) == len(one.messages)
        calls[index if is_own else place] += one.calls
    return [attrs.evolve(found[index][1], calls=calls[index]) for index in sorted(calls)]


def _digest_beginnings(messages: Sequence[Message]) -> list[str]:
    """A digest of each beginning that ends with a reply, and of all; equal ones begin equal."""
    state, found = hashlib.sha256(), []
    for index, message in enumerate(messages):
        state.update(repr(_plain(message)).encode("utf-8", "replace"))
        if message.role == "assistant" or index == len(messages) - 1:
            found.append(state.hexdigest())
    return found


def _count_users(messages: Sequence[Message]) -> int:
    return sum(one.role == "user" for one in messages)


def _size(messages: Sequence[Message]) -> int:
    return sum(len(one.content) for one in messages)
