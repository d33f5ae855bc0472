"""Personas from the description of a product: the judge is asked for them once."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import attrs

from multivon_eval.sdk import (
    Persona,
    PersonaError,
    Question,
    RunContext,
    UnreadableAnswer,
    answered,
)

from .question import ProductPersonasAsked, personas_question

MOST = 30
"""How many personas one answer has room for."""

_WORD = re.compile(r"\w")


@attrs.frozen
class ProductMd:
    """Asks the judge once for different personas that fit the description of a product.

    One of them at least is adversarial, and their names differ: an answer that does not hold that, or cannot be read,
    is asked for once more with what is wrong, and then it is an error. What the personas were made from stands in
    their ``metadata.proposed``: file, seed, model, and what sets them apart.

    The judge ``offline`` builds them by rule from the document's headings and sentences, and says so there.

    Attributes:
        path: The document: text or Markdown in UTF-8.
        n: How many personas, up to 30.
        max_characters: How much of the document is read; of a longer one the rest is left out, with a notice.
    """

    path: str
    n: int = 5
    max_characters: int = 40_000

    def __attrs_post_init__(self) -> None:
        problems = []
        if not 1 <= self.n <= MOST:
            problems.append(f"the number of personas is {self.n}; give 1 to {MOST}")
        if self.max_characters < 1:
            problems.append(f"max_characters is {self.max_characters}; give a whole number from 1 on")
        if problems:
            raise PersonaError(problems)

    def proposal(self, seed: int | None) -> Sequence[Question[tuple[Persona, ...]]]:
        """Give the one question that ``load`` will ask.

        Raises:
            PersonaError: If the document is missing, empty, or not UTF-8.
        """
        return (personas_question(self._cut(self._read_text()), self.n, seed),)

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Ask for the personas.

        Raises:
            PersonaError: If the document cannot be used.
            UnreadableAnswer: If the second answer cannot be read either.
        """
        text = self._read_text()
        question = personas_question(self._cut(text), self.n, context.seed)
        assert isinstance(question.about, ProductPersonasAsked), "it is the question for personas"
        read = len(question.about.document)
        if read < len(text):
            context.log.warning(
                "%s has %d characters and the first %d of them are read; raise max_characters=, or shorten it",
                *(self.path, len(text), read),
            )
        try:
            personas, answer = await answered(context.judge, question)
        except UnreadableAnswer as error:
            raise UnreadableAnswer(
                f"no personas could be made from {self.path}: the judge was asked twice, and its second answer cannot "
                f"be used: {error}; name another model with --judge, ask for fewer, or write personas.jsonl yourself",
                error.charged,
            ) from error
        for note in answer.notes:
            context.log.warning("personas from %s: %s", self.path, note)
        made = {
            "from": Path(self.path).name,
            "model": answer.model,
            "characters": len(text),
            "characters_read": read,
            "notes": list(answer.notes),
        }
        return [_add_origin(persona, made) for persona in personas]

    def _cut(self, text: str) -> str:
        if len(text) <= self.max_characters:
            return text
        head = text[: self.max_characters]
        return head[: head.rfind("\n") + 1] or head

    def _read_text(self) -> str:
        try:
            text = Path(self.path).read_bytes().decode("utf-8-sig")
        except FileNotFoundError:
            raise PersonaError(f"{self.path}: no such file; give the description of the product") from None
        except UnicodeDecodeError as error:
            raise PersonaError(f"{self.path}: not UTF-8 (byte {error.start}); save the file as UTF-8") from None
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or str(error)
            raise PersonaError(f"{self.path}: cannot be read ({why}); give a file") from None
        if not _WORD.search(self._cut(text)):
            raise PersonaError(f"{self.path}: there is no word in it; describe the product that the assistant serves")
        return text


def _add_origin(persona: Persona, made: Mapping[str, Any]) -> Persona:
    proposed = {**made, **persona.metadata["proposed"]}
    return attrs.evolve(persona, metadata={**persona.metadata, "proposed": proposed})
