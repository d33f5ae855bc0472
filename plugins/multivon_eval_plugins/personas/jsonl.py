"""Personas from JSONL: one object a line."""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

import attrs

from multivon_eval.sdk import Persona, PersonaError, RunContext, persona_from_json

# Not str.splitlines: it also ends lines at characters that may stand in a string of JSON.
_LONGEST = 500
"""Lines in which the end of a value is looked for that begins on one of them."""
_LINE_END = re.compile(r"\r\n|\r|\n")


@attrs.frozen
class JsonlPersonas:
    """Reads personas from a JSONL file.

    Blank lines and lines that begin with ``#`` or ``//`` are skipped; UTF-8, a byte order mark is tolerated.

    Attributes:
        path: The file.
    """

    path: str
    _piped: list[str] = attrs.field(factory=list, init=False, eq=False, repr=False)

    def stream(self, seed: int | None) -> Iterator[Persona]:
        """Read one persona after the other; the file is not held.

        Raises:
            PersonaError: At the first line that is no persona.
        """
        with self._open() as lines:
            for number, line in enumerate(lines, 1):
                if not _is_skipped(line):
                    where = f"{self.path}:{number}"
                    try:
                        yield persona_from_json(_parse(line, where), where)
                    except _NotJson as error:
                        raise PersonaError(f"{error}; write one persona as {{...}} on a line of its own") from None

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Read all personas.

        Raises:
            PersonaError: If a line is no persona; with all problems at once, each with ``FILE:LINE`` and field.
        """
        problems: list[str] = []
        personas: list[Persona] = []
        lines: dict[str, int] = {}
        every, after = _LINE_END.split(self._read_text()), 0
        for number, line in enumerate(every, 1):
            if number <= after or _is_skipped(line):
                continue
            where = f"{self.path}:{number}"
            try:
                persona = persona_from_json(_parse(line, where), where)
            except _NotJson as error:
                after = _find_end(every, number)
                end = f" (also the lines up to {after})" if after > number else ""
                problems.append(f"{error}{end}; write one persona as {{...}} on a line of its own")
                continue
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

    @contextmanager
    def _open(self) -> Iterator[Iterable[str]]:
        """The lines of the file, one after the other; what can be read only once is read whole."""
        if not Path(self.path).is_file():
            yield _LINE_END.split(self._read_text())
            return
        with self._tell_unreadable(), Path(self.path).open(encoding="utf-8-sig") as file:
            yield file

    def _read_text(self) -> str:
        """Read the file whole; what came from a pipe is held, because nobody can read it twice."""
        with self._tell_unreadable():
            if self._piped:
                return self._piped[0]
            path = Path(self.path)
            text = path.read_bytes().decode("utf-8-sig")
            if not path.is_file():
                self._piped.append(text)
            return text

    @contextmanager
    def _tell_unreadable(self) -> Iterator[None]:
        """Say of a file that cannot be read why."""
        try:
            yield
        except FileNotFoundError:
            raise PersonaError(f"{self.path}: no such file; give --personas a JSONL file") from None
        except UnicodeDecodeError as error:
            raise PersonaError(f"{self.path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from None
        except OSError as error:
            raise PersonaError(f"{self.path}: cannot be read ({error.strerror}); give a file") from None


def _is_skipped(line: str) -> bool:
    """Tell whether a line holds nothing: a blank one, or a comment."""
    return not line.strip() or line.lstrip().startswith(("#", "//"))


class _NotJson(Exception):
    """A line that is no JSON."""


def _parse(line: str, where: str) -> object:
    """Read a line.

    Raises:
        _NotJson: It is none.
        PersonaError: A key stands twice in one object: `json` would let the last one win.
    """
    twice: list[str] = []

    def build(pairs: list[tuple[str, object]]) -> dict[str, object]:
        built = dict(pairs)
        if len(built) < len(pairs):
            twice.extend(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
        return built

    try:
        parsed = json.loads(line, object_pairs_hook=build)
    except (ValueError, RecursionError) as error:
        raise _NotJson(f"{where}: not JSON ({error})") from None
    if twice:
        raise PersonaError([f"{where}: the key {key!r} stands twice in one object; keep one" for key in twice])
    return parsed


def _find_end(lines: list[str], number: int) -> int:
    """Find the last of the lines, from one on, that together hold one thing that is no line of JSON.

    A persona that is spread over five lines is one mistake; so are five lines that only together make no sense.
    """
    text = "\n".join(lines[number - 1 : number - 1 + _LONGEST])
    try:
        _, end = json.JSONDecoder().raw_decode(text, len(text) - len(text.lstrip()))
        return number + text.count("\n", 0, end)
    except (ValueError, RecursionError):
        return next((at for at in range(number, len(lines)) if _may_be_one(lines[at])), len(lines))


def _may_be_one(line: str) -> bool:
    """Tell whether a line stands for itself: a blank one, a comment, or one that begins like an object of its own."""
    return not line.strip() or line.lstrip().startswith(("#", "//", '{"'))
