"""Counting how often each success criterion was met."""

from __future__ import annotations

import functools
from collections.abc import Mapping

from .._types.agreement import WORDS
from .._types.json_value import freeze_values
from .._types.names import Column, Names, make_mapping
from .._types.verdict import YesNoUnknown


class CriteriaTally:
    """Counts for each criterion how often it was met: each persona may have some of its own.

    Attributes:
        texts: The criteria.
    """

    def __init__(self) -> None:
        self.texts: Names = Names()
        self._met = {word: Column("B") for word in WORDS}

    def add(self, criterion: str, met: YesNoUnknown) -> None:
        """Count one verdict on a criterion."""
        self._met[met][self.texts.add(criterion)] += 1

    def list_counts(self) -> Mapping[str, Mapping[str, int]]:
        """By the text of each criterion how often it was met, ``yes``, ``no`` or ``unknown``."""
        columns = [self._met[word].copy() for word in WORDS]
        share = functools.cache(lambda *counts: freeze_values(dict(zip(WORDS, counts, strict=True))))
        return make_mapping(
            self.texts, range(len(self.texts)), lambda number: share(*(column[number] for column in columns))
        )
