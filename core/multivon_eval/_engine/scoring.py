"""Step 4: the scores."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping

import attrs

from ..assessment import Score
from ..data import Conversation
from ..errors import BudgetExceeded
from ..protocols import Evaluator, RunContext


async def score(
    conversation: Conversation, evaluators: Mapping[str, Evaluator], context: RunContext
) -> dict[str, Score]:
    """Let all evaluators score a conversation, side by side.

    Args:
        conversation: A finished one, whatever ended it.
        evaluators: By the name their score has in results.
        context: The metered judge.

    Returns:
        One score for each, in their order; an evaluator that fails gives none and the reason.
    """
    if not conversation.said_by("assistant"):
        nothing = Score.skipped("the system gave no reply, so there is nothing to score")
        return dict.fromkeys(evaluators, nothing)
    scores = await asyncio.gather(
        *(_one(name, evaluator, conversation, context) for name, evaluator in evaluators.items())
    )
    return dict(zip(evaluators, scores, strict=True))


async def _one(name: str, evaluator: Evaluator, conversation: Conversation, context: RunContext) -> Score:
    try:
        given = await evaluator.evaluate(conversation, context)
    except BudgetExceeded as error:
        return attrs.evolve(Score.skipped(f"not scored: {error}"), cut=True)
    except (Exception, SystemExit) as error:
        return Score.failed(f"not scored: {type(error).__name__}: {error}")
    if not isinstance(given, Score):
        return Score.failed(f"not scored: evaluator {name!r} gave {type(given).__name__}, not a Score")
    return given
