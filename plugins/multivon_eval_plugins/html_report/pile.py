"""The rows of a report put together: each persona once, each conversation with an address."""

from __future__ import annotations

import itertools
from collections.abc import Mapping
from typing import Any

import attrs

from ..sinks.json_text import write_json
from .row import NOT_ASKED


def list_criteria(persona: Mapping[str, Any]) -> list[str]:
    """The success criteria of a persona's object, also where there is only one or none."""
    given = persona["success_criteria"] or ()
    return [given] if isinstance(given, str) else list(given)


@attrs.define
class Pile:
    """Rows by what stands in them, put together from many.

    Attributes:
        personas: Each persona once.
        rows: The indices, each with the place of its persona and a key of its own.
    """

    personas: list[dict[str, Any]] = attrs.field(factory=list)
    rows: list[dict[str, Any]] = attrs.field(factory=list)
    _places: dict[str, int] = attrs.field(factory=dict)
    _keys: set[str] = attrs.field(factory=set)

    def add(self, row: dict[str, Any]) -> None:
        """Take the index of a row; its body is not kept."""
        index, persona = dict(row["index"]), row["persona"]
        text = write_json(persona)
        place = self._places.setdefault(text, len(self.personas))
        if place == len(self.personas):
            self.personas.append(persona)
        self.rows.append({**index, "persona": place, "key": self._make_key(index.get("uid", ""))})

    def _make_key(self, uid: str) -> str:
        """Give a row its address in the page: several runs may have had the same persona and trial."""
        keys = itertools.chain([uid], (f"{uid}~{number}" for number in itertools.count(2)))
        key = next(key for key in keys if key not in self._keys)
        self._keys.add(key)
        return key

    def pair_criteria(self, row: dict[str, Any]) -> list[tuple[str, str]]:
        """The criteria of a row with the judge's answers."""
        criteria = list_criteria(self.personas[row["persona"]])
        answers = row.get("criteria", [])
        return [
            (criterion, answers[number] if number < len(answers) else NOT_ASKED)
            for number, criterion in enumerate(criteria)
        ]
