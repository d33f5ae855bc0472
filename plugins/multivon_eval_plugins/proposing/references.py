"""References that a proposal made up: no real system knows them, so they are to be replaced."""

from __future__ import annotations

from collections.abc import Sequence

import attrs

from multivon_eval.sdk import Persona

from ..roleplay.identifiers import find_invented


def mark_inventions(persona: Persona, document: str) -> Persona:
    """Put each reference that a persona holds and the document does not among its facts, and name it.

    Args:
        persona: One that was proposed; what it was made from stands in its ``metadata.proposed``.
        document: The description of the product.

    Returns:
        The persona with ``metadata.proposed.replace``: order numbers, addresses, dates and the like that were made up.
    """
    told = "\n".join((persona.profile, persona.goal, *persona.criteria, *persona.facts))
    made_up = find_invented(told, [document])
    if not made_up:
        return persona
    known = "\n".join(persona.facts)
    facts = [f"The reference is {one}." for one in made_up if one not in known]
    proposed = {**persona.metadata["proposed"], "replace": made_up}
    metadata = {**persona.metadata, "proposed": proposed}
    return attrs.evolve(persona, facts=(*persona.facts, *facts), metadata=metadata)


def list_replacements(personas: Sequence[Persona]) -> list[str]:
    """Write a line for each persona whose references are to be replaced, for people who review a file of them."""
    lines = []
    for persona in personas:
        made_up = persona.metadata.get("proposed", {}).get("replace")
        if made_up:
            lines.append(f"{persona.name}: made up, replace by what your system knows: {', '.join(made_up)}")
    return lines
