"""Near copies among conversations: a hundred that ask for the same are asked about once."""

from __future__ import annotations

import hashlib
import importlib
import re
from collections.abc import Sequence
from typing import Any

import attrs

from .logged import Logged

_COMPARED = 2000
"""How many characters of what a user said are compared."""
_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W_]+")


@attrs.frozen
class Cluster:
    """Conversations in which users say nearly the same.

    Attributes:
        shown: The one that stands for all: the one with most to tell.
        members: All of them, in the order of the log.
    """

    shown: Logged
    members: tuple[Logged, ...]


def find_clusters(found: Sequence[Logged], alike: int) -> list[Cluster]:
    """Put near copies together.

    Each conversation joins the first cluster whose first member it is like, so the same log gives the same clusters.

    Args:
        found: In the order of the log.
        alike: From which likeness of what the users say, 1 to 100 (normalised Indel similarity of their sorted
            words), two
            conversations are copies; digits count as alike, so another order number makes no other request.

    Returns:
        In the order of their first members.
    """
    process, ratio = importlib.import_module("rapidfuzz.process"), importlib.import_module("rapidfuzz.fuzz").ratio
    texts: list[str] = []
    members: list[list[Logged]] = []
    places: dict[str, int] = {}
    for one in found:
        text = _make_plain(one)
        place = places.get(text)
        if place is None:
            best: Any = process.extractOne(text, texts, scorer=ratio, score_cutoff=alike) if texts else None
            if best is not None:
                place = best[2]
            else:
                place = len(texts)
                texts.append(text)
                members.append([])
            places[text] = place
        members[place].append(one)
    return [Cluster(max(group, key=_measure), tuple(group)) for group in members]


def choose(clusters: Sequence[Cluster], n: int, seed: int | None) -> list[Cluster]:
    """Choose the largest clusters; of equal ones those that the seed says, or the first of the log without one."""

    def rank(one: Cluster) -> tuple[int, bytes]:
        text = f"{seed}:{_make_plain(one.shown)}"
        return -len(one.members), b"" if seed is None else hashlib.sha256(text.encode("utf-8", "replace")).digest()

    return sorted(clusters, key=rank)[:n]


def _make_plain(one: Logged) -> str:
    said = " ".join(message.content for message in one.messages if message.role == "user")[:_COMPARED]
    # Words of scripts without spaces are one word a clause; sorting leaves them whole.
    return " ".join(sorted(_WORDS.findall(_DIGITS.sub("0", said.casefold()))))


def _measure(one: Logged) -> tuple[int, int]:
    users = [message for message in one.messages if message.role == "user"]
    return len(users), sum(len(message.content) for message in users)
