"""Personas as a dataset of Inspect's."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from inspect_ai.dataset import MemoryDataset, Sample

from multivon_eval import Persona, check_simulation
from multivon_eval.sdk import PersonaSource, UsageError, persona_from_json, persona_to_json

PERSONA = "persona"
"""Where a sample's metadata holds its persona, as the JSON object of its line."""


def persona_dataset(
    personas: str | Path | PersonaSource | Iterable[Persona | dict[str, Any]], *, name: str = "personas"
) -> MemoryDataset:
    """Load personas as samples, one for each.

    A sample's id is the persona's name, its input the goal, its target the success criteria, its metadata the whole
    persona. Trials are Inspect's epochs.

    Args:
        personas: As ``simulate`` takes them: a path to JSONL, a SPEC, a source, or the personas.
        name: The name of the dataset in Inspect's log.

    Returns:
        The dataset.

    Raises:
        PersonaError: If they cannot be used; with all problems at once.
    """
    loaded = check_simulation(personas, judge="offline", budget_usd=None, hooks=())
    return MemoryDataset([_make_sample(persona) for persona in loaded], name=name)


def read_persona(metadata: dict[str, Any], sample_id: object) -> Persona:
    """Read the persona of a sample.

    Raises:
        UsageError: If its metadata holds none, or one that cannot be used.
    """
    row = metadata.get(PERSONA)
    if not isinstance(row, dict):
        raise UsageError(
            f"sample {sample_id!r} has no persona in its metadata; make the dataset with persona_dataset(), "
            f"or give each sample metadata={{{PERSONA!r}: {{'name': ..., 'profile': ..., ...}}}}"
        )
    return persona_from_json(row)


def _make_sample(persona: Persona) -> Sample:
    return Sample(
        id=persona.name,
        input=persona.goal,
        target=list(persona.criteria),
        description=persona.profile,
        metadata={PERSONA: persona_to_json(persona)},
    )
