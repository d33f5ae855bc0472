"""The next user message: from the persona's script or the driver, watched before the system sees it."""

from __future__ import annotations

import time
from collections.abc import Sequence

import attrs

from .._plugins.calls import Calls
from .._plugins.isolation import FAULTS, format_value, raise_if_fatal
from .._plugins.stint import limit_stint
from .._types.conversation import Conversation
from .._types.json_value import exact_text
from .._types.message import Message
from .._types.observation import Observation, RejectedTurn
from .._types.persona import UserTurn
from ..protocols import Driver, RunContext
from .observing import Observers
from .policy import is_sent_back


@attrs.frozen
class Player:
    """The driver of a run, with what it may take and give.

    Attributes:
        driver: Who plays the personas.
        name: Its name in the run.
        seconds: How long it may take for a message, beside what it asks the judge.
        characters: How long a message may be.
        calls: Tells hooks of each message that it is asked for.
    """

    driver: Driver
    name: str
    seconds: float
    characters: int
    calls: Calls


@attrs.frozen
class UserMessage:
    """A user message that is about to be sent.

    Attributes:
        message: The message; its content is empty where the user only ends the conversation.
        goal_reached: Whether the driver says that the goal is reached.
        gave_up: Whether the user got nowhere and leaves.
        observations: What the observers saw in it.
        is_repaired: Whether it stands in the place of a message that was at fault.
    """

    message: Message
    goal_reached: bool
    gave_up: bool = False
    observations: tuple[Observation, ...] = ()
    is_repaired: bool = False


async def get_user_message(
    conversation: Conversation,
    player: Player,
    observers: Observers,
    driving: RunContext,
    observing: RunContext,
    is_over: bool,
) -> UserMessage:
    """Get the next user message. One at fault is asked for once more, before the system sees it.

    Args:
        conversation: What was said so far.
        player: Who plays the persona, once the persona's script is said.
        observers: Who watches.
        driving: What the driver gets.
        observing: What the observers get.
        is_over: Whether no turn is left, so that only the goal is looked for.

    Raises:
        TypeError: If the driver does not give a user turn.
        ValueError: If it gives neither a message nor an end, or a message that is too long.
        StintError: If it takes too long, or asks the judge in a loop.
    """
    started = time.perf_counter()
    scripted = _find_scripted(conversation)
    turn = UserTurn(scripted) if scripted is not None else await _ask_driver(player, conversation, driving)
    seen = await _observe(conversation, turn, observers, observing, is_over)
    is_repaired = False
    if scripted is None and not turn.is_last and is_sent_back(seen):
        rejecting = attrs.evolve(driving, rejected=RejectedTurn(turn.message, seen))
        second = await _ask_again(player, conversation, rejecting)
        if second is not None:
            turn, seen = second, await _observe(conversation, second, observers, observing, is_over)
            is_repaired = not is_sent_back(seen)
    seconds = round(time.perf_counter() - started, 6)
    return UserMessage(_to_message(turn, seconds), turn.goal_reached, turn.gave_up, tuple(seen), is_repaired)


async def _observe(
    conversation: Conversation, turn: UserTurn, observers: Observers, observing: RunContext, is_over: bool
) -> Sequence[Observation]:
    message = _to_message(turn)
    if not message.content or (is_over and not turn.is_last):
        return ()  # it is not said
    return await observers.observe(conversation.grown(message), observing)


async def _ask_driver(player: Player, conversation: Conversation, driving: RunContext) -> UserTurn:
    with player.calls.tell("driver", player.name, conversation.case_uid) as note:
        async with limit_stint("the driver", player.seconds):
            given = await player.driver.next_message(conversation, driving)
        note(turn := _check(given, player.characters))
    return turn


async def _ask_again(player: Player, conversation: Conversation, driving: RunContext) -> UserTurn | None:
    """Ask for another message; None where that fails, for then the first one is sent with its fault."""
    try:
        return await _ask_driver(player, conversation, driving)
    except FAULTS as error:
        raise_if_fatal(error)
        return None


def _to_message(turn: UserTurn, seconds: float | None = None) -> Message:
    return Message("user", turn.message.strip(), seconds=seconds)


def _find_scripted(conversation: Conversation) -> str | None:
    """Return the line of the persona's script that comes next; None where it is said.

    What is left of a script when the turns are over goes unsaid; the goal cannot be reached yet.
    """
    assert conversation.persona is not None, "a simulated conversation has a persona"
    script, past = conversation.persona.script, len(conversation.persona.history)
    said = sum(message.role == "user" for message in conversation.messages[past:])
    return script[said] if said < len(script) else None


def _check(turn: object, most: int) -> UserTurn:
    if not isinstance(turn, UserTurn):
        raise TypeError(f"the driver gave {format_value(turn)}, not a UserTurn")
    if not isinstance(turn.message, str):
        raise TypeError(f"the driver gave a UserTurn whose message is {format_value(turn.message)}, not a string")
    for name in ("goal_reached", "gave_up"):
        if not isinstance(value := getattr(turn, name), bool):
            raise TypeError(f"the driver gave a UserTurn whose {name} is {format_value(value)}, not True or False")
    if len(turn.message) > most:
        raise ValueError(f"the driver gave a message of {len(turn.message)} characters; give {most} at most")
    message = exact_text(turn.message)
    if not turn.is_last and not message.strip():
        raise ValueError("the driver gave an empty message and did not end the conversation")
    return UserTurn(message, turn.goal_reached, turn.gave_up)
