"""Step 4: the scores."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import attrs

from .._journal.journal import Journal
from .._plugins.calls import Calls
from .._plugins.isolation import FAULTS, format_error, format_value, raise_if_fatal
from .._plugins.stint import limit_stint
from .._types.conversation import Conversation
from .._types.score import Score
from ..errors import BudgetExceeded
from ..protocols import Evaluator, RunContext

MOST_CALLS = 1000
"""How often an evaluator may ask the judge about one conversation; some ask about each turn."""


async def score(
    conversation: Conversation,
    evaluators: Mapping[str, Evaluator],
    context: RunContext,
    journal: Journal,
    seconds: float,
    calls: Calls,
    is_first: bool = False,
) -> dict[str, Score]:
    """Let all evaluators score a conversation, side by side.

    Args:
        conversation: A finished one, whatever ended it.
        evaluators: By the name their score has in results.
        context: The metered judge.
        journal: Keeps each score as soon as it is there.
        seconds: How long each may take, beside what it asks the judge.
        calls: Tells hooks of each evaluator's.
        is_first: Whether nothing was asked about the conversation before; then the first one goes ahead.

    Returns:
        One score for each, in their order; an evaluator that fails gives none and the reason.
    """
    if not conversation.turns:
        nothing = Score.skipped("the system gave no reply, so there is nothing to score")
        return dict.fromkeys(evaluators, nothing)

    async def kept(name: str, evaluator: Evaluator) -> Score:
        with calls.tell("evaluator", name, conversation.case_uid) as note:
            note(given := await _score_one(name, evaluator, conversation, context, seconds))
        journal.record_judgement(conversation.case_uid, name, given)
        return given

    found: dict[str, Score] = {}
    todo = list(evaluators.items())
    if is_first:
        # The others share a beginning with it, which a provider's cache serves only when it has begun to answer.
        found |= {name: await kept(name, evaluator) for name, evaluator in todo[:1]}
    rest = [(name, evaluator) for name, evaluator in todo if name not in found]
    scores = await asyncio.gather(*(kept(name, evaluator) for name, evaluator in rest))
    return found | dict(zip((name for name, _ in rest), scores, strict=True))


async def _score_one(
    name: str, evaluator: Evaluator, conversation: Conversation, context: RunContext, seconds: float
) -> Score:
    try:
        async with limit_stint(f"evaluator {name!r}", seconds, MOST_CALLS):
            given: object = await evaluator.evaluate(conversation, context)
    except BudgetExceeded as error:
        return attrs.evolve(Score.skipped(f"not scored: {error}"), cut=True)
    except FAULTS as error:
        raise_if_fatal(error)
        return Score.failed(f"not scored: {format_error(error)}")
    if not isinstance(given, Score):
        return Score.failed(f"not scored: evaluator {name!r} gave {format_value(given)}, not a Score")
    return given
