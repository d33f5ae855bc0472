"""The nouns of a simulation: persona, message, reply, conversation.

All are frozen; a changed one is a new one (``attrs.evolve``). Money is ``Decimal`` US dollars, durations are
seconds, counts of tokens are integers.
"""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping
from decimal import Decimal
from functools import cached_property
from typing import Any, Literal

import attrs

from .safe_json import safe_json

DISCLAIMER = "simulated personas — measures behavior under synthetic users, not real traffic"
"""The sentence that every result and every report carries."""

StopReason = Literal["goal_reached", "max_turns", "assistant_refused", "budget_exceeded", "driver_error"]
STOP_REASONS: tuple[StopReason, ...] = (
    "goal_reached",
    "max_turns",
    "assistant_refused",
    "budget_exceeded",
    "driver_error",
)
Role = Literal["user", "assistant"]
Attribution = Literal["system", "simulation", "judge", "infrastructure"]
ErrorSource = Literal["driver", "model_fn"]


def _strings(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _criteria(value: str | Iterable[str]) -> str | tuple[str, ...]:
    return value if isinstance(value, str) else tuple(value)


def _calls(value: Iterable[ToolCall]) -> tuple[ToolCall, ...]:
    return tuple(value)


def messages_of(value: Iterable[Message | Mapping[str, Any]]) -> tuple[Message, ...]:
    """Messages from messages, or from mappings with role and content."""
    return tuple(item if isinstance(item, Message) else Message(item["role"], item["content"]) for item in value)


@attrs.frozen
class ToolCall:
    """A tool that the system under test called while it made a reply.

    Attributes:
        name: The tool.
        arguments: What it was called with.
        result: What came back, any JSON value, or None.
    """

    name: str
    arguments: Mapping[str, Any] = attrs.field(factory=dict)
    result: Any = None


@attrs.frozen
class Reply:
    """What ``model_fn`` may return instead of a string.

    Attributes:
        text: The reply, not empty.
        tool_calls: The tools called for it; the judge sees them, the driver does not.
        cost_usd: What the reply cost, in USD, where the system knows; None where it does not.
        metadata: Anything else worth keeping, JSON values.
    """

    text: str
    tool_calls: tuple[ToolCall, ...] = attrs.field(default=(), converter=_calls)
    cost_usd: float | Decimal | None = None
    metadata: Mapping[str, Any] = attrs.field(factory=dict)


@attrs.frozen
class Message:
    """One side of a turn.

    Attributes:
        role: ``user`` or ``assistant``.
        content: The text.
        tool_calls: What an assistant called for it.
        seconds: How long ``model_fn`` (assistant) or the driver (user) took; None where nobody measured.
        metadata: What a ``Reply`` carried beside its text, JSON values.
    """

    role: Role = attrs.field(validator=attrs.validators.in_(("user", "assistant")))
    content: str = attrs.field(validator=attrs.validators.instance_of(str))
    tool_calls: tuple[ToolCall, ...] = attrs.field(default=(), converter=_calls)
    seconds: float | None = None
    metadata: Mapping[str, Any] = attrs.field(factory=dict)

    @cached_property
    def as_json(self) -> str:
        """The message as one line of JSON for a judge: role, content and tool calls; see :func:`safe_json`."""
        row: dict[str, Any] = {"role": self.role, "content": self.content}
        if self.tool_calls:
            row["tool_calls"] = [
                {"name": call.name, "arguments": dict(call.arguments), "result": call.result}
                for call in self.tool_calls
            ]
        return safe_json(row)


@attrs.frozen
class Persona:
    """A synthetic user.

    Attributes:
        name: Unique within a run.
        profile: Who this user is.
        goal: What this user wants.
        success_criteria: What the assistant must have done, as one sentence or several that are judged one by
            one. It goes to the judge; the driver never recites it.
        traits: Words for how this user behaves; ``adversarial`` probes past refusals.
        facts: What this user knows. Beside the profile the driver may use nothing else.
        script: User messages said first, word for word, before the driver takes over.
        history: Messages already exchanged; the conversation starts after them.
        metadata: Anything else, JSON values.
    """

    name: str
    profile: str
    goal: str
    success_criteria: str | tuple[str, ...] = attrs.field(converter=_criteria)
    traits: tuple[str, ...] = attrs.field(default=(), converter=_strings)
    facts: tuple[str, ...] = attrs.field(default=(), converter=_strings)
    script: tuple[str, ...] = attrs.field(default=(), converter=_strings)
    history: tuple[Message, ...] = attrs.field(default=(), converter=messages_of)
    metadata: Mapping[str, Any] = attrs.field(factory=dict)

    @property
    def criteria(self) -> tuple[str, ...]:
        """The success criteria as a tuple, also where there is only one."""
        return _strings(self.success_criteria)

    @property
    def adversarial(self) -> bool:
        """Whether this persona probes past refusals."""
        return any(trait.strip().lower() == "adversarial" for trait in self.traits)


@attrs.frozen
class UserTurn:
    """What a driver gives: the next user message, or that the goal is reached, or both.

    Attributes:
        message: The next user message; with ``goal_reached`` a last word, which may be empty.
        goal_reached: Whether the persona has what it came for.
    """

    message: str
    goal_reached: bool = False


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
    return value if isinstance(value, tuple) else messages_of(value)


def _fence() -> str:
    return secrets.token_hex(8)


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
        error: What failed, with ``driver_error``.
        driver_faults: Faults of the simulation.
        refusals_observed: How often the assistant refused.
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
    driver_faults: tuple[DriverFault, ...] = ()
    refusals_observed: int = 0
    system_cost_usd: Decimal | None = None
    fence: str = attrs.field(factory=_fence, eq=False, repr=False)

    @property
    def turns(self) -> int:
        """How many replies the system gave in this conversation, history not counted."""
        past = len(self.persona.history) if self.persona else 0
        return sum(message.role == "assistant" for message in self.messages[past:])

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
            self.driver_faults,
            self.refusals_observed,
            self.system_cost_usd,
            self.fence,
        )
