"""What the span of a whole conversation tells."""

from __future__ import annotations

from multivon_eval.sdk import DISCLAIMER, Persona, SimulationResult

from . import names
from .calls import Attributes


def describe_start(persona: Persona, trial: int) -> Attributes:
    """Tell who talks."""
    return {names.PERSONA: persona.name, names.TRIAL: trial, names.DISCLAIMER: DISCLAIMER}


def describe_end(result: SimulationResult) -> Attributes:
    """Tell how a conversation ended and what its judge calls cost."""
    told = describe_start(result.persona, result.trial)
    told |= {
        names.DISCLAIMER: result.disclaimer,
        names.TURNS: result.turns,
        names.VERDICT: result.verdict.outcome,
        names.COST: float(result.cost_usd),
    }
    if result.stop_reason is not None:
        told[names.STOP_REASON] = result.stop_reason
    if result.attribution is not None:
        told[names.ATTRIBUTION] = result.attribution
    return told
