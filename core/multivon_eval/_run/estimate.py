"""What a run will take, told before its first call."""

from __future__ import annotations

import math
from collections.abc import Iterator
from decimal import Decimal
from typing import Any

import attrs

from .._money.funds import ZERO
from .._questions import Question, user_turn_question
from .._types.conversation import Conversation
from .._types.message import Message
from .._types.persona import Persona
from .._types.run_info import Estimate, RunInfo
from ..protocols import Judge, Priced
from .plan import Plan

SAMPLE = 5
"""From how many personas, spread over all of them, the rest is reckoned."""

BYTES_PER_TOKEN = 4
# In characters: how long a user message and a reply are taken to be, usually and at most; and which share of the
# tokens that it may have an answer usually has.
_USUAL, _MOST = (160, 600), (400, 4000)
_USED = Decimal("0.25")


@attrs.define
class _Sum:
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: Decimal | None = ZERO

    def add(self, question: Question[Any], judge: Judge, used: Decimal) -> None:
        """Add one call, whose answer takes a share of the tokens that it may have."""
        prompt = question.prompt
        size = len(prompt.system.encode()) + sum(len(message.text.encode()) for message in prompt.messages)
        asked, answered = size // BYTES_PER_TOKEN, int(prompt.max_tokens * used)
        self.calls += 1
        self.tokens_in += asked
        self.tokens_out += answered
        cost = _cost(question, judge, asked, answered, used)
        self.usd = None if self.usd is None or cost is None else self.usd + cost

    def scaled(self, factor: float) -> _Sum:
        """So many times as much, rounded up."""
        usd = None if self.usd is None else self.usd * Decimal(str(factor))
        calls, asked, answered = (math.ceil(count * factor) for count in (self.calls, self.tokens_in, self.tokens_out))
        return _Sum(calls, asked, answered, usd)


def _cost(question: Question[Any], judge: Judge, asked: int, answered: int, used: Decimal) -> Decimal | None:
    prices = judge.prices() if isinstance(judge, Priced) else None
    if used == 1 or prices is None:
        return judge.worst_cost(question)
    return (asked * prices.input + answered * prices.output) / 1_000_000


def complete_info(plan: Plan, personas: tuple[Persona, ...], conversations: int, resumed: int = 0) -> RunInfo:
    """Return what the run is made with, personas and estimate included.

    Args:
        plan: The plan of the run.
        personas: The loaded personas.
        conversations: Number of conversations.
        resumed: Number of conversations that an earlier run finished.
    """
    info = attrs.evolve(plan.info, personas=personas, conversations=conversations, resumed=resumed)
    return attrs.evolve(info, estimate=estimate(plan, info))


def estimate(plan: Plan, info: RunInfo) -> Estimate:
    """Reckon what a run will take.

    Args:
        plan: What it is made with.
        info: Its personas, trials and turns.

    Returns:
        Usually: half the turns, messages and answers of usual length. At most: all turns, every answer as long as
        it may be, replies of 4,000 characters. Retries are in neither, a proposal of the personas in both.
    """
    step = max(1, len(info.personas) // SAMPLE)
    sample = info.personas[::step]
    factor = info.conversations / len(sample) if sample else 0.0
    usual, most = _Sum(), _Sum()
    for persona in sample:
        _add(usual, plan, persona, math.ceil(info.max_turns / 2), _USUAL, _USED)
        _add(most, plan, persona, info.max_turns, _MOST, Decimal(1))
    usual, most = usual.scaled(factor), most.scaled(factor)
    talking = usual.usd
    if plan.proposal is not None:
        usual.add(plan.proposal, plan.judge, _USED)
        most.add(plan.proposal, plan.judge, Decimal(1))
    return Estimate(
        conversations=info.conversations,
        calls=usual.calls,
        calls_most=most.calls,
        input_tokens=usual.tokens_in,
        output_tokens=usual.tokens_out,
        usd=usual.usd,
        usd_most=most.usd,
        within_budget=_within(talking, usual.usd, info),
    )


def _within(talking: Decimal | None, usd: Decimal | None, info: RunInfo) -> int:
    if talking is None or usd is None or not talking or info.budget_usd is None:
        return info.conversations
    left = max(ZERO, info.budget_usd - (usd - talking))
    return min(info.conversations, int(left / (talking / info.conversations)))


def _add(total: _Sum, plan: Plan, persona: Persona, turns: int, lengths: tuple[int, int], used: Decimal) -> None:
    begun = Conversation(persona.history, persona)
    talk = list(_talk(begun, turns, lengths))
    for question, _ in talk:
        total.add(question, plan.driver_judge, used)
    for _, grown in talk[:-1]:
        for question in plan.of_a_reply(grown):
            total.add(question, plan.judge, used)
    for question in plan.judging(talk[-1][1]):
        total.add(question, plan.judge, used)


def _talk(
    conversation: Conversation, turns: int, lengths: tuple[int, int]
) -> Iterator[tuple[Question[Any], Conversation]]:
    """The driver's questions of a conversation, one for each turn and one that looks for the goal."""
    said, replied = (Message("user", "x" * lengths[0]), Message("assistant", "x" * lengths[1]))
    for _ in range(turns):
        question = user_turn_question(conversation)
        conversation = conversation.grown(said).grown(replied)
        yield question, conversation
    yield user_turn_question(conversation), conversation
