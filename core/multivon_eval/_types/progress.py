"""What a run is doing just now."""

from __future__ import annotations

from decimal import Decimal
from typing import Literal, Protocol

import attrs

from .._set_module import set_module

Doing = Literal["talking", "judging"]


@set_module("multivon_eval.sdk")
@attrs.frozen
class ActiveConversation:
    """A conversation that goes on, or is being judged.

    Attributes:
        persona: The persona's name.
        trial: Which conversation of it.
        turn: The turn it is in, from 1; 0 before the first message.
        last_words: The message that was said last; empty before the first.
        doing: Whether it talks, or is judged and scored.
        seconds: How long it has gone on.
    """

    persona: str
    trial: int
    turn: int
    last_words: str
    doing: Doing
    seconds: float


@set_module("multivon_eval.sdk")
@attrs.frozen
class Moment:
    """A run at one moment.

    Attributes:
        active: The conversations that go on, those that began first.
        finished: Number of conversations that are finished, those before a resume included.
        begun: Number of those that were finished since this run began: what a time left is reckoned from.
        conversations: How many there will be.
        spent_usd: What was spent, in USD.
        budget_usd: The ceiling, in USD; None for none.
        calls: Number of calls to judges that ended.
        seconds: How long the run has gone on.
        pause: Seconds until calls to a judge go out again that asked to wait; 0 if none did.
    """

    active: tuple[ActiveConversation, ...]
    finished: int
    begun: int
    conversations: int
    spent_usd: Decimal
    budget_usd: Decimal | None
    calls: int
    seconds: float
    pause: float = 0.0

    @property
    def seconds_left(self) -> float | None:
        """Seconds until its end if it goes on like this; None while nothing is finished."""
        if not self.begun:
            return None
        return self.seconds / self.begun * (self.conversations - self.finished)


@set_module("multivon_eval.sdk")
class Progress(Protocol):
    """Tells what a run is doing, at any time and from any thread."""

    def look(self) -> Moment:
        """What it is doing just now."""
        ...
