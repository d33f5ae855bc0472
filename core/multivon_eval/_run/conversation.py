"""Step 2: the conversation, live, until one of five reasons ends it."""

from __future__ import annotations

import time
from collections.abc import Awaitable, Callable
from decimal import Decimal

import attrs

from .._journal.journal import Journal
from .._journal.past import PastCase
from .._money.ledger import Purse
from .._plugins.hooks import Hooks
from .._plugins.isolation import FAULTS, let_pass, told
from .._types.conversation import Conversation, ErrorSource, SimulationError
from .._types.message import Message
from .._types.persona import UserTurn
from .._types.rendering import whole_text
from ..errors import BudgetExceeded, JudgeError, ModelFnError, MultivonEvalError, UnreadableAnswer
from ..protocols import Driver, RunContext
from ..refusal import is_refusal
from .faults import faults_in, missing_traits
from .personas import Case
from .refusals import Refusals
from .system import SystemUnderTest


@attrs.frozen
class Stage:
    """What all conversations of a run share.

    Attributes:
        system: The system under test.
        driver: Who plays the personas.
        hooks: Who listens.
        journal: What survives a kill.
        max_turns: The most turns of a conversation.
        timeout: Seconds for one call of ``model_fn``.
        run_id: Makes the ids that the system gets different in every run.
        hold: Holds back in a conversation's purse what judging it, after another turn or as it is, will cost at most.
    """

    system: SystemUnderTest
    driver: Driver
    hooks: Hooks
    journal: Journal
    max_turns: int
    timeout: float
    run_id: str
    hold: Callable[[Purse, Conversation, bool], Awaitable[None]]


async def converse(case: Case, stage: Stage, purse: Purse, context: RunContext, refusals: Refusals) -> Conversation:
    """Drive one conversation to its end, from where the journal says that it was.

    Args:
        case: Whose it is.
        stage: What it is driven with.
        purse: Its account; money is held back in it for judging what was said so far.
        context: The driver's, with the metered judge.
        refusals: Decides which replies refuse.

    Returns:
        The conversation with its stop reason; a failure of driver or system is one of those.

    Raises:
        JournalError: What was said cannot be kept.
    """
    persona, past = case.persona, stage.journal.past.case(case.uid)
    conversation = await _so_far(case, past, refusals)
    if past.said:
        await _hold_again(conversation, stage, purse)
    stage.hooks.emit("conversation_started", persona=persona, trial=case.trial, case_uid=case.uid)
    while conversation.stop_reason is None:
        if not _awaits_reply(conversation):
            conversation = await _user_turn(conversation, stage, purse, context)
        if conversation.stop_reason is None:
            conversation = await _reply(conversation, stage, refusals)
    if faults := missing_traits(conversation):
        conversation = attrs.evolve(conversation, driver_faults=conversation.driver_faults + faults)
    stage.journal.ended(conversation)
    return conversation


async def _so_far(case: Case, past: PastCase, refusals: Refusals) -> Conversation:
    """What was said before, each message taken as if it were said now."""
    conversation = Conversation(case.persona.history, case.persona, case.trial, case.uid)
    for place, said in enumerate(past.said, 1):
        conversation = attrs.evolve(conversation.grown(said.message), system_cost_usd=said.system_cost_usd)
        if said.message.role == "user":
            conversation = _heard(conversation, said.goal_reached)
            continue
        refused = refusals.refused(conversation)
        if refused is None:
            # What the run was cut off before is asked now; nothing that was gone on from is asked for afterwards.
            is_open = place == len(past.said) and past.ending is None
            refused = await refusals.refuses(conversation) if is_open else is_refusal(said.message.content)
        conversation = _took(conversation, refused)
    return past.ended(conversation)


async def _hold_again(conversation: Conversation, stage: Stage, purse: Purse) -> None:
    """Hold back what the run that was cut off held for judging this, before new conversations take it."""
    # What it held for a turn to come may no longer fit; what judging it as it stands needs may still.
    for another_turn in (True, False) if conversation.stop_reason is None else (False,):
        try:
            return await stage.hold(purse, conversation, another_turn)
        except FAULTS as error:
            # It does not fit, or cannot be told: the next turn, or the judging, will say so in its own place.
            let_pass(error)


def _awaits_reply(conversation: Conversation) -> bool:
    return bool(conversation.messages) and conversation.messages[-1].role == "user"


async def _user_turn(conversation: Conversation, stage: Stage, purse: Purse, context: RunContext) -> Conversation:
    is_over = conversation.turns >= stage.max_turns
    started = time.perf_counter()
    try:
        await stage.hold(purse, conversation, True)
        turn = await _asked(conversation, stage, context)
    except BudgetExceeded:
        # After the last turn only the look for the goal is missing: it is the turns that ended it.
        return attrs.evolve(conversation, stop_reason="max_turns" if is_over else "budget_exceeded")
    except FAULTS as error:
        let_pass(error)
        return _failed(conversation, "driver", error)
    if is_over and not turn.goal_reached:
        return attrs.evolve(conversation, stop_reason="max_turns")
    message = Message("user", whole_text(turn.message.strip()), seconds=_since(started))
    if not message.content:
        return attrs.evolve(conversation, stop_reason="goal_reached", driver_said_goal=True)
    grown = conversation.grown(message)
    stage.journal.said(grown, turn.goal_reached)
    return _heard(grown, turn.goal_reached)


async def _asked(conversation: Conversation, stage: Stage, context: RunContext) -> UserTurn:
    assert conversation.persona is not None, "a simulated conversation has a persona"
    script = conversation.persona.script
    said = sum(message.role == "user" for message in conversation.messages[len(conversation.persona.history) :])
    if said < len(script):
        # What is left of the script when the turns are over goes unsaid; the goal cannot be reached yet.
        return UserTurn(script[said])
    turn = await stage.driver.next_message(conversation, context)
    if not isinstance(turn, UserTurn):
        raise TypeError(f"the driver gave {type(turn).__name__}, not a UserTurn")
    if not isinstance(turn.message, str):
        raise TypeError(f"the driver gave a UserTurn whose message is {type(turn.message).__name__}, not a string")
    if not turn.goal_reached and not turn.message.strip():
        raise ValueError("the driver gave an empty message and did not say that the goal is reached")
    return turn


def _heard(conversation: Conversation, goal_reached: bool) -> Conversation:
    """The conversation after a user message: its faults, and its end if the driver is done."""
    if faults := faults_in(conversation):
        conversation = attrs.evolve(conversation, driver_faults=conversation.driver_faults + faults)
    if goal_reached:
        conversation = attrs.evolve(conversation, stop_reason="goal_reached", driver_said_goal=True)
    return conversation


async def _reply(conversation: Conversation, stage: Stage, refusals: Refusals) -> Conversation:
    assert conversation.persona is not None, "a simulated conversation has a persona"
    started = time.perf_counter()
    conversation_id = f"{stage.run_id}-{conversation.case_uid}"
    try:
        with stage.hooks.scope(conversation.persona, conversation.case_uid):
            reply = await stage.system.reply(conversation, conversation_id, stage.timeout)
    except ModelFnError as error:
        return _failed(conversation, "model_fn", error)
    message = Message("assistant", reply.text, reply.tool_calls, _since(started), reply.metadata)
    grown = conversation.grown(message)
    if reply.cost_usd is not None:
        grown = attrs.evolve(grown, system_cost_usd=_cost(conversation, reply.cost_usd))
    stage.journal.said(grown)
    stage.hooks.emit("turn_finished", conversation=grown)
    return _took(grown, await refusals.refuses(grown))


def _took(conversation: Conversation, refused: bool) -> Conversation:
    """The conversation after a reply: a refusal is counted, and ends it unless the persona probes past it."""
    if not refused:
        return conversation
    counted = attrs.evolve(conversation, refusals_observed=conversation.refusals_observed + 1)
    if conversation.persona is not None and conversation.persona.adversarial:
        return counted
    return attrs.evolve(counted, stop_reason="assistant_refused")


def _cost(conversation: Conversation, more: float | Decimal) -> Decimal:
    return (conversation.system_cost_usd or Decimal(0)) + Decimal(str(more))


def _failed(conversation: Conversation, source: ErrorSource, error: BaseException) -> Conversation:
    root = error.__cause__ if isinstance(error, ModelFnError) and error.__cause__ else error
    outage = error.timed_out if isinstance(error, ModelFnError) else isinstance(error, JudgeError)
    if isinstance(error, UnreadableAnswer):
        outage = False  # the model that plays the persona answered, and not to the question
    message = str(error) if isinstance(error, MultivonEvalError) else told(error)
    failure = SimulationError(source, type(root).__name__, message, outage)
    return attrs.evolve(conversation, stop_reason="driver_error", error=failure)


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 6)
