"""Step 3: the verdict."""

from __future__ import annotations

import asyncio
from collections.abc import Callable

from .._journal.journal import Journal
from .._journal.past import PastCase, vote_key
from .._plugins.isolation import FAULTS, format_error, raise_if_fatal
from .._questions import ask, goal_question
from .._types.conversation import Conversation
from .._types.verdict import Verdict
from ..errors import BudgetExceeded
from ..protocols import RunContext
from .votes import TEMPERATURE, count_votes


async def judge_goal(conversation: Conversation, context: RunContext, temperature: float = 0.0) -> Verdict:
    """Ask the judge whether the success criteria are met.

    Args:
        conversation: A finished one, whatever ended it.
        context: The metered judge.
        temperature: At which it is asked.

    Returns:
        The verdict; without a reply to judge, with a judge that fails or a budget that does not reach, none
        and the reason.
    """
    if not conversation.turns:
        return Verdict(None, "the system gave no reply, so there is nothing to judge")
    if not conversation.has_criteria:
        return Verdict(None, "there are no success criteria, so there is no verdict")
    try:
        question = goal_question(conversation, temperature=temperature, is_repeated=temperature > 0)
        return await ask(context.judge, question)
    except BudgetExceeded as error:
        return Verdict(None, f"not judged: {error}", cut=True)
    except FAULTS as error:
        raise_if_fatal(error)
        return Verdict(None, f"not judged: {format_error(error)}", failed=True)


async def vote_on_goal(
    conversation: Conversation,
    context: RunContext,
    votes: int,
    journal: Journal,
    past: PastCase,
    go_on: Callable[[], None],
) -> Verdict:
    """Ask the judge several times, the first time ahead and then side by side, and take the majority.

    Args:
        conversation: A finished one, whatever ended it.
        context: The metered judge.
        votes: How often it is asked, an odd number.
        journal: Keeps each vote as soon as it is there.
        past: The votes that were given before a resume are not asked for again.
        go_on: Called when the first vote is there: what others ask of the same transcript may follow.

    Returns:
        The verdict that :func:`~.votes.counted` makes of them.
    """
    if not conversation.turns or not conversation.has_criteria:
        return await judge_goal(conversation, context)

    async def kept(number: int) -> Verdict:
        if number in past.votes:
            return past.votes[number]
        vote = await judge_goal(conversation, context, TEMPERATURE)
        journal.record_judgement(conversation.case_uid, vote_key(number), vote)
        return vote

    first = await kept(1)
    go_on()
    return count_votes([first, *await asyncio.gather(*(kept(number) for number in range(2, votes + 1)))])
