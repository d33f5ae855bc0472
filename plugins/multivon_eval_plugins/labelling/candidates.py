"""Which conversations a person can judge, and what of them decides whether they are drawn."""

from __future__ import annotations

from statistics import fmean

from multivon_eval.sdk import SimulationResult, digest_transcript

from .sampling import Candidate, Key

OBSTACLES = ("without success criteria", "without a reply", "crashed", "not put down to the system")
"""Why a person cannot judge a conversation, each there is."""


def list_obstacles(result: SimulationResult) -> list[str]:
    """Say why a person cannot judge a conversation; nothing where one can."""
    has_it = (
        not result.conversation.has_criteria,
        not result.turns,
        result.has_crashed,
        result.attribution not in (None, "system"),
    )
    return [what for what, is_there in zip(OBSTACLES, has_it, strict=True) if is_there]


def identify(result: SimulationResult) -> Key:
    """Give what a label knows a conversation by."""
    return result.case_uid, digest_transcript(result)


def make_candidate(key: Key, result: SimulationResult) -> Candidate:
    """Give what decides whether a conversation is drawn."""
    scores = [score.value for score in result.scores.values() if score.value is not None]
    return Candidate(key, result.goal_achieved, fmean(scores) if scores else None)
