"""Personas from the logs of an assistant: what real users wanted, without who they were."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from pathlib import Path

import attrs

from multivon_eval.sdk import (
    Answer,
    BudgetExceeded,
    JudgeError,
    Persona,
    PersonaError,
    Question,
    RunContext,
    answered,
    did_you_mean,
)

from ..proposing.cut import ProposalCut
from .invented import fill_in, invent_all
from .logged import FORMATS
from .prepared import Inquiry, Prepared, prepare
from .preview import write_preview, write_summary

_PER = ("cluster", "conversation")


@attrs.frozen
class PersonasFromLogs:
    """Asks the judge for one persona for each kind of conversation in a log.

    Near copies are put together first, and of the largest clusters one conversation each is sent, without names,
    addresses, numbers and whatever else the rules find personal. Values are invented in their place, such as nobody
    has. Where each persona comes from stands in its ``metadata.source``. It needs the extra ``logs``.

    Attributes:
        path: A file of conversations (JSON, JSONL, CSV, Parquet), or a folder of them.
        n: How many personas at most.
        per: ``cluster`` for one call for all near copies together, ``conversation`` for one call each.
        format: The form of the log: messages, otel, openinference, phoenix, langfuse or results; recognised if empty.
        opening: Whether a persona begins with the user's own first message, without personal data.
        alike: From which likeness on two conversations are near copies, 1 to 100.
        max_characters: How much of one conversation is sent; of a longer one the middle is left out.
        review: A file to which all that is sent is written, for review; with ``--dry-run`` it is written and
            nothing is sent.
    """

    path: str
    n: int = 10
    per: str = "cluster"
    format: str = ""
    opening: bool = False
    alike: int = 85
    max_characters: int = 20_000
    review: str = ""

    def __attrs_post_init__(self) -> None:
        problems = []
        if self.n < 1:
            problems.append(f"the number of personas is {self.n}; give a whole number from 1 on")
        if self.per not in _PER:
            problems.append(f"per is {self.per!r}; {did_you_mean(self.per, _PER)}")
        if self.format and self.format not in FORMATS:
            problems.append(f"format is {self.format!r}; {did_you_mean(self.format, FORMATS)}")
        if not 1 <= self.alike <= 100:
            problems.append(f"alike is {self.alike}; give 1 to 100")
        if self.max_characters < 100:
            problems.append(f"max_characters is {self.max_characters}; give a whole number from 100 on")
        if problems:
            raise PersonaError(problems)

    def proposal(self, seed: int | None) -> Sequence[Question[tuple[Persona, ...]]]:
        """Give the questions that ``load`` will ask, the largest clusters first.

        Raises:
            PersonaError: If the log cannot be read.
        """
        return tuple(one.question for one in self._prepare(seed).asked)

    def preview(self, seed: int | None) -> Sequence[str]:
        """Show what ``load`` would send: all of it, or where it was written and its summary with ``review``.

        Raises:
            PersonaError: If the log cannot be read, or the file for review cannot be written.
        """
        prepared = self._prepare(seed)
        if not self.review:
            return tuple(write_preview(prepared, self.path))
        self._write_review(prepared)
        return (*write_summary(prepared, self.path), f"all that would be sent: {self.review}")

    async def load(self, context: RunContext) -> Sequence[Persona]:
        """Ask for the personas, side by side.

        One that cannot be made is reported and left out.

        Raises:
            PersonaError: If the log cannot be read.
            JudgeError: If no persona could be made; with the reasons.
            BudgetExceeded: If a call did not fit under the ceiling; what was made before is in it.
        """
        prepared = self._prepare(context.seed)
        if self.review:
            self._write_review(prepared)
        found = await asyncio.gather(*(_ask(one, context) for one in prepared.asked))
        made = [
            self._finish(one, *answer)
            for one, answer in zip(prepared.asked, found, strict=True)
            if not isinstance(answer, JudgeError | BudgetExceeded)
        ]
        personas = _name_apart(made)
        for answer in found:
            if isinstance(answer, BudgetExceeded):
                if not personas:
                    raise answer
                raise ProposalCut(
                    f"{len(personas)} of {len(found)} personas were made before the budget ended: {answer}", personas
                ) from answer
        failed = [(one, why) for one, why in zip(prepared.asked, found, strict=True) if isinstance(why, JudgeError)]
        if not personas:
            raise _sum_up(failed, self.path)
        for one, why in failed:
            context.log.warning("%s: no persona could be made of this conversation: %s", one.cluster.shown.where, why)
        return personas

    def _finish(self, asked: Inquiry, persona: Persona, answer: Answer) -> Persona:
        invented = invent_all(asked.placeholders)
        source = {**asked.source, "model": answer.model, "invented": invented}
        if answer.notes:
            source["notes"] = list(answer.notes)
        first = next(message for message in asked.messages if message.role == "user")
        script = (fill_in(first.content, invented),) if self.opening and first.content.strip() else ()
        return attrs.evolve(persona, script=script, metadata={**persona.metadata, "source": source})

    def _prepare(self, seed: int | None) -> Prepared:
        return prepare(self.path, self.format, self.per, self.n, self.alike, self.max_characters, seed)

    def _write_review(self, prepared: Prepared) -> None:
        try:
            Path(self.review).write_text("\n".join(write_preview(prepared, self.path)) + "\n", encoding="utf-8")
        except OSError as error:
            raise PersonaError(
                f"review={self.review} cannot be written ({error.strerror}); give another file"
            ) from None


async def _ask(one: Inquiry, context: RunContext) -> tuple[Persona, Answer] | JudgeError | BudgetExceeded:
    try:
        personas, answer = await answered(context.judge, one.question)
    except (JudgeError, BudgetExceeded) as error:
        # It is told beside the others: one that fails is no reason to throw away what is paid for.
        return error
    return personas[0], answer


def _sum_up(failed: Sequence[tuple[Inquiry, JudgeError]], path: str) -> JudgeError:
    reasons = "; ".join(f"{one.cluster.shown.where}: {why}" for one, why in failed[:5])
    more = f"; and {len(failed) - 5} more" if len(failed) > 5 else ""
    return JudgeError(
        f"no personas could be made from {path}: {reasons}{more}; name another model with --judge",
        any(why.charged for _, why in failed),
    )


def _name_apart(personas: Sequence[Persona]) -> list[Persona]:
    """Give each a name of its own: the judge saw one conversation at a time."""
    taken: set[str] = set()
    named = []
    for persona in personas:
        name, number = persona.name, 1
        while name in taken:
            number += 1
            name = f"{persona.name}_{number}"
        taken.add(name)
        named.append(attrs.evolve(persona, name=name))
    return named
