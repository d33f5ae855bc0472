"""Step 2: the conversation, live, until one of five reasons ends it."""

from __future__ import annotations

import time
from collections.abc import Callable
from decimal import Decimal

import attrs

from .._journal.journal import Journal
from .._journal.past import PastCase
from .._money.forecast import Forecast
from .._money.purse import Purse
from .._plugins.hooks import Hooks
from .._plugins.isolation import FAULTS, format_fault, raise_if_fatal
from .._types.conversation import Conversation, ErrorSource, SimulationError
from .._types.message import Message
from .._types.observation import Observation
from .._types.report import Problem
from ..errors import (
    BudgetExceeded,
    JudgeError,
    JudgeUnavailable,
    JudgeUnusable,
    ModelFnError,
    UnreadableAnswer,
)
from ..protocols import RunContext
from .observing import Observers
from .personas import Case
from .policy import apply_at_end, apply_to_message, apply_to_reply
from .serving import Serving, serve
from .system import SystemUnderTest
from .user_message import Player, UserMessage, get_user_message


@attrs.frozen
class Stage:
    """What all conversations of a run share.

    Attributes:
        system: The system under test.
        player: Who plays the personas.
        observers: Who watches.
        hooks: Who listens.
        journal: What survives a kill.
        max_turns: The most turns of a conversation.
        timeout: Seconds for one call of ``model_fn``.
        run_id: Makes the ids that the system gets different in every run.
        forecast: Expects what a conversation costs, and holds money for it in its purse.
        report: Called with a problem beside the conversations.
        note: Called with the conversation as far as it is, when it begins and after each message.
    """

    system: SystemUnderTest
    player: Player
    observers: Observers
    hooks: Hooks
    journal: Journal
    max_turns: int
    timeout: float
    run_id: str
    forecast: Forecast
    report: Callable[[Problem], None]
    note: Callable[[Conversation], None]


async def converse(case: Case, stage: Stage, purse: Purse, driving: RunContext, observing: RunContext) -> Conversation:
    """Drive one conversation to its end, from where the journal says that it was.

    Args:
        case: Whose it is.
        stage: What it is driven with.
        purse: Its account; money is held back in it for judging what was said so far.
        driving: What the driver gets, with the metered judge.
        observing: What the observers get.

    Returns:
        The conversation with its stop reason; a failure of driver or system is one of those.

    Raises:
        JournalError: If what was said cannot be recorded.
    """
    persona, past = case.persona, stage.journal.past.case(case.uid)
    conversation = await _restore(case, past, stage, observing)
    try:
        await stage.forecast.begin(purse, bool(past.said))
    except BudgetExceeded:
        conversation = attrs.evolve(conversation, stop_reason="budget_exceeded")
    if past.said:
        await _hold_again(conversation, stage, purse)
    stage.note(conversation)
    stage.hooks.emit("conversation_started", persona=persona, trial=case.trial, case_uid=case.uid, run_id=stage.run_id)
    conversation_id = f"{stage.run_id}-{case.uid}"
    async with serve(stage.system, conversation_id, stage.timeout, stage.report, persona=persona) as serving:
        while conversation.stop_reason is None:
            if not _is_awaiting_reply(conversation):
                conversation = await _take_user_turn(conversation, stage, purse, driving, observing)
            if conversation.stop_reason is None:
                conversation = await _take_reply(conversation, stage, serving, observing)
        if serving.is_open:
            with stage.hooks.scope(persona, case.uid, stage.run_id):
                await serving.close()
    if past.ending is None:
        conversation = apply_at_end(conversation, await stage.observers.observe(conversation, observing))
    stage.journal.record_end(conversation)
    return conversation


async def _restore(case: Case, past: PastCase, stage: Stage, observing: RunContext) -> Conversation:
    """Build the conversation from what was said before; observers are asked only about what they had not seen yet."""
    conversation = Conversation(case.persona.history, case.persona, case.trial, case.uid)
    for place, said in enumerate(past.said, 1):
        conversation = attrs.evolve(conversation.grown(said.message), system_cost_usd=said.system_cost_usd)
        if said.message.role == "user":
            message = UserMessage(said.message, said.goal_reached, said.gave_up, said.observations, said.is_repaired)
            conversation = _add_outcome(conversation, message)
            continue
        seen = past.observed.get(len(conversation.messages))
        is_open = place == len(past.said) and past.ending is None
        if seen is None and is_open:
            conversation = await _observe_reply(conversation, stage, observing)
        else:
            conversation = apply_to_reply(conversation, seen or ())
    return past.restore_end(conversation)


async def _hold_again(conversation: Conversation, stage: Stage, purse: Purse) -> None:
    """Hold back what the run that was cut off held for judging this, before new conversations take it."""
    # What it held for a turn to come may no longer fit; what judging it as it stands needs may still.
    for another_turn in (True, False) if conversation.stop_reason is None else (False,):
        try:
            return await stage.forecast.hold(purse, conversation, another_turn)
        except FAULTS as error:
            # It does not fit, or cannot be told: the next turn, or the judging, will say so in its own place.
            raise_if_fatal(error)


def _is_awaiting_reply(conversation: Conversation) -> bool:
    return bool(conversation.messages) and conversation.messages[-1].role == "user"


async def _take_user_turn(
    conversation: Conversation, stage: Stage, purse: Purse, driving: RunContext, observing: RunContext
) -> Conversation:
    is_over = conversation.turns >= stage.max_turns
    try:
        await stage.forecast.hold(purse, conversation, not is_over)
        before = purse.spent
        said = await get_user_message(conversation, stage.player, stage.observers, driving, observing, is_over)
        stage.forecast.note_talk(purse, purse.spent - before)
    except BudgetExceeded:
        # After the last turn only the look for the goal is missing: it is the turns that ended it.
        return attrs.evolve(conversation, stop_reason="max_turns" if is_over else "budget_exceeded")
    except FAULTS as error:
        raise_if_fatal(error)
        return _fail(conversation, "driver", error)
    if is_over and not said.goal_reached:
        return attrs.evolve(conversation, stop_reason="max_turns", gave_up=said.gave_up)
    if not said.message.content:
        return _end(conversation, said)
    grown = conversation.grown(said.message)
    stage.journal.record_message(grown, said.goal_reached, said.gave_up, said.observations, said.is_repaired)
    stage.note(grown)
    return _add_outcome(grown, said)


def _add_outcome(conversation: Conversation, said: UserMessage) -> Conversation:
    """Add what was seen in a user message, and the end if the driver is done."""
    conversation = apply_to_message(conversation, said.observations)
    if said.is_repaired:
        conversation = attrs.evolve(conversation, repaired_faults=conversation.repaired_faults + 1)
    return _end(conversation, said)


def _end(conversation: Conversation, said: UserMessage) -> Conversation:
    """End a conversation where its user does: who gave up took no more turns."""
    if said.goal_reached:
        return attrs.evolve(conversation, stop_reason="goal_reached", driver_said_goal=True)
    return attrs.evolve(conversation, stop_reason="max_turns", gave_up=True) if said.gave_up else conversation


async def _take_reply(
    conversation: Conversation, stage: Stage, serving: Serving, observing: RunContext
) -> Conversation:
    assert conversation.persona is not None, "a simulated conversation has a persona"
    started = time.perf_counter()
    persona, uid = conversation.persona, conversation.case_uid
    try:
        with stage.player.calls.tell("system", "model_fn", uid) as note, stage.hooks.scope(persona, uid, stage.run_id):
            note(reply := await serving.reply(conversation))
    except ModelFnError as error:
        return _fail(conversation, "model_fn", error)
    seconds = round(time.perf_counter() - started, 6)
    grown = conversation.grown(Message("assistant", reply.text, reply.tool_calls, seconds, reply.metadata))
    if reply.cost_usd is not None:
        grown = attrs.evolve(grown, system_cost_usd=_add_cost(conversation, reply.cost_usd))
    stage.journal.record_message(grown)
    stage.note(grown)
    stage.hooks.emit("turn_finished", conversation=grown)
    return await _observe_reply(grown, stage, observing)


async def _observe_reply(conversation: Conversation, stage: Stage, observing: RunContext) -> Conversation:
    seen: tuple[Observation, ...] = await stage.observers.observe(conversation, observing)
    if seen or stage.observers.may_ask:
        stage.journal.record_observations(conversation, seen)
    return apply_to_reply(conversation, seen)


def _add_cost(conversation: Conversation, more: float | Decimal) -> Decimal:
    return (conversation.system_cost_usd or Decimal(0)) + Decimal(str(more))


def _fail(conversation: Conversation, source: ErrorSource, error: BaseException) -> Conversation:
    root = error.__cause__ if isinstance(error, ModelFnError) and error.__cause__ else error
    if isinstance(error, ModelFnError):
        # Behind an endpoint, what fails in a way that often passes, or for want of a key, is not the system.
        is_outage = isinstance(root, JudgeUnavailable | JudgeUnusable)
    else:
        # A model that plays the persona, answered, and not to the question, is the driver's.
        is_outage = isinstance(error, JudgeError) and not isinstance(error, UnreadableAnswer)
    failure = SimulationError(source, type(root).__name__, format_fault(error), is_outage)
    return attrs.evolve(conversation, stop_reason="driver_error", error=failure)
