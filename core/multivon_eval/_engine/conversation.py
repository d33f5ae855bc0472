"""Step 2: the conversation, live, until one of five reasons ends it."""

from __future__ import annotations

import time
from decimal import Decimal

import attrs

from .._plugin.hooks import Hooks
from ..data import Conversation, ErrorSource, Message, Reply, SimulationError, UserTurn
from ..errors import BudgetExceeded, JudgeUnavailable, ModelFnError, MultivonEvalError
from ..protocols import Driver, RunContext
from .faults import faults_in
from .journal import Journal
from .personas import Case
from .refusal import is_refusal
from .system import SystemUnderTest, whole_text


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
    """

    system: SystemUnderTest
    driver: Driver
    hooks: Hooks
    journal: Journal
    max_turns: int
    timeout: float
    run_id: str


async def converse(case: Case, stage: Stage, context: RunContext) -> Conversation:
    """Drive one conversation to its end.

    Args:
        case: Whose it is.
        stage: What it is driven with.
        context: The driver's, with the metered judge.

    Returns:
        The conversation with its stop reason; a failure of driver or system is one of those.
    """
    persona = case.persona
    conversation = Conversation(persona.history, persona, case.trial, case.uid)
    stage.hooks.emit("conversation_started", persona=persona, trial=case.trial, case_uid=case.uid)
    while conversation.stop_reason is None:
        if not _awaits_reply(conversation):
            conversation = await _user_turn(conversation, stage, context)
        if conversation.stop_reason is None:
            conversation = await _reply(conversation, stage)
    return conversation


def _awaits_reply(conversation: Conversation) -> bool:
    return bool(conversation.messages) and conversation.messages[-1].role == "user"


async def _user_turn(conversation: Conversation, stage: Stage, context: RunContext) -> Conversation:
    is_over = conversation.turns >= stage.max_turns
    started = time.perf_counter()
    try:
        turn = await _asked(conversation, stage, context, is_over)
    except BudgetExceeded:
        # After the last turn only the look for the goal is missing: it is the turns that ended it.
        return attrs.evolve(conversation, stop_reason="max_turns" if is_over else "budget_exceeded")
    except (Exception, SystemExit) as error:
        return _failed(conversation, "driver", error)
    message = Message("user", whole_text(turn.message.strip()), seconds=_since(started))
    if turn.goal_reached:
        said = _said(conversation, message, stage) if message.content else conversation
        return attrs.evolve(said, stop_reason="goal_reached", driver_said_goal=True)
    if is_over:
        return attrs.evolve(conversation, stop_reason="max_turns")
    return _said(conversation, message, stage)


async def _asked(conversation: Conversation, stage: Stage, context: RunContext, is_over: bool) -> UserTurn:
    assert conversation.persona is not None, "a simulated conversation has a persona"
    script = conversation.persona.script
    if conversation.turns < len(script):
        # What is left of the script when the turns are over goes unsaid; the goal cannot be reached yet.
        return UserTurn(script[conversation.turns])
    turn = await stage.driver.next_message(conversation, context)
    if not isinstance(turn, UserTurn):
        raise TypeError(f"the driver gave {type(turn).__name__}, not a UserTurn")
    if not turn.goal_reached and not turn.message.strip():
        raise ValueError("the driver gave an empty message and did not say that the goal is reached")
    return turn


def _said(conversation: Conversation, message: Message, stage: Stage) -> Conversation:
    grown = conversation.grown(message)
    stage.journal.said(grown)
    return attrs.evolve(grown, driver_faults=grown.driver_faults + faults_in(grown))


async def _reply(conversation: Conversation, stage: Stage) -> Conversation:
    assert conversation.persona is not None, "a simulated conversation has a persona"
    started = time.perf_counter()
    conversation_id = f"{stage.run_id}-{conversation.case_uid}"
    try:
        with stage.hooks.scope(conversation.persona, conversation.case_uid):
            reply = await stage.system.reply(conversation, conversation_id, stage.timeout)
    except ModelFnError as error:
        return _failed(conversation, "model_fn", error)
    message = Message("assistant", reply.text, reply.tool_calls, _since(started), reply.metadata)
    grown = attrs.evolve(conversation.grown(message), system_cost_usd=_cost(conversation, reply))
    stage.journal.said(grown)
    stage.hooks.emit("turn_finished", conversation=grown)
    return _after_refusal(grown) if is_refusal(reply.text) else grown


def _after_refusal(conversation: Conversation) -> Conversation:
    counted = attrs.evolve(conversation, refusals_observed=conversation.refusals_observed + 1)
    if conversation.persona is not None and conversation.persona.adversarial:
        return counted
    return attrs.evolve(counted, stop_reason="assistant_refused")


def _cost(conversation: Conversation, reply: Reply) -> Decimal | None:
    if reply.cost_usd is None:
        return conversation.system_cost_usd
    return (conversation.system_cost_usd or Decimal(0)) + Decimal(str(reply.cost_usd))


def _failed(conversation: Conversation, source: ErrorSource, error: BaseException) -> Conversation:
    root = error.__cause__ if isinstance(error, ModelFnError) and error.__cause__ else error
    outage = isinstance(error, JudgeUnavailable) or (isinstance(error, ModelFnError) and error.timed_out)
    message = str(error) if isinstance(error, MultivonEvalError) else f"{type(error).__name__}: {error}"
    failure = SimulationError(source, type(root).__name__, message, outage)
    return attrs.evolve(conversation, stop_reason="driver_error", error=failure)


def _since(started: float) -> float:
    return round(time.perf_counter() - started, 6)
