"""A persona, and the turn that a driver gives for it.

All types here are frozen; ``attrs.evolve`` makes a changed copy.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import attrs

from .._set_module import set_module
from .json_value import freeze_mapping
from .message import Message
from .message_reading import read_messages


def _strings(value: str | Iterable[str]) -> tuple[str, ...]:
    return (value,) if isinstance(value, str) else tuple(value)


def _criteria(value: str | Iterable[str]) -> str | tuple[str, ...]:
    return value if isinstance(value, str) else tuple(value)


@set_module("multivon_eval")
@attrs.frozen
class Persona:
    """A synthetic user.

    Attributes:
        name: Unique within a run.
        profile: Who this user is.
        goal: What this user wants.
        success_criteria: What the assistant must have done, as one sentence or several that are judged one by
            one. It goes to the judge; the driver never recites it.
        traits: Words for how this user behaves; an ``adversarial`` one does not take no for an answer.
        facts: What this user knows. Beside the profile the driver may use nothing else.
        script: User messages said first, word for word, before the driver takes over.
        history: Messages already exchanged; the conversation starts after them.
        patience: How often this user takes no answer before it gives up, from 1 to 5; None for the driver's usual.
        metadata: Anything else, JSON values.
    """

    name: str
    profile: str
    goal: str
    success_criteria: str | tuple[str, ...] = attrs.field(converter=_criteria)
    traits: tuple[str, ...] = attrs.field(default=(), converter=_strings)
    facts: tuple[str, ...] = attrs.field(default=(), converter=_strings)
    script: tuple[str, ...] = attrs.field(default=(), converter=_strings)
    history: tuple[Message, ...] = attrs.field(default=(), converter=read_messages)
    patience: int | None = attrs.field(
        default=None, validator=attrs.validators.optional([attrs.validators.ge(1), attrs.validators.le(5)])
    )
    metadata: Mapping[str, Any] = attrs.field(factory=dict, converter=freeze_mapping)

    @property
    def criteria(self) -> tuple[str, ...]:
        """The success criteria as a tuple, also where there is only one."""
        return _strings(self.success_criteria)

    @property
    def adversarial(self) -> bool:
        """Whether this persona does not take no for an answer."""
        return any(trait.strip().lower() == "adversarial" for trait in self.traits)


@set_module("multivon_eval")
@attrs.frozen
class ServedPersona:
    """What a system under test may know of the persona it serves: what it is to be judged by is not among it.

    Attributes:
        name: The persona's name.
        metadata: The persona's metadata, JSON values.
    """

    name: str
    metadata: Mapping[str, Any] = attrs.field(factory=dict, converter=freeze_mapping)


@set_module("multivon_eval.sdk")
@attrs.frozen
class UserTurn:
    """What a driver gives: the next user message, or that the persona ends the conversation, or both.

    Attributes:
        message: The next user message; where the persona ends the conversation a last word, which may be empty.
        goal_reached: Whether the persona has what it came for, and ends the conversation.
        gave_up: Whether it got nowhere, and ends the conversation. With ``goal_reached`` it makes no difference.
    """

    message: str
    goal_reached: bool = False
    gave_up: bool = False

    @property
    def is_last(self) -> bool:
        """Whether the persona ends the conversation."""
        return self.goal_reached or self.gave_up
