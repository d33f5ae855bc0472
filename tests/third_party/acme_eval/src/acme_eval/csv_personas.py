"""Personas from a spreadsheet."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

import attrs

from multivon_eval.sdk import Persona, PersonaError, RunContext, persona_from_json

COLUMNS = ("name", "profile", "goal", "success_criteria")


@attrs.frozen
class CsvPersonas:
    """Reads personas from a CSV file with the columns name, profile, goal, success_criteria.

    Attributes:
        path: The file.
        delimiter: What stands between two cells.
    """

    path: str
    delimiter: str = ","

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Read all rows; all problems at once."""
        rows = list(csv.DictReader(self._text().splitlines(), delimiter=self.delimiter))
        if not rows or set(COLUMNS) - set(rows[0]):
            raise PersonaError(f"{self.path}: no rows with the columns {', '.join(COLUMNS)}; add them")
        problems: list[str] = []
        personas: list[Persona] = []
        for number, row in enumerate(rows, 2):
            try:
                personas.append(persona_from_json({name: row[name] for name in COLUMNS}, f"{self.path}:{number}"))
            except PersonaError as error:
                problems += error.problems
        if problems:
            raise PersonaError(problems)
        return personas

    def _text(self) -> str:
        try:
            return Path(self.path).read_text(encoding="utf-8-sig")
        except OSError as error:
            raise PersonaError(f"{self.path}: cannot be read ({error.strerror}); give a CSV file") from None
