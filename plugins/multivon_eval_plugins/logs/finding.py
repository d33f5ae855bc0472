"""What was found in a text: where, of which kind, by which rule."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator

import attrs

_SPACELESS = "\u2e80"
"""From here on stand the scripts of East Asia."""


@attrs.frozen
class Found:
    """Something personal in a text.

    Attributes:
        start: Where it begins.
        end: Where it ends.
        kind: What it is, as its placeholder says: ``email``, ``order number``.
        rule: The rule that found it.
    """

    start: int
    end: int
    kind: str
    rule: str


@attrs.frozen
class Rule:
    """A pattern, and what must hold of what it matches.

    Attributes:
        name: How counts and docs name it.
        kind: What it finds.
        pattern: Its group ``value`` is what is personal; all of the match where there is none.
        is_right: Whether a value in its text is one; takes the text, where the value begins, and where it ends.
    """

    name: str
    kind: str
    pattern: re.Pattern[str]
    is_right: Callable[[str, int, int], bool] = lambda text, start, end: True

    def find(self, text: str) -> Iterator[Found]:
        """Find all in a text."""
        for match in self.pattern.finditer(text):
            group: str | int = "value" if "value" in self.pattern.groupindex else 0
            start, end = match.span(group)
            if end > start and self.is_right(text, start, end):
                yield Found(start, end, self.kind, self.name)


def merge(found: Iterable[Found]) -> list[Found]:
    """Join what overlaps, so that no part of anything stays; the one that was found first in order gives the kind.

    Args:
        found: By falling certainty.

    Returns:
        By place, without overlaps.
    """
    ranked = [(rank, one) for rank, one in enumerate(found)]
    merged: list[tuple[int, Found]] = []
    for rank, one in sorted(ranked, key=lambda pair: (pair[1].start, -pair[1].end)):
        if merged and one.start < merged[-1][1].end:
            before, last = merged[-1]
            kept = last if before <= rank else one
            end = max(last.end, one.end)
            merged[-1] = (min(before, rank), attrs.evolve(kept, start=last.start, end=end))
        else:
            merged.append((rank, one))
    return [one for _, one in merged]


def stands_alone(text: str, start: int, end: int) -> bool:
    """Whether a value is no part of a longer number or word; scripts without spaces may stand right beside it."""
    beside = (text[start - 1 : start] if start else "", text[end : end + 1])
    return not any(one.isalnum() and one < _SPACELESS for one in beside)
