"""The result of one conversation. How it becomes JSON is in ``result_json.py``."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any, Literal

import attrs

from .conversation import Conversation, DriverFault
from .disclaimer import DISCLAIMER
from .message import Message
from .observation import StopReason
from .persona import Persona
from .score import Score
from .verdict import Verdict

Attribution = Literal["system", "simulation", "judge", "infrastructure"]


SCHEMA_VERSION = 1
"""The version of a result line; only additions within one version."""


@attrs.frozen
class SimulationResult:
    """One conversation of one persona, judged and scored.

    Attributes:
        conversation: Persona, trial, transcript and how it ended.
        verdict: What the judge said of the goal.
        scores: The evaluators' scores by name, ``turn_consistency`` say.
        attribution: Whose fault it was, where it did not go well.
        cost_usd: What its judge calls cost, in USD; proposal and ``model_fn`` not included.
        metadata: What it was made with, JSON values; always carries ``simulated: true``.
        disclaimer: The sentence that says that personas are synthetic.
    """

    conversation: Conversation
    verdict: Verdict
    scores: Mapping[str, Score] = attrs.field(factory=dict)
    attribution: Attribution | None = None
    cost_usd: Decimal = Decimal(0)
    metadata: Mapping[str, Any] = attrs.field(factory=dict)
    disclaimer: str = DISCLAIMER

    @property
    def persona(self) -> Persona:
        """The synthetic user."""
        assert self.conversation.persona is not None, "a simulated conversation has a persona"
        return self.conversation.persona

    @property
    def transcript(self) -> tuple[Message, ...]:
        """All messages in order."""
        return self.conversation.messages

    @property
    def trial(self) -> int:
        """Which conversation of this persona, from 1."""
        return self.conversation.trial

    @property
    def turns(self) -> int:
        """How many replies the system gave."""
        return self.conversation.turns

    @property
    def stop_reason(self) -> StopReason:
        """Why the conversation ended."""
        assert self.conversation.stop_reason is not None, "a result's conversation has ended"
        return self.conversation.stop_reason

    @property
    def goal_achieved(self) -> bool | None:
        """True, False, or None where the judge could not tell or was not asked."""
        return self.verdict.achieved

    @property
    def disagreement(self) -> bool:
        """Whether the driver's word on the goal and the judge's verdict contradict each other."""
        if self.verdict.achieved is None or self.stop_reason not in ("goal_reached", "max_turns"):
            return False  # the judge could not tell, or the driver never had its word
        return self.conversation.driver_said_goal != self.verdict.achieved

    @property
    def driver_faults(self) -> tuple[DriverFault, ...]:
        """Faults of the simulation, seen in the user messages."""
        return self.conversation.driver_faults

    @property
    def case_uid(self) -> str:
        """The identity of persona and trial."""
        return self.conversation.case_uid
