"""Which part of a run something is of, where it is not the whole."""

from __future__ import annotations

from collections.abc import Iterable

import attrs

from .._set_module import set_module


@set_module("multivon_eval")
@attrs.frozen
class RunPart:
    """A part of a run that was made in shards.

    As a string it is a sentence for a person.

    Attributes:
        of: Number of shards of the run.
        shards: The numbers of those shards, from 1, of which all conversations belong to this part.
        conversations: Number of conversations of the whole run.
    """

    of: int
    shards: tuple[int, ...]
    conversations: int

    def __str__(self) -> str:
        whole = f"of {self.of}, the whole run has {self.conversations} conversations"
        if len(self.shards) == self.of:
            return f"shards that were not merged: all {whole}"
        if not self.shards:
            return f"only a part of the run: no shard {whole}"
        numbers = ", ".join(map(str, self.shards[:-1]))
        told = f"shards {numbers} and {self.shards[-1]}" if numbers else f"shard {self.shards[0]}"
        return f"only a part of the run: {told} {whole}"


def unite_parts(parts: Iterable[RunPart | None]) -> RunPart | None:
    """Unite the parts that results are of.

    Args:
        parts: Those of the results, None for one of a whole run.

    Returns:
        All shards that are there; of several runs those of the first. None where all is whole.
    """
    known = [part for part in dict.fromkeys(parts) if part is not None]
    if not known:
        return None
    first = known[0]
    same = [part for part in known if (part.of, part.conversations) == (first.of, first.conversations)]
    return attrs.evolve(first, shards=tuple(sorted({number for part in same for number in part.shards})))
