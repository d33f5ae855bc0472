"""A conversation and how it ended.

Money is ``Decimal`` US dollars, durations are seconds.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

import attrs

from .._set_module import set_module
from .message import Message, Role
from .message_reading import read_messages
from .observation import Observation, StopReason
from .persona import Persona

ErrorSource = Literal["driver", "model_fn"]


@set_module("multivon_eval")
@attrs.frozen
class SimulationError:
    """Why a conversation ended in ``driver_error``.

    Attributes:
        source: Who failed, ``driver`` or ``model_fn``.
        type: The name of the exception's class.
        message: What it said.
        infrastructure: Whether the cause was the network or a timeout, not what was said.
    """

    source: ErrorSource
    type: str
    message: str
    infrastructure: bool = False


@set_module("multivon_eval")
@attrs.frozen
class DriverFault:
    """A fault of the simulation, seen in one user message.

    Attributes:
        turn: The turn, from 1.
        fault: Which fault, a snake_case word.
        detail: What was seen.
    """

    turn: int
    fault: str
    detail: str


def _messages(value: Iterable[Message | Mapping[str, Any]]) -> tuple[Message, ...]:
    # A conversation grows by a message many times over: what is a tuple already is not looked through again.
    return value if isinstance(value, tuple) else read_messages(value)


def _fence() -> str:
    return secrets.token_hex(8)


@set_module("multivon_eval")
@attrs.frozen
class Conversation:
    """What was said, and how it ended.

    Attributes:
        messages: All messages in order, the persona's history first.
        persona: Who spoke as the user; None for a fixed case of an ``EvalSuite``.
        trial: Which conversation of this persona, from 1.
        case_uid: The identity of persona and trial, the same tomorrow.
        stop_reason: Why it ended; None while it goes on.
        driver_said_goal: Whether the driver said the goal is reached.
        gave_up: Whether the simulated user got nowhere and left.
        is_imported: Whether it was held elsewhere and only judged here; then it has no stop reason.
        error: What failed, with ``driver_error``.
        observations: What the observers saw, in order.
        repaired_faults: Number of user messages at fault that the driver replaced before the system saw them.
        system_cost_usd: What ``model_fn`` said its replies cost, in USD; None where it never said.
        fence: The nonce of the delimiter in which a judge gets this transcript.
    """

    messages: tuple[Message, ...] = attrs.field(default=(), converter=_messages)
    persona: Persona | None = None
    trial: int = 1
    case_uid: str = ""
    stop_reason: StopReason | None = None
    driver_said_goal: bool = False
    error: SimulationError | None = None
    observations: tuple[Observation, ...] = ()
    repaired_faults: int = 0
    gave_up: bool = False
    is_imported: bool = False
    system_cost_usd: Decimal | None = None
    fence: str = attrs.field(factory=_fence, eq=False, repr=False)

    @property
    def turns(self) -> int:
        """How many replies the system gave in this conversation, history not counted."""
        past = len(self.persona.history) if self.persona else 0
        return sum(message.role == "assistant" for message in self.messages[past:])

    @property
    def driver_faults(self) -> tuple[DriverFault, ...]:
        """The faults of the simulated user that the observers saw."""
        return tuple(
            DriverFault(seen.turn, seen.name, seen.detail) for seen in self.observations if seen.effect == "fault"
        )

    @property
    def has_criteria(self) -> bool:
        """Whether there are success criteria to judge by."""
        return self.persona is not None and bool(self.persona.criteria)

    @property
    def has_tools(self) -> bool:
        """Whether the system has shown that it has tools: it called one, or a reply's metadata says so (``tools``)."""
        return any(message.tool_calls or message.metadata.get("tools") for message in self.messages)

    @property
    def refusals_observed(self) -> int:
        """Number of replies in which the assistant declined."""
        return len({seen.turn for seen in self.observations if seen.effect == "refusal"})

    def observed(self, *seen: Observation) -> Conversation:
        """Return this conversation with more observations."""
        return attrs.evolve(self, observations=(*self.observations, *seen)) if seen else self

    def numbered(self) -> list[tuple[int, Message]]:
        """The messages with their turn, from 1: a user message begins a turn."""
        rows: list[tuple[int, Message]] = []
        turn = 0
        for message in self.messages:
            turn += message.role == "user"
            rows.append((max(turn, 1), message))
        return rows

    @cached_property
    def as_json(self) -> str:
        """The messages for a judge: a JSON list with a line for each, its turn first.

        Nothing in a message can end its line; see :attr:`Message.as_json`.
        """
        rows = ",\n".join(f'{{"turn": {turn}, {message.as_json[1:]}' for turn, message in self.numbered())
        return f"[\n{rows}\n]" if rows else "[]"

    def said_by(self, role: Role) -> tuple[Message, ...]:
        """The messages of one side, in order."""
        return tuple(message for message in self.messages if message.role == role)

    def grown(self, message: Message) -> Conversation:
        """This conversation with one more message."""
        # What attrs.evolve does, field by field: it takes three times as long, and this is done twice in each turn.
        return Conversation(
            (*self.messages, message),
            self.persona,
            self.trial,
            self.case_uid,
            self.stop_reason,
            self.driver_said_goal,
            self.error,
            self.observations,
            self.repaired_faults,
            self.gave_up,
            self.is_imported,
            self.system_cost_usd,
            self.fence,
        )
