"""Personas from JSONL: one object a line."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from pathlib import Path

import attrs

from multivon_eval.sdk import Persona, PersonaError, RunContext, persona_from_json

# Not str.splitlines: it also ends lines at characters that may stand in a string of JSON.
_LINE_END = re.compile(r"\r\n|\r|\n")


@attrs.frozen
class JsonlPersonas:
    """Reads personas from a JSONL file.

    Blank lines and lines that begin with ``#`` or ``//`` are skipped; UTF-8, a byte order mark is tolerated.

    Attributes:
        path: The file.
    """

    path: str

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Read all personas.

        Raises:
            PersonaError: If a line is no persona; with all problems at once, each with ``FILE:LINE`` and field.
        """
        problems: list[str] = []
        personas: list[Persona] = []
        lines: dict[str, int] = {}
        for number, line in enumerate(_LINE_END.split(self._read_text()), 1):
            if not line.strip() or line.lstrip().startswith(("#", "//")):
                continue
            where = f"{self.path}:{number}"
            try:
                persona = persona_from_json(_parse(line, where), where)
            except PersonaError as error:
                problems += error.problems
                continue
            if persona.name in lines:
                problems.append(
                    f"{where}: 'name' {persona.name!r} is taken by line {lines[persona.name]}; "
                    "give each persona a name of its own"
                )
            lines.setdefault(persona.name, number)
            personas.append(persona)
        if not personas and not problems:
            problems.append(f"{self.path}: no persona in it; write one JSON object a line")
        if problems:
            raise PersonaError(problems)
        return personas

    def _read_text(self) -> str:
        try:
            return Path(self.path).read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            raise PersonaError(f"{self.path}: no such file; give --personas a JSONL file") from None
        except UnicodeDecodeError as error:
            raise PersonaError(f"{self.path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from None
        except OSError as error:
            raise PersonaError(f"{self.path}: cannot be read ({error.strerror}); give a file") from None


def _parse(line: str, where: str) -> object:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as error:
        raise PersonaError(f"{where}: not JSON ({error}); write one JSON object a line") from None
