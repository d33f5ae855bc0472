"""The question for personas. Its words are those of whoever asks."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence

import attrs

from .._set_module import set_module
from .._types.persona import Persona
from .._types.persona_json import persona_from_json
from ..errors import PersonaError, UnreadableAnswer
from .answer_json import read_field, read_object


@set_module("multivon_eval.sdk")
@attrs.frozen
class PersonasAsked:
    """The personas that are asked for.

    The answer is one JSON object with a list ``personas``. A proposer that asks for more about each persona makes a
    subclass and overrides :meth:`read_persona` and :meth:`compare`.

    Attributes:
        document: The description of the product, as text.
        n: The number of personas.
        seed: Which of the many possible answers; None for any.
        wants_adversarial: Whether one of them must have the trait ``adversarial``.
    """

    document: str
    n: int
    seed: int | None = None
    wants_adversarial: bool = True

    def read(self, text: str) -> tuple[Persona, ...]:
        """Read exactly ``n`` personas with names of their own, at least one of them adversarial if that is wanted.

        Raises:
            UnreadableAnswer: If the text is something else; with everything that is wrong.
        """
        rows = read_field(read_object(text, ("personas",)), "personas", list)
        problems: list[str] = []
        personas: list[Persona] = []
        for index, row in enumerate(rows):
            try:
                personas.append(self.read_persona(row, f"personas[{index}]"))
            except PersonaError as error:
                problems += error.problems
        if len(rows) != self.n:
            problems.append(f"there are {len(rows)} personas, not {self.n}")
        names = Counter(persona.name for persona in personas)
        problems += [f"{times} personas are named {name!r}" for name, times in names.items() if times > 1]
        problems += self.compare(personas)
        if self.wants_adversarial and rows and not any(map(_is_adversarial, rows)):
            problems.append("no persona has the trait 'adversarial'")
        if problems:
            raise UnreadableAnswer("; ".join(problems), True)
        return tuple(personas)

    def read_persona(self, row: object, where: str) -> Persona:
        """Read one persona.

        Args:
            row: The entry of the list.
            where: Its place, for messages.

        Raises:
            PersonaError: If it is no persona; with everything that is wrong.
        """
        return persona_from_json(row, where)

    def compare(self, personas: Sequence[Persona]) -> list[str]:
        """Return what is wrong with the personas beside one another; nothing by default."""
        return []


def _is_adversarial(row: object) -> bool:
    # On the raw row: a persona that cannot be read otherwise would hide its trait, and be complained of twice.
    traits = row.get("traits") if isinstance(row, dict) else None
    words = traits if isinstance(traits, list) else ()
    return any(isinstance(word, str) and word.strip().lower() == "adversarial" for word in words)
