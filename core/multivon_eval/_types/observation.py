"""What an observer saw in a conversation."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

import attrs

from .._set_module import set_module

StopReason = Literal["goal_reached", "max_turns", "assistant_refused", "budget_exceeded", "driver_error"]
STOP_REASONS: tuple[StopReason, ...] = (
    "goal_reached",
    "max_turns",
    "assistant_refused",
    "budget_exceeded",
    "driver_error",
)
Effect = Literal["fault", "refusal", "stop", "note"]
EFFECTS: tuple[Effect, ...] = ("fault", "refusal", "stop", "note")


@set_module("multivon_eval.sdk")
@attrs.frozen
class Observation:
    """What an observer saw, and what should follow from it. What does follow is the run's policy.

    Attributes:
        name: What was seen, a snake_case word.
        turn: The turn it was seen in, from 1.
        detail: A sentence for people.
        effect: ``fault``, the simulated user did something wrong; ``refusal``, the assistant declined; ``stop``, the
            conversation should end here; ``note``, nothing follows.
        stop_reason: With ``stop``, the reason to end with.
        observer: The name of the observer; filled in by the run.
        at_end: Whether it is about the whole conversation, seen when it was over; filled in by the run.
        decides_end: With ``fault``: whether it made the conversation end as it did, so that the system is not measured
            by it. A fault in the last user message always did.

    Raises:
        ValueError: If the effect is unknown, or ``stop_reason`` is missing with ``stop`` or given without it.
    """

    name: str = attrs.field(validator=attrs.validators.min_len(1))
    turn: int = attrs.field(validator=attrs.validators.ge(1))
    detail: str = attrs.field(validator=attrs.validators.instance_of(str))
    effect: Effect = attrs.field(default="note", validator=attrs.validators.in_(EFFECTS))
    stop_reason: StopReason | None = attrs.field(
        default=None, validator=attrs.validators.optional(attrs.validators.in_(STOP_REASONS))
    )
    observer: str = ""
    at_end: bool = False
    decides_end: bool = False

    def __attrs_post_init__(self) -> None:
        if (self.effect == "stop") != (self.stop_reason is not None):
            raise ValueError(f"an observation has a stop reason if and only if its effect is 'stop': {self!r}")


@set_module("multivon_eval.sdk")
@attrs.frozen
class RejectedTurn:
    """A user message that was not sent because of its faults.

    Attributes:
        message: The message.
        faults: What the observers saw in it, faults and all else.
    """

    message: str
    faults: Sequence[Observation]
