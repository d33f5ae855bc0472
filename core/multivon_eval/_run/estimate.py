"""What a run will take, told before its first call."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs

from .._money.funds import ZERO
from .._money.price import find_prices, find_worst_cost
from .._money.questions import find_questions, list_questions
from .._questions import Question, goal_question
from .._types.conversation import Conversation
from .._types.message import Message
from .._types.observation import StopReason
from .._types.persona import Persona
from .._types.result import SimulationResult
from .._types.run_info import Estimate, RunInfo
from ..errors import JudgeError, UsageError
from ..protocols import Judge
from .plan import Plan

SAMPLE = 5
"""From how many personas, spread over all of them, the rest is reckoned."""

MOST_TURNS = 50
"""How many turns of a conversation are looked at; a longer one is reckoned from so many of them."""

BYTES_PER_TOKEN = 4
_USUAL_LIMIT = 1024
"""Tokens of an answer where the question states no limit."""
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

    def add(self, question: Question[Any], judge: Judge, used: Decimal, times: int = 1) -> None:
        """Add a call, so many times, whose answer takes a share of the tokens that it may have."""
        prompt = question.prompt
        size = len(prompt.system.encode()) + sum(len(message.text.encode()) for message in prompt.messages)
        asked, answered = size // BYTES_PER_TOKEN, int((prompt.max_tokens or _USUAL_LIMIT) * used)
        self.calls += times
        self.tokens_in += times * asked
        self.tokens_out += times * answered
        cost = _estimate_cost(question, judge, asked, answered, used)
        self.usd = None if self.usd is None or cost is None else self.usd + times * cost

    def scaled(self, factor: float) -> _Sum:
        """So many times as much, rounded up."""
        usd = None if self.usd is None else self.usd * Decimal(str(factor))
        calls, asked, answered = (math.ceil(count * factor) for count in (self.calls, self.tokens_in, self.tokens_out))
        return _Sum(calls, asked, answered, usd)


def _estimate_cost(question: Question[Any], judge: Judge, asked: int, answered: int, used: Decimal) -> Decimal | None:
    prices = find_prices(judge)
    if used == 1 or prices is None:
        return find_worst_cost(judge, question)
    return (asked * prices.input + answered * prices.output) / 1_000_000


def complete_info(plan: Plan, personas: tuple[Persona, ...], conversations: int, resumed: int = 0) -> RunInfo:
    """Return what the run is made with, personas and estimate included.

    Args:
        plan: The plan of the run.
        personas: The loaded personas.
        conversations: Number of conversations.
        resumed: Number of conversations that an earlier run finished.

    Raises:
        UsageError: If a plug-in cannot say what it will ask, or the judge what that may cost.
    """
    info = attrs.evolve(plan.info, personas=personas, conversations=conversations, resumed=resumed)
    _check_asking(plan, personas)
    try:
        return attrs.evolve(info, estimate=estimate(plan, info))
    except JudgeError as error:
        raise UsageError(f"the run cannot be reckoned: {error}") from error


SCORED_SAMPLE = 100
"""From how many saved conversations, spread over all of them, what judging takes is reckoned."""


def describe_scoring(
    plan: Plan, results: Sequence[SimulationResult], resumed: int = 0, is_reckoned: bool = True
) -> RunInfo:
    """Return what judging saved conversations again is made with, and what it will take.

    Args:
        plan: The plan of the run.
        results: Their results so far.
        resumed: How many of them an earlier run judged.
        is_reckoned: Whether verdicts are asked for, so that it is known beforehand what is asked.

    Raises:
        UsageError: If a plug-in cannot say what it will ask, or the judge what that may cost.
    """
    personas = {result.persona.name: result.persona for result in results}
    info = attrs.evolve(
        plan.info, personas=tuple(personas.values()), conversations=len(results), resumed=resumed, purpose="score"
    )
    if not is_reckoned or not results:
        return info
    sample = results[:: max(1, len(results) // SCORED_SAMPLE)]
    usual, most = _Sum(), _Sum()
    try:
        for result in sample:
            for question in plan.judging(result.conversation):
                usual.add(question, plan.judge, _USED)
                most.add(question, plan.judge, Decimal(1))
    except JudgeError as error:
        raise UsageError(f"the run cannot be reckoned: {error}") from error
    factor = len(results) / len(sample)
    return attrs.evolve(info, estimate=_make_estimate(info, usual.scaled(factor), most.scaled(factor)))


def _check_asking(plan: Plan, personas: Sequence[Persona]) -> None:
    """Let each plug-in say once what it will ask, so that one that cannot is found before anything is spent."""
    for persona in personas[:1]:
        conversation = Conversation((*persona.history, Message("user", "Hello."), Message("assistant", "Hi.")), persona)
        for plugin in (plan.driver, *plan.evaluators.values(), *plan.observers.plugins):
            find_questions(plugin, conversation)


def estimate(plan: Plan, info: RunInfo) -> Estimate:
    """Reckon what a run will take.

    Args:
        plan: What it is made with.
        info: Its personas, trials and turns.

    Returns:
        Usually: half the turns, or as many as the driver says, with messages and answers of usual length. At most: all
        turns, every answer as long as it may be, replies of 4,000 characters. Retries are in neither, a proposal of the
        personas in both.
    """
    step = max(1, len(info.personas) // SAMPLE)
    sample = info.personas[::step]
    factor = info.conversations / len(sample) if sample else 0.0
    usual, most = _Sum(), _Sum()
    for persona in sample:
        longest = _rehearse(plan, persona, info.max_turns, _MOST)
        turns = info.max_turns if longest.is_ended_by_driver else math.ceil(info.max_turns / 2)
        for question, judge, times in _rehearse(plan, persona, turns, _USUAL).asked:
            usual.add(question, judge, _USED, times)
        for question, judge, times in longest.asked:
            most.add(question, judge, Decimal(1), times)
    usual, most = usual.scaled(factor), most.scaled(factor)
    talking = usual.usd
    if plan.proposal is not None:
        usual.add(plan.proposal, plan.judge, _USED)
        most.add(plan.proposal, plan.judge, Decimal(1))
    return _make_estimate(info, usual, most, talking)


def _make_estimate(info: RunInfo, usual: _Sum, most: _Sum, talking: Decimal | None = None) -> Estimate:
    return Estimate(
        conversations=info.conversations,
        calls=usual.calls,
        calls_most=most.calls,
        input_tokens=usual.tokens_in,
        output_tokens=usual.tokens_out,
        usd=usual.usd,
        usd_most=most.usd,
        within_budget=_count_within_budget(usual.usd if talking is None else talking, usual.usd, info),
    )


def _count_within_budget(talking: Decimal | None, usd: Decimal | None, info: RunInfo) -> int:
    if talking is None or usd is None or not talking or info.budget_usd is None:
        return info.conversations
    left = max(ZERO, info.budget_usd - (usd - talking))
    return min(info.conversations, int(left / (talking / info.conversations)))


@attrs.frozen
class _Rehearsal:
    """A conversation that is only imagined.

    Attributes:
        asked: The questions, each with the judge that is asked and how often.
        is_ended_by_driver: Whether the driver said beforehand that it ends the conversation.
    """

    asked: Sequence[tuple[Question[Any], Judge, int]]
    is_ended_by_driver: bool


def _rehearse(plan: Plan, persona: Persona, turns: int, lengths: tuple[int, int]) -> _Rehearsal:
    """Walk through a conversation of so many turns, with messages of so many characters, and note who asks what."""
    exchange = (Message("user", "x" * lengths[0]), Message("assistant", "x" * lengths[1]))
    asked: list[tuple[Question[Any], Judge, int]] = []
    last, is_ended = turns, False
    for turn, times in _pick_turns(turns + 1):
        conversation = Conversation((*persona.history, *(exchange * turn)), persona)
        if turn >= len(persona.script):
            found = list_questions(plan.driver, conversation, [goal_question(conversation)])
            if found is None:
                last, is_ended = turn, True
                break
            asked += ((question, plan.driver_judge, times) for question in found)
        if turn < turns:
            heard = conversation.grown(exchange[0])
            seen = (*plan.observers.questions(heard), *plan.observers.questions(heard.grown(exchange[1])))
            asked += ((question, plan.judge, times) for question in seen)
    if last:
        reason: StopReason = "goal_reached" if is_ended else "max_turns"
        ended = Conversation((*persona.history, *(exchange * last)), persona, stop_reason=reason)
        asked += ((question, plan.judge, 1) for question in plan.judging(ended))
    return _Rehearsal(asked, is_ended)


def _pick_turns(turns: int) -> list[tuple[int, int]]:
    """Turns to look at, each with the number of turns that it stands for.

    What a turn costs grows by the same amount from turn to turn, so the middle of a stretch stands for all of it.
    """
    stretch = math.ceil(turns / MOST_TURNS)
    starts = range(0, turns, stretch)
    sizes = [min(stretch, turns - start) for start in starts]
    return [(start + (size - 1) // 2, size) for start, size in zip(starts, sizes, strict=True)]
