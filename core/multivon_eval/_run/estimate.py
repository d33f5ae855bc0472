"""What a run will take, told before its first call."""

from __future__ import annotations

import math
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

import attrs

from .._money.funds import ZERO
from .._money.learned import SHARE, TOKENS_PER_BYTE, USUAL_LIMIT, Learned, count_bytes
from .._money.price import find_worst_cost
from .._money.purse import Expected
from .._money.questions import find_questions, list_questions
from .._questions import Question, goal_question
from .._types.conversation import Conversation
from .._types.disclaimer import IMPORTED
from .._types.message import Message
from .._types.observation import StopReason
from .._types.persona import Persona
from .._types.result import SimulationResult
from .._types.run_info import Estimate, RunInfo
from ..errors import JudgeError, UsageError
from ..protocols import Judge
from .people import People
from .plan import Plan

MOST_TURNS = 50
"""How many turns of a conversation are looked at; a longer one is reckoned from so many of them."""

# In characters: how long a user message and a reply are taken to be, usually and at most.
_USUAL, _MOST = (120, 400), (400, 4000)

_FENCE = "0" * 16
"""Of an imagined conversation, so that what is asked about it is the same in every process."""


@attrs.define
class _Sum:
    calls: int = 0
    tokens_in: int = 0
    tokens_out: int = 0
    usd: Decimal | None = ZERO

    def add(self, question: Question[Any], judge: Judge, learned: Learned | None, times: int = 1) -> None:
        """Add a call, so many times: as what was learned expects it, or at its most where nothing is given."""
        prompt = question.prompt
        limit = prompt.max_tokens or USUAL_LIMIT
        self.calls += times
        self.tokens_in += times * int(count_bytes(prompt) * TOKENS_PER_BYTE)
        self.tokens_out += times * (limit if learned is None else int(limit * SHARE))
        worst = find_worst_cost(judge, question)
        if worst is None or self.usd is None:
            self.usd = None
        else:
            self.usd += times * (worst if learned is None else learned.expect(judge, question))

    def between(self, other: _Sum) -> _Sum:
        """The geometric mean of this sum and another: as far from the one as from the other, as a factor."""
        usd = None if self.usd is None or other.usd is None else (self.usd * other.usd).sqrt()
        pairs = ((self.calls, other.calls), (self.tokens_in, other.tokens_in), (self.tokens_out, other.tokens_out))
        calls, asked, answered = (round(math.sqrt(one * two)) for one, two in pairs)
        return _Sum(calls, asked, answered, usd)

    def scaled(self, factor: float) -> _Sum:
        """So many times as much, rounded up."""
        usd = None if self.usd is None else self.usd * Decimal(str(factor))
        calls, asked, answered = (math.ceil(count * factor) for count in (self.calls, self.tokens_in, self.tokens_out))
        return _Sum(calls, asked, answered, usd)


def complete_info(plan: Plan, people: People, conversations: int, resumed: int = 0, **part: Any) -> RunInfo:
    """Return what the run is made with, personas and estimate included.

    Args:
        plan: The plan of the run.
        people: The personas.
        conversations: Number of conversations.
        resumed: Number of conversations that an earlier run finished.
        **part: What else is known of the run where it is a shard; see :class:`RunInfo`.

    Raises:
        UsageError: If a plug-in cannot say what it will ask, or the judge what that may cost.
    """
    held, streamed = people.held or (), len(people) if people.held is None else 0
    info = attrs.evolve(
        plan.info, personas=held, streamed=streamed, conversations=conversations, resumed=resumed, **part
    )
    _check_asking(plan, people.sample)
    try:
        return attrs.evolve(info, estimate=estimate(plan, info, people.sample))
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
    if results and all(result.conversation.is_imported for result in results):
        info = attrs.evolve(info, disclaimer=IMPORTED)
    if not is_reckoned or not results:
        return info
    sample = results[:: max(1, len(results) // SCORED_SAMPLE)]
    usual, most = _Sum(), _Sum()
    try:
        for result in sample:
            for question in plan.judging(result.conversation):
                usual.add(question, plan.judge, plan.forecast.learned)
                most.add(question, plan.judge, None)
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


def estimate(plan: Plan, info: RunInfo, sample: Sequence[Persona]) -> Estimate:
    """Reckon what a run will take, and let its forecast know.

    Args:
        plan: What it is made with.
        info: Its trials and turns.
        sample: Some of its personas, spread over all of them.

    Returns:
        Usually: the geometric mean of half the turns and all of them, or as many as the driver says, with messages and
        answers of usual length. At most: all turns, every answer as long as it may be, replies of 4,000 characters.
        Retries are in neither, a proposal of the personas in both.
    """
    factor = info.conversations / len(sample) if sample else 0.0
    half, full, most, judging, surplus = _Sum(), _Sum(), _Sum(), ZERO, ZERO
    for persona in sample:
        longest = _rehearse(plan, persona, info.max_turns, _MOST)
        whole = _rehearse(plan, persona, info.max_turns, _USUAL)
        turns = info.max_turns if longest.is_ended_by_driver else math.ceil(info.max_turns / 2)
        _rehearse(plan, persona, turns, _USUAL).add_to(half, plan.forecast.learned)
        whole.add_to(full, plan.forecast.learned)
        longest.add_to(most, None)
        judging += sum((plan.forecast.learned.expect(plan.judge, one) for one in whole.judging), ZERO)
        surplus = max(surplus, plan.forecast.measure(whole.judging).surplus)
    each = len(sample) or 1
    plan.forecast.usual = Expected(judging / each, ((full.usd or ZERO) - judging) / each, surplus)
    usual, most = half.between(full).scaled(factor), most.scaled(factor)
    talking = usual.usd
    for question in plan.proposal:
        usual.add(question, plan.judge, plan.forecast.learned)
        most.add(question, plan.judge, None)
    return _make_estimate(info, usual, most, talking, surplus)


def _make_estimate(
    info: RunInfo, usual: _Sum, most: _Sum, talking: Decimal | None = None, floor: Decimal = ZERO
) -> Estimate:
    return Estimate(
        conversations=info.conversations,
        calls=usual.calls,
        calls_most=most.calls,
        input_tokens=usual.tokens_in,
        output_tokens=usual.tokens_out,
        usd=usual.usd,
        usd_most=most.usd,
        within_budget=_count_within_budget(usual.usd if talking is None else talking, usual.usd, floor, info),
    )


def _count_within_budget(talking: Decimal | None, usd: Decimal | None, floor: Decimal, info: RunInfo) -> int:
    """How many conversations the ceiling buys: all but the last leave the floor alone, which it may dip into."""
    if talking is None or usd is None or not talking or info.ceiling_usd is None:
        return info.conversations
    left = info.ceiling_usd - (usd - talking)
    if left >= talking + floor:
        return info.conversations
    left = max(ZERO, left - floor)
    return min(info.conversations, int(left / (talking / info.conversations)))


@attrs.frozen
class _Rehearsal:
    """A conversation that is only imagined.

    Attributes:
        asked: The questions, each with the judge that is asked and how often.
        is_ended_by_driver: Whether the driver said beforehand that it ends the conversation.
        judging: Those of the questions that are for its verdict and scores.
    """

    asked: Sequence[tuple[Question[Any], Judge, int]]
    is_ended_by_driver: bool
    judging: Sequence[Question[Any]] = ()

    def add_to(self, total: _Sum, learned: Learned | None) -> None:
        """Add all questions to a sum."""
        for question, judge, times in self.asked:
            total.add(question, judge, learned, times)


def _rehearse(plan: Plan, persona: Persona, turns: int, lengths: tuple[int, int]) -> _Rehearsal:
    """Walk through a conversation of so many turns, with messages of so many characters, and note who asks what."""
    exchange = (Message("user", "x" * lengths[0]), Message("assistant", "x" * lengths[1]))
    asked: list[tuple[Question[Any], Judge, int]] = []
    last, is_ended, judging = turns, False, list[Question[Any]]()
    for turn, times in _pick_turns(turns + 1):
        conversation = Conversation((*persona.history, *(exchange * turn)), persona, fence=_FENCE)
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
        ended = Conversation((*persona.history, *(exchange * last)), persona, stop_reason=reason, fence=_FENCE)
        judging += plan.judging(ended)
        asked += ((question, plan.judge, 1) for question in judging)
    return _Rehearsal(asked, is_ended, judging)


def list_imagined(plan: Plan, persona: Persona) -> Sequence[tuple[Question[Any], Judge, int]]:
    """List what is asked in a conversation of all turns, with messages of usual length.

    Returns:
        The questions, each with the judge that is asked and how often.
    """
    return _rehearse(plan, persona, plan.info.max_turns, _USUAL).asked


def _pick_turns(turns: int) -> list[tuple[int, int]]:
    """Turns to look at, each with the number of turns that it stands for.

    What a turn costs grows by the same amount from turn to turn, so the middle of a stretch stands for all of it.
    """
    stretch = math.ceil(turns / MOST_TURNS)
    starts = range(0, turns, stretch)
    sizes = [min(stretch, turns - start) for start in starts]
    return [(start + (size - 1) // 2, size) for start, size in zip(starts, sizes, strict=True)]
