"""Personas that want the same in other words."""

from __future__ import annotations

import itertools
from collections.abc import Sequence

from multivon_eval.sdk import Persona

from ..roleplay.likeness import list_content, list_words

SAME_GOAL, SAME_CRITERIA = 0.6, 0.6
"""From which share of their words of content on two goals, and two lists of criteria, say the same."""


def find_near_copies(personas: Sequence[Persona]) -> list[str]:
    """Say which personas have goals and criteria of nearly the same words.

    Args:
        personas: Those that were proposed together.

    Returns:
        A sentence for each pair. An adversarial persona who wants what another wants is a copy too: its trait alone
        makes no other user.
    """
    found = []
    for one, other in itertools.combinations(personas, 2):
        if are_copies((one.goal, one.criteria), (other.goal, other.criteria)):
            found.append(
                f"{one.name!r} and {other.name!r} want the same: {one.goal!r} and {other.goal!r}; give one of them "
                "another goal and other success criteria"
            )
    return found


def are_copies(one: tuple[str, Sequence[str]], other: tuple[str, Sequence[str]]) -> bool:
    """Whether two users want the same.

    Args:
        one: The goal and the success criteria of one.
        other: Those of the other.
    """
    goals = measure_likeness(one[0], other[0])
    return goals >= SAME_GOAL and measure_likeness(" ".join(one[1]), " ".join(other[1])) >= SAME_CRITERIA


def measure_likeness(one: str, other: str) -> float:
    """The share of the words of content of two texts that stand in both, from 0 to 1 (Jaccard)."""
    mine, yours = (list_content(list_words(text)) for text in (one, other))
    return len(mine & yours) / len(mine | yours) if mine | yours else 0.0
